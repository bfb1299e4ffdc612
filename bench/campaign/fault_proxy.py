"""A proxy in front of a part that loses connections, refuses them, is late or swallows answers."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from worker.ports import LOOPBACK

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_PIECE = 65_536


class Mode(StrEnum):
    """What the proxy does with connections."""

    PASS = "pass"  # noqa: S105 - no password
    REFUSE = "refuse"
    SILENCE = "silence"
    """Requests go through, and the answers wait until it is over; then the connection is lost."""


@dataclass
class FaultProxy:
    """Listens on loopback and goes on to a part; clients of the part know only this address."""

    port: int
    reach: Callable[[], Awaitable[Streams]]
    """Connects to the part itself; raises OSError where it is down."""
    mode: Mode = Mode.PASS
    delay: float = 0.0
    """Seconds by which each piece of data is late."""
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _server: asyncio.Server | None = None
    _speaking: asyncio.Event = field(default_factory=asyncio.Event)
    """Whether answers come through."""
    _serving: set["asyncio.Task[None]"] = field(default_factory=set)

    async def start(self) -> None:
        """Listen."""
        self._speaking.set()
        self._server = await asyncio.start_server(self._accepted, LOOPBACK, self.port)

    @property
    def listens_at(self) -> int:
        """The port, also where the system was asked to choose it (0)."""
        assert self._server
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Listen no longer, and break off what is open."""
        if self._server:
            self._server.close()
        self.cut()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def cut(self) -> None:
        """Break off all connections; new ones are taken as the mode says."""
        for writer in tuple(self._open):
            writer.transport.abort()

    def turn(self, mode: Mode) -> None:
        """Change what becomes of connections; whoever is connected learns it at once."""
        if mode is Mode.REFUSE or self.mode is Mode.SILENCE:
            self.cut()
        self.mode = mode
        if mode is Mode.SILENCE:
            self._speaking.clear()
        else:
            self._speaking.set()

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        if self.mode is Mode.REFUSE:
            writer.transport.abort()
            return
        try:
            there, back = await self.reach()
        except OSError:
            writer.transport.abort()
            return
        both = {writer, back}
        self._open |= both
        try:
            await asyncio.gather(
                self._pump(reader, back, answers=False), self._pump(there, writer, answers=True)
            )
        finally:
            self._open -= both
            for one in both:
                one.transport.abort()

    async def _pump(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        with suppress(OSError):
            while data := await source.read(_PIECE):
                if answers:
                    await self._speaking.wait()
                if self.delay:
                    await asyncio.sleep(self.delay)
                target.write(data)
                await target.drain()
        with suppress(OSError):
            target.write_eof()  # the other direction may still have something to say


def by_port(port: int) -> Callable[[], Awaitable[Streams]]:
    """Connect to a port of this machine."""
    return lambda: asyncio.open_connection(LOOPBACK, port)
