"""§六, 会同各区: the district is heard on the year and on the rectification; silent, it holds nothing up."""

from typing import Any

import pytest

from workflows.case import Case
from workflows.circumstances import Edition
from workflows.decision_reading import decision_of
from workflows.model import InvalidMessage
from workflows.periods import beijing_date
from workflows.refusal import Refused
from workflows.vocabulary import AssessmentStage, Happening, Kind

from .builders import COMMISSION, DISTRICT
from .cases import HEARD, at_stage, decide, decision, moment, record_event
from .refusing import refusal

STAGES = {
    AssessmentStage.DISTRICT_REVIEW: AssessmentStage.EVALUATION,
    AssessmentStage.REASSESSMENT_VIEW: AssessmentStage.REASSESSMENT,
}
stages = pytest.mark.parametrize(("stage", "goal"), STAGES.items())


@stages
def test_the_commission_goes_on_without_a_silent_district(
    stage: AssessmentStage, goal: AssessmentStage
) -> None:
    """Once the view is overdue, and not before; the district itself never says so."""
    case = at_stage(stage)
    raw = decision(Kind.DISTRICT_REVIEW, case, "not_given")
    assert "is not overdue yet" in refusal(case, raw, "§六")
    record_event(case, Happening.OVERDUE)
    by_district = decision(Kind.DISTRICT_REVIEW, case, "not_given", actor=DISTRICT)
    assert "in the district review the district can say only “given”, not “not given”" in refusal(
        case, by_district, "§六"
    )
    by_commission = decision(Kind.DISTRICT_REVIEW, case, actor=COMMISSION)
    assert "the commission can say only “not given”, not “given”" in refusal(
        case, by_commission, "§六"
    )
    decide(case, Kind.DISTRICT_REVIEW, "not_given", reason="两次催告未复")
    assert (case.state.stage, case.log[-1].outcome) == (goal, "not_given")
    assert case.log[-1].said["reason"] == "两次催告未复"


@stages
def test_a_late_view_is_still_taken(stage: AssessmentStage, goal: AssessmentStage) -> None:
    """Overdue is told, never decided."""
    case = at_stage(stage)
    record_event(case, Happening.OVERDUE)
    decide(case, Kind.DISTRICT_REVIEW)
    assert (case.state.stage, case.log[-1].outcome) == (goal, "given")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "“given” goes with the district's view"),
        ({"view": "好", "reason": "逾期"}, "and with no reason"),
        ({"outcome": "not_given"}, "goes with the reason"),
        ({"outcome": "not_given", "reason": "逾期", "view": "好"}, "and with nothing else"),
    ],
)
def test_a_view_or_a_reason(said: dict[str, Any], why: str) -> None:
    """The message itself says it: a signal without a view was refused as such in every release."""
    case = at_stage(AssessmentStage.DISTRICT_REVIEW)
    raw = decision(Kind.DISTRICT_REVIEW, case) | said
    if "view" not in said:
        del raw["view"]
    with pytest.raises(InvalidMessage) as caught:
        decision_of(raw)
    assert why in caught.value.words.en


def test_a_view_of_before_is_hashed_as_it_was() -> None:
    """What an older client sends says no outcome, and the log says none."""
    case = at_stage(AssessmentStage.EVALUATION)
    assert "outcome" not in case.log[-1].said


def test_a_run_of_before_goes_on_without_the_district_only_once_it_takes_the_new_edition() -> None:
    """By its own edition it is refused; a run of 0.4.0 takes the newer with this very decision."""
    case = at_stage(AssessmentStage.DISTRICT_REVIEW)
    record_event(case, Happening.OVERDUE)
    raw = decision(Kind.DISTRICT_REVIEW, case, "not_given")
    for edition, taken in ((Edition.V0_4, True), (Edition.V0_1, False)):
        old: Case[Any] = Case(case.state, case.record(), edition)
        wanted = old.edition_for(decision_of(raw))
        assert wanted == (Edition.V0_5 if taken else edition)
        with pytest.raises(Refused, match="is for the district to take"):
            old.decide(raw, moment(old))
        if taken:
            old.take_edition(wanted)
            assert old.decide(raw, moment(old)).stage == AssessmentStage.EVALUATION


def test_without_days_for_it_the_district_is_not_heard_again() -> None:
    """The policy of an older case has none: its rectification leads to the reassessment, as before."""
    case = at_stage(AssessmentStage.RECTIFICATION)
    assert decide(case, Kind.RECTIFICATION_REPORT).stage == AssessmentStage.REASSESSMENT
    heard = at_stage(AssessmentStage.RECTIFICATION, policy=HEARD)
    receipt = decide(heard, Kind.RECTIFICATION_REPORT)
    assert receipt.stage == AssessmentStage.REASSESSMENT_VIEW
    assert [(a.kind, a.role) for a in receipt.awaited] == [("district_review", "district")]
    assert heard.state.decided_on == beijing_date(heard.log[-1].at)
