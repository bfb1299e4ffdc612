"""Counts of the register are kept with its platforms, whoever writes there, in whatever order, and at once."""

from contextlib import AsyncExitStack
from datetime import date
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Update, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.reconciling.scratch import scratch
from db.kept_counts import check_counts
from db.migrate import downgrade, upgrade
from db.queries import RegisterQueries
from db.register_counts import counted_platforms, register_counts, wrong_platform_counts
from db.register_store import PostgresRegister
from db.row_types import RegisterFilter
from db.tables import platforms, terms
from worker.doctor.check_register import all_counted
from worker.doctor.finding import Verdict
from workflows.vocabulary import Happening

from .cases import application, batch, listed, opened
from .test_inbox_counts import lives

WRITERS = 3
_FILTERS: dict[str, tuple[Any, ...]] = {
    "district": (None, "haidian", "chaoyang"),
    "field": (None, "artificial_intelligence", "quantum"),
    "stage": (None, "valid", "recommendation", "listing"),
    "year": (None, 2024, 2020),
    "listed": (False, True),
}


async def expect_kept(engine: AsyncEngine) -> None:
    """Whatever is asked, as many are counted as are listed."""
    assert [] == await check_counts(engine, repair=False)
    queries = RegisterQueries(engine)
    for values in product(*_FILTERS.values()):
        wanted = RegisterFilter(**dict(zip(_FILTERS, values, strict=True)))  # type: ignore[typeddict-item]
        assert len(await queries.register(**wanted)) == await queries.register_count(**wanted), (
            wanted
        )


@pytest.mark.parametrize("backwards", [False, True])
async def test_after_each_batch(
    register: PostgresRegister, engine: AsyncEngine, backwards: bool
) -> None:
    """In whatever order they come, and when they come again; of platforms and of their assessments."""
    seen = set[tuple[Any, ...]]()
    for told, platform in lives():
        numbers = range(1, len(told.case.log) + 1)
        for number in reversed(numbers) if backwards else numbers:
            for _ in range(2):
                await register.write(batch(told, number, number, platform=platform))
                async with engine.connect() as connection:
                    assert [] == await wrong_platform_counts(connection)
                    seen |= {tuple(r) for r in await connection.execute(select(counted_platforms))}
    await expect_kept(engine)
    assert (3 if backwards else 8) < len(seen)


async def test_whoever_writes(register: PostgresRegister, engine: AsyncEngine) -> None:
    """Statements that are none of ours, of either table; what is rolled back was never there."""
    for number in range(1, 4):
        await register.write(batch(opened(application(f"p-{number}"))))
    added = [(terms.c.term + 1).label("term") if c.name == "term" else c for c in terms.c]
    one = platforms.c.platform_id == "p-2"
    changes = (
        update(platforms).where(one).values(district="chaoyang"),
        update(platforms).values(field="quantum"),
        update(terms).values(stage="valid", listed_on=date(2027, 3, 1)),
        update(terms).values(listed_on=date(2027, 4, 1)),
        update(terms).where(terms.c.platform_id == "nobody").values(stage="valid"),
        insert(terms).from_select([c.name for c in terms.c], select(*added)),
        update(platforms).where(one).values(term=2),  # the newest is another one
        update(terms).where(terms.c.term == 2).values(stage="listing"),
        update(platforms).where(one).values(platform_id="p-9"),
        update(terms).where(terms.c.platform_id == "p-2").values(platform_id="p-9"),
        delete(terms).where(terms.c.platform_id == "p-1"),
        delete(platforms).where(platforms.c.platform_id == "p-3"),
    )
    for statement in changes:
        async with engine.connect() as connection:
            await connection.execute(statement)
            assert [] == await wrong_platform_counts(connection)
            await connection.rollback()
    for statement in changes:
        async with engine.begin() as connection:
            await connection.execute(statement)
        await expect_kept(engine)
    assert 1 == await RegisterQueries(engine).register_count(stage="listing")
    for table in ("terms", "platforms"):
        async with engine.begin() as connection:
            await connection.execute(text(f"TRUNCATE {table}"))
        await expect_kept(engine)
    assert 0 == await RegisterQueries(engine).register_count()


async def test_one_statement_that_changes_both(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """As batches do: a platform moves to another district and to another stage at once."""
    await register.write(batch(opened()))
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "WITH moved AS (UPDATE platforms SET district = 'chaoyang')"
                " UPDATE terms SET stage = 'valid'"
            )
        )
    await expect_kept(engine)
    assert 1 == await RegisterQueries(engine).register_count(district="chaoyang", stage="valid")


async def test_nobody_waits_for_another(register: PostgresRegister, engine: AsyncEngine) -> None:
    """Three change one pair of counts at the same moment, in one order and in the other: none waits for any."""
    for number in range(WRITERS):
        for name in "pq":
            await register.write(batch(opened(application(f"{name}-{number}"))))
    for stage in ("valid", "listing", "valid"):
        async with AsyncExitStack() as stack:
            writers = [await stack.enter_async_context(engine.begin()) for _ in range(WRITERS)]
            for number, connection in enumerate(writers):
                # Whoever waited would fail, rather than wait for ever.
                await connection.execute(text("SET LOCAL lock_timeout = '10s'"))
                for name in reversed("pq") if number % 2 else "pq":
                    await connection.execute(moved(f"{name}-{number}", stage))
        await expect_kept(engine)


def moved(platform_id: str, stage: str) -> Update:
    """A platform moves from one count to another."""
    return update(terms).where(terms.c.platform_id == platform_id).values(stage=stage)


async def test_a_comparison_counts_in_the_register_alone(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """What `audit reconcile` repairs is counted, though tables of the same names stand before its own."""
    await register.write(batch(opened()))
    async with scratch(engine) as doubles, doubles.about("p-1", locked=True) as about:
        (row,) = (await about.register(terms)).values()
        await about.put(terms, {**row, "stage": "valid"})
    await expect_kept(engine)
    assert 1 == await RegisterQueries(engine).register_count(stage="valid")


async def test_platforms_that_were_there_are_counted(
    register: PostgresRegister, engine: AsyncEngine, database_url: str
) -> None:
    """By the migration, and again after it was taken back; what is written in between is counted too."""
    for told, platform in lives():
        await register.write(batch(told, platform=platform))
    await engine.dispose()
    await downgrade(database_url, "0019")
    async with engine.begin() as connection:
        await connection.execute(delete(terms).where(terms.c.platform_id == "p-2"))
    await engine.dispose()
    await upgrade(database_url)
    await expect_kept(engine)


async def test_wrong_counts_are_named_and_mended(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """`doctor` names what somebody changed by hand: a count, or as what a platform is counted."""
    await register.write(batch(opened()))
    await register.write(batch(listed(application("p-2"))))
    assert Verdict.GOOD == (await all_counted(engine)).verdict
    async with engine.begin() as connection:
        stage = register_counts.c.stage == "recommendation"
        await connection.execute(update(register_counts).where(stage).values(platforms=7))
    found = await all_counted(engine)
    assert Verdict.BAD == found.verdict
    assert "platforms is 7, should be 1" in found.what.en
    assert "platforms 为 7，应为 1" in found.what.zh
    (wrong,) = await check_counts(engine, repair=True)
    assert ("register_counts", 7, 1) == (wrong.table, wrong.counted, wrong.rows)
    await expect_kept(engine)
    async with engine.begin() as connection:
        await connection.execute(update(counted_platforms).values(district="chaoyang"))
    assert await check_counts(engine, repair=True)
    await expect_kept(engine)
    async with engine.connect() as connection:
        assert 2 == await connection.scalar(select(func.count()).select_from(counted_platforms))
    assert 2 == await RegisterQueries(engine).register_count(district="haidian")


async def test_what_changes_no_count_writes_none(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """A batch within a step, and one that came before, leave the counts as they are."""
    told = opened()
    await register.write(batch(told))
    async with engine.connect() as connection:
        before = (await connection.execute(text("SELECT xmin::text FROM register_counts"))).all()
    told.record_event(Happening.OVERDUE)
    for _ in range(2):
        await register.write(batch(told))
    async with engine.connect() as connection:
        after = (await connection.execute(text("SELECT xmin::text FROM register_counts"))).all()
    assert before == after
