"""Whole lives, told by `Case` alone: getting in, being corrected, being assessed, ending."""

from datetime import UTC, date, datetime

import pytest

from workflows.case import Case
from workflows.refusal import Refused
from workflows.rules import ending
from workflows.state_folding import fold
from workflows.states import AssessmentResult
from workflows.vocabulary import AssessmentStage, Happening, Kind, Stage

from .builders import DAY, plan
from .cases import (
    assessment,
    at_stage,
    decide,
    decision,
    moment,
    platform,
    record_event,
    returned_from,
)


def test_from_the_plan_to_the_list() -> None:
    """§四(一) to (四): recommended, inspected, supported, included; valid for three years from that day."""
    case = platform()
    ways = [Kind.RECOMMENDATION, Kind.INSPECTION, Kind.EXPERT_OPINION, Kind.LISTING]
    receipts = [decide(case, kind) for kind in ways]
    assert [receipt.stage for receipt in receipts] == [
        "inspection",
        "expert_review",
        "listing",
        "valid",
    ]
    assert [[(a.kind, a.role) for a in receipt.awaited] for receipt in receipts] == [
        [("inspection", "commission")],
        [("expert_opinion", "commission")],
        [("listing", "commission")],
        [],
    ]
    state = case.state
    assert (state.list_number, state.certificate_number) == ("2024-1", "GX-001")
    assert state.listed_on == date(2024, 3, 8)
    assert state.valid_until == datetime(2027, 3, 8, 16, tzinfo=UTC)


def test_a_receipt_says_what_was_taken_and_by_which_entry() -> None:
    """The receipt corresponds to the entry of the log that it answers."""
    case = platform()
    receipt = decide(case, Kind.RECOMMENDATION)
    entry = case.log[-1]
    assert (receipt.seq, receipt.at, receipt.kind) == (entry.seq, entry.at, entry.name)
    assert (receipt.outcome, receipt.stage) == (entry.outcome, entry.stage)
    assert receipt.decision_id == entry.decision_id
    assert (receipt.platform_id, receipt.term, receipt.year) == ("bj-test", 1, None)
    year = assessment(year=2)
    assert decide(year, Kind.SELF_REPORT).year == 2


@pytest.mark.parametrize("stage", [Stage.RECOMMENDATION, Stage.INSPECTION, Stage.EXPERT_REVIEW])
def test_a_corrected_plan_goes_back_to_the_stage_that_returned_it(stage: Stage) -> None:
    """§四: the same stage is done again, earlier ones stand, and all versions of the plan are kept."""
    case = returned_from(stage)
    entries = len(case.log)
    assert (case.state.stage, case.state.came_from) == (Stage.CORRECTION, stage)
    decide(case, Kind.PLAN_REVISION, plan=plan("第二版"))
    assert (case.state.stage, case.state.plan_version) == (stage, 2)
    assert [entry.name for entry in case.log[entries:]] == ["plan_revision", "clock_started"]
    again = {"recommendation": "recommendation", "inspection": "inspection"}
    decide(case, again.get(stage, "expert_opinion"), "returned")
    decide(case, Kind.PLAN_REVISION, plan=plan("第三版"))
    assert (case.state.stage, case.state.plan_version) == (stage, 3)
    kept = [(version.version, version.plan["parts"]["approach"]) for version in case.plans]
    assert kept == [(2, "第二版"), (3, "第三版")]
    assert case.log[-1].said == {"of": stage}
    assert case.plans[-1].sha256 == case.state.plan_sha256 == case.log[-2].said["plan_sha256"]


def test_passed_with_corrections_is_improved_first() -> None:
    """§四(二): a platform that passed with corrections files an improved plan and only then goes on."""
    case = at_stage(Stage.INSPECTION)
    decide(case, Kind.INSPECTION, corrections=["补充设备清单"])
    assert case.state.stage == Stage.IMPROVEMENT
    assert decide(case, Kind.PLAN_REVISION).stage == Stage.EXPERT_REVIEW
    assert case.state.plan_version == 2


def test_an_overdue_step_is_told_once_and_taken_all_the_same() -> None:
    """Overdue is shown, decides nothing, and is over with the step."""
    case = at_stage(Stage.INSPECTION)
    record_event(case, Happening.OVERDUE)
    assert (case.state.stage, case.state.overdue) == (Stage.INSPECTION, True)
    decide(case, Kind.INSPECTION)
    assert (case.state.stage, case.state.overdue) == (Stage.EXPERT_REVIEW, False)


@pytest.mark.parametrize(
    ("day", "mend_by", "ends"),
    [
        ("2024-08-31", None, datetime(2025, 2, 28, 16, tzinfo=UTC)),
        ("2024-08-15", None, datetime(2025, 2, 15, 16, tzinfo=UTC)),
        ("2024-08-15", "2024-08-16", datetime(2024, 8, 16, 16, tzinfo=UTC)),
        ("2024-08-15", "2024-12-31", datetime(2024, 12, 31, 16, tzinfo=UTC)),
    ],
)
def test_the_deadline_of_a_rectification(day: str, mend_by: str | None, ends: datetime) -> None:
    """§六, Default: six months from the evaluation, or the day it names; to 24:00 in Beijing."""
    case = at_stage(AssessmentStage.EVALUATION)
    raw = decision(Kind.EVALUATION, case, "not_effective", decided_on=day)
    raw |= {"mend_by": mend_by} if mend_by else {}
    case.decide(raw, datetime(2025, 1, 1, tzinfo=UTC))
    assert (case.state.stage, case.state.mend_by) == (AssessmentStage.RECTIFICATION, ends)


@pytest.mark.parametrize("result", [AssessmentStage.EFFECTIVE, AssessmentStage.MET])
def test_three_good_years_to_the_end_of_validity(result: AssessmentStage) -> None:
    """§六, §四: each year is assessed once, and validity ends after the third."""
    case = at_stage(Stage.VALID)
    for year in (1, 2, 3):
        case.record_event(Happening.ASSESSMENT_OPENED, {"year": year}, moment(case))
        assert (case.state.open_assessment, case.state.openings) == (year, 1)
        said = {"year": year, "log_hash": f"{year}" * 64}
        case.record_event(Happening.ASSESSMENT_ENDED, said, moment(case), result)
        assert (case.state.stage, case.state.open_assessment) == (Stage.VALID, None)
    record_event(case, Happening.VALIDITY_ENDED)
    assert case.state.assessments == tuple(
        AssessmentResult(year=year, result=result, log_hash=f"{year}" * 64) for year in (1, 2, 3)
    )
    assert (case.state.stage, case.ended) == (Stage.EXPIRED, True)


def test_not_met_after_rectification_is_delisted_at_once() -> None:
    """§六: 整改后经考核仍不符合要求的，不再纳入."""
    case = at_stage(Stage.DELISTED)
    assert [result.result for result in case.state.assessments] == ["not_met"]
    assert (case.ended, case.log[-1].stage) == (True, "delisted")


def test_an_assessment_that_was_broken_off_is_opened_again() -> None:
    """§六: no year is skipped; the year stays to be assessed, and each opening is counted."""
    case = at_stage(Stage.VALID)
    for opening in (1, 2):
        record_event(case, Happening.ASSESSMENT_OPENED)
        assert (case.state.open_assessment, case.state.openings) == (1, opening)
        record_event(case, Happening.ASSESSMENT_ENDED, "broken_off")
        assert (case.state.open_assessment, case.state.assessments) == (None, ())
    record_event(case, Happening.ASSESSMENT_OPENED)
    record_event(case, Happening.ASSESSMENT_ENDED, "effective")
    assert (case.state.openings, len(case.state.assessments)) == (0, 1)


def test_each_opening_of_an_assessment_is_a_case_of_its_own() -> None:
    """An assessment knows which opening it is, and the first need not say so."""
    first = assessment()
    again = Case.open(first.log[0].said | {"opening": 2}, moment(first))
    assert (first.state.opening, again.state.opening) == (1, 2)


def test_a_withdrawal_ends_the_open_assessment_too() -> None:
    """§四: the operator may withdraw while valid; the assessment ends with the platform."""
    case = at_stage(Stage.VALID)
    record_event(case, Happening.ASSESSMENT_OPENED)
    decide(case, Kind.WITHDRAWAL)
    record_event(case, Happening.ASSESSMENT_ENDED, "ended_with_platform")
    assert (case.state.stage, case.state.open_assessment) == (Stage.WITHDRAWN, None)
    assert [result.result for result in case.state.assessments] == ["ended_with_platform"]


@pytest.mark.parametrize(
    ("stage", "result", "taken"),
    [
        (Stage.VALID, "effective", "effective"),
        (Stage.VALID, "met", "met"),
        (Stage.VALID, "not_met", "not_met"),
        (Stage.VALID, "ended_with_validity", "ended_with_validity"),
        (Stage.VALID, "ended_with_platform", "broken_off"),
        (Stage.VALID, "", "broken_off"),
        (Stage.WITHDRAWN, "ended_with_platform", "ended_with_platform"),
        (Stage.WITHDRAWN, "not_met", "ended_with_platform"),
        (Stage.WITHDRAWN, "", "ended_with_platform"),
    ],
)
def test_how_a_platform_takes_the_end_of_its_assessment(
    stage: Stage, result: str, taken: str
) -> None:
    """What the table does not foresee where the platform stands never delists it."""
    assert ending(at_stage(stage).state, result) == taken


def test_a_second_term_goes_on_from_the_first_ones_hash() -> None:
    """§四: a new term of the same platform keeps its history."""
    first = at_stage(Stage.EXPIRED)
    previous = {"term": 1, "log_hash": first.log[-1].hash}
    second = platform(term=2, previous=previous)
    assert second.state.facts.term == 2
    assert second.log[0].said["previous"] == previous


def test_a_deadline_that_has_passed_counts_before_anyone_noted_it() -> None:
    """The commission goes on without the report in the very moment after: overdue is noted first."""
    case = at_stage(AssessmentStage.SELF_REPORT)
    raw = decision(Kind.SELF_REPORT, case, "not_filed")
    deadline = moment(case)
    with pytest.raises(Refused, match="not overdue yet"):
        case.decide(raw, moment(case), deadline=deadline + DAY)
    receipt = case.decide(raw, moment(case), deadline=deadline)
    assert receipt.stage == AssessmentStage.DISTRICT_REVIEW
    assert [entry.name for entry in case.log[-2:]] == ["overdue", "self_report"]
    assert fold(case.log) == case.state
