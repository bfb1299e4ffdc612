"""Counts of the inbox are kept with what they count, whoever writes there, and however many at once."""

from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Update, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.inbox_counts import CELL, inbox_counts, wrong_counts
from db.inbox_queries import Inbox, StepCount, Wanted, count_query
from db.kept_counts import check_counts
from db.migrate import downgrade, upgrade
from db.register_store import PostgresRegister
from db.tables import awaiting
from worker.doctor.check_register import all_counted
from worker.doctor.finding import Verdict
from workflows.vocabulary import Happening

from .cases import START, Told, application, assessment_of, batch, listed, opened, rectified
from .test_setting_aside import set_aside

WRITERS = 3
Rows = dict[tuple[Any, ...], int]


async def kept(engine: AsyncEngine) -> Rows:
    """The counts that are not nothing."""
    cell = [inbox_counts.c[name] for name in CELL]
    async with engine.connect() as connection:
        rows = await connection.execute(
            select(*cell, func.sum(inbox_counts.c.waiting)).group_by(*cell)
        )
        return {tuple(row[:-1]): int(row[-1]) for row in rows if row[-1]}


async def present(engine: AsyncEngine) -> Rows:
    """How many rows there are of each."""
    cell = [awaiting.c[name] for name in CELL]
    async with engine.connect() as connection:
        rows = await connection.execute(select(*cell, func.count()).group_by(*cell))
        return {tuple(row[:-1]): row[-1] for row in rows}


async def expect_kept(engine: AsyncEngine) -> None:
    """Each count is the number of its rows."""
    assert await present(engine) == await kept(engine)
    assert [] == await check_counts(engine, repair=False)


def lives() -> list[tuple[Told, Told]]:
    """Cases that pass through all that changes an inbox, each with its platform."""
    platform = listed()
    year = rectified(platform)
    late = opened(application("p-2"))
    late.record_event(Happening.OVERDUE)
    late.decide("recommendation")
    back = opened(application("p-3"))
    back.decide("recommendation")
    set_aside(back, "recommendation")
    twice = listed(application("p-4"))
    running = assessment_of(twice)
    running.record_event(Happening.OVERDUE)
    cases = [(platform, platform), (year, platform), (late, late), (back, back)]
    return [*cases, (twice, twice), (running, twice)]


@pytest.mark.parametrize("backwards", [False, True])
async def test_after_each_batch(
    register: PostgresRegister, engine: AsyncEngine, backwards: bool
) -> None:
    """In whatever order they come, and when they come again; a step's end, an overdue step, a setting aside."""
    seen = set[str]()
    for told, platform in lives():
        numbers = range(1, len(told.case.log) + 1)
        for number in reversed(numbers) if backwards else numbers:
            given = batch(told, number, number, platform=platform)
            for _ in range(2):
                await register.write(given)
                await expect_kept(engine)
                seen |= {str(cell) for cell in await kept(engine)}
    assert (3 if backwards else 6) < len(seen)


async def test_whoever_writes(register: PostgresRegister, engine: AsyncEngine) -> None:
    """Statements that are none of ours, of many rows; what is rolled back was never there."""
    for number in range(1, 4):
        await register.write(batch(opened(application(f"p-{number}"))))
    before = await kept(engine)
    changes = (
        update(awaiting).where(awaiting.c.platform_id != "p-1").values(overdue=True),
        update(awaiting).values(district="chaoyang", due=START),
        update(awaiting).values(due=START + timedelta(days=1)),
        update(awaiting).where(awaiting.c.platform_id == "nobody").values(overdue=True),
        insert(awaiting).from_select(
            [column.name for column in awaiting.c],
            select(
                *(
                    (awaiting.c.term + 1).label("term") if c.name == "term" else c
                    for c in awaiting.c
                )
            ),
        ),
        delete(awaiting).where(awaiting.c.platform_id == "p-2"),
    )
    for statement in changes:
        async with engine.connect() as connection:
            await connection.execute(statement)
            assert [] == await wrong_counts(connection)
            await connection.rollback()
        assert before == await kept(engine)
    for statement in changes:
        async with engine.begin() as connection:
            await connection.execute(statement)
        await expect_kept(engine)
    assert sum((await kept(engine)).values()) == 4
    async with engine.begin() as connection:
        await connection.execute(text("TRUNCATE awaiting"))
    await expect_kept(engine)
    assert [] == await Inbox(engine).counts()


async def test_nobody_waits_for_another(register: PostgresRegister, engine: AsyncEngine) -> None:
    """Three change one pair of counts at the same moment, in one order and in the other: none waits for any."""
    for number in range(WRITERS):
        for name in "pq":
            await register.write(batch(opened(application(f"{name}-{number}"))))
    async with engine.begin() as connection:
        await connection.execute(overdue_or_not("q-%"))
    slots = await rows(engine)
    for _ in range(3):
        async with AsyncExitStack() as stack:
            writers = [await stack.enter_async_context(engine.begin()) for _ in range(WRITERS)]
            for number, connection in enumerate(writers):
                # Whoever waited would fail, rather than wait for ever.
                await connection.execute(text("SET LOCAL lock_timeout = '10s'"))
                for name in reversed("pq") if number % 2 else "pq":
                    await connection.execute(overdue_or_not(f"{name}-{number}"))
        await expect_kept(engine)
    assert slots < await rows(engine) <= WRITERS * slots


def overdue_or_not(platform_id: str) -> Update:
    """Rows of the inbox move from one count to another."""
    late = update(awaiting).values(overdue=~awaiting.c.overdue)
    return late.where(awaiting.c.platform_id.like(platform_id))


async def rows(engine: AsyncEngine) -> int:
    """In how many rows the counts are kept."""
    async with engine.connect() as connection:
        return int(await connection.scalar(select(func.count()).select_from(inbox_counts)) or 0)


async def test_rows_that_were_there_are_counted(
    register: PostgresRegister, engine: AsyncEngine, database_url: str
) -> None:
    """By the migration, and again after it was taken back; what is written in between is counted too."""
    for told, platform in lives():
        await register.write(batch(told, platform=platform))
    before = await kept(engine)
    await engine.dispose()
    await downgrade(database_url, "0018")
    async with engine.begin() as connection:
        await connection.execute(delete(awaiting).where(awaiting.c.platform_id == "p-2"))
    await engine.dispose()
    await upgrade(database_url)
    await expect_kept(engine)
    assert sum(before.values()) - 1 == sum((await kept(engine)).values())


async def test_wrong_counts_are_named_and_mended(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """`doctor` names what somebody changed by hand; counted anew, all is well. A count of no rows is found."""
    await register.write(batch(opened()))
    assert Verdict.GOOD == (await all_counted(engine)).verdict
    async with engine.begin() as connection:
        await connection.execute(update(inbox_counts).values(waiting=7))
    found = await all_counted(engine)
    assert Verdict.BAD == found.verdict
    assert "kind recommendation, field artificial_intelligence" in found.what.en
    assert "waiting is 7, should be 1" in found.what.en
    assert "waiting 为 7，应为 1" in found.what.zh
    assert "pingtai audit reconcile --repair" in str(found.advice)
    (wrong,) = await check_counts(engine, repair=True)
    assert ("haidian", 7, 1) == (wrong.cell["district"], wrong.counted, wrong.rows)
    await expect_kept(engine)
    async with engine.begin() as connection:
        values = dict.fromkeys(("role", "district", "kind", "field"), "nowhere")
        row = insert(inbox_counts).values(**values, year=0, overdue=False, waiting=1)
        await connection.execute(row)
    (wrong,) = await check_counts(engine, repair=True)
    assert ("nowhere", 1, 0) == (wrong.cell["role"], wrong.counted, wrong.rows)
    await expect_kept(engine)
    assert [StepCount(kind="recommendation", waiting=1, overdue=0)] == await Inbox(engine).counts()


def test_only_of_an_operator_rows_are_read() -> None:
    """Counts of all else come from the kept ones, however many rows there are."""
    for one in (
        Wanted(),
        Wanted(role="r", district="d", field="f", kind="k", year=1, overdue=True),
    ):
        assert "awaiting" not in count_query([one]).sql
    assert "inbox_counts" not in count_query([Wanted(operator="o")]).sql
