"""The proxy breaks connections in each of its ways, and lets them through afterwards."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bench.campaign.fault_proxy import FaultProxy, Mode, Streams, by_port
from worker.ports import LOOPBACK


@asynccontextmanager
async def proxied() -> AsyncIterator[tuple[FaultProxy, int, "asyncio.Queue[bytes]"]]:
    """A proxy before a server that says back what it hears; its port; what the server has heard."""
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            heard.put_nowait(data)
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, LOOPBACK, 0)
    proxy = FaultProxy(0, by_port(server.sockets[0].getsockname()[1]))
    await proxy.start()
    try:
        yield proxy, proxy.listens_at, heard
    finally:
        await proxy.stop()
        server.close()


async def said_back(streams: Streams) -> bytes:
    """Say something, and hear what comes back; empty where the connection is broken off."""
    reader, writer = streams
    try:
        writer.write(b"hello")
        return await reader.read(100)
    except ConnectionError:
        return b""


async def answer_at(port: int) -> bytes:
    """What a new connection hears."""
    streams = await asyncio.open_connection(LOOPBACK, port)
    try:
        return await said_back(streams)
    finally:
        streams[1].transport.abort()


async def test_a_connection_passes_and_is_cut() -> None:
    """Who is cut off may connect again at once."""
    async with proxied() as (proxy, port, _):
        streams = await asyncio.open_connection(LOOPBACK, port)
        assert await said_back(streams) == b"hello"
        proxy.cut()
        assert await said_back(streams) == b""
        streams[1].transport.abort()
        assert await answer_at(port) == b"hello"


async def test_a_part_that_refuses_takes_nobody_and_keeps_nobody() -> None:
    """Until it is over."""
    async with proxied() as (proxy, port, _):
        streams = await asyncio.open_connection(LOOPBACK, port)
        assert await said_back(streams) == b"hello"
        proxy.turn(Mode.REFUSE)
        assert await said_back(streams) == b""
        streams[1].transport.abort()
        assert await answer_at(port) == b""
        proxy.turn(Mode.PASS)
        assert await answer_at(port) == b"hello"


async def test_a_silent_part_hears_and_does_not_answer() -> None:
    """What was asked has arrived; whoever asked never learns it."""
    async with proxied() as (proxy, port, heard):
        proxy.turn(Mode.SILENCE)
        streams = await asyncio.open_connection(LOOPBACK, port)
        streams[1].write(b"hello")
        assert await heard.get() == b"hello"
        proxy.turn(Mode.PASS)
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await streams[0].readexactly(5)
        streams[1].transport.abort()


async def test_a_part_that_is_down_takes_nobody() -> None:
    """As without the proxy, but that the connection is broken off and not refused."""
    server = await asyncio.start_server(lambda *_: None, LOOPBACK, 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    proxy = FaultProxy(0, by_port(port))
    await proxy.start()
    assert await answer_at(proxy.listens_at) == b""
    await proxy.stop()
