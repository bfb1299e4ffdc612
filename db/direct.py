"""Asking the register over connections of asyncpg alone: for a command, which asks a little and ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from db.asyncpg_connections import Connections, Reading, Row, for_driver, row_of
from db.pooler import WITHOUT_STATEMENTS, BehindPooler, connect_directly, connect_through
from db.url import connect_arguments

CONNECT_SECONDS = 5.0
COMMAND_SECONDS = 15.0
"""Far more than any statement of ours needs; after it a lost connection is noticed."""
SERVER_SETTINGS = {"application_name": "pingtai", "timezone": "UTC", "jit": "off"}
_AT_ONCE = 4
_CLOSE_SECONDS = 1.0


class DirectConnections(Connections):
    """Connections of asyncpg, opened when they are needed and kept until `close`."""

    def __init__(self, url: str, *, patient: bool = False) -> None:
        """For a URL as `db.url.normalised` or the embedded server gives it; `patient`: without a time limit.

        Raises:
            InvalidDatabaseUrl: it cannot be used.
        """
        self._arguments = {"timeout": CONNECT_SECONDS} | connect_arguments(url)
        self._arguments["timeout"] = float(self._arguments["timeout"])
        limit = None if patient else COMMAND_SECONDS
        self._arguments |= {"command_timeout": limit, "server_settings": SERVER_SETTINGS}
        self._pooled = False
        self._free: list[asyncpg.Connection[Any]] = []
        self._room = asyncio.Semaphore(_AT_ONCE)

    @asynccontextmanager
    async def connect(self, *, snapshot: bool = False) -> AsyncIterator[Reading]:
        """A connection in a transaction that only reads."""
        async with self._room:
            connection = await self._taken()
            isolation = "repeatable_read" if snapshot else None
            transaction = connection.transaction(isolation=isolation, readonly=True)
            try:
                await transaction.start()
                yield OnDriver(connection)
                await transaction.commit()
            except BaseException:
                connection.terminate()  # whatever state it is in: a rollback might wait for an answer
                raise
            self._free.append(connection)

    async def close(self) -> None:
        while self._free:
            await self._free.pop().close(timeout=_CLOSE_SECONDS)

    async def _taken(self) -> "asyncpg.Connection[Any]":
        while self._free:
            connection = self._free.pop()
            if not connection.is_closed():
                return connection
        connection = await self._opened()
        try:
            await connection.set_type_codec(
                "jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads
            )
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def _opened(self) -> "asyncpg.Connection[Any]":
        if not self._pooled:
            try:
                return await connect_directly(**self._arguments)
            except BehindPooler:
                self._pooled = True
        return await connect_through(**self._arguments, **WITHOUT_STATEMENTS)


class OnDriver:
    """Asks on a connection of asyncpg, within its transaction."""

    def __init__(self, connection: "asyncpg.Connection[Any]") -> None:
        self._connection = connection

    async def fetch(self, sql: str, *values: Any) -> list[Row]:
        return [row_of(record) for record in await self._connection.fetch(sql, *for_driver(values))]
