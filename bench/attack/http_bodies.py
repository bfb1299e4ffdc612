"""Calls to the intake: every route of its own OpenAPI document, with valid and mutated parts."""

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote

from bench.attack import odd_values
from bench.attack.mutating import mutated, spoilt_bytes
from bench.attack.valid_messages import actor, application, decision
from workflows.vocabulary import Kind

_METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "BREW")
_KINDS = (
    "application/json; charset=gbk",
    "text/plain",
    "application/xml",
    "multipart/form-data; boundary=x",
    "",
    "application/json;;;",
    "application/x-www-form-urlencoded",
)
_HEADERS = (
    ("accept", "application/xml"),
    ("accept-language", "zh-" + "x" * 3_000),
    ("accept-language", "zh;q=nan, en;q=-1, *;q=0"),
    ("if-none-match", '"' + "a" * 2_000 + '", W/"x", *'),
    ("content-encoding", "gzip"),
    ("transfer-encoding", "identity"),
    ("expect", "100-continue"),
    ("range", "bytes=0-0,5-1"),
    ("x-forwarded-for", "10.0.0.1"),
    ("host", "evil.example"),
    ("origin", "http://evil.example"),
    ("cookie", "a=" + "b" * 4_000),
    ("traceparent", "00-zz"),
)
_LOOPBACK_URLS = ("http://127.0.0.1:9/", "https://127.0.0.1:9/x", "https://[::1]:9/", "file:///etc")


@dataclass
class Call:
    """A call as it goes out."""

    method: str
    path: str
    key: str
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""

    @property
    def line(self) -> str:
        """The call in a line."""
        body = self.content[:400].decode("utf-8", "backslashreplace")
        return f"{self.method} {self.path[:300]} key={self.key} {self.headers!r:.300} {body}"


@dataclass
class Caller:
    """Makes calls out of the routes that the service says it has."""

    routes: list[tuple[str, str, list[str]]]
    """Method, path, and the names of the query's parameters."""
    platforms: list[str] = field(default_factory=list)
    """Open platforms that were applied for, the oldest first."""
    keys: tuple[str, ...] = ("all",)

    @classmethod
    def of(cls, document: dict[str, Any], keys: tuple[str, ...]) -> "Caller":
        """Read the OpenAPI document."""
        routes = []
        for path, calls in document["paths"].items():
            for method, about in calls.items():
                names = [p["name"] for p in about.get("parameters", ()) if p.get("in") == "query"]
                routes.append((method.upper(), path, names))
        return cls(routes, keys=keys)

    def call(self, random: Random, number: str) -> Call:
        """Any call."""
        if random.random() < 0.03:
            path = "/" + quote(odd_values.text(random)[:300], safe="", errors="surrogatepass")
            return Call(random.choice(_METHODS), path, "all")
        method, path, names = random.choice(self.routes)
        key = "all" if random.random() < 0.5 else random.choice((*self.keys, "none", "wrong"))
        call = Call(method, self._filled(random, path) + _query(random, names), key)
        if random.random() < 0.04:
            call.method = random.choice(_METHODS)
        if call.method in ("POST", "PUT", "PATCH") or random.random() < 0.03:
            call.headers["content-type"] = "application/json"
            call.content = self._body(random, path, number)
        if random.random() < 0.1:
            call.headers["content-type"] = random.choice(_KINDS)
        if random.random() < 0.15:
            name, value = random.choice(_HEADERS)
            call.headers[name] = value
        if random.random() < 0.3:
            call.headers["idempotency-key"] = _idempotency_key(random, number)
        return call

    def _filled(self, random: Random, path: str) -> str:
        """The path with something for each of its parameters."""
        parts = []
        for part in path.split("/"):
            if not part.startswith("{"):
                parts.append(part)
            elif random.random() < 0.15:
                odd = odd_values.text(random)[:300]
                parts.append(quote(odd, safe="", errors="surrogatepass"))
            elif "year" in part:
                parts.append(random.choice(("1", "1", "2", "0", "-1", "99999999999", "١")))
            else:
                parts.append(random.choice(self.platforms[-40:] or ["nobody"]))
        return "/".join(parts)

    def _body(self, random: Random, path: str, number: str) -> bytes:
        """A body that fits the route, usually mutated, sometimes broken in its bytes."""
        given: Any
        if "decisions" in path:
            given = _decision(random, self.platforms, number)
        elif "applications" in path:
            given = application(f"http-{number}")
            self.platforms.append(f"http-{number}")
        else:
            given = {
                "url": random.choice(_LOOPBACK_URLS),
                "name": "x",
                "cursor": random.choice(("", "0", "a" * 500, "1-1")),
                "events": ["*"],
                "after": "x",
            }
        if random.random() < 0.7:
            given = mutated(random, given)
        if isinstance(given, dict) and "url" in given and "127.0.0.1" not in str(given["url"]):
            given["url"] = _LOOPBACK_URLS[0]  # nothing of this attack leaves the machine
        content = _json(given)
        return spoilt_bytes(random, content) if random.random() < 0.1 else content


def _decision(random: Random, platforms: list[str], number: str) -> dict[str, Any]:
    facts = application(random.choice(platforms[-40:] or ["nobody"])) | {"term": 1}
    kind = random.choice([kind for kind in Kind if kind is not Kind.BRINGING_IN])
    role = random.choice(("district", "operator", "commission"))
    try:
        return decision(random, str(kind), role, facts, f"h-{number}")
    except (IndexError, KeyError):
        return {"kind": str(kind), "decision_id": f"h-{number}", "actor": actor(role, facts)}


def _query(random: Random, names: list[str]) -> str:
    """A query of known parameters with odd values, of unknown ones, and of the same twice."""
    pairs = []
    for name in names:
        if random.random() < 0.35:
            pairs.append((name, random.choice(_VALUES)(random)))
    if random.random() < 0.05:
        pairs.append((odd_values.text(random)[:40], "x"))
    if pairs and random.random() < 0.05:
        pairs.append(pairs[0])
    if not pairs:
        return ""
    quoted = (
        f"{quote(name, safe='', errors='surrogatepass')}={quote(value, safe='', errors='surrogatepass')}"
        for name, value in pairs
    )
    return "?" + "&".join(quoted)


_VALUES = (
    lambda random: odd_values.text(random)[:300],
    lambda random: random.choice(("1", "0", "true", "haidian", "valid", "2026-11-29", "10")),
    lambda random: random.choice(("-1", "99999999999999999999", "1e9", "0x10", "2026-13-01")),
    lambda random: random.choice(("listing", "commission", "2027-01-01T00:00:00Z", "sha256:x")),
)


def _idempotency_key(random: Random, number: str) -> str:
    kind = random.randrange(6)
    if kind < 3:
        return f"k-{random.randrange(50)}"  # the same for different calls, now and then
    if kind == 3:
        return "k" * random.choice((255, 256, 5_000))
    return random.choice(("", " ", "k k", f"k-{number}"))


def _json(given: Any) -> bytes:
    return json.dumps(given, ensure_ascii=True).encode("ascii")
