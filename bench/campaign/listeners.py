"""Who hears of things: a webhook for notices and events, and a follower of the feed."""

import asyncio
import random
from collections import Counter
from contextlib import suppress

import httpx

from bench.campaign.system import System
from worker.ports import LOOPBACK

NOTICES, EVENTS = "/notices", "/events"
_LIMIT = 500
_WAIT = 5
_PAUSE = 1.0
_NOT_TAKEN = 0.02


class Receiver:
    """Answers a POST with 204 and keeps its id, but for a few that it does not take."""

    def __init__(self, port: int, chance: random.Random) -> None:
        """Listen on a port, once started."""
        self._chance = chance
        self.heard: dict[str, Counter[str]] = {NOTICES: Counter(), EVENTS: Counter()}
        self._port = port
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, LOOPBACK, self._port)

    def stop(self) -> None:
        """Listen no longer."""
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1").split("\r\n")
                fields = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
                await reader.readexactly(int(fields.get("content-length", "0")))
                path, status = head[0].split(" ")[1], b"503 Service Unavailable"
                if self._chance.random() >= _NOT_TAKEN:
                    self.heard[path][_as_sent(head, "webhook-id")] += 1
                    status = b"204 No Content"
                writer.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\n\r\n")
                await writer.drain()
        writer.close()


def _as_sent(head: list[str], name: str) -> str:
    """A header's value, not in small letters."""
    found = [line for line in head if line.lower().startswith(f"{name}: ")]
    return found[0].partition(": ")[2] if found else ""


class Follower:
    """Reads the feed through all faults, as docs/events.md tells people to: it keeps its cursor."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        """Read by the HTTP service."""
        self.seen: set[str] = set()
        self.restarts = 0
        """How often it was told that its cursor is of another feed."""
        self._http, self._cursor = http, "beginning"

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            with suppress(httpx.TransportError, ValueError):
                if await self._page():
                    continue
            await asyncio.sleep(_PAUSE)

    async def _page(self) -> bool:
        """Read a page; whether there is more."""
        asked: dict[str, str | int] = {"after": self._cursor, "limit": _LIMIT, "wait": _WAIT}
        answer = await self._http.get("/v1/events", params=asked)
        if answer.status_code == httpx.codes.GONE:
            self._cursor = "beginning"
            self.restarts += 1
        if not answer.is_success:
            return False
        page = answer.json()
        self.seen |= {event["id"] for event in page["events"]}
        self._cursor = page["next"]
        return bool(page["more"])


class Access:
    """The campaign's key for the HTTP service, and its subscription: both are lost with the database."""

    def __init__(self, system: System, http: httpx.AsyncClient) -> None:
        """Nobody has a key yet."""
        self._system, self._http = system, http
        self._keys = 0

    async def renew(self) -> None:
        """Create a key and subscribe from the beginning; waits for a service that is coming up.

        Raises:
            RuntimeError: there is no key, or no subscription.
        """
        self._keys += 1
        scopes = ("read", "decide:operator", "decide:district", "decide:commission")
        words = [word for scope in scopes for word in ("--scope", scope)]
        name = f"campaign-{self._keys}"
        _, said = await self._system.run("keys", "create", name, "--district", "haidian", *words)
        key = next((word for word in said.split() if word.startswith("ptk_")), None)
        if key is None:
            raise RuntimeError(f"no key for the HTTP service: {said}")
        self._http.headers["authorization"] = f"Bearer {key}"
        wanted = {"url": f"{self._system.receiver}{EVENTS}", "after": "beginning"}
        why = ""
        for _ in range(30):
            with suppress(httpx.TransportError):
                answer = await self._http.post("/v1/subscriptions", json=wanted)
                if answer.is_success:
                    return
                why = answer.text
            await asyncio.sleep(_PAUSE)
        raise RuntimeError(f"no subscription: {why}")
