"""Asking the register through an engine of SQLAlchemy: out of its pool, or on a connection that is open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.asyncpg_connections import Connections, Reading, Row, for_driver, row_of


class EngineConnections(Connections):
    """Connections of an engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._snapshots = engine.execution_options(isolation_level="REPEATABLE READ")

    @asynccontextmanager
    async def connect(self, *, snapshot: bool = False) -> AsyncIterator[Reading]:
        """A connection out of the pool, and its transaction."""
        async with (self._snapshots if snapshot else self._engine).connect() as connection:
            yield OnConnection(connection)


class OnConnection:
    """Asks on a connection of SQLAlchemy, within its transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def fetch(self, sql: str, *values: Any) -> list[Row]:
        rows = await self._connection.exec_driver_sql(sql, for_driver(values))
        return [row_of(dict(row)) for row in rows.mappings()]
