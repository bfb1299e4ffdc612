"""The register, opened for reading: wherever it is, and for as long as it is needed."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from db.asyncpg_connections import Connections
from db.direct import DirectConnections
from db.home import home
from db.queries import RegisterQueries
from db.row_types import AppliedBefore
from db.sqlstate import Trouble, database_errors, in_words, trouble_of
from db.url import database_url
from starter.errors import PingtaiError, Unreachable
from workflows.lifecycle import PLATFORM
from workflows.vocabulary import Stage

if TYPE_CHECKING:  # only who writes, or decides, needs them
    from sqlalchemy.ext.asyncio import AsyncEngine

    from starter.client.register_lookups import DecidedBefore
    from workflows.application import PreviousTerm
    from workflows.states import Receipt

_UNTIL_RECORDED = (0.03, 0.07, 0.15, 0.25)
"""When to look for what was just decided (seconds): nearly always it is there at the first look."""


@asynccontextmanager
async def open_register(*, start: bool = True) -> AsyncIterator[RegisterQueries]:
    """The register for its questions; see `open_connections`."""
    async with open_connections(start=start) as connections:
        yield RegisterQueries(connections)


@asynccontextmanager
async def open_connections(*, start: bool = True) -> AsyncIterator[Connections]:
    """Connections to the register, for whoever only reads; found and started as by `open_engine`.

    Raises:
        Unreachable, BadInput: as `open_engine`.
    """
    async with register_url(start=start) as url:
        connections = DirectConnections(url)
        try:
            yield connections
        finally:
            await connections.close()


@asynccontextmanager
async def open_engine(*, start: bool = True, patient: bool = False) -> AsyncIterator["AsyncEngine"]:
    """An engine on the register: DATABASE_URL, the running local stack, or the embedded server.

    Each module of `db` that asks or writes something takes it. With `start`, an embedded server that
    has data but does not run is started, and stopped at the end unless someone else uses it by then.
    `patient` sets no limit to a statement: for what goes through all that the register holds.

    Raises:
        Unreachable: there is none, it does not answer, or it has no tables.
        BadInput: DATABASE_URL cannot be used.
    """
    from db.engine import create_engine  # noqa: PLC0415 - a second of loading, which reading can do without

    # The outer one gives words to what the engine's user meets, so it must be open the longest.
    async with register_url(start=start) as url:
        engine = create_engine(url, pooled=False) if patient else create_engine(url)
        try:
            yield engine
        finally:
            await engine.dispose()


@asynccontextmanager
async def register_url(*, start: bool = True) -> AsyncIterator[str]:
    """Where the register is; see `open_engine`."""
    with _reaching():
        url = database_url() or _local_url()
        if url is not None:
            yield url
            return
        from db.embedded import EmbeddedPostgres  # noqa: PLC0415 - seldom needed

        embedded = EmbeddedPostgres(home())
        if not (start and embedded.data.is_dir()):
            raise _nowhere()
        try:
            yield await asyncio.to_thread(embedded.start)
        finally:
            # Also when starting was broken off: the thread goes on, and stopping waits for it.
            await asyncio.to_thread(embedded.stop)


class KnownTerms:
    """What the register knows of the terms of platforms: asked for many over the same connections."""

    def __init__(self, register: RegisterQueries) -> None:
        """Ask this register."""
        self._register = register

    async def last_term(self, platform_id: str) -> "PreviousTerm | None":
        """A platform's last term. Raises Unreachable."""
        from starter.client.register_lookups import KnownTerm  # noqa: PLC0415 - only who decides asks this

        with _reaching():
            found = await self._register.last_term(platform_id)
        if found is None:
            return None
        ended = PLATFORM.ended(Stage(found.stage))
        return KnownTerm(term=found.term, log_hash=found.log_hash, ended=ended)

    async def applied_before(self, platform_id: str, application_id: str) -> AppliedBefore | None:
        """The term that an application asked for. Raises Unreachable."""
        with _reaching():
            return await self._register.applied(platform_id, application_id)

    async def decided_before(self, platform_id: str, decision_id: str) -> "list[DecidedBefore]":
        """The decisions of an id that a platform's cases have taken. Raises Unreachable."""
        from starter.client.register_lookups import DecidedBefore  # noqa: PLC0415 - as above

        with _reaching():
            lines = await self._register.decisions(platform_id, decision_id)
        return [
            DecidedBefore(term=line.term, year=line.year or None, entry=line.entry)
            for line in lines
        ]

    async def due_after(self, receipt: "Receipt") -> datetime | None:
        """When what is awaited after a decision is due; None: not any more, or nothing is due.

        Raises Unreachable, also where the register has not heard of the decision within a moment.
        """
        with _reaching():
            for pause in _UNTIL_RECORDED:
                await asyncio.sleep(pause)
                found = await self._register.due_after(receipt)
                if found:
                    return found[0]
        raise Unreachable("the register has not heard of it yet", "登记库尚未收到该决定")


@asynccontextmanager
async def known_terms() -> AsyncIterator[KnownTerms]:
    """What the register knows of terms.

    Raises:
        Unreachable: the register cannot be asked; it is not started for this.
        BadInput: DATABASE_URL cannot be used.
    """
    async with open_register(start=False) as register:
        yield KnownTerms(register)


async def last_term(platform_id: str) -> "PreviousTerm | None":
    """A platform's last term as the register knows it, for an application that goes on from it.

    Raises as `known_terms`.
    """
    async with known_terms() as known:
        return await known.last_term(platform_id)


async def applied_before(platform_id: str, application_id: str) -> AppliedBefore | None:
    """The term that an application asked for, as the register knows it: also long after it has ended.

    Raises as `known_terms`.
    """
    async with known_terms() as known:
        return await known.applied_before(platform_id, application_id)


def _local_url() -> str | None:
    from db.postmaster import running  # noqa: PLC0415 - not where DATABASE_URL is set
    from starter.client.local_stack import read_stack  # noqa: PLC0415 - as above

    stack = read_stack(home())
    return stack.database_url if stack and stack.running else running(home())


def _nowhere() -> Unreachable:
    return Unreachable(
        "there is no register here yet: run `pingtai up`, or set DATABASE_URL",
        "本机还没有登记库：请运行 pingtai up，或设置 DATABASE_URL",
    )


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except database_errors() as error:
        kind = PingtaiError if trouble_of(error) is Trouble.MISTAKE else Unreachable
        raise kind(in_words(error)) from None


async def decided_before(platform_id: str, decision_id: str) -> "list[DecidedBefore]":
    """The decisions of an id that a platform's cases have taken. Raises as `known_terms`."""
    async with known_terms() as known:
        return await known.decided_before(platform_id, decision_id)


async def due_after(receipt: "Receipt") -> datetime | None:
    """When what is awaited after a decision is due. Raises as `known_terms`."""
    async with known_terms() as known:
        return await known.due_after(receipt)
