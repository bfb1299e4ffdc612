"""§六, the last year of a term: it opens so early that it is concluded before the end of validity."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from activities.calendar import working_day_due
from activities.working_days import announced, is_working_day
from workflows.activity_messages import DueRequest
from workflows.application import PlatformApplication
from workflows.case_opening import open_platform
from workflows.model import InvalidMessage, parse
from workflows.periods import anniversary, beijing_date, last_day, start_of
from workflows.policy import Policy, days_at_most, policy_for_new_cases
from workflows.states import next_assessment
from workflows.vocabulary import AssessmentStage, Happening, Kind, Stage

from .builders import COMMISSION, application
from .cases import at_stage, decide, decision, moment, record_event
from .refusing import refusal

NEW = policy_for_new_cases(Policy())
DAYS = [date(2007, 1, 1) + timedelta(days=n) for n in range(20 * 365)]
KNOWN = [day for day in DAYS if announced(day.year)]
WORKING = [day for day in KNOWN if is_working_day(day)]


def concluded(opens: date, policy: Policy) -> date:
    """When a year is concluded at the latest: report, view and evaluation each on its last day."""
    days = policy.self_report_days + policy.district_review_days + policy.evaluation_days
    return WORKING[bisect_right(WORKING, opens) + days - 1]


def late(policy: Policy) -> tuple[int, int]:
    """Of all days of listing whose last year lies in known calendars: how many end too late, of how many."""
    state = at_stage(Stage.VALID).state
    facts = state.facts.model_copy(update={"policy": policy})
    past = [(2000 + n, "effective") for n in range(2)]
    found = []
    for listed in (day - timedelta(days=3 * 365 + 1) for day in KNOWN[400:]):
        case = state.model_copy(
            update={"facts": facts, "listed_on": listed, "assessments": tuple(past)}
        )
        opens = next_assessment(case)
        assert opens
        found.append(concluded(beijing_date(opens), policy) > anniversary(listed, 3))
    return sum(found), len(found)


def test_the_last_year_is_concluded_before_the_end() -> None:
    """For every listing day, and by more than two weeks; by the lead of the other years it was not."""
    missed, days = late(NEW)
    assert (missed, days > 6_000) == (0, True)
    assert late(NEW.model_copy(update={"last_assessment_lead_days": 105}))[0] == 0
    assert late(Policy())[0] > 300


def test_the_last_days_of_three_steps_are_those_of_their_sum() -> None:
    """So the count above is that of the steps one after the other, as their clocks run."""
    for opens in KNOWN[:6_000:97]:
        at = start_of(opens) + timedelta(hours=9)
        for days in (20, 10, 30):
            at = working_day_due(DueRequest(since=at, working_days=days)).due - timedelta(hours=1)
        assert beijing_date(at) == concluded(opens, NEW)


def test_how_long_working_days_take_at_most() -> None:
    """`days_at_most` holds in all years that are known, for any number up to the largest of a policy."""
    for count in range(5, 251, 7):
        ends = [
            (WORKING[found] - day).days
            for day in KNOWN
            if (found := bisect_right(WORKING, day) + count - 1) < len(WORKING)
        ]
        assert max(ends) <= days_at_most(count)


def test_only_the_last_year_opens_earlier() -> None:
    """120 days before the end in new cases; an older case keeps its 90 in every year."""
    state = at_stage(Stage.VALID).state
    for policy, leads in ((Policy(), [90, 90, 90]), (NEW, [90, 90, 120])):
        facts = state.facts.model_copy(update={"policy": policy})
        for year, lead in enumerate(leads, 1):
            past = tuple(range(year - 1))
            opens = next_assessment(state.model_copy(update={"facts": facts, "assessments": past}))
            assert opens and state.listed_on
            before = anniversary(state.listed_on, year) - beijing_date(opens)
            assert before == timedelta(days=lead)


def test_a_lead_of_ones_own_is_long_enough() -> None:
    """A policy under which the last year cannot be concluded in time is refused."""
    policy: dict[str, Any] = {"last_assessment_lead_days": 97}
    form = parse(PlatformApplication, application(policy=policy, submitted_by=COMMISSION))
    with pytest.raises(InvalidMessage) as caught:
        open_platform(form, datetime(2024, 3, 4, tzinfo=UTC))
    assert "97 days are too few" in caught.value.words.en
    policy = {"last_assessment_lead_days": 98}
    form = parse(PlatformApplication, application(policy=policy, submitted_by=COMMISSION))
    assert open_platform(form, datetime(2024, 3, 4, tzinfo=UTC))


WITHIN: dict[str, Any] = {"rectification_within_validity": True, "validity_years": 1}


def test_a_rectification_that_does_not_fit_is_not_begun() -> None:
    """The year ends as not effective, unmended; what was to be rectified stays in the log."""
    case = at_stage(AssessmentStage.EVALUATION, policy=WITHIN | {"rectification_months": 24})
    receipt = decide(case, Kind.EVALUATION, "not_effective")
    assert (receipt.stage, receipt.awaited) == (AssessmentStage.UNMENDED, ())
    assert case.state.mend_by is None
    assert case.log[-1].said["to_mend"] == ["提高开放服务水平"]


def test_a_day_within_validity_can_be_set_and_none_after_it() -> None:
    """Set by hand, the last day of validity is the last that is taken; the refusal names it."""
    case = at_stage(AssessmentStage.EVALUATION, policy=WITHIN | {"rectification_months": 24})
    last = last_day(case.state.valid_until)
    after = decision(Kind.EVALUATION, case, "not_effective", mend_by=str(last + timedelta(days=1)))
    why = refusal(case, after, "§六")
    assert f"{last} is the last day possible" in why
    receipt = decide(case, Kind.EVALUATION, "not_effective", mend_by=str(last))
    assert (receipt.stage, last_day(case.state.mend_by)) == (AssessmentStage.RECTIFICATION, last)


def test_an_older_case_rectifies_after_the_end_as_before() -> None:
    """Its policy does not ask: nothing changes for it."""
    case = at_stage(AssessmentStage.EVALUATION, policy={"validity_years": 1})
    receipt = decide(case, Kind.EVALUATION, "not_effective", mend_by="2030-01-01")
    assert receipt.stage == AssessmentStage.RECTIFICATION


def test_the_platform_stays_valid_and_keeps_the_result() -> None:
    """A year that ends unmended delists nobody."""
    case = at_stage(Stage.VALID)
    record_event(case, Happening.ASSESSMENT_OPENED)
    record_event(case, Happening.ASSESSMENT_ENDED, "not_effective_unmended")
    assert case.state.stage == Stage.VALID
    assert [one.result for one in case.state.assessments] == ["not_effective_unmended"]
    assert moment(case) > case.log[-1].at
