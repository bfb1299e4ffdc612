"""Register, logs and histories held against each other: what was changed is found, named and repaired."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.histories import StoredHistory
from audit.reconciling.differences import What
from audit.reconciling.reconciling import Reconciled, reconcile
from db.queries import RegisterQueries
from db.tables import (
    assessments,
    awaiting,
    findings,
    log_entries,
    notices,
    plan_versions,
    platforms,
    terms,
)
from tests.audit.lives import (
    CORRECTED,
    MUCH,
    SHORT,
    TWICE,
    Given,
    cut,
    recorded,
    write_register,
)
from tests.register.content import everything


async def done(
    engine: AsyncEngine, histories: Sequence[StoredHistory], *ids: str, **how: Any
) -> list[Reconciled]:
    """What came of all platforms, or of these."""
    return [one async for one in reconcile(engine, Given(histories), ids, **how)]


def words(one: Reconciled) -> list[str]:
    """The differences of a platform, in short: the row and how it differs."""
    return [
        f"{d.entry or d.table} {d.what}" + (f" {sorted(d.columns)}" if d.columns else "")
        for d in one.differences
    ]


async def changed(engine: AsyncEngine, table: Table, key: dict[str, Any], **values: Any) -> None:
    """Change a row by hand."""
    of_key = (table.c[name] == value for name, value in key.items())
    async with engine.begin() as connection:
        result = await connection.execute(update(table).where(*of_key).values(values))
        assert 1 == result.rowcount


async def repaired(engine: AsyncEngine, histories: Sequence[StoredHistory]) -> None:
    """A repair leaves nothing that differs, and says so."""
    platform_id = histories[0].platform_id
    [found] = await done(engine, histories, platform_id, repair=True)
    assert found.repaired and found.agrees
    [again] = await done(engine, histories, platform_id)
    assert (True, []) == (again.agrees, again.differences)


def entry(platform_id: str, seq: int, year: int = 0, opening: int = 0, term: int = 1) -> Any:
    """The key of a log entry."""
    return {
        "platform_id": platform_id,
        "term": term,
        "year": year,
        "opening": opening,
        "seq": seq,
    }


async def test_a_changed_log_entry(engine: AsyncEngine) -> None:
    """The entry and the column are named, with the event that holds it as it was; repaired, it agrees."""
    await write_register(engine, recorded(SHORT))
    await changed(engine, log_entries, entry(SHORT, 2), actor_id="nobody", outcome="declined")
    [found] = await done(engine, recorded(SHORT), SHORT)
    assert ["1.2 changed ['actor_id', 'outcome']"] == words(found)
    [difference] = found.differences
    assert difference.columns and ("declined", "recommended") == difference.columns["outcome"]
    assert difference.event and difference.event.startswith(f"platform:{SHORT} run ")
    await repaired(engine, recorded(SHORT))


async def test_what_was_said_is_compared_too(engine: AsyncEngine) -> None:
    """A word in what was said, with a hash that was made anew to fit, is found by the histories."""
    await write_register(engine, recorded(SHORT))
    async with engine.begin() as connection:
        row = (
            await connection.execute(
                select(log_entries).where(
                    log_entries.c.platform_id == SHORT, log_entries.c.name == "inspection"
                )
            )
        ).one()
    said = row.said | {"corrections": ["另一句话"]}
    await changed(engine, log_entries, entry(SHORT, row.seq), said=said, hash="ab" * 32)
    [found] = await done(engine, recorded(SHORT), SHORT)
    assert [f"1.{row.seq} changed ['hash', 'said.corrections']"] == words(found)
    await repaired(engine, recorded(SHORT))


async def test_a_dropped_last_entry(engine: AsyncEngine) -> None:
    """A lost tail cannot be seen in what is left, and is found by the histories."""
    await write_register(engine, recorded(SHORT))
    lines = await RegisterQueries(engine).log(SHORT)
    last = max(line.entry.seq for line in lines if line.year == 0)
    async with engine.begin() as connection:
        mine = (log_entries.c.platform_id == SHORT, log_entries.c.year == 0)
        await connection.execute(delete(log_entries).where(*mine, log_entries.c.seq == last))
    [found] = await done(engine, recorded(SHORT), SHORT)
    assert [f"1.{last} missing"] == words(found)
    await repaired(engine, recorded(SHORT))


async def test_two_reordered_entries(engine: AsyncEngine) -> None:
    """Both are named, with the place where each belongs."""
    await write_register(engine, recorded(CORRECTED))
    for old, new in ((3, 900), (4, 3), (900, 4)):
        await changed(engine, log_entries, entry(CORRECTED, old), seq=new)
    [found] = await done(engine, recorded(CORRECTED), CORRECTED)
    assert ["1.3 moved", "1.4 moved"] == words(found)
    assert [4, 3] == [one.belongs for one in found.differences]
    await repaired(engine, recorded(CORRECTED))


async def test_an_entry_that_was_never_written(engine: AsyncEngine) -> None:
    """What stands behind the end of an ended log is extra, and goes."""
    await write_register(engine, recorded(CORRECTED))
    async with engine.begin() as connection:
        of_last = select(log_entries).where(
            log_entries.c.platform_id == CORRECTED, log_entries.c.year == 0
        )
        row = (await connection.execute(of_last.order_by(log_entries.c.seq.desc()))).first()
        assert row is not None
        more = row._asdict() | {"seq": row.seq + 1, "previous": row.hash, "hash": "cd" * 32}
        await connection.execute(insert(log_entries).values(more))
    [found] = await done(engine, recorded(CORRECTED), CORRECTED)
    assert [f"1.{row.seq + 1} extra"] == words(found)
    await repaired(engine, recorded(CORRECTED))


@pytest.mark.parametrize(
    ("platform_id", "table", "values"),
    [
        (SHORT, platforms, {"operator": "另一家公司"}),
        (SHORT, terms, {"stage": "declined"}),
        (SHORT, terms, {"certificate_number": "BJPT-0000"}),
        (CORRECTED, assessments, {"result": "not_met"}),
        (CORRECTED, findings, {"score": 1}),
        (MUCH, plan_versions, {"plan": {"parts": {}}}),
        (MUCH, notices, {"role": "district"}),
        ("bj-ad-simulation", terms, {"overdue": True}),
    ],
    ids=lambda value: value.name if isinstance(value, Table) else None,
)
async def test_a_changed_row_of_the_register(
    engine: AsyncEngine, platform_id: str, table: Table, values: dict[str, Any]
) -> None:
    """One row of each table, changed in one column: that row and that column are named, and no other."""
    await write_register(engine, recorded(platform_id))
    before = await everything(engine)
    [name] = values
    async with engine.begin() as connection:
        query = select(table).where(table.c[name].is_distinct_from(values[name]))
        row = (await connection.execute(query.limit(1))).mappings().one()
    key = {column.name: row[column.name] for column in table.primary_key}
    await changed(engine, table, key, **values)
    [found] = await done(engine, recorded(platform_id), platform_id)
    [own] = [d for d in found.differences if d.table != awaiting.name]  # the inbox follows
    assert (table.name, What.CHANGED) == (own.table, own.what)
    assert {name} == {column.partition(".")[0] for column in own.columns or ()}
    assert {n: v for n, v in key.items() if n != "platform_id"} == own.key
    [again] = await done(engine, recorded(platform_id), platform_id, repair=True)
    assert again.repaired and again.agrees
    assert before == await everything(engine)


async def test_rows_that_are_gone_and_rows_that_are_too_many(engine: AsyncEngine) -> None:
    """Each row is named by its key; after the repair the register is as it was."""
    some = [*recorded("bj-green-building"), *recorded(CORRECTED), *recorded(TWICE)]
    await write_register(engine, some)
    before = await everything(engine)
    async with engine.begin() as connection:
        lost = delete(findings).where(findings.c.platform_id == CORRECTED, findings.c.year == 1)
        gone = (await connection.execute(lost)).rowcount
        row = (await connection.execute(select(terms).where(terms.c.platform_id == TWICE))).first()
        assert row is not None
        await connection.execute(insert(terms).values(row._asdict() | {"term": 7}))
    one, other, third = await done(engine, some)
    assert one.agrees
    assert gone * ["findings missing"] == words(other)
    assert ["terms extra"] == words(third)
    assert [{"term": 7}] == [difference.key for difference in third.differences]
    mended = await done(engine, some, CORRECTED, TWICE, repair=True)
    assert [True, True] == [one.repaired and one.agrees for one in mended]
    assert before == await everything(engine)


async def test_a_platform_that_only_the_register_knows(engine: AsyncEngine) -> None:
    """Its logs are held against themselves; that no history is there is said, and nothing is repaired."""
    await write_register(engine, recorded(SHORT))
    await changed(engine, log_entries, entry(SHORT, 2), outcome="declined")
    [found] = await done(engine, [], repair=True)
    assert not found.repaired
    assert any("in no history" in problem.words.en for problem in found.problems)
    assert any("entry 2 was changed" in problem.words.en for problem in found.problems)


async def test_a_platform_that_only_the_histories_know(engine: AsyncEngine) -> None:
    """Every row of it is missing; the repair writes them all, and nobody else's."""
    await write_register(engine, recorded(SHORT))
    [one, other] = await done(engine, [*recorded(MUCH), *recorded(SHORT)])
    assert (MUCH, SHORT) == (one.platform_id, other.platform_id)
    assert other.agrees
    assert {What.MISSING} == {d.what for d in one.differences}
    await repaired(engine, recorded(MUCH))


async def test_an_open_case_may_be_ahead_of_its_history(engine: AsyncEngine) -> None:
    """What the register has more and what fits is no difference; what does not fit is one."""
    await write_register(engine, recorded(CORRECTED))
    *others, last = [history for history in recorded(CORRECTED) if history.year == 0]
    half = replace(cut(last, 4), closed_at=None)
    children = [history for history in recorded(CORRECTED) if history.year]
    [found] = await done(engine, [*others, half, *children], CORRECTED)
    assert (True, {(1, 0, 0): 1}) == (found.agrees, found.ahead)
    more = max(line.entry.seq for line in await RegisterQueries(engine).log(CORRECTED, 1))
    await changed(engine, log_entries, entry(CORRECTED, more), outcome="another")
    [found] = await done(engine, [*others, half, *children], CORRECTED)
    assert not found.agrees


async def test_histories_that_do_not_hold_are_no_ground_for_a_repair(engine: AsyncEngine) -> None:
    """The child that was dropped is named, and the register is left as it is, right or wrong."""
    await write_register(engine, recorded(MUCH))
    await changed(engine, terms, {"platform_id": MUCH, "term": 1}, list_number="wrong")
    rest = [history for history in recorded(MUCH) if history.year != 2]
    [found] = await done(engine, rest, MUCH, repair=True)
    assert (False, ["terms changed ['list_number']"]) == (found.repaired, words(found))
    named = [problem.words.en for problem in found.problems]
    child = f"platform:{MUCH}:term-1:assessment-2"
    assert 2 == sum(f"of {child}, which is its child, is missing" in words for words in named)
    assert 2 == sum("in the register, and in no history" in words for words in named)


async def test_one_platform_is_held_at_a_time(engine: AsyncEngine) -> None:
    """The first is told before the histories of the third are asked for: memory does not grow."""
    some = [*recorded("bj-green-building"), *recorded(MUCH), *recorded(SHORT)]
    await write_register(engine, some)
    source = Given(some)
    found = reconcile(engine, source)
    assert "bj-green-building" == (await anext(found)).platform_id
    assert len(recorded("bj-green-building")) + 1 == source.given
    assert MUCH == (await anext(found)).platform_id
    assert len(recorded("bj-green-building")) + len(recorded(MUCH)) + 1 == source.given
    await found.aclose()


async def test_nothing_is_left_behind(engine: AsyncEngine) -> None:
    """The doubles are gone with the connection that had them, and the register's own rows were only read."""
    await write_register(engine, recorded(SHORT))
    before = await everything(engine)
    await done(engine, recorded(SHORT), SHORT)
    async with engine.connect() as connection:
        number = await connection.execute(select(func.count()).select_from(terms))
        assert 1 == number.scalar_one()
    assert before == await everything(engine)
