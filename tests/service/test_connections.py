"""Connections that say nothing, or little at a time, keep nobody waiting who asks something."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from typing import Any, cast

import pytest
from fastapi import FastAPI
from starlette.responses import Response

from starter.service.app import make_app
from starter.service.client_connections import (
    BoundedConnection,
    ClientConnections,
    ConnectionLimits,
    Phase,
)
from starter.service.serving import listener, serving
from starter.service.trusted_names import TrustedNames

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
HEAD = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n"


@asynccontextmanager
async def served(app: FastAPI, **limits: Any) -> AsyncIterator[int]:
    """The app behind a listener of its own; its port."""
    with listener("127.0.0.1:0") as listening:
        async with serving(make_app(app.state.backends), listening, ConnectionLimits(**limits)):
            yield listening.getsockname()[1]


@asynccontextmanager
async def opened(port: int, number: int, first: bytes = b"") -> AsyncIterator[list[Streams]]:
    """Connections, over each of which a first word was sent."""
    made: list[Streams] = []
    try:
        for _ in range(number):
            streams = await asyncio.open_connection("127.0.0.1", port)
            streams[1].write(first)
            made.append(streams)
        yield made
    finally:
        for _, writer in made:
            writer.transport.abort()


async def answered_long_before_the_silent_go(port: int) -> None:
    """A new caller is answered, and does not wait for the timers of others."""
    async with asyncio.timeout(60), opened(port, 1, HEAD + b"\r\n") as [(reader, _)]:
        assert (await reader.read(100)).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("first", [b"", HEAD], ids=["silent", "half a head"])
async def test_six_hundred_silent_connections_keep_nobody_waiting(
    app: FastAPI, first: bytes
) -> None:
    """Whoever asks something is answered at once, as often as they ask."""
    async with served(app, head=600) as port, opened(port, 600, first):
        for _ in range(5):
            await answered_long_before_the_silent_go(port)


async def ended_by_the_service(streams: Streams, drip: bytes = b"") -> None:
    """A connection is ended, whatever is dripped into it."""
    reader, writer = streams
    async with asyncio.timeout(60):
        with contextlib.suppress(ConnectionError):
            while not reader.at_eof():
                writer.write(drip)
                await asyncio.sleep(0.1)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.1):
                        await reader.read(10_000)


@pytest.mark.parametrize("drip", [b"", b"G"], ids=["silent", "dripping"])
@pytest.mark.parametrize("first", [b"", HEAD + b"\r\n"], ids=["at once", "after a call"])
async def test_a_head_has_a_timer_from_its_first_byte(
    app: FastAPI, first: bytes, drip: bytes
) -> None:
    """Silent, or a byte at a time, on a new connection or after an answer: it is ended."""
    async with served(app, head=0.5, idle=0.5) as port, opened(port, 1, first) as [streams]:
        if first:
            assert b"200" in await streams[0].read(200)
        await ended_by_the_service(streams, drip)


@pytest.mark.parametrize("body", [b"Content-Length: 100000", b"Transfer-Encoding: chunked"])
async def test_a_body_that_nobody_wants_has_a_timer(app: FastAPI, body: bytes) -> None:
    """A call that was answered already cannot go on with its body for ever."""
    head = HEAD + body + b"\r\n\r\n"
    async with served(app, head=0.5) as port, opened(port, 1, head) as [streams]:
        await ended_by_the_service(streams, b"1\r\nx\r\n")


async def test_an_answer_that_nobody_reads_has_a_timer(app: FastAPI) -> None:
    """What is written and not read is thrown away, with its connection."""
    large = make_app(app.state.backends)
    begun = asyncio.Event()

    @large.get("/large")
    async def large_answer() -> Response:
        begun.set()
        return Response(b"x" * 50_000_000)

    limits = ConnectionLimits(last=0.5)
    with listener("127.0.0.1:0") as listening:
        async with serving(large, listening, limits):
            port = listening.getsockname()[1]
            async with opened(port, 1, HEAD.replace(b"livez", b"large") + b"\r\n") as [streams]:
                await begun.wait()  # on a busy machine that alone takes a while
                await asyncio.sleep(1.5)
                with pytest.raises(ConnectionError):
                    assert len(await streams[0].read()) < 50_000_000
                    raise ConnectionError  # ended before the end: as good as reset


class Silent:
    """A connection that was made at a moment."""

    def __init__(self, address: str, since: float) -> None:
        """It says nothing."""
        self.address, self.since, self.phase, self.ended = address, since, Phase.HEAD, False
        self.share: str | None = None

    def is_leaving(self) -> bool:
        """There is nothing that it would have to read."""
        return False

    def answers(self) -> None:
        """It is being answered."""
        CLIENTS.moved(cast("BoundedConnection", self), Phase.CALL)
        self.phase = Phase.CALL

    def end(self) -> None:
        """Note it."""
        self.ended = True
        CLIENTS.leave(cast("BoundedConnection", self))


CLIENTS = ClientConnections(
    ConnectionLimits(most=6, per_address=2), TrustedNames((ip_network("10.0.0.0/24"),))
)


async def test_an_address_has_a_share_and_the_longest_silent_goes_first() -> None:
    """One address takes no more than its share, a proxy all; a call that is answered is never ended."""
    many = [Silent("8.8.8.8", since) for since in range(3)]
    assert [True] * 3 == [CLIENTS.admit(cast("BoundedConnection", one)) for one in many]
    assert [True, False, False] == [one.ended for one in many]
    for one in many[1:]:
        one.answers()
    assert not CLIENTS.admit(cast("BoundedConnection", Silent("8.8.8.8", 9)))
    proxy = [Silent("10.0.0.7", since) for since in range(10, 16)]
    assert all(CLIENTS.admit(cast("BoundedConnection", one)) for one in proxy)
    assert [True, True, False, False, False, False] == [one.ended for one in proxy]
    for one in proxy:
        one.answers()
    assert not CLIENTS.admit(cast("BoundedConnection", Silent("9.9.9.9", 20)))
    neighbours = [Silent(f"2606:4700::{n}", 30 + n) for n in range(3)]
    for one in proxy:
        CLIENTS.leave(cast("BoundedConnection", one))
    assert all(CLIENTS.admit(cast("BoundedConnection", one)) for one in neighbours)
    assert [True, False, False] == [one.ended for one in neighbours]
    for one in (*many, *neighbours):
        CLIENTS.leave(cast("BoundedConnection", one))
