"""撤销更正: a wrong decision stays on the record with all that followed, and the case stands where it was."""

from datetime import date
from typing import Any

import pytest

from workflows.assessment_years import opening_number
from workflows.case import Case
from workflows.record import find_chain_break
from workflows.refusal import Refused
from workflows.state_folding import fold, set_aside_marks, states
from workflows.states import Receipt
from workflows.vocabulary import AssessmentStage, Happening, Kind, Stage

from .builders import DAY, plan
from .cases import at_stage, decide, decision, moment, platform, record_event, returned_from


def taken(case: Case[Any], kind: str) -> str:
    """The id of the last decision of a kind."""
    return [r.decision_id for r in case.receipts if r.kind == kind][-1]


def set_aside(case: Case[Any], kind: str, **changes: Any) -> Receipt:
    """Set the last decision of a kind aside; the log folds to the state at every prefix."""
    receipt = decide(case, Kind.SET_ASIDE, **{"target": taken(case, kind)} | changes)
    assert fold(case.log) == case.state
    assert [fold(case.log[:n]) for n, _ in enumerate(case.log, start=1)] == states(case.log)
    assert find_chain_break(case.log, case.before) is None
    return receipt


def test_an_inspection_that_passed() -> None:
    """It is awaited again with a clock of its own; the entry says which entries no longer count."""
    case = at_stage(Stage.LISTING)
    record_event(case, Happening.REMINDED)
    record_event(case, Happening.OVERDUE)
    receipt = set_aside(case, Kind.INSPECTION)
    assert (receipt.stage, receipt.outcome) == ("inspection", "set_aside")
    assert [(a.kind, a.role) for a in receipt.awaited] == [("inspection", "commission")]
    assert case.log[-1].said["sets_aside"] == [3, 6]
    assert set_aside_marks(case.log) == {3: 7, 4: 7, 5: 7, 6: 7}
    state = case.state
    assert (state.since, state.overdue, state.reminded) == (receipt.at, False, False)
    assert decide(case, Kind.INSPECTION, "failed").stage == Stage.DECLINED


def test_an_inspection_that_returned_a_plan_which_was_corrected() -> None:
    """The corrected plan falls with it: the plan that was inspected counts, and no number is used again."""
    case = returned_from(Stage.INSPECTION)
    first = case.log[0].said["plan_sha256"]
    decide(case, Kind.PLAN_REVISION, plan=plan("第二版"))
    assert (case.state.plan_version, len(case.state.spent)) == (2, 1)
    set_aside(case, Kind.INSPECTION)
    assert case.log[-1].said["sets_aside"] == [3, 6]
    assert [entry.name for entry in case.log[2:6]] == [
        "inspection",
        "clock_stopped",
        "plan_revision",
        "clock_started",
    ]
    assert (case.state.stage, case.state.plan_version) == (Stage.INSPECTION, 1)
    assert (case.state.plan_sha256, case.state.spent) == (first, ())
    decide(case, Kind.INSPECTION, "returned")
    decide(case, Kind.PLAN_REVISION, plan=plan("第三版"))
    assert (case.state.plan_version, case.plans[-1].version) == (3, 3)
    set_aside(case, Kind.INSPECTION)
    decide(case, Kind.INSPECTION, corrections=["补充"])
    decide(case, Kind.PLAN_REVISION, plan=plan("第四版"))
    assert [kept.version for kept in case.plans] == [2, 3, 4]


def test_a_step_that_was_corrected_before_has_all_its_days_again() -> None:
    """The clock is new: what the step ran before a correction that still counts is not taken off again."""
    case = returned_from(Stage.INSPECTION)
    decide(case, Kind.PLAN_REVISION, plan=plan("第二版"))
    assert [Stage.INSPECTION] == [spent.stage for spent in case.state.spent]
    decide(case, Kind.INSPECTION)
    set_aside(case, Kind.INSPECTION)
    assert (Stage.INSPECTION, 2, ()) == (
        case.state.stage,
        case.state.plan_version,
        case.state.spent,
    )


def test_a_receipt_says_whether_it_counts_still() -> None:
    """Asked for by its id, also when the case has ended since."""
    case = at_stage(Stage.INSPECTION)
    wrong = taken(case, Kind.RECOMMENDATION)
    by = set_aside(case, Kind.RECOMMENDATION).decision_id
    decide(case, Kind.WITHDRAWAL)
    answers = {id: case.answered(id) for id in (wrong, by, "d-unknown")}
    assert {wrong: by, by: None} == {id: a.set_aside_by for id, a in answers.items() if a}
    assert answers["d-unknown"] is None


def test_a_plan_that_was_filed_by_mistake() -> None:
    """The operator corrects once more; what the clock of the inspection had run stays counted."""
    case = returned_from(Stage.INSPECTION)
    spent = case.state.spent
    decide(case, Kind.PLAN_REVISION)
    set_aside(case, Kind.PLAN_REVISION)
    assert (case.state.stage, case.state.came_from) == (Stage.CORRECTION, Stage.INSPECTION)
    assert (case.state.spent, len(spent)) == (spent, 1)
    assert decide(case, Kind.PLAN_REVISION).stage == Stage.INSPECTION


def test_an_expert_opinion_after_which_the_platform_was_listed() -> None:
    """§四(三): validity, list and certificate fall with it; the experts are awaited again."""
    case = at_stage(Stage.VALID)
    receipt = set_aside(case, Kind.EXPERT_OPINION)
    state = case.state
    assert (receipt.stage, case.log[-1].said["sets_aside"]) == ("expert_review", [4, 5])
    assert (state.valid_until, state.listed_on) == (None, None)
    assert (state.list_number, state.certificate_number) == (None, None)
    decide(case, Kind.EXPERT_OPINION)
    decide(case, Kind.LISTING, certificate_number="GX-002")
    assert (case.state.stage, case.state.certificate_number) == (Stage.VALID, "GX-002")
    assert case.state.listed_on == case.log[-1].at.date()


def test_a_listing_with_years_behind_it() -> None:
    """Its years rest on it and fall with it; their openings are counted on, for their logs are still there."""
    case = at_stage(Stage.VALID)
    for year in (1, 2):
        case.record_event(Happening.ASSESSMENT_OPENED, {"year": year}, moment(case))
        if year == 1:
            record_event(case, Happening.ASSESSMENT_ENDED, "effective")
    record_event(case, Happening.VALIDITY_NEARING)
    set_aside(case, Kind.LISTING)
    state = case.state
    assert (state.stage, state.assessments, state.open_assessment) == (Stage.LISTING, (), None)
    assert (state.told_days, state.valid_until, state.openings) == (None, None, 0)
    record_event(case, Happening.ASSESSMENT_CLOSED)
    decide(case, Kind.LISTING)
    assert opening_number(case.log, case.state, 1) == {"opening": 2}
    assert opening_number(case.log, case.state, 3) == {}
    said = {"year": 1} | opening_number(case.log, case.state, 1)
    case.record_event(Happening.ASSESSMENT_OPENED, said, moment(case))
    assert (case.state.open_assessment, case.state.openings) == (1, 2)


@pytest.mark.parametrize("noted", [True, False])
def test_a_withdrawal_with_an_assessment_open(noted: bool) -> None:
    """The platform is valid as before; its year is opened anew, for its assessment ended with it."""
    case = at_stage(Stage.VALID)
    valid_until = case.state.valid_until
    record_event(case, Happening.ASSESSMENT_OPENED)
    record_event(case, Happening.VALIDITY_NEARING)
    decide(case, Kind.WITHDRAWAL)
    if noted:
        record_event(case, Happening.ASSESSMENT_ENDED, "ended_with_platform")
    receipt = set_aside(case, Kind.WITHDRAWAL)
    state = case.state
    assert (receipt.stage, state.valid_until, case.ended) == ("valid", valid_until, False)
    assert (state.assessments, state.open_assessment, state.told_days) == ((), None, 180)
    record_event(case, Happening.ASSESSMENT_OPENED)
    assert (case.state.open_assessment, case.state.openings) == (1, 2)


@pytest.mark.parametrize(
    ("stage", "kind", "outcome"),
    [
        (Stage.RECOMMENDATION, Kind.RECOMMENDATION, "declined"),
        (Stage.INSPECTION, Kind.INSPECTION, "failed"),
        (Stage.EXPERT_REVIEW, Kind.EXPERT_OPINION, "not_supported"),
        (Stage.LISTING, Kind.LISTING, "not_included"),
        (Stage.IMPROVEMENT, Kind.WITHDRAWAL, None),
    ],
)
def test_a_decision_that_ended_the_term(stage: Stage, kind: Kind, outcome: str | None) -> None:
    """The term is open again where it had ended, and goes on."""
    case = at_stage(stage)
    awaited = case.state.came_from
    decide(case, kind, outcome)
    assert case.ended
    assert set_aside(case, kind).stage == stage
    assert (case.ended, case.state.came_from) == (False, awaited)
    again = Kind.PLAN_REVISION if kind is Kind.WITHDRAWAL else kind
    assert decide(case, again).kind == again


def test_a_decision_before_one_that_was_set_aside() -> None:
    """All that followed falls, also the correction and what came after it; what fell first keeps its mark."""
    case = at_stage(Stage.LISTING)
    set_aside(case, Kind.EXPERT_OPINION)
    decide(case, Kind.EXPERT_OPINION)
    set_aside(case, Kind.RECOMMENDATION)
    assert case.state.stage == Stage.RECOMMENDATION
    assert [e.said["sets_aside"] for e in case.log if e.name == Kind.SET_ASIDE] == [[4, 4], [2, 6]]
    assert set_aside_marks(case.log) == {4: 5, 2: 7, 3: 7, 5: 7, 6: 7}


def test_a_decision_after_one_that_was_set_aside() -> None:
    """What was decided anew may be wrong as well; what stood before stays."""
    case = at_stage(Stage.LISTING)
    set_aside(case, Kind.INSPECTION)
    decide(case, Kind.INSPECTION)
    decide(case, Kind.EXPERT_OPINION)
    set_aside(case, Kind.EXPERT_OPINION)
    assert case.state.stage == Stage.EXPERT_REVIEW
    assert set_aside_marks(case.log) == {3: 5, 4: 5, 7: 8}
    assert case.state == fold(case.log[:6]).model_copy(
        update={"since": case.log[-1].at, "plans_filed": 1}
    )


def test_a_case_that_is_corrected_again_and_again() -> None:
    """Folding takes one walk, however often a decision was set aside."""
    case = at_stage(Stage.INSPECTION)
    for _ in range(50):
        decide(case, Kind.INSPECTION)
        decide(case, Kind.SET_ASIDE)
    assert (case.state.stage, len(set_aside_marks(case.log))) == (Stage.INSPECTION, 50)
    assert fold(case.log) == case.state


def test_a_decision_that_was_set_aside_is_not_taken_again() -> None:
    """Sent again, it is answered as at first, and told by which decision it was set aside."""
    case = platform()
    raw = decision(Kind.RECOMMENDATION, case)
    first = case.decide(raw, moment(case))
    receipt = set_aside(case, Kind.RECOMMENDATION)
    record = case.record()
    told = case.decide(raw, moment(case))
    assert told == first.model_copy(update={"repeated": True, "set_aside_by": receipt.decision_id})
    again = case.decide(
        decision(Kind.SET_ASIDE, case, decision_id="d-3", target="d-2")
        | {"decided_on": case.log[-1].said["decided_on"]},
        moment(case),
    )
    assert (again.repeated, again.set_aside_by, case.record()) == (True, None, record)


def test_what_is_decided_anew_may_keep_its_true_day() -> None:
    """A mistake of entry is corrected with the day on which people decided, not before what it follows."""
    case = at_stage(Stage.VALID)
    listed_on = case.state.listed_on
    set_aside(case, Kind.LISTING)
    opinion = case.state.decided_on
    with pytest.raises(Refused, match="is before the decision it follows"):
        decide(case, Kind.LISTING, decided_on=f"{opinion - DAY}")
    decide(case, Kind.LISTING, decided_on=f"{listed_on}")
    assert (case.state.listed_on, listed_on) == (listed_on, date(2024, 3, 8))


def test_an_evaluation_with_its_rectification_open() -> None:
    """§六: the evaluation is awaited again, and the deadline that it had set is gone."""
    case = at_stage(AssessmentStage.RECTIFICATION)
    assert case.state.mend_by is not None
    receipt = set_aside(case, Kind.EVALUATION)
    assert (receipt.stage, receipt.year, case.state.mend_by) == ("evaluation", 1, None)
    assert decide(case, Kind.EVALUATION).stage == AssessmentStage.EFFECTIVE


def test_a_reassessment_that_delisted() -> None:
    """§六: the platform is valid again with its assessment open; there the reassessment is awaited again."""
    child = at_stage(AssessmentStage.NOT_MET)
    case = at_stage(Stage.VALID)
    record_event(case, Happening.ASSESSMENT_OPENED)
    ended = {"year": 1, "log_hash": child.log[-1].hash, "entries": len(child.log)}
    case.record_event(Happening.ASSESSMENT_ENDED, ended, moment(child), AssessmentStage.NOT_MET)
    said = decision(Kind.SET_ASIDE, case, target=taken(child, Kind.REASSESSMENT), year=1)
    said |= {"decision_id": "set-aside-1"}
    receipt = case.decide(said, moment(case))
    state = case.state
    assert (receipt.stage, state.open_assessment, state.assessments) == ("valid", 1, ())
    assert (state.reopening, state.openings) == (said, 1)
    assert case.log[-1].said == said | {"sets_aside": [7, 7]}
    assert fold(case.log) == state
    assert child.decide(state.reopening, receipt.at).stage == AssessmentStage.REASSESSMENT
    assert fold(child.log) == child.state
    decide(child, Kind.REASSESSMENT)
    record_event(case, Happening.ASSESSMENT_ENDED, "met")
    assert (case.state.stage, case.state.reopening) == (Stage.VALID, None)
    assert [year.result for year in case.state.assessments] == ["met"]


def test_a_listing_of_a_platform_that_was_delisted() -> None:
    """§四(四), §六: with the listing its years and the delisting fall."""
    case = at_stage(Stage.DELISTED)
    assert set_aside(case, Kind.LISTING).stage == Stage.LISTING
    assert (case.state.assessments, case.ended) == ((), False)
