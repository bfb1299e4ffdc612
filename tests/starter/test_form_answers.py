"""What people type is understood as they mean it, and nothing of it is lost."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from starter.commands.guided import prompts
from starter.commands.guided.dialogue import Dialogue
from starter.doubts.message_doubts import message_doubts as doubts
from starter.terminal.chosen_language import speaking
from starter.terminal.official_wording import official
from tests.rules.cases import at_stage, moment
from tests.starter.form_typing import EXPERTS, Run, Sent, day_of, terminal, typed  # noqa: F401
from tests.starter.test_guided import COMMISSION, login, show_case
from workflows.periods import beijing_date
from workflows.vocabulary import AssessmentStage, District, Stage
from workflows.words import Words

DAY = day_of(Stage.RECOMMENDATION)
YEAR, MONTH, DAY_OF_MONTH = DAY.split("-")


@pytest.mark.parametrize(
    "written",
    [
        f"{YEAR}/{MONTH}/{DAY_OF_MONTH}",
        f"{YEAR}年{int(MONTH)}月{int(DAY_OF_MONTH)}日",
        f"{YEAR}{MONTH}{DAY_OF_MONTH}",
    ],
)
@pytest.mark.parametrize("flag", [True, False])
def test_a_day_is_taken_as_tables_take_it(
    pingtai: Run, answers: dict[str, Any], sent: Sent, written: str, flag: bool
) -> None:
    """At a prompt and by a flag."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    flags = ("--date", written) if flag else ()
    lines = ("1", "同意") if flag else ("1", "同意", f"{YEAR}-13-01", written)
    result = pingtai("recommend", "bj-test", *flags, stdin=typed(*lines, "", "y"))
    assert 0 == result.exit_code, result.output
    assert DAY == sent[0][1]["decided_on"]


def test_the_beginning_of_a_choice_is_enough(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """Where it is that of one choice only."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    stdin = typed("不予", "重复建设", DAY, "", "y")
    result = pingtai("recommend", "bj-test", lang="zh", stdin=stdin)
    assert 0 == result.exit_code, result.output
    assert "declined" == sent[0][1]["outcome"]


def test_a_deadline_that_has_passed_is_refused_when_it_is_typed(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """By the rule itself, and beside the date of the decision, which is asked for before."""
    case = at_stage(AssessmentStage.EVALUATION)
    show_case(answers, case)
    day = beijing_date(moment(case))
    findings = ("2", "", "") * 4
    lines = (*COMMISSION, "2", *findings, "完善机制", "", str(day), str(day), "2020/01/02", "")
    result = pingtai("evaluate", "bj-test", lang="zh", stdin=typed(*lines, "", "y"))
    assert 0 == result.exit_code, result.output
    assert 2 == result.stdout.count("! 整改期限须晚于考核日期")
    # Left out it is not "none": the policy has its months.
    assert "整改期限（回车：按政策参数）" in result.stdout
    assert any(
        line.split()[1:] == ["整改期限", "按政策参数"] for line in result.stdout.splitlines()
    )
    [(_, decision)] = sent
    assert (str(day), "mend_by" in decision) == (decision["decided_on"], False)


def test_a_support_outside_validity_is_refused_when_it_is_typed(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """Before the questions that follow."""
    case = at_stage(Stage.VALID)
    show_case(answers, case)
    day = str(beijing_date(moment(case)))
    lines = ("2", *COMMISSION, "tax", day, "2001-02-03", day, "研发费用加计扣除", "", "", "y")
    result = pingtai("support", "record", "bj-test", lang="zh", stdin=typed(*lines))
    assert 0 == result.exit_code, result.output
    assert "! 平台在 2001-02-03 不在有效期内" in result.stdout
    assert day == sent[0][1]["given_on"]


def test_a_number_is_no_name(pingtai: Run, answers: dict[str, Any], sent: Sent) -> None:
    """Whoever types one took the question for a list: neither an organisation nor a person is called so."""
    show_case(answers, at_stage(Stage.EXPERT_REVIEW))
    lines = ("kw-1", "1", COMMISSION[1], "1", "３", "张三", "1", "2")
    result = pingtai("opine", "bj-test", lang="zh", stdin=typed(*lines))
    assert result.stdout.count("，不是序号") == 3
    assert "! 应为姓名，不是序号" in result.stdout


def test_an_office_that_resembles_a_known_one_is_asked_about(
    pingtai: Run, answers: dict[str, Any], sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it was typed: at the check of a form, and by flags; a name of the profile was asked about."""
    monkeypatch.setattr(
        "starter.commands.actor_doubts.known_organisations", lambda *_: ["海淀区科技主管部门"]
    )
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    office = ("hd-1", "海淀科技主管部门", "海淀区")
    asked = "! 系统中没有单位“海淀科技主管部门”。是否为“海淀区科技主管部门”？"
    stdin = typed(*office, "1", "同意", DAY, "", "y")
    assert asked in pingtai("recommend", "bj-test", lang="zh", stdin=stdin).stdout
    who = ("--actor", "hd-1", "--role", "district", "--district", "海淀")
    said = (*who, "--outcome", "推荐", "--opinion", "同意", "--date", DAY)
    flags = (*said, "--organisation", "海淀科技主管部门")
    result = pingtai("recommend", "bj-test", *flags, lang="zh", stdin=typed("n"))
    assert asked in result.stdout and 1 == len(sent)
    login(pingtai)
    result = pingtai("recommend", "bj-test", *flags[:-2], lang="zh", stdin=typed("y"))
    assert "系统中没有单位" not in result.stdout


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["海"], []),
        (["门"], []),
        (["海甸", "1"], ["请输入 1 至 17 或选项。是否为“海淀区”？"]),
        (["山", "1"], ["请输入 1 至 17 或选项。是否为“石景山区”或“房山区”？"]),
        (["zz", "1"], ["请输入 1 至 17 或选项"]),
    ],
)
def test_a_character_of_a_choice_is_enough(
    monkeypatch: pytest.MonkeyPatch, lines: list[str], told: list[str]
) -> None:
    """Where no other begins with it; which one may be meant is asked, and none of several is taken."""
    said: list[str] = []
    typed_lines = iter(lines)
    monkeypatch.setattr(prompts, "ask", lambda *_: next(typed_lines))
    monkeypatch.setattr(prompts, "wrong", said.append)
    with speaking("zh"):
        chosen = Dialogue().pick(Words("district", "区"), prompts.choices_of(District))
    meant = {"海": District.HAIDIAN, "门": District.MENTOUGOU}
    assert (told, meant.get(lines[0], next(iter(District)))) == (said, chosen)


def test_an_expert_written_as_the_flag_takes_one_is_no_name(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """Field, organisation and vote are asked for next."""
    show_case(answers, at_stage(Stage.EXPERT_REVIEW))
    stdin = typed(*COMMISSION, "1", "专家甲,技术,某研究所,支持", "专家甲")
    shown = pingtai("opine", "bj-test", lang="zh", stdin=stdin).stdout
    assert "此处只填姓名" in shown
    assert "意见：专家甲,技术" not in shown


def test_a_mistyped_district_is_asked_back(pingtai: Run) -> None:
    """In both languages; what resembles none, or several, is not guessed."""
    flags = ("login", "--id", "hd-1", "--role", "district", "--organisation", "科委", "--district")
    for written in ("海甸区", "海甸"):
        assert "是否为“海淀区”？" in pingtai(*flags, written, lang="zh").stderr
    assert "Did you mean haidian?" in pingtai(*flags, "haidan", lang="en").stderr
    assert "Did you mean" not in pingtai(*flags, "nowhere", lang="en").stderr


def test_a_terminal_that_closes_within_a_changed_answer_loses_none_of_it(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """Organisation and district of the profile are offered again when the draft is taken up."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    closed = pingtai("recommend", "bj-test", stdin=typed("1", "同意", DAY, "", "2", "hd-2"))
    assert 130 == closed.exit_code
    result = pingtai("recommend", "bj-test", stdin=typed("y", "", "", "y"))
    assert 0 == result.exit_code, result.output
    actor = sent[0][1]["actor"]
    assert ("hd-2", "海淀区科委", "haidian") == tuple(
        actor[key] for key in ("id", "organisation", "district")
    )


def test_how_to_leave_out_an_expert_who_may_not_be_on_the_panel(
    pingtai: Run, answers: dict[str, Any]
) -> None:
    """It is said where the vote is asked for, and it works; so does going back to the name."""
    case = at_stage(Stage.EXPERT_REVIEW)
    show_case(answers, case)
    lines = (*COMMISSION, "1", "王", "1", case.state.facts.lead_unit.name, *"<<<", EXPERTS[0])
    result = pingtai("opine", "bj-test", lang="zh", stdin=typed(*lines))
    assert "只能记为“回避”，或选“未参加”不列入" in result.stdout
    assert "姓名 [王]" in result.stdout
    absent = (*lines[:-4], "2", *EXPERTS[:1])
    result = pingtai("opine", "bj-test", lang="zh", stdin=typed("n", *absent))
    assert "专家 1\n姓名" in result.stdout.rpartition("未参加")[2]


def test_of_an_expert_who_is_changed_it_is_not_said_how_many_came_before(
    pingtai: Run, answers: dict[str, Any]
) -> None:
    """The panel is whole: that it lacked three when the second was named is no news."""
    show_case(answers, at_stage(Stage.EXPERT_REVIEW))
    day = day_of(Stage.EXPERT_REVIEW)
    lines = (
        *COMMISSION,
        "1",
        *EXPERTS,
        "",
        "",
        "专家组意见",
        day,
        "",
        "4",
        "专家2",
        "3",
        "",
        "",
        "n",
    )
    shown = pingtai("opine", "bj-test", lang="zh", stdin=typed(*lines)).stdout
    assert "专家2" in shown.rpartition("请核对所填内容")[2]
    assert 1 == shown.count("已有 1 人，至少 5 人")


def test_two_experts_of_one_name_are_asked_about() -> None:
    """They may be two people; nobody is counted twice without a question."""
    panel = [
        {"name": "王伟", "organisation": "甲所"},
        {"name": "李", "organisation": "甲所"},
        {"name": "王伟", "organisation": "乙所"},
    ]
    raw = {"kind": "expert_opinion", "panel": panel}
    [told] = doubts(raw, date(2026, 1, 1))
    assert "两位“王伟”（甲所、乙所）" in told.zh
    assert [] == doubts(raw | {"panel": panel[:2]}, date(2026, 1, 1))


def test_a_field_is_named_once() -> None:
    """The rules call it by its name and in brackets by that of the message."""
    told = official(Words("mend_by must lie after", "整改期限（mend_by）须晚于考核日期"))
    assert "整改期限须晚于考核日期" == told.zh


def test_a_mistyped_day_of_decide_is_told_though_no_line_needs_it(pingtai: Run) -> None:
    """As a flag of a form is; how tables write days is taken."""
    Path("lines.jsonl").write_text("{}\n", encoding="utf-8")
    flags = ("decide", "--file", "lines.jsonl", "--dry-run", "--date")
    wrong = pingtai(*flags, "11-30", lang="zh")
    assert (2, True) == (wrong.exit_code, "“11-30”不是日期" in wrong.stderr), wrong.output
    assert "不是日期" not in pingtai(*flags, "2026/11/30", lang="zh").stderr


@pytest.mark.parametrize("flags", [("--date", "2026-13-1"), ("--mend-by", "soon")])
def test_a_mistyped_day_is_told_before_anything_is_asked(
    pingtai: Run, sent: Sent, flags: tuple[str, str]
) -> None:
    """Nobody answers a form to read at its end that a flag was wrong."""
    kind = "evaluate" if "--mend-by" in flags else "inspect"
    refused = pingtai(kind, "p-1", *flags, stdin=typed("1"))
    assert (2, []) == (refused.exit_code, sent), refused.output
    assert f"{flags[1]!r} is not a date: use YYYY-MM-DD" in refused.stderr
    assert "Decision" not in refused.stdout
    shown = pingtai(kind, "p-1", *flags, stdin=typed("1"), lang="zh").stderr
    assert f"“{flags[1]}”不是日期" in shown
