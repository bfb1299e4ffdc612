"""What somebody types at the check, and what is said where an answer does not fit."""

import json
from pathlib import Path
from typing import Any

import pytest

from starter.desk.profile import read_profile
from tests.rules.builders import plan
from tests.rules.cases import at_stage
from tests.starter.form_typing import Run, Sent, day_of, terminal, typed  # noqa: F401
from tests.starter.test_guided import COMMISSION, DISTRICT, OPERATOR, login, show_case
from workflows.refusal import Refusal, Refused
from workflows.vocabulary import Stage

DAY = day_of(Stage.RECOMMENDATION)


def test_a_bare_enter_at_the_check_is_no_answer(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """It neither sends nor ends the form: the question comes again."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    result = pingtai("recommend", "bj-test", lang="zh", stdin=typed("1", "同意", DAY, "", "", "y"))
    assert 0 == result.exit_code, result.output
    assert "请输入 y、n 或 1 至" in result.stdout
    assert 1 == len(sent)


@pytest.mark.parametrize("number", ["1", "2", "4"])
def test_going_back_from_any_answer_that_is_changed_returns_to_the_check(
    pingtai: Run, answers: dict[str, Any], sent: Sent, number: str
) -> None:
    """The first one, who decides, and what a flag said: all stay as they were."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    flags = ("--outcome", "recommended", "--date", DAY)
    stdin = typed("同意", "", number, "<", "y")
    result = pingtai("recommend", "bj-test", *flags, lang="zh", stdin=stdin)
    assert 0 == result.exit_code, result.output
    assert "这是第一个问题" not in result.stdout
    [(_, decision)] = sent
    assert ("recommended", DAY) == (decision["outcome"], decision["decided_on"])
    assert {"id", "role", "organisation", "district"} == decision["actor"].keys()


def test_a_needed_answer_that_is_left_empty_is_said_to_be_needed(
    pingtai: Run, answers: dict[str, Any]
) -> None:
    """In silence the same question looks like a fault."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    result = pingtai("recommend", "bj-test", lang="zh", stdin=typed("1", "", "同意"))
    assert 1 == result.stdout.count("! 必填")


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", ("! 必填，不能清空", "! 必填，不能只填标点符号")),
        ("en", ("! required: it cannot be cleared", "! is required: punctuation alone")),
    ],
)
def test_a_dash_clears_no_needed_answer(
    pingtai: Run, answers: dict[str, Any], sent: Sent, lang: str, said: tuple[str, str]
) -> None:
    """Neither at the check nor at the question: it would become the official opinion."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    stdin = typed("1", "——", "同意", DAY, "", "3", "-", "－", "同意推荐", "y")
    result = pingtai("recommend", "bj-test", lang=lang, stdin=stdin)
    assert 0 == result.exit_code, result.output
    assert [2, 1] == [result.stdout.count(one) for one in said], result.stdout
    assert "同意推荐" == sent[-1][1]["opinion"]


def test_a_dash_by_flag_and_in_a_table_is_no_opinion(pingtai: Run) -> None:
    """Both are checked before anything is sent."""
    who = ("--actor", "hd-7", "--organisation", "海淀区科委", "--district", "haidian")
    flags = ("--outcome", "recommended", "--opinion", "-", *who, "--dry-run")
    result = pingtai("recommend", "bj-test", *flags, lang="zh")
    assert (2, True) == (result.exit_code, "必填，不能只填标点符号" in result.stderr), result.stderr
    head, row = "平台编号,事项,结论,推荐意见", "bj-test,所在区推荐,推荐,-"
    Path("d.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    result = pingtai("decide", "--file", "d.csv", "--date", DAY, *who, "--dry-run", lang="zh")
    assert (2, True) == (result.exit_code, "必填，不能只填标点符号" in result.output), result.output


def test_nobody_is_shown_a_regular_expression(
    pingtai: Run, answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in a form nor by a flag: it says what an id is made of."""
    words = "应为 1 至 64 个字母、数字、点、横线或下划线"
    show_case(answers, at_stage(Stage.LISTING))
    result = pingtai(
        "list", "bj-test", lang="zh", stdin=typed("kw 1", *COMMISSION, "1", "2026 第一批", "2026-1")
    )
    assert (1, False) == (result.stdout.count(f"! {words}"), "A-Za-z" in result.stdout)
    assert 1 == result.stdout.count("! 应为 1 至 64 个汉字、字母、数字、〔〕、点、横线或下划线")
    flags = ("--role", "commission", "--organisation", "市科委")
    result = pingtai("login", "--id", "kw 01", *flags, lang="zh")
    assert (True, False) == (words in result.stderr, "A-Za-z" in result.stderr), result.stderr


def test_a_chinese_yes_or_no_is_taken_by_login(
    pingtai: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in every other question."""
    monkeypatch.setattr("starter.commands.organisation_check.at_terminal", lambda: True)
    monkeypatch.setattr(
        "starter.commands.organisation_check.known_organisations", lambda *_: [DISTRICT[1]]
    )
    flags = ("login", "--id", "hd-1", "--role", "district", "--district", "haidian")
    for answer, kept in (("否", "海淀科技主管部门"), ("是", DISTRICT[1])):
        result = pingtai(*flags, "--organisation", "海淀科技主管部门", stdin=typed(answer))
        assert 0 == result.exit_code, result.output
        profile = read_profile()
        assert profile
        assert kept == profile.roles[0].organisation


def test_the_check_names_the_file_that_was_given(pingtai: Run, answers: dict[str, Any]) -> None:
    """Typed, or by a flag."""
    show_case(answers, at_stage(Stage.IMPROVEMENT))
    for name in ("方案甲.json", "方案乙.json"):
        Path(name).write_text(json.dumps(plan("已修改")), encoding="utf-8")
    day = day_of(Stage.IMPROVEMENT)
    stdin = typed(*OPERATOR, "方案甲.json", "补充", day, "", "n")
    result = pingtai("revise", "bj-test", lang="zh", stdin=stdin)
    assert "方案甲.json" in result.stdout, result.output
    assert "见文件" not in result.stdout
    flags = ("--plan", "方案乙.json")
    stdin = typed("n", *OPERATOR, "补充", day, "", "n")
    result = pingtai("revise", "bj-test", *flags, lang="zh", stdin=stdin)
    assert "方案乙.json" in result.stdout
    assert "见文件" not in result.stdout


def test_the_check_of_a_setting_aside_says_which_decision_it_is(
    pingtai: Run, answers: dict[str, Any]
) -> None:
    """In words, with the id, as the first answer that can be changed."""
    case = at_stage(Stage.LISTING)
    show_case(answers, case)
    stdin = typed(*COMMISSION, "1", "有误", day_of(Stage.LISTING), "", "n")
    result = pingtai("set-aside", "bj-test", lang="zh", stdin=stdin)
    [line] = [one for one in result.stdout.splitlines() if one.startswith(" 1  被撤销决定的编号")]
    assert "所在区推荐：推荐（" in line


def test_what_no_answer_can_mend_is_not_asked_to_be_mended(
    pingtai: Run, answers: dict[str, Any]
) -> None:
    """A step whose time has not come: nobody is told to change a number, or to run it again at once."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    answers["check"] = Refused(
        Refusal(rule="§四", en="not now", zh="尚未到该环节", stage="recommendation")
    )
    lines = ("y", *COMMISSION, "2", day_of(Stage.RECOMMENDATION), "", "n")
    result = pingtai("list", "bj-test", lang="zh", stdin=typed(*lines))
    assert "修改所填内容无效。请输入 n 退出" in result.stdout, result.output
    assert "请输入序号修改该项" not in result.stdout
    assert "须待进入相应环节后方可提交" in result.stderr
    assert "未提交" in pingtai("drafts", lang="zh").stdout


def test_a_no_at_the_check_is_no_interruption(pingtai: Run, answers: dict[str, Any]) -> None:
    """It ends as it was asked to; only Ctrl-C and a closed terminal interrupt."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    said = pingtai("recommend", "bj-test", lang="zh", stdin=typed("1", "同意", DAY, "", "n"))
    assert (130, False) == (said.exit_code, "已中断" in said.stderr)
    assert "已按您的选择退出" in said.stderr
    assert "未提交任何内容" in said.stderr
    closed = pingtai("recommend", "bj-test", lang="zh", stdin="")
    assert (130, True) == (closed.exit_code, "已中断" in closed.stderr)
