"""Empty tables of the register's form, in which its own code writes what it should hold.

They are temporary, and stand before the register's own on one connection (PostgreSQL looks there
first). So what is expected is made by the very statements that write the register, and nothing of the
register itself is touched.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.reconciling.differences import DERIVED, Row, Rows, compared
from db.erasure_tables import erasure_log
from db.reading import log_line
from db.register_store import write_on
from db.roster_tables import roster_keys, roster_log, roster_roots
from db.row_types import LogLine
from db.tables import log_entries, platforms
from workflows.activity_messages import RegisterBatch
from workflows.erasure_decisions import ErasureOutcome
from workflows.log_id import LogId


class Scratch:
    """One connection, on which the register's tables have a double each."""

    def __init__(self, connection: AsyncConnection, schema: str) -> None:
        self._connection = connection
        self._schema = schema
        self._own: dict[str, Any] = {"schema_translate_map": {None: schema}}

    @asynccontextmanager
    async def about(self, platform_id: str, *, locked: bool) -> AsyncIterator["About"]:
        """The rows of a platform as of one moment, and empty doubles; `locked` to change them."""
        level = "READ COMMITTED" if locked else "REPEATABLE READ"
        await self._connection.execution_options(isolation_level=level)
        async with self._connection.begin():
            if locked:
                await self._lock(platform_id)
            yield About(self._connection, self._own, platform_id)

    async def _lock(self, platform_id: str) -> None:
        """Let no case write to a platform: every batch locks its row before it ends (`db.statements`).

        Where that very row is missing, nobody writes to any platform meanwhile.
        """
        row = select(platforms.c.term).where(platforms.c.platform_id == platform_id)
        held = await self._connection.execute(row.with_for_update(), execution_options=self._own)
        if held.first() is None:
            own = f"{_quoted(self._schema)}.{_quoted(platforms.name)}"
            await self._connection.execute(text(f"LOCK TABLE {own} IN SHARE ROW EXCLUSIVE MODE"))


class About:
    """A platform's rows in the register and in the doubles, in one transaction."""

    def __init__(self, connection: AsyncConnection, own: dict[str, Any], platform_id: str) -> None:
        self._connection = connection
        self._own = own
        self._id = platform_id

    async def log(self) -> tuple[list[LogLine], list[tuple[LogId, int]]]:
        """The logs that the register has of it; and the rows that are no entries of a log, by number."""
        query = select(log_entries).where(log_entries.c.platform_id == self._id)
        ordered = query.order_by(*log_entries.primary_key)
        rows = await self._connection.execute(ordered, execution_options=self._own)
        lines, unreadable = list[LogLine](), list[tuple[LogId, int]]()
        for row in rows:
            try:
                lines.append(log_line(row))
            except (ValueError, TypeError):  # what a row was changed to, by hand
                unreadable.append((LogId(row.term, row.year, row.opening), row.seq))
        return lines, unreadable

    async def erased(self) -> set[int]:
        """The terms of it that were erased."""
        c = erasure_log.c
        done = (c.platform_id == self._id, c.outcome == ErasureOutcome.ERASED)
        rows = await self._connection.execute(
            select(c.term).where(*done), execution_options=self._own
        )
        return set(rows.scalars())

    async def roster_digests(self) -> dict[int, str]:
        """The digests of the office's roster, by version."""
        c = roster_roots.c
        rows = await self._connection.execute(
            select(c.version, c.digest), execution_options=self._own
        )
        return {row.version: row.digest for row in rows}

    async def roster_since(self) -> datetime | None:
        """When the office's roster was set up; None where it has none."""
        c = roster_log.c
        query = select(c.at).where(c.seq == 1)
        found = await self._connection.execute(query, execution_options=self._own)
        since: datetime | None = found.scalar_one_or_none()
        return since

    async def revoked_keys(self) -> dict[str, datetime]:
        """The keys that the office's roster has revoked, and since when."""
        c = roster_keys.c
        query = select(c.public, c.revoked).where(c.revoked.is_not(None))
        rows = await self._connection.execute(query, execution_options=self._own)
        return {row.public: row.revoked for row in rows}

    async def expect(self, batches: Iterable[RegisterBatch]) -> None:
        for batch in batches:
            await write_on(self._connection, batch)

    async def register(self, table: Table) -> Rows:
        """The register's rows of a table, by their keys."""
        return await self._rows(table, self._own)

    async def expected(self, table: Table) -> Rows:
        return await self._rows(table, {})

    async def remove(self, table: Table, key: tuple[Any, ...]) -> None:
        of_key = (c == value for c, value in zip(table.primary_key, key, strict=True))
        await self._connection.execute(delete(table).where(*of_key), execution_options=self._own)

    async def put(self, table: Table, row: Row) -> None:
        """Write a row into the register, in place of the one that has its key.

        What is not compared stays as it is there, and a row's own number is given out anew.
        """
        values = {name: value for name, value in row.items() if name != "number"}
        new = insert(table).values(values)
        keys = [column.name for column in table.primary_key]
        changed = {
            name: new.excluded[name]
            for name in values
            if name not in keys and compared(table, name)
        }
        await self._connection.execute(
            new.on_conflict_do_update(index_elements=keys, set_=changed),
            execution_options=self._own,
        )

    async def _rows(self, table: Table, options: dict[str, Any]) -> Rows:
        query = select(table).where(table.c.platform_id == self._id)
        rows = await self._connection.execute(query, execution_options=options)
        keys = [column.name for column in table.primary_key]
        return {tuple(row[key] for key in keys): dict(row) for row in rows.mappings()}


@asynccontextmanager
async def scratch(engine: AsyncEngine) -> AsyncIterator[Scratch]:
    """Doubles of all derived tables, for as long as they are needed; empty after each platform."""
    async with engine.connect() as connection:
        try:
            schema = str((await connection.execute(text("SELECT current_schema()"))).scalar_one())
            for table in DERIVED:
                own = f"{_quoted(schema)}.{_quoted(table.name)}"
                keys = ", ".join(_quoted(column.name) for column in table.primary_key)
                # Without its other indexes: a double holds one platform's rows.
                await connection.execute(
                    text(
                        f"CREATE TEMPORARY TABLE {_quoted(table.name)}"
                        f" (LIKE {own} INCLUDING DEFAULTS INCLUDING IDENTITY,"
                        f" PRIMARY KEY ({keys})) ON COMMIT DELETE ROWS"
                    )
                )
            await connection.commit()
            yield Scratch(connection, schema)
        finally:
            await connection.invalidate()  # nobody else may meet the doubles on this connection


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
