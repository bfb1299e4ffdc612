"""The samples of `pingtai seed`: by the rules, dated up to today, in every stage where somebody must act."""

from datetime import UTC, date, datetime, timedelta

import pytest

from starter.client.interface import ASSESSMENT_KINDS
from worker.demo.example_lives import load_examples
from worker.seed.sample_cases import SAMPLES, SampleCase, day_of, sample_cases
from workflows.case_opening import open_platform
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.states import next_assessment
from workflows.vocabulary import AssessmentStage, Stage

DAYS = (date(2026, 11, 30), date(2028, 2, 29), date(2027, 12, 31))


@pytest.fixture(scope="module", params=DAYS, ids=str)
def day(request: pytest.FixtureRequest) -> date:
    """The day of the seeding."""
    given: date = request.param
    return given


@pytest.fixture(scope="module")
def cases(day: date) -> list[SampleCase]:
    """All of them, as they are sent on that day."""
    return list(sample_cases({one.platform_id: one for one in load_examples(None)}, day))


def test_somebody_is_waited_for_in_every_stage() -> None:
    """Whatever one's role is, there is something to decide; and terms that have ended in two ways."""
    steps = (*PLATFORM.steps, *ASSESSMENT.steps)
    waiting = {step.stage for step in steps if not step.ended}
    assert waiting <= {sample.stands for sample in SAMPLES}
    assert {Stage.VALID, Stage.DECLINED, Stage.TERMINATED} <= {sample.stands for sample in SAMPLES}
    assert any(sample.hurried for sample in SAMPLES)
    assert 3 <= sum(sample.assessed is not None for sample in SAMPLES)


def test_the_rules_take_them(cases: list[SampleCase], day: date) -> None:
    """By the rules on that day each platform stands where it shall, and assessments open where they shall."""
    now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    for one in cases:
        case = open_platform(one.application, now)
        of_platform = [d for d in one.decisions if d["kind"] not in ASSESSMENT_KINDS]
        for decision in of_platform:
            case.decide(decision, now)
        in_assessment = isinstance(one.sample.stands, AssessmentStage)
        assert (Stage.VALID if in_assessment else one.sample.stands) is case.state.stage
        opens = next_assessment(case.state)
        assert in_assessment == (opens is not None and opens <= now), one.sample.platform_id


def test_days_end_today(cases: list[SampleCase], day: date) -> None:
    """In order, none after today; what is on its way or in an assessment was decided today at last."""
    for one in cases:
        days = [date.fromisoformat(decision["decided_on"]) for decision in one.decisions]
        assert sorted(days) == days
        last = days[-1] if days else day
        assert day - timedelta(days=one.sample.listed_ago) <= last <= day
        if one.application.brought_in:
            assert day == one.application.brought_in.decided_on


def test_ids_and_numbers_belong_to_one(cases: list[SampleCase]) -> None:
    """No decision id and no certificate stands twice; the year of a number is that of its listing."""
    decisions = [decision for one in cases for decision in one.decisions]
    ids = [decision["decision_id"] for decision in decisions]
    brought_in = [one.application.brought_in for one in cases if one.application.brought_in]
    listings = [
        (d["certificate_number"], d.get("listed_on", d["decided_on"]))
        for d in decisions
        if "certificate_number" in d
    ] + [(one.certificate_number, str(one.listed_on)) for one in brought_in]
    ids += [one.decision_id for one in brought_in]
    numbers = [number for number, _ in listings]
    assert len(set(ids)) == len(ids)
    assert len(set(numbers)) == len(numbers) >= 8
    assert all(f"-{listed_on[:4]}-" in number for number, listed_on in listings)


def test_the_first_says_the_day(cases: list[SampleCase], day: date) -> None:
    """From its application a repeated run knows the day; no other application says one."""
    assert [day] + [None] * (len(cases) - 1) == [day_of(one.application) for one in cases]
    others = [one for example in load_examples(None) for one in example.applications]
    assert all(day_of(one) is None for one in others)
