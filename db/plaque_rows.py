"""Writing the log of plaques: one writer of a platform's at a time, entries only added (`db.plaque_types`)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine_connections import OnConnection
from db.plaque_queries import plaque_entries_of
from db.plaque_tables import plaque_entries
from db.plaque_types import PlaqueEntry, PlaqueEvent
from workflows.actors import Actor, Document

_LOCK = 0x706C7161
"""Any number that nobody else locks by; the second half of the key is the platform's."""


class PlaqueLog:
    """The log of one platform's plaques, while nobody else writes it."""

    def __init__(
        self, connection: AsyncConnection, platform_id: str, entries: tuple[PlaqueEntry, ...]
    ) -> None:
        self._connection = connection
        self._platform_id = platform_id
        self.entries = entries

    async def append(
        self,
        event: PlaqueEvent,
        happened_on: date,
        *,
        actor: Actor,
        at: datetime,
        document: Document | None = None,
        remark: str | None = None,
        cancels: int | None = None,
    ) -> PlaqueEntry:
        row: dict[str, Any] = {
            "platform_id": self._platform_id,
            "event": str(event),
            "happened_on": happened_on,
            "cancels": cancels,
            "document": document.model_dump(mode="json") if document else None,
            "remark": remark,
            "actor": actor.model_dump(mode="json", exclude_none=True),
            "recorded_at": at,
        }
        made = insert(plaque_entries).values(row).returning(plaque_entries.c.number)
        number = (await self._connection.execute(made)).scalar_one()
        said: dict[str, Any] = {**row, "actor": actor, "document": document}
        return PlaqueEntry(number=number, cancelled_by=None, **said)


@asynccontextmanager
async def plaque_log(engine: AsyncEngine, platform_id: str) -> AsyncIterator[PlaqueLog]:
    """Open the log of a platform's plaques to write; what is appended stays if nothing is raised inside."""
    async with engine.begin() as connection:
        key = func.hashtext(platform_id)
        await connection.execute(select(func.pg_advisory_xact_lock(_LOCK, key)))
        found = await plaque_entries_of(OnConnection(connection), platform_id)
        yield PlaqueLog(connection, platform_id, tuple(found))
