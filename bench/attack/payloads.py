"""Payloads as no client of ours would make them: other encodings, none, several, broken ones."""

import json
from random import Random
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from bench.attack import odd_values
from bench.attack.mutating import spoilt_bytes

LARGEST = 1_900_000
"""The server takes no payload of 2 MB."""


def json_bytes(data: Any) -> bytes:
    """JSON text; what JSON cannot say (NaN, lone surrogates) is written all the same."""
    text = json.dumps(data, ensure_ascii=True)
    return text.encode("ascii")


def plain(data: Any) -> RawValue:
    """The usual payload."""
    return RawValue(Payload(metadata={"encoding": b"json/plain"}, data=json_bytes(data)))


def odd(random: Random, data: Any) -> list[RawValue]:
    """One or several payloads, most of them with something wrong in how they are written."""
    kind = random.randrange(14)
    content = json_bytes(data)
    if kind < 5:
        return [plain(data)]
    if kind == 5:
        return []
    if kind == 6:
        return [plain(data)] * random.choice((2, 3, 30))
    if kind == 7:
        return [plain(data), plain(odd_values.value(random))]
    return [RawValue(_payload(random, kind, content))]


def _payload(random: Random, kind: int, content: bytes) -> Payload:
    if kind == 8:
        encoding = random.choice(_ENCODINGS)
        return Payload(metadata={"encoding": encoding}, data=content)
    if kind == 9:
        kinds = {"encoding": b"json/protobuf", "messageType": random.choice(_TYPES)}
        return Payload(metadata=kinds, data=content)
    if kind == 10:
        return Payload(metadata={"encoding": b"json/plain"}, data=spoilt_bytes(random, content))
    if kind == 11:
        written = content.decode("ascii").encode(random.choice(("utf-16", "utf-32", "utf-7")))
        return Payload(metadata={"encoding": b"json/plain"}, data=written)
    if kind == 12:
        return Payload(data=content)
    words = random.choice((b"NaN", b"[Infinity]", b'{"a":1,"a":2}', b"", b"{", b"\xff\xfe", b"nul"))
    return Payload(metadata={"encoding": b"json/plain"}, data=words)


_ENCODINGS = (
    b"binary/plain",
    b"binary/null",
    b"binary/protobuf",
    b"binary/encrypted",
    b"json/external",
    b"\xff\xfe",
    b"",
    b"JSON/PLAIN",
)
_TYPES = (b"temporal.api.common.v1.Payload", b"no.such.Type", b"", b"\xff")
