"""Archiving: look what the server has, take what the archive lacks, and note in `archivings` how it went."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.archive.archive_contents import Archive, Kept
from audit.archive.event_json import linked
from audit.archive.server_histories import Execution, Key, ServerHistories
from audit.histories import belongs, parse_workflow_id
from db.audit_tables import archivings
from workflows.model import Instant, Record

WHOLE_EACH = timedelta(hours=23)
"""After so long everything is looked at again, the open runs too: once a day, whatever was missed."""
_OVERLAP = timedelta(hours=1)
"""Visibility may come to know a run that late."""
_AT_ONCE = 200
_FETCHES = 4
_CLOCKS_DIFFER = timedelta(minutes=5)


class Noted(Record):
    """One time that archiving was done, or is at work (no end yet)."""

    number: int
    began_at: Instant
    ended_at: Instant | None
    whole: bool
    looked: int
    kept: int
    gone: int
    trouble: str | None


class ArchivingNotes:
    """Notes of archiving in the register's database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def begin(self, *, whole: bool) -> int:
        """Note that archiving begins; answers the number that `end` takes."""
        row = {"began_at": datetime.now(UTC), "whole": whole, "looked": 0, "kept": 0, "gone": 0}
        statement = insert(archivings).values(row).returning(archivings.c.number)
        async with self._engine.begin() as connection:
            return int((await connection.execute(statement)).scalar_one())

    async def end(
        self, number: int, looked: int, kept: int, gone: int, trouble: str | None = None
    ) -> Noted:
        """Note that it is done, or (with `trouble`) that it was broken off."""
        row = {
            "ended_at": None if trouble else datetime.now(UTC),
            "looked": looked,
            "kept": kept,
            "gone": gone,
            "trouble": trouble,
        }
        statement = update(archivings).where(archivings.c.number == number).values(row)
        async with self._engine.begin() as connection:
            return _noted((await connection.execute(statement.returning(archivings))).one())

    async def last(self, *, whole: bool = False, ended: bool = True) -> Noted | None:
        """The last time: by default the last that ended well; perhaps of those alone that took everything.

        One that lies ahead was noted by a clock that was wrong: it would count for years as just done.
        """
        query = select(archivings).order_by(archivings.c.began_at.desc()).limit(1)
        query = query.where(archivings.c.began_at <= datetime.now(UTC) + _CLOCKS_DIFFER)
        if ended:
            query = query.where(archivings.c.ended_at.is_not(None))
        if whole:
            query = query.where(archivings.c.whole)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else _noted(row)


def _noted(row: Row[*tuple[object, ...]]) -> Noted:
    return Noted(**row._mapping)


@dataclass
class Taken:
    """How far archiving is: runs that were looked at, histories that were kept, runs that were gone."""

    looked: int = 0
    kept: int = 0
    gone: int = 0


async def archive_now(
    server: ServerHistories,
    archive: Archive,
    notes: ArchivingNotes,
    *,
    whole: bool | None = None,
    on_the_way: Callable[[Taken], None] = lambda _: None,
) -> Noted:
    """Archive what is not in the archive yet, and note that it was done, or what was in the way.

    `whole`: all closed runs, and the open ones as far as they are. By default it is so once a day,
    and otherwise only the runs that have closed since the last time.
    """
    before = await notes.last()
    if whole is None:
        last_whole = await notes.last(whole=True)
        whole = last_whole is None or datetime.now(UTC) - last_whole.began_at >= WHOLE_EACH
    number = await notes.begin(whole=whole)
    taken = Taken()
    narrowed = "" if whole or before is None else _closed_since(before.began_at - _OVERLAP)
    try:
        async for batch in _batches(server.executions(narrowed)):
            await take_all(batch, server, archive, taken)
            on_the_way(taken)
    except BaseException as error:
        # A database that is away cannot note why: the error itself says it.
        with suppress(SQLAlchemyError, OSError):
            await notes.end(number, taken.looked, taken.kept, taken.gone, _why(error))
        raise
    return await notes.end(number, taken.looked, taken.kept, taken.gone)


async def take_all(
    batch: list[Execution], server: ServerHistories, archive: Archive, taken: Taken
) -> None:
    """Take what is missing of a batch, and of the runs that the histories taken name."""
    seen, waiting = set[Key](), batch
    taken.looked += len(batch)
    while waiting:
        seen.update(run.key for run in waiting)
        known = await archive.has([run.key for run in waiting])
        missing = [run for run in waiting if not ((kept := known.get(run.key)) and kept.closed)]
        if waiting is not batch:
            taken.looked += len(missing)
        named: set[Key] = set()
        for at in range(0, len(missing), _FETCHES):
            some = missing[at : at + _FETCHES]
            named.update(
                *await asyncio.gather(
                    *(_take(run, known.get(run.key), server, archive, taken) for run in some)
                )
            )
        waiting = [Execution(*key, closed=False, events=0) for key in named - seen]


async def _take(
    run: Execution, had: Kept | None, server: ServerHistories, archive: Archive, taken: Taken
) -> set[Key]:
    """Take one run, if there is more of it than the archive had; answers the runs that it names."""
    if had and not run.closed:
        now = await server.latest(*run.key)
        if now and not now.closed and now.events == had.events:
            return set()
    history = await server.fetch(*run.key)
    if history is None:
        taken.gone += 1
        return set()
    if await archive.keep(history):
        taken.kept += 1
    platform_id = parse_workflow_id(run.workflow_id)[0]
    return {key for key in linked(history) if belongs(key[0], platform_id)}


async def _batches(runs: AsyncIterator[Execution]) -> AsyncIterator[list[Execution]]:
    batch: list[Execution] = []
    async for run in runs:
        batch.append(run)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _closed_since(moment: datetime) -> str:
    return f"CloseTime >= '{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"


def _why(error: BaseException) -> str:
    if isinstance(error, asyncio.CancelledError | KeyboardInterrupt):
        return "it was stopped"
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:500]
