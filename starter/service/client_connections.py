"""Connections of a listener, bounded: silent ones end by timers, and make room for those who ask something.

uvicorn counts connections and times only those that are idle after an answer. Here each one has a timer from
its first moment on, an address has a share, and where all places are taken the one that has been silent the
longest goes, and not the one who calls.
"""

import asyncio
import json
import logging
from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from starter.service.problem_details import MEDIA_TYPE, Kind, Problem
from starter.service.trusted_names import TrustedNames

_log = logging.getLogger("pingtai.http")
_LOOK_SECONDS = 0.5
_NO_HTTP = Problem(
    Kind.BAD_REQUEST,
    "this is no HTTP/1.1 request; write what is not ASCII in an address percent-encoded:"
    " curl --get --data-urlencode q=氢能",
    "不是有效的 HTTP/1.1 请求；地址中的非 ASCII 字符须百分号编码：curl --get --data-urlencode q=氢能",
)
_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: 19\r\nRetry-After: 5\r\nConnection: close\r\n\r\nService Unavailable"
)


@dataclass(frozen=True)
class ConnectionLimits:
    """How many connections there may be, and for how long (seconds) each may be in a phase."""

    most: int = 512
    per_address: int = 64
    """Of one address; proxies, who speak for many, have no share of their own."""
    head: float = 10.0
    """From the connection, or a request's first byte, to the end of the request's head."""
    call: float = 45.0
    """From the head to the end of the answer; the app itself answers within 30 seconds."""
    idle: float = 75.0
    """Between calls: longer than the 60 for which a reverse proxy usually keeps a connection."""
    last: float = 20.0
    """For the rest of an answer that the receiver is slow to read."""


class Phase(Enum):
    """What a connection is at."""

    HEAD = auto()
    """Nothing was asked yet, or the head of a request is not complete."""
    CALL = auto()
    """A call is being answered."""
    IDLE = auto()
    """The call before was answered."""


class ClientConnections:
    """All connections of one listener."""

    def __init__(self, limits: ConnectionLimits, names: TrustedNames) -> None:
        self._limits = limits
        self._names = names
        self._in: dict[Phase, dict[BoundedConnection, None]] = {phase: {} for phase in Phase}
        """By their phase, in the order in which they entered it: the first has been in it the longest."""
        self._shares: Counter[str] = Counter()
        self._watching: asyncio.Task[None] | None = None

    def admit(self, one: "BoundedConnection") -> bool:
        """Take a connection in, if need be in the place of a silent one; False: there is no room for it."""
        share = self._names.share_of(one.address)
        own = self._shares[share] if share else 0
        if own >= self._limits.per_address and not self._make_room(share):
            return False
        if sum(map(len, self._in.values())) >= self._limits.most and not self._make_room():
            return False
        one.share = share
        if share:
            self._shares[share] += 1
        self._in[one.phase][one] = None
        if self._watching is None or self._watching.done():
            self._watching = asyncio.get_running_loop().create_task(self._watch())
        return True

    def moved(self, one: "BoundedConnection", to: Phase) -> None:
        """Note that a connection enters a phase."""
        if one in self._in[one.phase]:
            del self._in[one.phase][one]
            self._in[to][one] = None

    def leave(self, one: "BoundedConnection") -> None:
        if one not in self._in[one.phase]:
            return
        del self._in[one.phase][one]
        if one.share:
            self._shares[one.share] -= 1
            if not self._shares[one.share]:
                del self._shares[one.share]

    def _make_room(self, share: str | None = None) -> bool:
        """End the connection, of a share or of all, that has been silent the longest; False: none is."""
        for phase in (Phase.HEAD, Phase.IDLE):
            for one in self._in[phase]:
                if share is None or one.share == share:
                    one.end()
                    return True
        return False

    async def _watch(self) -> None:
        """End those whose time is over, as long as there are any."""
        longest = {
            Phase.HEAD: self._limits.head,
            Phase.CALL: self._limits.call,
            Phase.IDLE: self._limits.idle,
        }
        while any(self._in.values()):
            now = asyncio.get_running_loop().time()
            for phase, those in self._in.items():
                for one in list(those):
                    most = self._limits.last if one.is_leaving() else longest[phase]
                    if now - one.since > most:
                        one.end()
            await asyncio.sleep(_LOOK_SECONDS)


class BoundedConnection(H11Protocol):
    """uvicorn's connection, which says what it is at and since when."""

    clients: ClassVar[ClientConnections]
    """Of the listener: `bounded` sets it."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.phase = Phase.HEAD
        self.since = self.loop.time()
        self.address = ""
        self.share: str | None = None
        """Whose share of the places it takes."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if isinstance(peer, tuple) else ""
        super().connection_made(transport)
        if not self.clients.admit(self):
            transport.write(_BUSY)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.clients.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Note when a request begins, and when its head is complete."""
        if self.transport.is_closing():
            return
        if self.phase is Phase.IDLE:
            self._enter(Phase.HEAD)
        before = self.cycle
        try:
            super().data_received(data)
        except (
            h11.ProtocolError
        ) as error:  # nonsense in the middle of a call: there is no answer to it
            _log.info("a connection was ended: %s", error)
            self.end()
        if self.cycle is not before and not self.cycle.response_complete:
            self._enter(Phase.CALL)

    def send_400_response(self, msg: str) -> None:
        """Answer nonsense. If it came in the middle of a call, the call has its answer by this."""
        _log.info("no HTTP: %s", msg)
        head = h11.Response(
            status_code=400,
            headers=[(b"content-type", MEDIA_TYPE.encode()), (b"connection", b"close")],
            reason=b"Bad Request",
        )
        body = json.dumps(_NO_HTTP.details("", "en"), ensure_ascii=False).encode()
        for event in (head, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
        if self.cycle and not self.cycle.response_complete:
            self.cycle.disconnected = True  # uvicorn notes it only when the connection is gone
            self.cycle.message_event.set()

    def on_response_complete(self) -> None:
        """Note that an answer is complete; the next call may have come already."""
        self._enter(Phase.IDLE)
        before = self.cycle
        super().on_response_complete()
        if self.cycle is not before:
            self._enter(Phase.CALL)

    def shutdown(self) -> None:
        """End in order; one that is ending by itself already has nothing more to say."""
        if self.transport.is_closing():
            self.end()
        else:
            super().shutdown()

    def is_leaving(self) -> bool:
        """Whether all is answered, and the other side is slow to read the rest."""
        unread = self.transport.get_write_buffer_size() > 0
        return unread and (self.phase is Phase.IDLE or self.transport.is_closing())

    def end(self) -> None:
        """End now, whatever the other side does."""
        self.clients.leave(self)
        self.transport.abort()

    def _enter(self, phase: Phase) -> None:
        self.clients.moved(self, phase)
        self.phase, self.since = phase, self.loop.time()


def bounded(clients: ClientConnections) -> type[BoundedConnection]:
    return type("ListenerConnection", (BoundedConnection,), {"clients": clients})
