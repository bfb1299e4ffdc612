"""A history's JSON becomes the same messages as the SDK makes of it, and what is none the same error."""

import json
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from temporalio.api.history.v1 import History, HistoryEvent
from temporalio.client import WorkflowHistory

from audit.history_messages import workflow_history
from tests.audit.lives import MUCH, RELEASES, SHORT, Events, recorded

_SCALARS: dict[int, Any] = {
    FieldDescriptor.TYPE_STRING: "词 word",
    FieldDescriptor.TYPE_BYTES: b"\xfb\xff\x00b",
    FieldDescriptor.TYPE_BOOL: True,
    FieldDescriptor.TYPE_DOUBLE: 2.5,
}
_SECONDS = 1_790_000_000
_DEEP = 6
"""Failures have causes, which are failures."""


class _Sdk:
    """The SDK's reader, which counts what it was asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = 0
        self._read = WorkflowHistory.from_json
        monkeypatch.setattr(WorkflowHistory, "from_json", self.read)

    def read(self, workflow_id: str, data: Any) -> WorkflowHistory:
        self.asked += 1
        return self._read(workflow_id, data)


@pytest.fixture
def sdk(monkeypatch: pytest.MonkeyPatch) -> _Sdk:
    return _Sdk(monkeypatch)


def _fill(message: Message, which: int, depth: int = 0) -> None:
    """Give every field a value; of those that exclude each other number `which`."""
    for field in message.DESCRIPTOR.fields:
        others = field.containing_oneof.fields if field.containing_oneof else (field,)
        if others[which % len(others)] is not field or field.type == FieldDescriptor.TYPE_FLOAT:
            continue
        kind = field.message_type
        if kind and kind.GetOptions().map_entry:
            parts = getattr(message, field.name)
            if kind.fields_by_name["value"].message_type:
                _fill(parts["钥 key"], which, depth + 1)
            else:
                parts["钥 key"] = _value(kind.fields_by_name["value"], which)
        elif not kind and field.is_repeated:
            getattr(message, field.name).extend([_value(field, which), _value(field, which + 1)])
        elif not kind:
            setattr(message, field.name, _value(field, which))
        elif depth < _DEEP:
            part = getattr(message, field.name)
            _fill(part.add() if field.is_repeated else part, which, depth + 1)


def _value(field: Any, which: int) -> Any:
    if field.enum_type:
        values = field.enum_type.values
        return values[which % len(values)].number
    if field.containing_type.full_name == "google.protobuf.Timestamp":
        return _SECONDS + which if field.name == "seconds" else which * 1_234_567
    return _SCALARS.get(field.type, which + 1)


@cache
def _everything() -> History:
    """A history with every event, in each of them every field that there is, and every choice."""
    history = History()
    kinds = HistoryEvent.DESCRIPTOR.oneofs_by_name["attributes"].fields
    for which in range(len(kinds)):
        _fill(history.events.add(), which)
    return history


def test_every_field_of_every_event_is_read(sdk: _Sdk) -> None:
    """What protobuf writes is read again whole, without its reader; which reads the same."""
    history = _everything()
    data = json.loads(WorkflowHistory("x", history.events).to_json())
    found = workflow_history("platform:x", data)
    assert 0 == sdk.asked
    assert "platform:x" == found.workflow_id
    assert list(history.events) == list(found.events)
    assert list(sdk.read("platform:x", data).events) == list(found.events)


@pytest.mark.parametrize("release", [path.name for path in RELEASES])
def test_recorded_histories_are_read_as_the_sdk_reads_them(sdk: _Sdk, release: str) -> None:
    """The runs of a platform and its assessment, as each release recorded them."""
    histories = recorded(SHORT, release)
    found = [history.for_replay() for history in histories]
    assert 0 == sdk.asked
    assert [sdk.read(one.workflow_id, one.data) for one in histories] == found


def _set(value: Any, *way: Any) -> Callable[[Events], Any]:
    """Put a value where the way leads, from the first event on."""

    def change(events: Events) -> None:
        at: Any = events[0]
        for step in way[:-1]:
            at = at[step]
        at[way[-1]] = value

    return change


_STARTED = "workflowExecutionStartedEventAttributes"
_PAYLOAD = (_STARTED, "input", "payloads", 0)


def _deep(events: Events) -> None:
    failure: Any = {}
    for _ in range(120):
        failure = {"cause": failure}
    events[0][_STARTED]["continuedFailure"] = failure


@pytest.mark.parametrize(
    "change",
    [
        _set("WorkflowExecutionStarted", "eventType"),
        _set(1, "eventType"),
        _set("EVENT_TYPE_OF_TOMORROW", "eventType"),
        _set(7, "eventId"),
        _set("07", "eventId"),
        _set(" 7", "eventId"),
        _set("七", "eventId"),
        _set("٧", "eventId"),
        _set("7.0", "eventId"),
        _set(7.0, "eventId"),
        _set(True, "eventId"),
        _set("-", "eventId"),
        _set(str(2**63), "eventId"),
        _set(str(-(2**63)), "eventId"),
        _set(2**31, _STARTED, "attempt"),
        _set(None, "eventId"),
        _set(None, _STARTED),
        _set([], _STARTED),
        _set({}, _STARTED),
        _set("7", "event_id"),
        _set("7", "ofTomorrow"),
        _set({}, "workflowTaskStartedEventAttributes"),
        _set("2026-01-02T03:04:05Z", "eventTime"),
        _set("2026-01-02T03:04:05.000000001Z", "eventTime"),
        _set("2026-01-02T03:04:05.1Z", "eventTime"),
        _set("2026-01-02T03:04:05.0000000001Z", "eventTime"),
        _set("2026-01-02T11:04:05.999999999+08:00", "eventTime"),
        _set("2026-01-02T03:04:60Z", "eventTime"),
        _set("2026-02-30T03:04:05Z", "eventTime"),
        _set("0000-01-01T00:00:00Z", "eventTime"),
        _set("1969-12-31T23:59:59.5Z", "eventTime"),
        _set("2026-1-2T3:4:5Z", "eventTime"),
        _set("2026-01-02 03:04:05Z", "eventTime"),
        _set(1, "eventTime"),
        _set("1.5s", _STARTED, "firstWorkflowTaskBackoff"),
        _set("-0.25s", _STARTED, "firstWorkflowTaskBackoff"),
        _set("1m", _STARTED, "firstWorkflowTaskBackoff"),
        _set([], _STARTED, "firstWorkflowTaskBackoff"),
        _set("YQ", *_PAYLOAD, "data"),
        _set("_-8", *_PAYLOAD, "data"),
        _set("+/8=", *_PAYLOAD, "data"),
        _set("Y!W\nJj", *_PAYLOAD, "data"),
        _set("Y", *_PAYLOAD, "data"),
        _set("字", *_PAYLOAD, "data"),
        _set(1, *_PAYLOAD, "data"),
        _set({"a": None}, *_PAYLOAD, "metadata"),
        _set([], *_PAYLOAD, "metadata"),
        _set({}, _STARTED, "input", "payloads"),
        _set([None], _STARTED, "input", "payloads"),
        _set("\ud800", _STARTED, "identity"),
        _set(1, _STARTED, "identity"),
        _set("true", "workerMayIgnore"),
        _set(1, "workerMayIgnore"),
        _set({"backoffCoefficient": 2}, _STARTED, "retryPolicy"),
        _set({"backoffCoefficient": "2"}, _STARTED, "retryPolicy"),
        _set({"backoffCoefficient": float("nan")}, _STARTED, "retryPolicy"),
        _set({"fairnessWeight": 0.5}, _STARTED, "priority"),
        _set({"serverFailureInfo": {}, "cause": {}}, _STARTED, "continuedFailure"),
        _set({"serverFailureInfo": {}, "timeoutFailureInfo": {}}, _STARTED, "continuedFailure"),
        _set({"timeoutFailureInfo": {"timeoutType": "StartToClose"}}, _STARTED, "continuedFailure"),
        _deep,
        lambda events: events.append({}),
        lambda events: events.append([]),
    ],
)
def test_what_is_written_otherwise_is_read_as_the_sdk_reads_it(
    change: Callable[[Events], Any],
) -> None:
    """The same messages, or the same error: nothing is taken that the SDK refuses."""
    data: dict[str, Any] = {"events": deepcopy(recorded(MUCH)[0].data["events"][:1])}
    change(data["events"])
    assert _outcome(WorkflowHistory.from_json, data) == _outcome(workflow_history, data)


def _outcome(read: Callable[[str, Any], WorkflowHistory], data: Any) -> Any:
    try:
        return list(read("platform:x", data).events)
    except Exception as error:  # whatever it is: both raise it
        return type(error), str(error)
