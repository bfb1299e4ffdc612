"""The register, opened for reading: wherever it is, and for as long as it is needed."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from db.asyncpg_connections import Connections
from db.direct import DirectConnections
from db.home import home
from db.queries import RegisterQueries
from db.sqlstate import Trouble, database_errors, in_words, trouble_of
from db.url import database_url
from starter.errors import PingtaiError, Unreachable
from starter.remarks import remark
from workflows.words import Words

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine


@asynccontextmanager
async def open_register(*, start: bool = True) -> AsyncIterator[RegisterQueries]:
    """The register for its questions; see `open_connections`."""
    async with open_connections(start=start) as connections:
        yield RegisterQueries(connections)


class KeptRegister:
    """The register, found and connected at the first question, and kept open for the next ones until `close`.

    A command asks it several times within a moment; each new connection would take longer than its question.
    """

    def __init__(self) -> None:
        self._kept = AsyncExitStack()
        self._register: RegisterQueries | None = None
        self._finding = asyncio.Lock()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[RegisterQueries]:
        """The register for a question. Raises as `open_register`, which starts none."""
        async with self._finding:
            if self._register is None:
                self._register = await self._kept.enter_async_context(open_register(start=False))
        try:
            yield self._register
        except database_errors():
            await self.close()  # it may be elsewhere at the next question
            raise

    async def close(self) -> None:
        self._register = None
        await self._kept.aclose()


@asynccontextmanager
async def open_connections(
    *, start: bool = True, patient: bool = False
) -> AsyncIterator[Connections]:
    """Connections to the register, for whoever only reads; found, started and as patient as by `open_engine`.

    Raises:
        Unreachable, BadInput: as `open_engine`.
    """
    async with register_url(start=start) as url:
        connections = DirectConnections(url, patient=patient)
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
    with translate_database_errors():
        url, runs = _named_url()
        if start and not runs:
            remark(NOT_RUNNING)
        if url is not None:
            yield url
            return
        from db.embedded import EmbeddedPostgres  # noqa: PLC0415 - seldom needed

        embedded = EmbeddedPostgres(home())
        if not embedded.data.is_dir():
            raise Unreachable(
                "there is no register here yet: run `pingtai up`, or set DATABASE_URL",
                "本机还没有名册：请运行 pingtai up，或设置 DATABASE_URL",
            )
        if not start:
            raise Unreachable(
                "the register of this machine is not running: run `pingtai up`",
                "本机的名册未启动：请运行 pingtai up",
            )
        try:
            yield await asyncio.to_thread(embedded.start)
        finally:
            # Also when starting was broken off: the thread goes on, and stopping waits for it.
            await asyncio.to_thread(embedded.stop)


NOT_RUNNING = Words(
    "Note: Pingtai is not running, so no case changes until `pingtai up`. More: pingtai status",
    "注意：平台系统未运行，运行 pingtai up 之前各平台情况不会变化。详见 pingtai status",
)


def _named_url() -> tuple[str | None, bool]:
    """Where the register is, unless it must be started, and whether somebody works on the cases.

    Without a stack, a server that runs is that of a worker with Temporal elsewhere, or of a stack that is
    just starting; beside a stack that was killed it is left over.
    """
    named = database_url()
    if named:
        return named, True
    from db.postmaster import running  # noqa: PLC0415 - not where DATABASE_URL is set
    from starter.client.local_stack import read_stack  # noqa: PLC0415 - as above

    directory = home()
    stack = read_stack(directory)
    if stack and stack.running:
        return stack.database_url, True
    url = running(directory)
    there = (directory / "postgres").is_dir()
    return url, not there or (url is not None and stack is None)


@contextmanager
def translate_database_errors() -> Iterator[None]:
    """Turn the errors of a database that is away, or refuses, into ours. Raises Unreachable, PingtaiError."""
    try:
        yield
    except database_errors() as error:
        kind = PingtaiError if trouble_of(error) is Trouble.MISTAKE else Unreachable
        raise kind(in_words(error)) from None
