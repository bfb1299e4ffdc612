"""The programme in figures: counts, how long steps took, how assessments ended."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from db.figures import figures
from db.programme_rows import Count, StepTime
from db.register_store import PostgresRegister
from tests.rules.builders import DISTRICT, OPERATOR, plan
from workflows.vocabulary import Happening

from .cases import START, application, batch, listed, opened, rectified, set_aside


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


async def test_of_nothing(engine: AsyncEngine) -> None:
    """An empty register has empty figures."""
    found = await figures(engine)
    assert ((), (), ()) == (found.stages, found.steps, found.results)
