"""Reading the register: lists, cards, logs, arrows and counts."""

import itertools
from datetime import timedelta
from typing import Any

from db.queries import RegisterQueries
from db.register_store import PostgresRegister
from db.row_types import Walked
from tests.rules.builders import DISTRICT
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.vocabulary import Happening, Kind

from .cases import START, application, assessment_of, batch, listed, opened, rectified
from .test_projection import refuse


async def test_the_register_by_pages(register: PostgresRegister, queries: RegisterQueries) -> None:
    """Pages follow each other by platform id, byte by byte, each platform once."""
    names = ["B-2", "a-1", "a-10", "a_2", "z"]
    for name in reversed(names):
        await register.write(batch(opened(application(name))))
    seen: list[str] = []
    while page := await queries.register(after=seen[-1] if seen else None, limit=2):
        seen += [row.platform_id for row in page]
    assert sorted(names) == seen
    assert [] == await queries.register(limit=0)


async def test_the_register_filtered(register: PostgresRegister, queries: RegisterQueries) -> None:
    """District, field and stage narrow the list, alone and together."""
    told = {
        "p-1": listed(application("p-1")),
        "p-2": opened(application("p-2", district="chaoyang")),
        "p-3": opened(application("p-3", field="medicine_and_health")),
    }
    for each in told.values():
        await register.write(batch(each))

    async def found(**filters: str) -> list[str]:
        return [row.platform_id for row in await queries.register(**filters)]  # type: ignore[arg-type]

    assert ["p-1", "p-2", "p-3"] == await found()
    assert ["p-2"] == await found(district="chaoyang")
    assert ["p-3"] == await found(field="medicine_and_health")
    assert ["p-1"] == await found(stage="valid")
    assert [] == await found(district="chaoyang", stage="valid")
    assert {"recommendation": 2, "valid": 1} == await queries.counts()


async def test_the_register_by_list_year_and_what_is_overdue(
    register: PostgresRegister, queries: RegisterQueries
) -> None:
    """The list, the year of listing, and being overdue, oneself or by one's open assessment, narrow it."""
    for number, told in enumerate((listed(application("p-1")), opened(application("p-2")))):
        if number:
            told.record_event(Happening.OVERDUE)
        await register.write(batch(told))
    late = listed(application("p-3"), at=START + timedelta(days=366))
    assessment = assessment_of(late)
    assessment.record_event(Happening.OVERDUE)
    await register.write(batch(late))
    await register.write(batch(assessment, platform=late))

    async def found(**filters: Any) -> list[tuple[str, bool, bool]]:
        rows = await queries.register(**filters)
        return [(row.platform_id, row.overdue, row.assessment_overdue) for row in rows]

    assert ["p-1", "p-3"] == [name for name, *_ in await found(list_number="2024-01")]
    assert [("p-3", False, True)] == await found(year=2025)
    assert [("p-2", True, False), ("p-3", False, True)] == await found(overdue=True)
    assert [] == await found(overdue=True, year=2024)


async def test_what_is_not_there(queries: RegisterQueries) -> None:
    """An empty register, and a platform unknown to it, give empty answers and no errors."""
    assert await queries.platform("p-1") is None
    assert await queries.last_term("p-1") is None
    assert [] == await queries.log("p-1")
    assert set() == await queries.arrows()
    assert {} == await queries.counts()
    assert [] == await queries.activity()


async def test_the_log_in_order(register: PostgresRegister, queries: RegisterQueries) -> None:
    """A log comes term by term: the platform's own first, then each assessment's."""
    platform = listed()
    assessment = rectified(platform)
    await register.write(batch(assessment, platform=platform))
    await register.write(batch(platform))
    lines = await queries.log("p-1", 1)
    assert platform.case.log + assessment.case.log == [line.entry for line in lines]
    assert [0] * len(platform.case.log) + [1] * len(assessment.case.log) == [
        line.year for line in lines
    ]
    assert [] == await queries.log("p-1", 2)


async def test_the_arrows_taken(register: PostgresRegister, queries: RegisterQueries) -> None:
    """Every arrow that was taken is told, with the stages before and after, and stands in the table."""
    platform = listed()
    assessment = rectified(platform)
    refused = opened(application("p-2"))
    refuse(refused, {"kind": "recommendation"})
    refused.decide("recommendation", DISTRICT, outcome="returned", opinion="请修改")
    for each in (batch(platform), batch(assessment, platform=platform), batch(refused)):
        await register.write(each)
    arrows = await queries.arrows()
    expected = {
        Walked(lifecycle, before.stage, entry.name, entry.outcome, entry.stage)
        for lifecycle, log in (
            ("platform", platform.case.log),
            ("assessment", assessment.case.log),
        )
        for before, entry in itertools.pairwise(log)
    }
    returned = {
        Walked("platform", "recommendation", Kind.RECOMMENDATION, "returned", "correction"),
        Walked("platform", "correction", Happening.CLOCK_STOPPED, "stopped", "correction"),
    }
    assert expected | returned == arrows
    table = {
        (lifecycle.name, trigger.name, arrow.outcome)
        for lifecycle in (PLATFORM, ASSESSMENT)
        for _, trigger, arrow in lifecycle.arrows()
    }
    assert {(a.lifecycle, a.name, a.outcome) for a in arrows} <= table


async def test_the_activity(register: PostgresRegister, queries: RegisterQueries) -> None:
    """Entries, decisions and refusals are counted over all logs of a platform."""
    platform = listed()
    assessment = rectified(platform)
    refused = opened(application("p-2"))
    refuse(refused, {"kind": "recommendation"})
    for each in (batch(platform), batch(assessment, platform=platform), batch(refused)):
        await register.write(each)
    activity = [
        (a.platform_id, a.entries, a.decisions, a.refusals) for a in await queries.activity()
    ]
    assert [("p-1", 14, 10, 0), ("p-2", 2, 0, 1)] == activity
