"""Archiving: look what the server has, and take what the archive lacks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from audit.archive.archive_contents import Archive, Kept
from audit.archive.event_json import linked
from audit.archive.notes import ArchivingNotes, Noted
from audit.archive.server_histories import Execution, Key, ServerHistories
from audit.histories import belongs, place_of

WHOLE_EACH = timedelta(hours=23)
"""After so long everything is looked at again, the open runs too: once a day, whatever was missed."""
_OVERLAP = timedelta(hours=1)
"""Visibility may come to know a run that late."""
_AT_ONCE = 200
_FETCHES = 4


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
            await _take_all(batch, server, archive, taken)
            on_the_way(taken)
    except BaseException as error:
        # A database that is away cannot be told why: the error itself tells.
        with suppress(SQLAlchemyError, OSError):
            await notes.end(number, taken.looked, taken.kept, taken.gone, _why(error))
        raise
    return await notes.end(number, taken.looked, taken.kept, taken.gone)


async def archive_platform(server: ServerHistories, archive: Archive, platform_id: str) -> Taken:
    """Archive all runs of one platform as they are now, those of its assessments too."""
    taken = Taken()
    async for history in server.runs(platform_id):
        taken.looked += 1
        if await archive.keep(history):
            taken.kept += 1
    return taken


async def _take_all(
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
    platform_id = place_of(run.workflow_id)[0]
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
