"""At a terminal every decision can be taken by answering questions, and the rules take what comes of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from starter.commands.forms_by_kind import FORMS
from starter.desk.reach import open_pingtai
from tests.rules.builders import MECHANISMS, plan
from tests.rules.cases import at_stage, moment
from tests.starter.test_set_aside_preview import lines
from workflows.case import Case
from workflows.periods import beijing_date
from workflows.rules import awaited
from workflows.run_io import CaseView, DecisionPreview
from workflows.states import AssessmentState
from workflows.vocabulary import AssessmentStage, InspectionItem, Kind, Stage

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]

DISTRICT = ("hd-1", "海淀区科技主管部门", "海淀区")
OPERATOR = ("op-1", "京芯共性平台运营有限公司")
COMMISSION = ("kw-1", "市科委、中关村管委会")
DAY = "<the day>"
"""In its place the day of the case is typed."""
PANEL = [
    answer
    for number in range(1, 6)
    for answer in (f"专家{number}", str(number % 4 + 1), f"第{number}研究所", "1")
]

INSPECTOR = ("核查员1（市科委）", "")

GUIDED: dict[str, tuple[Stage | AssessmentStage, str, tuple[str, ...]]] = {
    "recommended": (Stage.RECOMMENDATION, "recommend", (*DISTRICT, "1", "同意", DAY, "")),
    "declined": (Stage.RECOMMENDATION, "recommend", (*DISTRICT[:2], "海淀", "不予推荐", "不同意", DAY, "")),
    "inspected": (
        Stage.INSPECTION,
        "inspect",
        (*COMMISSION, "passed", *("1", "") * 6, "2", "通风不足", "补充通风", "", *INSPECTOR, DAY, ""),
    ),
    "inspection failed": (
        Stage.INSPECTION,
        "inspect",
        (*COMMISSION, "3", *("3", "") * 7, *INSPECTOR, DAY, ""),
    ),
    "revised": (Stage.IMPROVEMENT, "revise", (*OPERATOR, "plan.json", "补充", DAY, "")),
    "opinion": (
        Stage.EXPERT_REVIEW,
        "opine",
        (*COMMISSION, "1", *PANEL, "", "", "可行", DAY, "意见=plan.json", ""),
    ),
    "listed": (Stage.LISTING, "list", (*COMMISSION, "1", "2026-1", "B-1", DAY, "")),
    "not listed": (Stage.LISTING, "list", (*COMMISSION, "2", DAY, "")),
    "withdrawn": (Stage.INSPECTION, "withdraw", (*OPERATOR, "调整", DAY, "")),
    "support": (
        Stage.VALID,
        "support record",
        ("2", *COMMISSION, "tax", DAY, DAY, "加计扣除", "12", ""),
    ),
    "report": (
        AssessmentStage.SELF_REPORT,
        "report",
        (*OPERATOR, *("情况",) * 4, "mechanisms.json", DAY, ""),
    ),
    "review": (AssessmentStage.DISTRICT_REVIEW, "review", (*DISTRICT, "良好", DAY, "")),
    "effective": (
        AssessmentStage.EVALUATION,
        "evaluate",
        (*COMMISSION, "1", *("1", "好", "90") * 4, DAY, ""),
    ),
    "not effective": (
        AssessmentStage.EVALUATION,
        "evaluate",
        (*COMMISSION, "2", *("1", "", "") * 4, "扩大服务", "增加人员", "", DAY, "", ""),
    ),
    "rectified": (
        AssessmentStage.RECTIFICATION,
        "rectify",
        (*OPERATOR, "已扩大服务", "", DAY, ""),
    ),
    "met": (AssessmentStage.REASSESSMENT, "reassess", (*COMMISSION, "1", *("1", "", "") * 4, DAY, "")),
}  # fmt: skip


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits there; a plan and mechanisms lie in the folder."""
    monkeypatch.setattr("starter.commands.decision_command.at_terminal", lambda: True)
    Path("plan.json").write_text(json.dumps(plan("已修改")), encoding="utf-8")
    Path("mechanisms.json").write_text(json.dumps(MECHANISMS), encoding="utf-8")


def view_of(case: Case[Any]) -> CaseView:
    """What the query `state` says of a case."""
    state = case.state
    kind = "assessment" if isinstance(state, AssessmentState) else "platform"
    return CaseView(
        **{kind: state},
        awaited=awaited(state),
        log_seq=len(case.log),
        log_hash=case.log[-1].hash,
        refusals=0,
        recorded=len(case.log),
    )


def show_case(answers: dict[str, Any], case: Case[Any]) -> None:
    """Let the client answer with a case: the platform's, or its assessment's through the platform's."""
    answers["check"] = DecisionPreview(stage=str(case.state.stage))
    answers["state"] = answers["assessment_state"] = view_of(case)
    answers["log"] = lines(case)
    if isinstance(case.state, AssessmentState):
        valid = at_stage(Stage.VALID)
        valid.state = valid.state.model_copy(update={"open_assessment": 1})
        answers["state"], answers["log"] = view_of(valid), lines(valid)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("which", GUIDED)
def test_every_form_makes_a_decision_that_the_rules_take(
    pingtai: Run, answers: dict[str, Any], sent: Sent, which: str, lang: str
) -> None:
    """Asked for who, the outcome, what goes with it, the day and documents; then a summary and a yes."""
    stage, command, typed = GUIDED[which]
    case = at_stage(stage)
    show_case(answers, case)
    day = str(beijing_date(moment(case)))
    lines = [day if answer == DAY else answer for answer in typed]
    result = pingtai(*command.split(), "bj-test", lang=lang, stdin="\n".join([*lines, "y", ""]))
    assert 0 == result.exit_code, result.output
    [(platform, decision)] = sent
    assert "bj-test" == platform
    case.validate(decision, moment(case))
    rule = FORMS[Kind(decision["kind"])].rule[lang == "zh"]
    assert rule[:20] in result.stdout
    assert decision["decision_id"] in result.stdout


def test_all_questions_go_over_one_connection(
    pingtai: Run, answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the case stands, whether the decision would be accepted, and the decision itself."""
    opened, loops = [], set()

    @asynccontextmanager
    async def counted() -> AsyncIterator[Any]:
        opened.append(1)
        loops.add(asyncio.get_running_loop())
        async with open_pingtai() as client:
            yield client

    monkeypatch.setattr("starter.commands.decision_calls.open_pingtai", counted)
    stage, command, typed = GUIDED["withdrawn"]
    show_case(answers, at_stage(stage))
    lines = [str(beijing_date(moment(at_stage(stage)))) if one == DAY else one for one in typed]
    result = pingtai(*command.split(), "bj-test", stdin="\n".join([*lines, "y", ""]))
    assert (0, 1, 1) == (result.exit_code, len(opened), len(loops)), result.output


@pytest.mark.parametrize(
    "last", [("2", "人少"), ("to improve: 人少",), ("需改进：人少",), ("2:人少",), ("2:", "人少")]
)
def test_what_was_typed_is_what_is_sent(
    pingtai: Run, answers: dict[str, Any], sent: Sent, last: tuple[str, ...]
) -> None:
    """Findings item by item with their remarks, corrections line by line, and what flags said besides."""
    show_case(answers, at_stage(Stage.INSPECTION))
    typed = [
        "",
        "kw-1",
        "",
        "市科委",
        "9",
        "通过",
        *("1", "") * 6,
        *last,
        "加人",
        "",
        "核查员1（市科委）",
        "",
        "",
        "",
        "y",
    ]
    result = pingtai("inspect", "bj-test", "--note", "n", stdin="\n".join([*typed, ""]))
    assert 0 == result.exit_code, result.output
    decision = sent[0][1]
    findings = {str(item): {"finding": "satisfactory"} for item in InspectionItem}
    assert (
        findings | {"operations_team": {"finding": "to_improve", "remark": "人少"}}
        == decision["findings"]
    )
    assert ["加人"] == decision["corrections"]
    assert ["核查员1（市科委）"] == decision["inspectors"]
    actor = {"id": "kw-1", "role": "commission", "organisation": "市科委"}
    assert (actor, "n", "passed") == (decision["actor"], decision["note"], decision["outcome"])
    assert "documents" not in decision


def test_only_what_is_missing_is_asked(pingtai: Run, answers: dict[str, Any], sent: Sent) -> None:
    """Flags, files and the profile answer their questions; --yes takes the last one off."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    flags = ("--outcome", "recommended", "--date", "2026-11-24", "--document", "a=plan.json")
    result = pingtai("recommend", "bj-test", *flags, "--yes", stdin="同意\n")
    assert 0 == result.exit_code, result.output
    assert ("同意", "recommended") == (sent[0][1]["opinion"], sent[0][1]["outcome"])
    assert "海淀区科委" == sent[0][1]["actor"]["organisation"]


def test_nothing_is_asked_when_nothing_is_missing(pingtai: Run, sent: Sent) -> None:
    """A whole decision by flags goes at once, at a terminal too."""
    login(pingtai)
    result = pingtai("recommend", "bj-test", "--outcome", "recommended", "--opinion", "同意")
    assert 0 == result.exit_code, result.output
    assert 1 == len(sent)


@pytest.mark.parametrize(
    "stdin", ["", "1\n", "1\n同意\n\n\nn\n", "1\n同意\n\n\n\n", "1\n同意\n\n\n<\n"]
)
def test_whoever_goes_away_leaves_nothing(
    pingtai: Run, answers: dict[str, Any], sent: Sent, stdin: str
) -> None:
    """The end of the input, or no yes: nothing was sent, it says so, and the code is 130."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    result = pingtai("recommend", "bj-test", stdin=stdin)
    assert 130 == result.exit_code
    assert "Nothing was sent." in result.stderr
    assert [] == sent


def test_a_step_that_is_not_awaited_is_said_first(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """Nobody answers twenty questions to be told that it is not the time."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    login(pingtai)
    result = pingtai("list", "bj-test", lang="zh", stdin="\n")
    assert 130 == result.exit_code
    assert "当前环节不办理“纳入名单”" in result.stdout
    assert [] == sent


def test_the_commission_goes_on_without_a_report(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """Whose role leaves one outcome only is not asked for it: an overdue report, passed over with a reason."""
    case = at_stage(AssessmentStage.SELF_REPORT)
    case.state = case.state.model_copy(update={"overdue": True})
    show_case(answers, case)
    flags = ("--actor", "kw-1", "--organisation", "市科委", "--role", "commission")
    result = pingtai("report", "bj-test", *flags, stdin="逾期两月\n\n\ny\n")
    assert 0 == result.exit_code, result.output
    assert ("not_filed", "逾期两月") == (sent[0][1]["outcome"], sent[0][1]["reason"])


@pytest.mark.parametrize(
    "stage", [AssessmentStage.DISTRICT_REVIEW, AssessmentStage.REASSESSMENT_VIEW]
)
def test_the_commission_goes_on_without_the_district(
    pingtai: Run, answers: dict[str, Any], sent: Sent, stage: AssessmentStage
) -> None:
    """A silent district is passed over with a reason, for the year and for what was rectified."""
    case = at_stage(stage)
    case.state = case.state.model_copy(update={"overdue": True})
    show_case(answers, case)
    flags = ("--actor", "kw-1", "--organisation", "市科委", "--role", "commission")
    result = pingtai("review", "bj-test", *flags, stdin="两次催告未复\n\n\ny\n")
    assert 0 == result.exit_code, result.output
    assert ("not_given", "两次催告未复") == (sent[0][1]["outcome"], sent[0][1]["reason"])
    assert "view" not in sent[0][1]


def test_a_panel_is_asked_for_until_it_is_enough(pingtai: Run, answers: dict[str, Any]) -> None:
    """It says how many experts are still needed, and from which fields."""
    show_case(answers, at_stage(Stage.EXPERT_REVIEW))
    typed = (*COMMISSION, "1", *PANEL[:4], "")
    result = pingtai("opine", "bj-test", stdin="\n".join(typed))
    assert "1 of at least 5 experts; none yet from technology" in result.stdout
    assert 130 == result.exit_code


def test_no_question_in_a_pipe_and_none_for_programs(
    pingtai: Run, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a terminal, with --json, or with a decision from standard input it says what is missing."""
    for flags in (("--json",), ("--file", "-")):
        result = pingtai("recommend", "bj-test", *flags, stdin="{}")
        assert 2 == result.exit_code
        assert "outcome (--outcome): missing" in result.stderr
    monkeypatch.setattr("starter.commands.decision_command.at_terminal", lambda: False)
    result = pingtai("recommend", "bj-test", stdin="1\n")
    assert 2 == result.exit_code
    assert "pingtai login" in result.stderr
    assert [] == sent


def test_each_kind_has_its_rule() -> None:
    """In both languages."""
    assert set(Kind) == set(FORMS)
    assert all(form.rule.en.isascii() for form in FORMS.values())
    assert not any(form.rule.zh.isascii() for form in FORMS.values())


def login(pingtai: Run) -> None:
    """Let the desk know who sits at it."""
    said = ("--id", "hd-1", "--role", "district", "--district", "haidian")
    assert 0 == pingtai("login", *said, "--organisation", "海淀区科委").exit_code
