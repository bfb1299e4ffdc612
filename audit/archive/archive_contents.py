"""The archive itself: a row in PostgreSQL for each run, with its history or with the place of its file."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Protocol

from sqlalchemy import Row, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.archive.archive_store import Store, fetch, remove
from audit.archive.event_json import LARGEST
from audit.archive.server_histories import Key
from audit.histories import ROSTER, Histories, StoredHistory
from db.audit_tables import archived_histories
from starter.errors import BadInput

_PAGE = 500
_IN_ORDER = ("workflow_id", "started_at", "run_id")


@dataclass(frozen=True)
class Kept:
    """What the archive has of a run: that is enough when it is closed, or has as many events as the run."""

    closed: bool
    events: int
    place: str | None


class Archive(Histories, Protocol):
    """What keeps histories, and gives them back."""

    async def keep(self, history: StoredHistory) -> bool:
        """Take a history; False when as much of the run is there already.

        What is there of a closed run is never replaced.
        """

    async def has(self, keys: Sequence[Key]) -> dict[Key, Kept]:
        """Which of these runs are there, and how much of each."""


class PostgresArchive:
    """The archive in the register's database; with a store, its files are there and rows say where.

    Both kinds of rows are read, whatever is configured now: what was kept elsewhere stays there.
    """

    def __init__(self, engine: AsyncEngine, store: Store | None = None) -> None:
        """Work through an engine of `db.engine.create_engine`; put files into the store, if there is one."""
        self._engine = engine
        self._store = store

    async def keep(self, history: StoredHistory) -> bool:
        key = history.workflow_id, history.run_id
        events = len(history.stored["events"])
        kept = (await self.has([key])).get(key)
        if kept and (kept.closed or (kept.events >= events and history.closed_at is None)):
            return False
        # mtime 0, so that the same history gives the same bytes
        packed = await asyncio.to_thread(gzip.compress, history.content, mtime=0)
        place = None
        if self._store:
            # A part of a run has a file of its own: nothing writes over what a row stands for.
            part = "" if history.closed_at else f".{events}-events"
            name = f"{history.run_id}{part}.json.gz"
            place = await asyncio.to_thread(self._store.put, history.workflow_id, name, packed)
        taken = await self._write(history, events, place, packed)
        needless = (kept.place if kept else None) if taken else place
        if needless and needless != (await self.has([key]))[key].place:
            with suppress(OSError, BadInput):  # what is left over does no harm
                await asyncio.to_thread(remove, needless)
        return taken

    async def _write(
        self, history: StoredHistory, events: int, place: str | None, packed: bytes
    ) -> bool:
        values = {
            "workflow_id": history.workflow_id,
            "run_id": history.run_id,
            "platform_id": history.platform_id,
            "year": history.year,
            "started_at": history.started_at,
            "closed_at": history.closed_at,
            "archived_at": datetime.now(UTC),
            "events": events,
            "sdk": history.sdk,
            "codec": history.codec,
            "sha256": history.sha256,
            "place": place,
            "content": None if place else packed,
        }
        row = insert(archived_histories).values(values)
        old, new = archived_histories.c, row.excluded
        changed = {name: new[name] for name in values if name not in ("workflow_id", "run_id")}
        # Two may archive at once: the one that has less of the run comes too late.
        more = old.closed_at.is_(None) & or_(new.closed_at.is_not(None), old.events < new.events)
        statement = row.on_conflict_do_update(
            index_elements=["workflow_id", "run_id"], set_=changed, where=more
        ).returning(old.run_id)
        async with self._engine.begin() as connection:
            return (await connection.execute(statement)).first() is not None

    async def has(self, keys: Sequence[Key]) -> dict[Key, Kept]:
        c = archived_histories.c
        query = select(c.workflow_id, c.run_id, c.closed_at, c.events, c.place).where(
            tuple_(c.workflow_id, c.run_id).in_(keys)
        )
        if not keys:
            return {}
        async with self._engine.connect() as connection:
            rows = await connection.execute(query)
            return {
                (row.workflow_id, row.run_id): Kept(
                    row.closed_at is not None, row.events, row.place
                )
                for row in rows
            }

    async def runs(self, platform_id: str | None = None) -> AsyncIterator[StoredHistory]:
        """See `Histories`. One history is held at a time, and no transaction is left open meanwhile.

        One that is not what was archived, or that cannot be read, comes with its `damage`.
        """
        if platform_id is not None:
            async for history in self._runs_of(platform_id):
                yield history
            return
        async for each in self.platforms():
            async for history in self._runs_of(each):
                yield history

    async def platforms(self) -> AsyncIterator[str]:
        """The ids of all platforms that the archive has a run of, in order."""
        c = archived_histories.c
        last = ROSTER
        while True:
            query = select(c.platform_id).where(c.platform_id > last)
            query = query.group_by(c.platform_id).order_by(c.platform_id).limit(_PAGE)
            async with self._engine.connect() as connection:
                page = (await connection.execute(query)).scalars().all()
            for platform_id in page:
                yield platform_id
            if len(page) < _PAGE:
                return
            last = page[-1]

    async def _runs_of(self, platform_id: str) -> AsyncIterator[StoredHistory]:
        c = archived_histories.c
        query = select(c.workflow_id, c.run_id).where(c.platform_id == platform_id)
        async with self._engine.connect() as connection:
            keys = (await connection.execute(query.order_by(*(c[n] for n in _IN_ORDER)))).all()
        for workflow_id, run_id in keys:
            key = workflow_id, run_id
            row = await self._row(key)
            if row is None:
                continue
            history = await asyncio.to_thread(_history, row)
            if history.damage and row.place:
                # More of the run may have been taken just now, and the file of before taken away.
                again = await self._row(key)
                if again is not None and again.place != row.place:
                    history = await asyncio.to_thread(_history, again)
            yield history

    async def _row(self, key: Key) -> Row[Any] | None:
        c = archived_histories.c
        # Each by itself: a value beside a tuple has no type, and an id may hold what text cannot.
        one = select(archived_histories).where(c.workflow_id == key[0], c.run_id == key[1])
        async with self._engine.connect() as connection:
            return (await connection.execute(one)).first()

    async def counts(self) -> "Counts":
        c = archived_histories.c
        query = select(
            func.count().label("runs"),
            func.count().filter(c.closed_at.is_(None)).label("open_runs"),
            func.count(c.place).label("in_files"),
            func.count(c.platform_id.distinct()).filter(c.platform_id != ROSTER).label("platforms"),
            func.coalesce(func.sum(c.events), 0).label("events"),
            func.coalesce(func.sum(func.octet_length(c.content)), 0).label("size"),
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one()
        return Counts(**{name: int(value) for name, value in row._mapping.items()})


@dataclass(frozen=True)
class Counts:
    """How much an archive has; `size` is what PostgreSQL holds of it, in bytes."""

    platforms: int
    runs: int
    open_runs: int
    in_files: int
    events: int
    size: int


def _history(row: Row[Any]) -> StoredHistory:
    content, damage = b"", None
    try:
        packed = row.content if row.place is None else fetch(row.place, LARGEST + 1)
        content = _unpacked(packed)
        if sha256(content).hexdigest() != row.sha256:
            damage = "the archived history is not what was archived: its SHA-256 is another"
    except BadInput as error:
        damage = f"the archived history cannot be read: {error}"
    except (OSError, EOFError, zlib.error, TypeError) as error:
        damage = f"the archived history cannot be read: {error}"
    return StoredHistory(
        workflow_id=row.workflow_id,
        run_id=row.run_id,
        started_at=row.started_at,
        closed_at=row.closed_at,
        sdk=row.sdk,
        codec=row.codec,
        content=content,
        damage=damage,
    )


def _unpacked(packed: bytes) -> bytes:
    unpacking = zlib.decompressobj(wbits=31)
    content = unpacking.decompress(packed, LARGEST)
    if not unpacking.eof or unpacking.unused_data:
        raise EOFError("it does not end where it should, or is larger than any history")
    return content
