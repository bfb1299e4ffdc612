"""Bytes as no client of ours would send them, over a real listener: whatever comes, no answer is a 5xx."""

import asyncio
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from starter.service import bodies
from starter.service.client_connections import ConnectionLimits
from starter.service.serving import listener, serving
from tests.service.conftest import EVERYTHING, MakeKey, calling, form
from tests.service.decisions import decision

PLACES = (
    *(b"%00", b"p%00q", b"%FF", b"%ff%fe", b"%C3%28", b"%ED%A0%80", b"%F4%90%80%80", b"%EF%BF%BE"),
    *(b"a%0Ab", b"%2e%2e%2f", b"..", b"%", b"%zz", b";", b"'--", b"x" * 30_000, b"1e400", b"NaN"),
    *(b"9" * 400, b"-1", b"9999999999.99", b"9999.9999.9999.999999999", b"abc.999999999999999999"),
)
"""For parts of a path, and for parameters."""
HEADERS = (
    *(b"Authorization: Bearer \xff\xfe", b"Authorization:", b"Authorization: Bearer ptk_\xc3\xa9"),
    *(b"Accept-Language: \xff;q=1e400", b"Accept-Language: zh;q=nan", b'If-None-Match: \xff"'),
    *(
        b"Idempotency-Key: \xff",
        b"Idempotency-Key: " + b"k" * 300,
        b"Content-Type: \xff",
        b"Host: \xff",
    ),
    *(b"Transfer-Encoding: gzip", b"Content-Length: -1", b"Content-Length: " + b"9" * 20),
    *(b"Upgrade: websocket", b"Expect: 100-continue", b"X: " + b"y" * 31_000, b"Range: bytes=0-1"),
)
VALUES = (
    *(
        '"a\\u0000b"',
        '"\\u0000"',
        '"\\ud800"',
        '"\\uffff"',
        '"\\udbff\\udfff"',
        "1e400",
        "-1e400",
        "NaN",
    ),
    *(
        "1" + "0" * 400,
        "1" + "0" * 4_400,
        "9223372036854775808",
        "2147483648",
        "0.1",
        "true",
        "null",
    ),
    *("[]", "{}", "[null]", '{"":""}', '{"a":1,"a":2}', "[" * 49 + "]" * 49, "[" * 5_000, '""'),
    *('"' + "x" * 6_000 + '"', '"2026-02-30"', '"9999-12-31"', '"0001-01-01"'),
)
"""In the place of any part of a message."""
FRAMES = (
    *(
        b"",
        b"\x16\x03\x01",
        b"\x00" * 100,
        b"\r\n\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\n\r\n",
    ),
    *(
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET * HTTP/1.0\r\n\r\n",
    ),
    b"GET http://evil/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
)
CHUNKS = (
    b"zz\r\n",
    b"-1\r\n",
    b"F" * 20 + b"\r\n",
    b"5\r\n{}\r\n0\r\n\r\n",
    b"2\r\n{}XX0\r\n\r\n",
    b"2\r\n{}\r\n",
)
JSON = b"Content-Type: application/json"
CALLS = 400
"""So many of all that there are, by a seed."""


def call(token: str, method: bytes, path: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    """A call; a header that is given stands instead of the usual one."""
    usual = [b"Host: localhost", b"Connection: close", b"Authorization: Bearer " + token.encode()]
    if not any(one.startswith((b"Content-Length", b"Transfer")) for one in headers):
        usual.append(b"Content-Length: %d" % len(body))
    named = {one.partition(b":")[0] for one in headers}
    lines = [*(one for one in usual if one.partition(b":")[0] not in named), *headers]
    return b"%s %s HTTP/1.1\r\n%s\r\n\r\n%s" % (method, path, b"\r\n".join(lines), body)


def changed(message: Any, value: str) -> Iterator[bytes]:
    """A message with a text in the place of each of its parts, and of all of it."""
    yield value.encode()
    places: list[tuple[Any, Any]] = []
    copy = json.loads(json.dumps(message))

    def walk(part: Any) -> None:
        for key in part if isinstance(part, dict) else range(min(1, len(part))):
            places.append((part, key))
            if isinstance(part[key], dict | list):
                walk(part[key])

    walk(copy)
    for part, key in places:
        before, part[key] = part[key], "@@@"
        yield json.dumps(copy).replace('"@@@"', value).encode()
        part[key] = before


def calls(app: FastAPI, token: str, sent: dict[str, Any]) -> Iterator[bytes]:
    """All of them."""
    platform = sent["platform_id"]
    parameters = {"after", "district", "type", "limit", "on", "term", "wait", "year", "dry_run"}
    for template in app.openapi()["paths"]:
        path = re.sub(r"\{year\}", "1", template.replace("{platform_id}", platform))
        path = path.replace("{subscription_id}", "sub_0123456789abcdef")
        for place in PLACES:
            where = re.sub(rb"\{[^}]+\}", lambda _, place=place: place, template.encode())  # type: ignore[misc]
            for method in (b"GET", b"POST", b"DELETE"):
                yield call(token, method, where, JSON, body=b"{}")
            for name in parameters:
                yield call(token, b"GET", path.encode() + b"?%s=%s" % (name.encode(), place))
        for method in (b"HEAD", b"OPTIONS", b"TRACE", b"CONNECT", b"PUT", b"F\xc3"):
            yield call(token, method, path.encode())
        yield call(token, b"GET", path.encode() + b"?" + b"a=b&" * 7_000)
        for header in HEADERS:
            yield call(token, b"GET", path.encode(), header)
            yield call(token, b"POST", path.encode(), JSON, header, body=b"{}")
    hook = {"url": "https://hooks.example.org/", "events": ["listing"], "after": "now"}
    messages = {
        "/v1/applications": sent,
        f"/v1/platforms/{platform}/decisions": decision("recommendation"),
        "/v1/subscriptions": hook,
    }
    for path, message in messages.items():
        for value in VALUES:
            for body in changed(message, value):
                yield call(token, b"POST", path.encode(), JSON, body=body)
        for chunk in CHUNKS:
            chunked = b"Transfer-Encoding: chunked"
            yield call(token, b"POST", path.encode(), JSON, chunked, body=chunk)
        yield call(token, b"POST", path.encode(), JSON, b"Content-Length: 10", body=b"{}")
    yield from FRAMES


async def answered(port: int, sent: bytes) -> bytes:
    """The beginning of what is answered to some bytes; nothing, where the connection is only ended."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        async with asyncio.timeout(60):
            return await reader.read(300)
    except ConnectionError:
        return b""
    finally:
        writer.transport.abort()


async def test_whatever_bytes_come_no_answer_is_a_5xx(
    app: FastAPI,
    make_key: MakeKey,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Odd paths, headers, framings and bodies: told what is wrong with them, and no traceback is logged."""
    monkeypatch.setattr(bodies, "WITHIN_SECONDS", 0.2)
    token, sent = await make_key(*EVERYTHING), form()
    async with calling(app, token) as client:
        assert httpx.codes.CREATED == (await client.post("/v1/applications", json=sent)).status_code
    chosen = random.Random(10).sample([*calls(app, token, sent)], CALLS)  # noqa: S311 - no secret
    seen = Counter[bytes]()
    with listener("127.0.0.1:0") as listening:
        async with serving(app, listening, ConnectionLimits(head=0.5)):
            port, places = listening.getsockname()[1], asyncio.Semaphore(8)

            async def one(raw: bytes) -> None:
                async with places:
                    answer = await answered(port, raw)
                assert not answer.startswith(b"HTTP/1.1 5"), (raw[:1000], answer)
                seen[answer[9:12]] += 1

            await asyncio.gather(*(one(raw) for raw in chosen))
    assert {b"200", b"400", b"404", b"405", b"422"} <= set(seen)
    assert [] == [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize("chunk", CHUNKS[:2])
async def test_nonsense_after_a_head_that_is_answered_at_once_leaves_no_traceback(
    app: FastAPI, caplog: pytest.LogCaptureFixture, chunk: bytes
) -> None:
    """The nonsense is answered; what the call itself would have got comes too late."""
    head = b"POST / HTTP/1.1\r\nHost: stranger.example\r\nTransfer-Encoding: chunked\r\n\r\n"
    with listener("127.0.0.1:0") as listening:
        async with serving(app, listening, ConnectionLimits(head=0.5)):
            answer = await answered(listening.getsockname()[1], head + chunk)
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"application/problem+json" in answer
    assert [] == [record for record in caplog.records if record.exc_info]


async def test_an_address_in_chinese_is_told_how_to_write_it(app: FastAPI) -> None:
    """Problem details, as everywhere, and what to type."""
    with listener("127.0.0.1:0") as listening:
        async with serving(app, listening, ConnectionLimits(head=0.5)):
            line = "GET /v1/platforms?q=氢能 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            answer = await answered(listening.getsockname()[1], line.encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert "percent-encoded" in body.decode(errors="ignore")
    assert "urn:pingtai:problem:bad-request" in body.decode(errors="ignore")
