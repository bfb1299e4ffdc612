"""Batches into the register: repeated, overlapping, out of order, and of another history."""

import asyncio
import itertools
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Insert, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.register_activities import Register
from db import direct_writes
from db.embedded import EmbeddedPostgres
from db.engine import create_engine
from db.migrate import upgrade
from db.queries import RegisterQueries
from db.register_errors import RegisterConflict
from db.register_store import PostgresRegister
from db.tables import log_entries, terms
from tests.memory import throw_away_folder
from tests.rules.builders import DISTRICT
from workflows.activity_messages import RegisterBatch
from workflows.record import BEGINNING, find_chain_break

from .cases import (
    START,
    application,
    assessment_of,
    batch,
    listed,
    note_statements,
    one_by_one,
    opened,
    rectified,
)
from .content import everything


async def test_it_is_a_register(register: PostgresRegister) -> None:
    """The activities' protocol is satisfied (mypy checks it here)."""
    taken: Register = register
    await taken.write(batch(opened()))


async def test_a_repeated_batch_changes_nothing(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """The same batch again, as after a lost answer, leaves every row as it was."""
    told = listed()
    await register.write(batch(told))
    before = await everything(engine)
    await register.write(batch(told))
    assert before == await everything(engine)


async def test_one_by_one_equals_at_once(
    register: PostgresRegister, engine: AsyncEngine, second: AsyncEngine
) -> None:
    """A register that was written entry by entry equals one that was rebuilt in one go."""
    platform = listed()
    assessment = rectified(platform)
    for each in itertools.chain(one_by_one(platform), one_by_one(assessment, platform)):
        await register.write(each)
    await PostgresRegister(second).write(batch(platform))
    await PostgresRegister(second).write(batch(assessment, platform=platform))
    assert await everything(second) == await everything(engine)


async def test_order_and_overlap_do_not_matter(
    register: PostgresRegister, engine: AsyncEngine, second: AsyncEngine
) -> None:
    """Backwards, overlapping and with the assessment first, the register ends up the same."""
    platform = listed()
    assessment = rectified(platform)
    ordered = [
        *one_by_one(platform),
        batch(platform, 2, 5),
        *one_by_one(assessment, platform),
        batch(assessment, 1, 4, platform=platform),
    ]
    for each in ordered:
        await register.write(each)
    for each in reversed(ordered):
        await PostgresRegister(second).write(each)
    assert await everything(engine) == await everything(second)


async def test_an_older_batch_never_takes_a_row_back(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """A batch that was late leaves the stage, the hash and the plan version of a later one."""
    told = listed()
    await register.write(batch(told))
    before = await everything(engine)
    await register.write(batch(told, 1, 3))
    assert before == await everything(engine)


async def test_an_assessment_alone_makes_its_platform_known(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """An assessment whose platform has not been written yet brings a first word of it."""
    platform = listed()
    await register.write(batch(assessment_of(platform), platform=platform))
    async with engine.connect() as connection:
        row = (await connection.execute(select(terms.c.stage, terms.c.log_seq))).one()
    assert ("valid", 0) == tuple(row)


async def test_another_history_is_a_conflict(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """Entries with another hash are refused with platform, term and entry, and nothing is written."""
    await register.write(batch(listed(), 1, 3))
    before = await everything(engine)
    other = listed(application(name="另一平台"))
    with pytest.raises(
        RegisterConflict, match=r"platform p-1, term 1, .*entry 1 .*histor"
    ) as found:
        await register.write(batch(other))
    assert ("p-1", 1, 0, 1) == (
        found.value.platform_id,
        found.value.term,
        found.value.year,
        found.value.seq,
    )
    assert before == await everything(engine)


@pytest.mark.parametrize(("stored", "given"), [((1, 3), (4, 4)), ((4, 6), (2, 3))])
async def test_a_neighbour_that_does_not_fit_is_a_conflict(
    register: PostgresRegister, stored: tuple[int, int], given: tuple[int, int]
) -> None:
    """New entries must go on from, and lead to, what stands beside them."""
    await register.write(batch(listed(), *stored))
    with pytest.raises(RegisterConflict):
        await register.write(batch(listed(application(name="另一平台")), *given))


async def test_the_same_batch_from_many_at_once(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """Writers that overlap in time all succeed, and the log has every entry once."""
    platform = listed()
    assessment = rectified(platform)
    batches: list[RegisterBatch] = [
        *one_by_one(platform),
        batch(platform),
        batch(assessment, platform=platform),
    ]
    await register.write(batch(platform, 1, 1))
    await asyncio.gather(*(register.write(each) for each in batches * 3))
    async with engine.connect() as connection:
        count = (await connection.execute(select(func.count()).select_from(log_entries))).scalar()
    assert len(platform.case.log) + len(assessment.case.log) == count


async def test_few_round_trips(register: PostgresRegister, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch is written by at most five statements, however much it holds."""
    platform = listed()
    assessment = rectified(platform)
    statements = note_statements(monkeypatch)
    counts = []
    for each in (*one_by_one(platform), *one_by_one(assessment, platform)):
        statements.clear()
        await register.write(each)
        counts.append(len(statements))
    assert {3, 4, 5, 6} == set(counts)


async def test_nothing_is_compiled_again(
    register: PostgresRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What SQLAlchemy compiled for a batch serves the next ones: otherwise each decision would wait for it."""

    def all_of(platform_id: str) -> list[RegisterBatch]:
        platform = listed(application(platform_id))
        return [*one_by_one(platform), *one_by_one(rectified(platform), platform)]

    compiled: list[Any] = []
    compile_ = Insert.compile

    def note(self: Insert, *args: Any, **options: Any) -> Any:
        compiled.append(self)
        return compile_(self, *args, **options)

    monkeypatch.setattr(Insert, "compile", note)
    direct_writes._kept.cache_clear()
    for each in all_of("p-1"):
        await register.write(each)
    assert len(compiled) > 5
    compiled.clear()
    for each in all_of("p-2"):
        await register.write(each)
    assert [] == compiled


async def test_a_batch_without_entries_leaves_the_state(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """A batch that only brings a plan version writes that, and says nothing about the state."""
    told = opened()
    await register.write(batch(told).model_copy(update={"entries": ()}))
    rows = await everything(engine)
    assert (1, 0, 0) == (len(rows["plan_versions"]), len(rows["terms"]), len(rows["log_entries"]))


async def test_a_write_that_was_given_up_leaves_no_trace(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """A decision waits for a slow register only so long; given up half-way, the batch comes again."""
    told = opened()
    async with engine.connect() as connection:
        await connection.execute(text("LOCK TABLE terms IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(register.write(batch(told)), 0.2)
    assert {0} == {len(rows) for rows in (await everything(engine)).values()}
    await register.write(batch(told))
    assert 1 == len((await everything(engine))["log_entries"])


async def test_a_database_that_comes_and_goes(servers: None) -> None:
    """A register whose database is away says so at once; when it is back, the next write works."""
    server = EmbeddedPostgres(throw_away_folder("test"))
    url = await asyncio.to_thread(server.start)
    await upgrade(url)
    engine = create_engine(url)
    register = PostgresRegister(engine)
    await register.write(batch(opened()))
    await asyncio.to_thread(server.stop)
    with pytest.raises((OSError, DBAPIError)):
        await register.write(batch(opened()))
    await asyncio.to_thread(server.start)
    await register.write(batch(opened()))
    await engine.dispose()
    await asyncio.to_thread(server.stop)


def recommended(later: timedelta = timedelta(), opinion: str = "同意") -> RegisterBatch:
    """A platform that was recommended, told as it was or some seconds later."""
    told = opened(at=START + later)
    told.decide("recommendation", DISTRICT, outcome="recommended", opinion=opinion)
    return batch(told)


async def test_a_log_told_again_at_other_moments_replaces_the_first_telling(
    register: PostgresRegister, queries: RegisterQueries
) -> None:
    """A whole log with the same content and other moments is taken; the register then holds it whole."""
    first, again = recommended(), recommended(later=timedelta(seconds=3))
    await register.write(first)
    await register.write(again)
    await register.write(again)
    stored = [line.entry for line in await queries.log("p-1")]
    assert [entry.hash for entry in again.entries] == [entry.hash for entry in stored]
    assert find_chain_break(stored, BEGINNING) is None


async def test_a_log_told_again_with_another_content_is_a_conflict(
    register: PostgresRegister, queries: RegisterQueries
) -> None:
    """Other words are another history: refused, and what was there stays."""
    first = recommended()
    await register.write(first)
    with pytest.raises(RegisterConflict):
        await register.write(recommended(later=timedelta(seconds=3), opinion="别的意见"))
    stored = [line.entry.hash for line in await queries.log("p-1")]
    assert [entry.hash for entry in first.entries] == stored


def followed(later: timedelta = timedelta(), opinion: str = "同意", **how: Any) -> RegisterBatch:
    """What follows the first entry of a platform that was recommended, which its run read back."""
    told = opened()
    told.at += later
    told.decide("recommendation", DISTRICT, outcome="recommended", opinion=opinion)
    whole = batch(told)
    return whole.model_copy(update={"entries": whole.entries[1:], "read_back": 1} | how)


async def test_of_a_long_log_what_was_read_back_is_not_told_again(
    register: PostgresRegister, queries: RegisterQueries
) -> None:
    """What follows it is taken at other moments, where the register has what it follows."""
    first, again = recommended(), followed(later=timedelta(seconds=3))
    await register.write(first)
    await register.write(again)
    stored = [line.entry for line in await queries.log("p-1")]
    assert [e.hash for e in stored] == [first.entries[0].hash, again.entries[0].hash]
    assert find_chain_break(stored, BEGINNING) is None


@pytest.mark.parametrize("how", ["other words", "not said", "follows another"])
async def test_other_entries_after_those_are_a_conflict(
    register: PostgresRegister, queries: RegisterQueries, how: str
) -> None:
    """Other content; a part of which nothing says that it is all; one that goes on from another entry."""
    first, later = recommended(), timedelta(seconds=3)
    await register.write(first)
    match how:
        case "other words":
            wrong = followed(later, opinion="别的意见")
        case "not said":
            wrong = followed(later, read_back=0)
        case _:
            (entry,) = followed(later).entries
            moved = entry.model_copy(update={"previous": "1" * 64})
            wrong = followed(entries=(moved.model_copy(update={"hash": moved.seal()}),))
    with pytest.raises(RegisterConflict):
        await register.write(wrong)
    stored = [line.entry.hash for line in await queries.log("p-1")]
    assert [entry.hash for entry in first.entries] == stored
