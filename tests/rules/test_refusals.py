"""Refused: out of order, by the wrong person, on the wrong day. Nothing changes, and the way on is told."""

from collections.abc import Set

import pytest

from workflows.refusal import Refused
from workflows.steps import AnyStage
from workflows.vocabulary import AssessmentStage, District, Happening, Kind, Role, Stage

from .builders import BY, COMMISSION, DAY, DISTRICT, OPERATOR, OPERATOR_NAME, actor
from .cases import PATHS, at_stage, decide, decision, moment, record_event
from .refusing import AWAITED, refusal

CLOSED = {"expired", "ended_with_validity", "ended_with_platform"}
"""Ends that no decision brought about: nothing is set aside any more."""
OPEN = set(Stage) - {"expired", "delisted", "declined", "withdrawn", "terminated"}
UNASKED: dict[str, Set[str]] = {
    Kind.WITHDRAWAL: OPEN,
    Kind.FACTS_CHANGE: OPEN,
    Kind.SUSPENSION: OPEN,
    Kind.RESUMPTION: OPEN,
    Kind.TERMINATION: OPEN,
    Kind.SET_ASIDE: (set(Stage) | set(AssessmentStage)) - CLOSED,
    Kind.SUPPORT: {"valid"},
    Kind.BRINGING_IN: {"recommendation", "listing"},
    Kind.NEXT_TERM: {"valid"},
}
"""Where each of the kinds is possible that nobody waits for."""
OUT_OF_TURN = [
    (stage, kind)
    for stage in PATHS
    for kind in Kind
    if kind not in [awaited for awaited, _, _ in AWAITED.get(stage, ())]
    and stage not in UNASKED.get(kind, ())
]
"""Every kind in every stage where it may not be said."""
IN_TURN = [(stage, Kind(kind)) for stage, all_of in AWAITED.items() for kind, _, _ in all_of]
STAGES = {str(stage): stage for stage in PATHS}


@pytest.mark.parametrize(("stage", "kind"), OUT_OF_TURN, ids=str)
def test_out_of_order(stage: AnyStage, kind: Kind) -> None:
    """A decision that is not awaited is refused by its own article, and told where the case stands."""
    case = at_stage(stage)
    why = refusal(case, decision(kind, case), kind.article)
    assert why == f"{kind.words.en} is not awaited: the stage is “{stage.words.en}”"


@pytest.mark.parametrize(("stage", "kind"), IN_TURN)
def test_the_wrong_role(stage: str, kind: Kind) -> None:
    """What one role decides no other may, whoever they are."""
    case = at_stage(STAGES[stage])
    [(_, by, rule)] = AWAITED[stage]
    also = {Role.COMMISSION} if kind in ("self_report", "rectification_report") else set()
    for role in set(Role) - {by} - also:
        refusal(case, decision(kind, case, actor=actor(role)), rule)


@pytest.mark.parametrize("stage", [Stage.RECOMMENDATION, AssessmentStage.DISTRICT_REVIEW])
@pytest.mark.parametrize("district", [d for d in District if d != "haidian"])
def test_another_district(stage: AnyStage, district: District) -> None:
    """§四(一), §六: only the platform's own district may speak for it."""
    case = at_stage(stage)
    [(kind, _, rule)] = AWAITED[stage]
    raw = decision(kind, case, actor=DISTRICT | {"district": str(district)})
    why = "only the platform's own district, Haidian District, may say this; you speak for "
    assert refusal(case, raw, rule) == why + district.words.en


def test_district_staff_without_a_district() -> None:
    """District staff name their district."""
    case = at_stage(Stage.RECOMMENDATION)
    raw = decision(Kind.RECOMMENDATION, case, actor=DISTRICT | {"district": None})
    assert refusal(case, raw, "§四(一)").endswith("you speak for no district")


@pytest.mark.parametrize("name", ["另一家运营有限公司", "京芯微电子研究院", OPERATOR_NAME[:-2]])
def test_another_operator(name: str) -> None:
    """Only the operator that applied files a plan, a report, or withdraws; not even the lead unit."""
    case = at_stage(Stage.IMPROVEMENT)
    raw = decision(Kind.PLAN_REVISION, case, actor=OPERATOR | {"organisation": name})
    why = f"only the operator, {OPERATOR_NAME}, may say this, not {name}"
    assert refusal(case, raw, "§四(二)") == why
    raw = decision(Kind.WITHDRAWAL, case, actor=OPERATOR | {"organisation": name})
    assert refusal(case, raw, "§四") == why


def test_the_operators_name_in_another_spelling() -> None:
    """Spaces and letter case do not make another operator."""
    case = at_stage(Stage.IMPROVEMENT, operator={"name": "Jing Xin 平台"})
    decide(case, Kind.PLAN_REVISION, actor=OPERATOR | {"organisation": "jing  xin平台"})
    assert case.state.stage == Stage.EXPERT_REVIEW


def test_a_day_in_the_future() -> None:
    """No decision is dated after today, and today is Beijing's."""
    case = at_stage(Stage.INSPECTION)
    today = moment(case).date()
    raw = decision(Kind.INSPECTION, case, decided_on=f"{today + DAY}")
    assert refusal(case, raw, "§四") == (
        f"decided_on {today + DAY} is in the future: today is {today} in Beijing"
    )


def test_today_is_beijings_day() -> None:
    """At 16:00 UTC it is the next day in Beijing, and a decision may be dated so; a minute earlier not."""
    case = at_stage(Stage.INSPECTION)
    evening = moment(case).replace(hour=15, minute=59)
    raw = decision(Kind.INSPECTION, case, decided_on=f"{(evening + DAY).date()}")
    with pytest.raises(Refused):
        case.validate(raw, evening)
    case.decide(raw, evening.replace(hour=16, minute=0))
    assert case.state.decided_on == (evening + DAY).date()


def test_a_day_before_the_decision_that_it_follows() -> None:
    """A decision is never dated before the one it follows; the same day will do."""
    case = at_stage(Stage.INSPECTION)
    before = case.state.decided_on
    raw = decision(Kind.INSPECTION, case, decided_on=f"{before - DAY}")
    assert refusal(case, raw, "§四") == (
        f"decided_on {before - DAY} is before the decision it follows, {before}"
    )
    decide(case, Kind.INSPECTION, decided_on=f"{before}")
    assert case.state.decided_on == before


def test_a_decision_from_before_the_case() -> None:
    """What was decided on paper before the case was entered keeps its true day."""
    case = at_stage(Stage.RECOMMENDATION)
    decide(case, Kind.RECOMMENDATION, decided_on="2023-12-31")
    assert case.log[-1].said["decided_on"] == "2023-12-31"
    assert str(case.state.decided_on) == "2023-12-31"


@pytest.mark.parametrize(
    ("stage", "kind"),
    [
        (AssessmentStage.SELF_REPORT, Kind.SELF_REPORT),
        (AssessmentStage.RECTIFICATION, Kind.RECTIFICATION_REPORT),
    ],
)
def test_going_on_without_a_report(stage: AssessmentStage, kind: Kind) -> None:
    """§六: the commission goes on without a report only once it is overdue; the operator never says so."""
    case = at_stage(stage)
    raw = decision(kind, case, "not_filed")
    assert "is not overdue yet" in refusal(case, raw, "§六")
    record_event(case, Happening.OVERDUE)
    by_operator = decision(kind, case, "not_filed", actor=OPERATOR)
    assert "the operator can say only “filed”, not “not filed”" in refusal(case, by_operator, "§六")
    by_commission = decision(kind, case, actor=COMMISSION)
    assert "the commission can say only “not filed”, not “filed”" in refusal(
        case, by_commission, "§六"
    )
    with_content = decision(kind, case, "not_filed")
    with_content |= {"groups": {"teams": "稳定"}} if kind == "self_report" else {"mended": ["x"]}
    assert "and nothing else" in refusal(case, with_content, "§六")
    unreasoned = decision(kind, case, "not_filed", reason=None)
    assert "says the reason" in refusal(case, unreasoned, "§六")
    decide(case, kind, "not_filed")
    assert case.log[-1].outcome == "not_filed"


def test_a_late_report_is_still_taken() -> None:
    """Overdue is shown and told, never decided: the operator may still report."""
    case = at_stage(AssessmentStage.SELF_REPORT)
    record_event(case, Happening.OVERDUE)
    decide(case, Kind.SELF_REPORT)
    assert (case.state.stage, case.state.overdue) == ("district_review", False)


def test_every_decision_has_someone_to_take_it() -> None:
    """The builders know who takes each of the kinds that the table gives to the operator or a district."""
    by = {kind: who for rows in AWAITED.values() for kind, who, _ in rows}
    assert {kind: by[kind] for kind in BY if kind in by} == {
        kind: who["role"] for kind, who in BY.items() if kind in by
    }
