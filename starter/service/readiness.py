"""Whether Temporal, the register and a worker answer: what `/readyz` says, of the service and of a worker."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from starter.client.queue_pollers import poller_names
from workflows.model import Record

_BELIEVED = 1.0
"""Seconds for which an answer about the parts is given again: anybody may ask."""
_PATIENCE = 3.0


class Ready(Record):
    """Which parts answer: Temporal, PostgreSQL, and a worker at the queue."""

    temporal: bool
    postgresql: bool
    worker: bool

    @property
    def missing(self) -> list[str]:
        """The names of the parts that do not answer."""
        return [name for name, there in self.model_dump().items() if not there]


class Readiness:
    """Asks the parts, and gives its answer again for a second."""

    def __init__(
        self,
        temporal: Callable[[], Awaitable[Client]],
        engine: Callable[[], Awaitable[AsyncEngine]],
        identity: str | None = None,
    ) -> None:
        """With an `identity` only the worker of this name counts, otherwise any."""
        self._temporal, self._engine, self._identity = temporal, engine, identity
        self._seen: tuple[float, Ready] | None = None

    def forget(self) -> None:
        """Ask anew, whatever was answered a moment ago."""
        self._seen = None

    async def now(self) -> Ready:
        """Ask all parts at the same time, each for at most three seconds."""
        if self._seen is None or time.monotonic() - self._seen[0] > _BELIEVED:
            (there, polls), register = await asyncio.gather(
                _temporal_and_worker(self._temporal, self._identity),
                _answers(_ask_register(self._engine)),
            )
            found = Ready(temporal=there, postgresql=register, worker=polls)
            self._seen = time.monotonic(), found
        return self._seen[1]


async def _temporal_and_worker(
    temporal: Callable[[], Awaitable[Client]], identity: str | None
) -> tuple[bool, bool]:
    pollers: list[str] = []

    async def ask() -> None:
        pollers.extend(await poller_names(await temporal()))

    there = await _answers(ask())
    return there, bool(pollers) if identity is None else identity in pollers


async def _ask_register(engine: Callable[[], Awaitable[AsyncEngine]]) -> None:
    async with (await engine()).connect() as connection:
        await connection.execute(text("SELECT 1 FROM platforms LIMIT 1"))


async def _answers(question: Awaitable[None]) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE):
            await question
    except Exception:  # whatever it is, the part is not to be used now
        return False
    return True
