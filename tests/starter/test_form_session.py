"""A form lets one go back, check and change single answers, and go on later from its draft."""

import json
from typing import Any

import click
import pytest

from starter.clock import today
from starter.commands.guided import prompts
from starter.errors import Unreachable
from tests.register.cases import Told
from tests.rules.cases import at_stage
from tests.starter.form_typing import EXPERTS, Run, Sent, day_of, drafts, terminal, typed  # noqa: F401
from tests.starter.shown_cases import card_of
from tests.starter.test_guided import COMMISSION, DISTRICT, login, show_case
from workflows.model import invalid
from workflows.refusal import Refusal, Refused
from workflows.vocabulary import Stage


def test_going_back_asks_the_question_before_and_offers_its_answer(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """From any question, over several; Enter keeps what was answered, and the first one has none before.

    Another district is refused when it is typed.
    """
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    day = day_of(Stage.RECOMMENDATION)
    kept = ("<", "back", "返回", "西城区", "", "")
    lines = ("<", *DISTRICT, "1", "同意", *kept, "同意推荐", day, "", "<", "", "y")
    result = pingtai("recommend", "bj-test", stdin=typed(*lines))
    assert 0 == result.exit_code, result.output
    assert "This is the first question." in result.stdout
    assert 1 == result.stdout.count("Enter keeps the answer in brackets")
    assert 2 == result.stdout.count("Documents (")
    assert "< goes back one question" in result.stdout
    assert "Opinion [同意]" in result.stdout
    [(_, decision)] = sent
    assert "only the platform's own district, Haidian District" in result.stdout
    assert ("haidian", "recommended", "同意推荐") == (
        decision["actor"]["district"],
        decision["outcome"],
        decision["opinion"],
    )


def test_going_back_reaches_into_a_panel(pingtai: Run, answers: dict[str, Any], sent: Sent) -> None:
    """A wrong vote, seen one question later; the experts before it are not asked for again."""
    show_case(answers, at_stage(Stage.EXPERT_REVIEW))
    lines = (*COMMISSION, "1", *EXPERTS[:7], "3", "<", "1", *EXPERTS[8:], "", "", "可行")
    stdin = typed(*lines, day_of(Stage.EXPERT_REVIEW), "", "y")
    result = pingtai("opine", "bj-test", stdin=stdin)
    assert 0 == result.exit_code, result.output
    assert ["supported"] * 5 == [one["vote"] for one in sent[0][1]["panel"]]
    assert [f"专家{n}" for n in range(1, 6)] == [one["name"] for one in sent[0][1]["panel"]]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_single_answers_are_changed_before_sending(
    pingtai: Run, answers: dict[str, Any], sent: Sent, lang: str
) -> None:
    """By their numbers: one of seven findings, a line taken out of a list, what a flag said, who decides."""
    show_case(answers, at_stage(Stage.INSPECTION))
    corrections = ("补充甲", "补充乙", "", "核查员1（市科委）", "")
    lines = (*COMMISSION, "1", *("1", "") * 7, *corrections, day_of(Stage.INSPECTION), "")
    change = ("4", "2", "人少", "10", "-", "2", "kw-2", "", "y")
    result = pingtai("inspect", "bj-test", "--note", "n", lang=lang, stdin=typed(*lines, *change))
    assert 0 == result.exit_code, result.output
    decision = sent[0][1]
    assert {"finding": "to_improve", "remark": "人少"} == decision["findings"]["site"]
    assert "satisfactory" == decision["findings"]["foundation"]["finding"]
    assert ["补充乙"] == decision["corrections"]
    assert ("kw-2", COMMISSION[1]) == (decision["actor"]["id"], decision["actor"]["organisation"])
    title = {"en": "Check your answers", "zh": "请核对所填内容"}[lang]
    assert 4 == result.stdout.count(title)


def test_another_outcome_asks_for_what_goes_with_it(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """And what went with the first one is not sent."""
    show_case(answers, at_stage(Stage.LISTING))
    day = day_of(Stage.LISTING)
    lines = (*COMMISSION, "1", "2026-1", "B-1", day, "", "1", "2", "y")
    result = pingtai("list", "bj-test", stdin=typed(*lines))
    assert 0 == result.exit_code, result.output
    assert "not_included" == sent[0][1]["outcome"]
    assert not {"list_number", "certificate_number"} & sent[0][1].keys()
    assert 1 == result.stdout.count("List number:")


def test_what_flags_said_can_be_changed_too(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """Who sees it in the check need not begin again."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    flags = ("--outcome", "declined", "--date", day_of(Stage.RECOMMENDATION))
    change = ("1", "1", "2", "hd-2", "", "", "4", "")
    result = pingtai("recommend", "bj-test", *flags, stdin=typed("同意", "", *change, "y"))
    assert 0 == result.exit_code, result.output
    assert "Number or word [declined]" in result.stdout
    actor = {"id": "hd-2", "organisation": "海淀区科委", "district": "haidian", "role": "district"}
    decision = sent[0][1]
    expected = ("recommended", actor, day_of(Stage.RECOMMENDATION))
    assert expected == (decision["outcome"], decision["actor"], decision["decided_on"])


def test_going_back_from_a_changed_answer_leaves_it_as_it_was(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """Whoever chose the wrong number types < and is back at the check."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    lines = ("1", "同意", day_of(Stage.RECOMMENDATION), "", "3", "<", "y")
    assert 0 == pingtai("recommend", "bj-test", stdin=typed(*lines)).exit_code
    assert "同意" == sent[0][1]["opinion"]


@pytest.mark.parametrize(
    "error",
    [
        Refused(Refusal(rule="§四", en="not so", zh="不可", stage="recommendation")),
        invalid("recommendation", "", "not so", "不可"),
    ],
)
def test_what_would_be_refused_is_changed_and_sent(
    pingtai: Run,
    answers: dict[str, Any],
    sent: Sent,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    """The refusal stands below the answers, a yes sends nothing; stopped, it ends with the refusal."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    allowed, answers["check"] = answers["check"], error
    lines = ("1", "同意", day_of(Stage.RECOMMENDATION), "")
    result = pingtai("recommend", "bj-test", stdin=typed(*lines, "y", "n"))
    assert {"Refused": 3}.get(type(error).__name__, 2) == result.exit_code
    assert "It would be refused" in result.stdout
    assert "kept as a draft" in result.stderr
    assert [] == sent
    answers["check"] = allowed
    result = pingtai("recommend", "bj-test", stdin=typed("y", "3", "不同意", "y"))
    assert 0 == result.exit_code, result.output
    assert "不同意" == sent[0][1]["opinion"]


def test_what_an_input_method_makes_of_short_answers_is_understood(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """Full-width digits, letters and brackets; capital letters."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    lines = ("Recommended", "同意", "＜", "", day_of(Stage.RECOMMENDATION), "", "１", "２", "Ｙ")
    result = pingtai("recommend", "bj-test", stdin=typed(*lines))
    assert 0 == result.exit_code, result.output
    assert "returned" == sent[0][1]["outcome"]


def test_a_terminal_that_is_gone_ends_the_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading from it fails with an error of the system: as if whoever was asked went away."""

    def gone(*_: Any, **__: Any) -> str:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(click, "prompt", gone)
    with pytest.raises(click.Abort):
        prompts.ask("?")


def test_what_would_be_refused_anyway_is_said_before_the_questions(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """By whom, not only when: another district, a platform that ended, and what nobody waits for."""
    case = at_stage(Stage.RECOMMENDATION)
    show_case(answers, case)
    who = ("--actor", "x-1", "--organisation", "西城区科委", "--district", "xicheng")
    result = pingtai("recommend", "bj-test", *who, stdin=typed("n"))
    assert 130 == result.exit_code
    assert "only the platform's own district, Haidian District" in result.stdout
    assert "Outcome" not in result.stdout
    show_case(answers, at_stage(Stage.DECLINED))
    result = pingtai("withdraw", "bj-test", lang="zh", stdin=typed("n"))
    assert "当前环节不办理“撤回”" in result.stdout
    assert "是否继续？" in result.stdout
    person = ("--actor", "hd-1", "--organisation", "市科委")
    show_case(answers, at_stage(Stage.INSPECTION))
    result = pingtai("inspect", "bj-test", *person, stdin=typed("y", "1"))
    assert "hd-1 has acted in this case as district" in result.stdout
    assert "Number or word: 1" in result.stdout
    assert [] == sent


def test_who_may_not_decide_is_told_when_it_is_typed(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """A person of another role, the body that is judged, another operator; then who may goes on."""
    case = at_stage(Stage.INSPECTION)
    show_case(answers, case)
    operator = case.state.facts.operator.name
    lines = ("hd-1", "kw-1", f"{operator}技术部", COMMISSION[1], "2")
    result = pingtai("inspect", "bj-test", stdin=typed(*lines))
    assert "! hd-1 has acted in this case as district" in result.stdout
    assert "nobody decides on their own body" in result.stdout
    assert "Number or word: 2" in result.stdout
    result = pingtai("withdraw", "bj-test", stdin=typed("op-1", "别的公司", operator, "调整"))
    assert f"only the operator, {operator}, may say this, not 别的公司" in result.stdout
    answers["log"] = Unreachable("no register", "没有名册")
    result = pingtai("inspect", "bj-test", stdin=typed("hd-1"))
    assert "has acted" not in result.stdout
    assert [] == sent


def test_an_expert_of_the_bodies_is_told_when_it_is_typed(
    pingtai: Run, answers: dict[str, Any]
) -> None:
    """A department of the lead unit, too, and who is on the panel already; by the words of the rule."""
    case = at_stage(Stage.EXPERT_REVIEW)
    show_case(answers, case)
    lead = case.state.facts.lead_unit.name
    first = ("专家1", "1", f"{lead}研究部", "<", "某研究所", "1")
    second = ("专家 1", "专家2", "2", "某协会", "4")
    result = pingtai("opine", "bj-test", stdin=typed(*COMMISSION, "1", *first, *second))
    assert f"! 专家1 belongs to the lead unit, {lead}: experts come from outside" in result.stdout
    assert "! 专家 1 is on the panel already; another person of this name" in result.stdout
    assert "2 of at least 5 experts" in result.stdout


@pytest.mark.parametrize(
    ("day", "told"),
    [("2199-01-01", "is in the future"), ("2000-01-01", "is before the decision it follows")],
)
def test_a_day_that_the_rules_refuse_is_told_when_it_is_typed(
    pingtai: Run, answers: dict[str, Any], day: str, told: str
) -> None:
    """And asked for again."""
    show_case(answers, at_stage(Stage.INSPECTION))
    lines = (*COMMISSION, "3", *("3", "") * 7, "核查员1（市科委）", "", day)
    result = pingtai("inspect", "bj-test", stdin=typed(*lines))
    assert told in result.stdout
    assert 2 == result.stdout.count("Date of the decision [")


def test_a_decision_is_set_aside_by_its_number(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """In the list of those in force; the draft keeps its entry, which stays the same; an id does, too."""
    case = at_stage(Stage.LISTING)
    show_case(answers, case)
    day = day_of(Stage.LISTING)
    wrong = ("9", "../", "2")
    lines = (*COMMISSION, *wrong, "有误", day, "")
    result = pingtai("set-aside", "bj-test", stdin=typed(*lines))
    assert "Decisions in force" in result.stdout
    draft = json.loads(drafts()[0].read_text(encoding="utf-8"))
    assert "1.3" == draft["answers"]["target"][0][1]
    result = pingtai("set-aside", "bj-test", stdin=typed("y", "1", "1", "y"))
    assert 0 == result.exit_code, result.output
    assert [case.log[1].decision_id] == [said["target"] for _, said in sent]
    assert "Will be set aside" in result.stdout
    by_id = (*COMMISSION, str(case.log[2].decision_id), "有误", day, "", "y")
    assert 0 == pingtai("set-aside", "bj-test", stdin=typed(*by_id)).exit_code
    assert case.log[2].decision_id == sent[1][1]["target"]


def test_a_platform_whose_register_does_not_answer_can_set_aside_by_id(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """Then there is no list."""
    show_case(answers, at_stage(Stage.LISTING))
    answers["log"] = Unreachable("no register", "没有名册")
    lines = (*COMMISSION, "d-3", "有误", day_of(Stage.LISTING), "", "y")
    result = pingtai("set-aside", "bj-test", stdin=typed(*lines))
    assert 0 == result.exit_code, result.output
    assert "d-3" == sent[0][1]["target"]


def test_an_unusual_decision_by_flags_is_asked_about(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """At a terminal, unless --yes answers it; what is usual goes at once."""
    case = at_stage(Stage.RECOMMENDATION)
    show_case(answers, case)
    answers["card"] = card_of(Told(case, case.log[0].at))
    login(pingtai)
    flags = ("recommend", "bj-test", "--outcome", "recommended", "--opinion", "同意", "--date")
    result = pingtai(*flags, "2024-03-01", lang="zh", stdin=typed("n"))
    assert 130 == result.exit_code
    assert "! 2024-03-01 早于申请日期 2024-03-04。" in result.stdout
    assert "仍要提交？" in result.stdout
    assert [] == sent
    assert 0 == pingtai(*flags, "2024-03-01", stdin=typed("y")).exit_code
    assert 0 == pingtai(*flags, "2024-03-01", "--yes").exit_code
    assert 0 == pingtai(*flags, str(today())).exit_code
    assert 3 == len(sent)
