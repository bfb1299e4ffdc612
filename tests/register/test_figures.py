"""The programme in figures: counts, how long steps took, how assessments ended."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.decisions_in_force import sent_back
from db.figures import figures
from db.programme_rows import Count, StepTime
from db.queries import RegisterQueries
from db.register_store import PostgresRegister
from db.row_types import AssessmentRow
from tests.rules.builders import DISTRICT, OPERATOR, Raw, plan
from workflows.model import instant
from workflows.vocabulary import AssessmentStage, Happening

from .cases import START, application, assessment_of, batch, listed, opened, rectified, set_aside


async def test_how_many_of_what(engine: AsyncEngine, register: PostgresRegister) -> None:
    """Platforms by stage, district, field and year of listing, the most common first."""
    for told in (
        listed(application("p-1")),
        listed(application("p-2"), at=START + timedelta(days=366)),
        opened(application("p-3", field="medicine_and_health", district="miyun")),
    ):
        await register.write(batch(told))
    found = await figures(engine)
    assert (
        Count(word="valid", platforms=2),
        Count(word="recommendation", platforms=1),
    ) == found.stages
    assert [("haidian", 2), ("miyun", 1)] == [(o.word, o.platforms) for o in found.districts]
    assert [("artificial_intelligence", 2), ("medicine_and_health", 1)] == [
        (one.word, one.platforms) for one in found.fields
    ]
    assert [("2024", 1), ("2025", 1)] == [(one.word, one.platforms) for one in found.years]
    assert (Count(word="haidian", platforms=1),) == (await figures(engine, year=2025)).districts
    assert (Count(word="recommendation", platforms=1),) == (
        await figures(engine, field="medicine_and_health")
    ).stages
    assert () == (await figures(engine, district="miyun")).years


async def test_how_long_steps_took(engine: AsyncEngine, register: PostgresRegister) -> None:
    """From where a stage begins to where it ends, notes within it left out: median, worst, and whose."""
    for name, waited in (("p-1", 0), ("p-2", 1), ("p-3", 2)):
        told = opened(application(name))
        for _ in range(waited):
            told.record_event(Happening.OVERDUE)
        told.decide("recommendation")
        await register.write(batch(told))
    assert (
        StepTime(
            stage="recommendation",
            times=3,
            median_days=14.0,
            worst_days=21.0,
            worst_platform="p-3",
            worst_name="共性技术平台",
        ),
    ) == (await figures(engine)).steps
    assert () == (await figures(engine, district="miyun")).steps


async def test_steps_gone_back_to(engine: AsyncEngine, register: PostgresRegister) -> None:
    """A correction and its return count each; a step that was gone back to lasts until what counts."""
    told = opened()
    told.decide("recommendation", DISTRICT, outcome="returned", opinion="请修改")
    told.decide("plan_revision", OPERATOR, plan=plan("改"), changes="改")
    told.decide("recommendation")
    await register.write(batch(told))
    steps = {one.stage: (one.times, one.worst_days) for one in (await figures(engine)).steps}
    assert {"recommendation": (2, 7.0), "correction": (1, 7.0)} == steps
    set_aside(told, str(told.case.log[-1].decision_id))
    told.decide("recommendation", DISTRICT, outcome="declined", opinion="不同意")
    await register.write(batch(told))
    steps = {one.stage: (one.times, one.worst_days) for one in (await figures(engine)).steps}
    assert {"recommendation": (2, 21.0), "correction": (1, 7.0)} == steps


async def test_how_assessments_ended(engine: AsyncEngine, register: PostgresRegister) -> None:
    """By the year in which they ended, and those that are open apart; their steps are measured too."""
    platform = listed()
    ended = rectified(platform)
    await register.write(batch(platform))
    await register.write(batch(ended, platform=platform))
    await register.write(batch(ended, 1, 1, platform=platform))
    other = listed(application("p-2"))
    open_one = rectified(other)
    await register.write(batch(open_one, 1, 3, platform=other))
    await register.write(batch(other))
    found = await figures(engine)
    assert [(2024, "met", 1), (None, "open", 1)] == [
        (one.year, one.result, one.assessments) for one in found.results
    ]
    assert {"self_report": 2, "district_review": 2, "evaluation": 1} == {
        one.stage: one.times
        for one in found.steps
        if one.stage in ("self_report", "district_review", "evaluation")
    }


async def test_years_that_fell_with_their_listing(
    engine: AsyncEngine, register: PostgresRegister
) -> None:
    """What was set aside does not count: nor does how an assessment ended that rested on it."""
    platform = listed()
    await register.write(batch(rectified(platform), platform=platform))
    await register.write(batch(platform))
    assert ["met"] == [one.result for one in (await figures(engine)).results]
    listing = next(entry for entry in platform.case.log if entry.name == "listing")
    set_aside(platform, str(listing.decision_id))
    await register.write(batch(platform))
    assert () == (await figures(engine)).results


@pytest.mark.parametrize("by", ["not_met", "withdrawal"])
async def test_a_year_that_was_corrected_for_the_record(
    by: str, engine: AsyncEngine, register: PostgresRegister
) -> None:
    """Its conclusion was set aside, and it is not assessed again: it ended with none."""
    platform = listed(application(policy={"validity_years": 1}))
    if by == "not_met":
        year = rectified(platform, outcome="not_met")
        target: Raw = {"target": str(year.case.log[-1].decision_id), "year": 1}
    else:
        year = assessment_of(platform)
        platform.decide("withdrawal")
        target = {"target": str(platform.case.log[-1].decision_id)}
        year.at = platform.at
        year.record_event(Happening.PLATFORM_WITHDRAWN)
        ended = {"year": 1, "log_hash": year.case.log[-1].hash}
        platform.record_event(
            Happening.ASSESSMENT_ENDED, ended, AssessmentStage.ENDED_WITH_PLATFORM
        )
    await register.write(batch(platform))
    await register.write(batch(year, platform=platform))
    assert [1] == [one.assessments for one in (await figures(engine)).results]
    assert sent_back(await RegisterQueries(engine).log("p-1"), 1)
    [row] = await _years(engine)
    assert (row.result, row.set_aside_by) == (str(year.case.state.stage), None)
    assert platform.case.state.valid_until
    platform.at = max(platform.at, platform.case.state.valid_until)
    platform.decide("set_aside", **target)
    await register.write(batch(platform))
    assert () == (await figures(engine)).results
    assert [len(platform.case.log)] == [one.set_aside_by for one in await _years(engine)]
    log = await RegisterQueries(engine).log("p-1")
    assert sent_back(log, 1) is None, "nothing is left of what ended the term"


async def _years(engine: AsyncEngine) -> tuple[AssessmentRow, ...]:
    card = await RegisterQueries(engine).platform("p-1")
    assert card
    return card.terms[0].assessments


async def test_days_on_which_a_case_was_suspended(
    engine: AsyncEngine, register: PostgresRegister
) -> None:
    """They are no time of its step: of the platform's, and of its assessment's, which may begin suspended."""
    platform = opened()  # each move a week after the one before
    platform.decide("suspension")
    platform.decide("resumption")
    platform.decide("suspension")
    platform.decide("resumption")
    platform.decide("recommendation")
    await register.write(batch(platform))
    steps = {one.stage: one.worst_days for one in (await figures(engine)).steps}
    assert {"recommendation": 21.0} == steps


async def test_days_on_which_an_assessment_was_suspended(
    engine: AsyncEngine, register: PostgresRegister
) -> None:
    """From when its platform was, though it noted that later; also one that is opened suspended."""
    for platform_id, suspended in (("p-1", False), ("p-2", True)):
        platform = listed(application(platform_id))
        if suspended:
            platform.decide("suspension")
        year = assessment_of(platform)
        if not suspended:
            since = instant(year.at + timedelta(days=5))
            year.record_event(Happening.PLATFORM_SUSPENDED, {"at": since})
        year.record_event(Happening.PLATFORM_RESUMED)
        year.decide("self_report")
        await register.write(batch(platform))
        await register.write(batch(year, platform=platform))
    [step] = [one for one in (await figures(engine)).steps if one.stage == "self_report"]
    assert (7.0, 12.0, "p-1") == (step.median_days, step.worst_days, step.worst_platform)


async def test_of_nothing(engine: AsyncEngine) -> None:
    """An empty register has empty figures."""
    found = await figures(engine)
    assert ((), (), ()) == (found.stages, found.steps, found.results)


CATALOGUE = [
    {"id": "clients", "name": "服务企业", "unit": "家", "group": "service_and_impact"},
    {"id": "hours", "name": "开放机时", "group": "facilities_and_equipment"},
]


async def test_what_the_reports_add_up_to(engine: AsyncEngine, register: PostgresRegister) -> None:
    """By indicator and year of the report: exact sums; a report that was set aside counts no more."""
    for platform_id, clients, hours in (("p-1", 40, "10.5"), ("p-2", 2, "0.1")):
        policy = {"indicators": CATALOGUE}
        platform = listed(application(platform_id, policy=policy))
        year = assessment_of(platform)
        year.decide("self_report", indicators={"clients": 999, "hours": 1})
        set_aside(year, "self_report-2")
        year.decide("self_report", indicators={"clients": clients, "hours": hours})
        await register.write(batch(platform))
        await register.write(batch(year, platform=platform))
    found = (await figures(engine)).indicators
    assert [
        ("clients", "服务企业", "家", 2, Decimal(42)),
        ("hours", "开放机时", "", 2, Decimal("10.6")),
    ] == [(one.indicator, one.name, one.unit, one.platforms, one.total) for one in found]
    assert 1 == len({one.year for one in found})
    assert () == (await figures(engine, field="medicine_and_health")).indicators
