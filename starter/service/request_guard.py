"""Around every call: its time and its key's share are bounded, it is counted, logged, and answered."""

import asyncio
import time
from collections import Counter
from collections.abc import MutableMapping
from typing import Any

import prometheus_client as prometheus
import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from starter.errors import MAY_BE_ACCEPTED
from starter.service.error_handlers import problem_of
from starter.service.problem_details import Kind, Problem
from starter.service.responses import problem_reply
from starter.service.trusted_names import HOSTS, TrustedNames

WHOLE_SECONDS = 30.0
"""No call takes longer; a worker's answer is waited for 20 seconds (`starter.client.case_queries`)."""
AT_ONCE = 256
"""Calls that are answered at the same time; one more is asked to come again."""

AT_ONCE_PER_KEY = 128
"""Maximum calls of one key at the same time, of 256 in all."""
NOBODY = ""
"""The one share of all calls that show no key."""
_NAME = "share_of"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0)

_PROBES = frozenset(("/livez", "/readyz"))
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_log = structlog.stdlib.get_logger("pingtai.http")


class Shares:
    """Calls that are being answered, by key."""

    def __init__(self, at_once: int = AT_ONCE_PER_KEY) -> None:
        self._at_once = at_once
        self._now: Counter[str] = Counter()

    def take(self, state: MutableMapping[str, Any], key_id: str) -> bool:
        """Count a call (its scope's `state`) as one of a key's; False when the key has its share already."""
        if _NAME in state:
            return True
        if self._now[key_id] >= self._at_once:
            return False
        self._now[key_id] += 1
        state[_NAME] = key_id
        return True

    def give_back(self, state: MutableMapping[str, Any]) -> None:
        key_id = state.pop(_NAME, None)
        if key_id is not None:
            self._now[key_id] -= 1
            if self._now[key_id] <= 0:
                del self._now[key_id]


class Measures:
    """Counters and a histogram. Labels are route templates and words of ours: their number is bounded."""

    def __init__(self) -> None:
        self.registry = prometheus.CollectorRegistry()
        self.requests = prometheus.Counter(
            "pingtai_http_requests",
            "Requests that were answered.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self.seconds = prometheus.Histogram(
            "pingtai_http_request_seconds",
            "Seconds from the request's head to the end of its answer.",
            ("route", "method"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.in_flight = prometheus.Gauge(
            "pingtai_http_requests_in_flight",
            "Requests that are being answered.",
            registry=self.registry,
        )
        self.refused_keys = prometheus.Counter(
            "pingtai_http_refused_keys",
            "Calls that were refused for their key, by the reason.",
            ("reason",),
            registry=self.registry,
        )

    def text(self) -> bytes:
        return prometheus.generate_latest(self.registry)


class Guard:
    """The outermost layer of the app."""

    def __init__(
        self,
        app: ASGIApp,
        measures: Measures,
        shares: Shares,
        names: TrustedNames,
        *,
        seconds: float = WHOLE_SECONDS,
        at_once: int = AT_ONCE,
    ) -> None:
        self._app = app
        self._measures = measures
        self._shares = shares
        self._names = names
        self._seconds = seconds
        self._at_once = at_once
        self._now = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.monotonic(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._now += 1
        self._measures.in_flight.inc()
        try:
            problem = await self._answered(scope, receive, sending)
            if problem is not None and status == 0:
                await problem_reply(problem, Request(scope))(scope, receive, sending)
        finally:
            self._now -= 1
            self._shares.give_back(scope.get("state", {}))
            self._measures.in_flight.dec()
            self._told(scope, status, time.monotonic() - began)

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> Problem | None:
        """Let the app answer; the problem to answer with when it did not."""
        if self._now > self._at_once:
            return Problem(Kind.BUSY, "too many calls at once", "请求过多，请稍后重试")
        if scope["path"] not in _PROBES and (problem := self._nobodys(scope)):
            return problem
        try:
            async with asyncio.timeout(self._seconds) as limit:
                await self._app(scope, receive, send)
        except Exception as error:
            if limit.expired():
                return _too_slow(scope["method"])
            return problem_of(error)
        return None

    def _nobodys(self, scope: Scope) -> Problem | None:
        """What keeps a call without a key from being answered; the probes, which tell nothing, always are.

        It may be a web page's, which has let its own name lead to us: it can show no key. And all of them
        together have one share, as a key has.
        """
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if b"authorization" in headers:
            return None
        if not self._names.knows(headers.get(b"host", b"").decode("latin-1")):
            return Problem(
                Kind.UNKNOWN_HOST,
                f"the service does not have this name: use its address, send a key, or set {HOSTS}",
                f"本服务没有此主机名：请使用其地址、出示密钥，或设置 {HOSTS}",
            )
        if not self._shares.take(scope.setdefault("state", {}), NOBODY):
            return Problem(
                Kind.BUSY, "too many calls without a key", "未出示密钥的调用过多，请稍后重试"
            )
        return None

    def _told(self, scope: Scope, status: int, seconds: float) -> None:
        """Count and log a call; never what it said, nor its query, nor its key's secret."""
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._measures.requests.labels(route, method, str(status)).inc()
        self._measures.seconds.labels(route, method).observe(seconds)
        state: dict[str, Any] = scope.get("state", {})
        _log.info(
            "answered",
            key=state.get("key_id"),
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000),
        )


def _too_slow(method: str) -> Problem:
    if method == "POST":
        return Problem(
            Kind.TOO_SLOW,
            f"no answer in time; {MAY_BE_ACCEPTED.en}",
            f"未能按时应答，{MAY_BE_ACCEPTED.zh}",
        )
    return Problem(Kind.TOO_SLOW, "no answer in time", "未能按时应答")
