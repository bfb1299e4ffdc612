"""Attacker 5: odd bytes, slow and silent connections; meanwhile the intake still answers others."""

import asyncio
import time
from contextlib import suppress
from random import Random

import httpx

from bench.attack.attacker import Attacker
from bench.attack.intake import client
from bench.attack.mutating import spoilt_bytes

MOST_SILENT = 40
_ANSWER_SECONDS = 4.0
_ALIVE_SECONDS = 8.0
_SILENT_SECONDS = 20.0
_SOURCES = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
"""Loopback has many addresses: those who are silent are not those who must be answered."""
_REQUESTS = (
    b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /livez HTTP/1.0\r\n\r\n",
    b"GET /livez\r\n\r\n",
    b"GET /\x00livez HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /v1/register?a=\xe5\x8c\xba HTTP/1.1\r\nHost: x\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT 127.0.0.1:9 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET http://127.0.0.1:9/ HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /v1/applications HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"POST /v1/applications HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
    b"POST /v1/applications HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    b"POST /v1/applications HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nx\r\n",
    b"POST /v1/applications HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /v1/applications HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999\r\n\r\nx",
    b"GET /livez HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 40_000 + b"\r\n\r\n",
    b"GET /livez HTTP/1.1\r\n" + b"".join(b"A%d: b\r\n" % n for n in range(500)) + b"\r\n",
    b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /livez HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET /livez HTTP/9.9\r\nHost: x\r\n\r\n",
    b"GET /livez HTTP/1.1\r\nHost : x\r\n folded: y\r\n\r\n",
    b"GET /v1/events?wait=20 HTTP/1.1\r\nHost: x\r\nAuthorization: \xff\xfe\r\n\r\n",
)


async def attack_by_sockets(attacker: Attacker) -> None:
    """Connect until the time is up."""
    silent: set[asyncio.Task[None]] = set()
    host, _, port = attacker.system.url.removeprefix("http://").rpartition(":")
    async for step in attacker.turns():
        if len(silent) < MOST_SILENT and step % 2 == 0:
            task = asyncio.create_task(_silent(attacker.random, host, int(port)))
            silent.add(task)
            task.add_done_callback(silent.discard)
            attacker.count("silent or slow connection")
        elif step % 9 == 0:
            await _alive(attacker)
        else:
            request = attacker.random.choice(_REQUESTS)
            if attacker.random.random() < 0.4:
                request = spoilt_bytes(attacker.random, request)
            await _bytes(attacker, host, int(port), request)
    for task in silent:
        task.cancel()
    await asyncio.gather(*silent, return_exceptions=True)


async def _bytes(attacker: Attacker, host: str, port: int, request: bytes) -> None:
    """Send bytes and read the status that is answered, if any is."""
    answer = b""
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(_ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(request)
                await writer.drain()
                answer = await reader.read(4_000)
            finally:
                writer.close()
    status = status_of(answer)
    attacker.count(f"{status or 'no answer'}")
    if status >= 500:
        reproduce = repr(request[:300])
        attacker.fail(f"answer {status}", answer.decode("latin-1")[:600], reproduce)


def status_of(answer: bytes) -> int:
    """The status of an answer; 0 where there is none."""
    words = answer.split(b" ", 2)
    if len(words) > 1 and words[0].startswith(b"HTTP/") and words[1][:3].isdigit():
        return int(words[1][:3])
    return 0


async def _silent(random: Random, host: str, port: int) -> None:
    """A connection that says nothing, or a letter a second, and is held."""
    slow = random.random() < 0.5
    ends = time.monotonic() + _SILENT_SECONDS * random.uniform(0.3, 1)
    with suppress(OSError):
        source = (random.choice(_SOURCES), 0)
        _, writer = await asyncio.open_connection(host, port, local_addr=source)
        try:
            while time.monotonic() < ends:
                if slow:
                    writer.write(b"G")
                    await writer.drain()
                await asyncio.sleep(1)
        finally:
            writer.close()


async def _alive(attacker: Attacker) -> None:
    """Others are still answered."""
    began = time.monotonic()
    try:
        async with client(attacker.system) as http:
            answer = await http.get("/livez")
        seconds, status = time.monotonic() - began, answer.status_code
    except httpx.TransportError as error:
        attacker.fail("others are not answered", f"{type(error).__name__} {error}", "GET /livez")
        return
    attacker.count("others are answered")
    if status != httpx.codes.OK or seconds > _ALIVE_SECONDS:
        attacker.fail("others are not answered", f"{status} in {seconds:.1f} s", "GET /livez")
