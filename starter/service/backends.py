"""Temporal and the register, reached when they are needed: the service outlives both of them.

Where they are is asked again every few seconds, as every command asks it: a local stack that was
started anew may listen elsewhere.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client, Plugin

from db.engine import create_engine
from db.queries import RegisterQueries
from starter.client.register_access import register_url
from starter.client.register_lookups import RegisterLookups
from starter.client.temporal_client import PingtaiClient
from starter.client.temporal_connection import connect, connect_config
from starter.errors import Unreachable

LOOKED_UP_EVERY = 2.0
"""Seconds for which it is believed where Temporal and PostgreSQL are."""
CONNECT_WITHIN = 5.0
AWAY_FOR = 1.0
"""Seconds for which a Temporal that did not answer is not tried again: those who wait are told at once."""


class Backends(Protocol):
    """What the routes ask for. Each raises `starter.errors.Unreachable` while its part is away."""

    async def temporal(self) -> Client: ...

    async def client(self) -> PingtaiClient:
        """The typed client on it, which finds ended terms in the register."""
        ...

    async def engine(self) -> AsyncEngine: ...

    async def close(self) -> None: ...


class ConfiguredBackends:
    """Temporal and the register, where their own configuration finds them."""

    def __init__(self, plugins: tuple[Plugin, ...] = ()) -> None:
        self._plugins = plugins
        self._temporal: tuple[object, Client] | None = None
        self._temporal_seen = -LOOKED_UP_EVERY
        self._client: PingtaiClient | None = None
        self._away: tuple[float, Unreachable] | None = None
        self._engine: tuple[str, AsyncEngine] | None = None
        self._engine_seen = -LOOKED_UP_EVERY
        self._connecting = asyncio.Lock()
        self._finding = asyncio.Lock()

    async def temporal(self) -> Client:
        """Temporal itself, connected once.

        Raises:
            Unreachable: it does not answer.
            BadInput: its configuration cannot be read.
        """
        async with self._connecting:
            now = time.monotonic()
            if self._away and now - self._away[0] < AWAY_FOR:
                raise self._away[1]
            if self._temporal is None or now - self._temporal_seen >= LOOKED_UP_EVERY:
                try:
                    self._temporal = await self._connected()
                except Unreachable as error:
                    self._away = time.monotonic(), error
                    raise
                self._temporal_seen, self._away = now, None
            return self._temporal[1]

    async def _connected(self) -> tuple[object, Client]:
        """The client that there is, or a new one when Temporal is elsewhere by now."""
        where = await asyncio.to_thread(connect_config)
        if self._temporal and self._temporal[0] == where:
            return self._temporal
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                return where, await connect(plugins=self._plugins)
        except TimeoutError:
            raise Unreachable("Temporal does not answer", "Temporal 没有应答") from None

    async def client(self) -> PingtaiClient:
        """The typed client, which asks the register through the one pool. Raises as `temporal` does.

        There is one for each connection, because it remembers the terms of the cases that it has met.
        """
        temporal = await self.temporal()
        if self._client is None or self._client.temporal is not temporal:
            self._client = PingtaiClient(temporal, RegisterLookups(self._register), patience=0.0)
        return self._client

    async def engine(self) -> AsyncEngine:
        """The register's engine; it connects when it is used, and again by itself.

        Raises:
            Unreachable: there is no register here, or it is down.
            BadInput: DATABASE_URL cannot be used.
        """
        async with self._finding:
            now = time.monotonic()
            if self._engine is None or now - self._engine_seen >= LOOKED_UP_EVERY:
                async with register_url(start=False) as url:
                    if self._engine is None or self._engine[0] != url:
                        await self._let_go()
                        self._engine = url, create_engine(url)
                self._engine_seen = now
            return self._engine[1]

    async def close(self) -> None:
        """Let go of the register; the SDK lets go of Temporal with the process."""
        async with self._finding:
            await self._let_go()

    async def _let_go(self) -> None:
        if self._engine is not None:
            engine, self._engine = self._engine[1], None
            await engine.dispose()

    @asynccontextmanager
    async def _register(self) -> AsyncIterator[RegisterQueries]:
        yield RegisterQueries(await self.engine())
