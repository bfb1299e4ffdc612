"""A history's JSON as Temporal's messages: what the SDK makes of it, in a fifth of the time.

Protobuf's reader of JSON is written in Python, and looks up every field by its name anew. Here the way from
JSON to a message is worked out once for each kind of message, and protobuf fills the message in C.

Read here is only JSON as protobuf writes it; for all other JSON the SDK's own reader has the word, also to
say what is wrong. So no history is read here in another way than there: the tests compare both.
"""

import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from math import isfinite
from typing import Any, NamedTuple

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.history.v1 import History
from temporalio.client import WorkflowHistory

_DEEPEST = 90
"""Messages within messages, fewer than protobuf's reader takes."""

_Read = Callable[[Any, int], Any]
"""How a value of JSON is read, so many messages deep."""


class _NotPlain(Exception):
    """It is not written as protobuf writes it."""


class _Field(NamedTuple):
    name: str
    oneof: str | None
    read: _Read


def workflow_history(workflow_id: str, data: dict[str, Any]) -> WorkflowHistory:
    """Return a history as the SDK's Replayer takes it. Raises whatever the SDK raises on JSON that is none."""
    try:
        history = History(**_message(History.DESCRIPTOR)(data, 0))
    except Exception:  # whatever another JSON brings forth: the SDK reads it, or says what it is
        return WorkflowHistory.from_json(workflow_id, data)
    return WorkflowHistory(workflow_id, history.events)


@cache
def _message(kind: Descriptor) -> _Read:
    """Return how the parts of such a message are read from a JSON object."""
    if kind.full_name in _MOMENTS:
        return _MOMENTS[kind.full_name]
    if kind.file.package == "google.protobuf":  # each has a JSON of its own
        return _refuse
    fields: dict[str, _Field] = {}  # filled when it is first needed: messages hold themselves

    def read(value: Any, depth: int) -> dict[str, Any]:
        if type(value) is not dict or depth > _DEEPEST:
            raise _NotPlain
        if not fields:
            fields.update(_fields(kind))
        found: dict[str, Any] = {}
        oneofs = set()
        for name, part in value.items():
            field = fields.get(name)
            if field is None or field.oneof in oneofs:
                raise _NotPlain
            if field.oneof:
                oneofs.add(field.oneof)
            found[field.name] = field.read(part, depth + 1)
        return found

    return read


def _fields(kind: Descriptor) -> Mapping[str, _Field]:
    return {
        field.json_name: _Field(
            field.name,
            field.containing_oneof.name if field.containing_oneof else None,
            _of_field(field),
        )
        for field in kind.fields
    }


def _of_field(field: FieldDescriptor) -> _Read:
    kind = field.message_type
    if kind and kind.GetOptions().map_entry:
        return _map(kind)
    return _list(_single(field)) if field.is_repeated else _single(field)


def _single(field: FieldDescriptor) -> _Read:
    if field.message_type:
        return _message(field.message_type)
    if field.enum_type:
        return _enum(field.enum_type)
    return _SCALARS.get(field.type, _refuse)


def _list(read: _Read) -> _Read:
    def read_all(value: Any, depth: int) -> list[Any]:
        if type(value) is not list:
            raise _NotPlain
        return [read(one, depth) for one in value]

    return read_all


def _map(entry: Descriptor) -> _Read:
    key, value_field = entry.fields_by_name["key"], entry.fields_by_name["value"]
    read = _single(value_field)
    if key.type != FieldDescriptor.TYPE_STRING:
        return _refuse
    made = GetMessageClass(value_field.message_type) if value_field.message_type else None

    def read_all(value: Any, depth: int) -> dict[str, Any]:
        if type(value) is not dict:
            raise _NotPlain
        parts = {name: read(one, depth) for name, one in value.items()}
        return {name: made(**part) for name, part in parts.items()} if made else parts

    return read_all


def _enum(kind: EnumDescriptor) -> _Read:
    numbers = {name: value.number for name, value in kind.values_by_name.items()}

    def read(value: Any, _: int) -> int:
        if type(value) is not str or value not in numbers:
            raise _NotPlain
        return numbers[value]

    return read


def _refuse(value: Any, depth: int) -> Any:
    raise _NotPlain


def _exactly(kind: type) -> _Read:
    def read(value: Any, _: int) -> Any:
        if type(value) is not kind:
            raise _NotPlain
        return value

    return read


def _integer(value: Any, _: int) -> int:
    if type(value) is int:
        return value
    if type(value) is str and value.isascii() and value.removeprefix("-").isdigit():
        return int(value)
    raise _NotPlain


def _double(value: Any, _: int) -> float:
    if type(value) in (int, float) and isfinite(value):
        return float(value)
    raise _NotPlain


def _bytes(value: Any, _: int) -> bytes:
    if type(value) is not str:
        raise _NotPlain
    return urlsafe_b64decode(value + "=" * (4 - len(value) % 4))


def _timestamp(value: Any, _: int) -> Timestamp:
    written = _MOMENT.fullmatch(value)
    if not written:
        raise _NotPlain
    moment = datetime.fromisoformat(written[1]) - _EPOCH
    nanos = int((written[2] or "").ljust(9, "0"))
    return Timestamp(seconds=moment.days * 86400 + moment.seconds, nanos=nanos)


@lru_cache(maxsize=1000)
def _duration(value: str) -> Duration:
    span = Duration()
    span.FromJsonString(value)
    return span


_EPOCH = datetime(1970, 1, 1)
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?Z")
_MOMENTS: dict[str, _Read] = {
    "google.protobuf.Timestamp": _timestamp,
    "google.protobuf.Duration": lambda value, _: _duration(value),
}
F = FieldDescriptor
_INTEGERS = (F.TYPE_INT32, F.TYPE_INT64, F.TYPE_UINT32, F.TYPE_UINT64)
_SCALARS: dict[int, _Read] = {
    F.TYPE_STRING: _exactly(str),
    F.TYPE_BOOL: _exactly(bool),
    F.TYPE_BYTES: _bytes,
    F.TYPE_DOUBLE: _double,
    **dict.fromkeys(_INTEGERS, _integer),
}
