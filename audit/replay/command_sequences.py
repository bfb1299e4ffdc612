"""What a workflow commands: as its history has it, and as the code gives it when it is replayed."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent

if TYPE_CHECKING:
    from starter.client.sdk_internals import CoreCommand

_CHANGE_VERSION = "TemporalChangeVersion"
"""The search attribute that the SDK sets with each patch by itself."""
LOCAL_ACTIVITY = "core_local_activity"
"""The marker of a local activity: it is written when that is over, and so not in the order of commands."""


class CommandKind(StrEnum):
    """The kinds of commands that are distinguished."""

    ACTIVITY = "activity"
    CANCEL_ACTIVITY = "cancel_activity"
    TIMER = "timer"
    CANCEL_TIMER = "cancel_timer"
    CHILD = "child"
    SIGNAL = "signal"
    CANCEL_WORKFLOW = "cancel_workflow"
    PATCH = "patch"
    SEARCH_ATTRIBUTES = "search_attributes"
    PROPERTIES = "properties"
    UPDATE_ACCEPTED = "update_accepted"
    UPDATE_ANSWERED = "update_answered"
    CONTINUE_AS_NEW = "continue_as_new"
    COMPLETE = "complete"
    FAIL = "fail"
    CANCELLED = "cancelled"
    OTHER = "other"


_ENDS = (
    CommandKind.CONTINUE_AS_NEW,
    CommandKind.COMPLETE,
    CommandKind.FAIL,
    CommandKind.CANCELLED,
)


@dataclass(frozen=True)
class Command:
    """One command. By `kind`, `what` and `span` it is distinguished; payloads are compared separately."""

    kind: CommandKind
    what: str = ""
    """The type of an activity, the number of a timer, the id of a child, the names of attributes."""
    span: timedelta | None = None
    """How long a timer runs."""
    payloads: tuple[bytes, ...] = ()
    event_id: int = 0
    """Where the history has it; 0: the code gives it."""

    def same_as(self, other: "Command | None") -> bool:
        """Whether both command the same, whatever they hand over."""
        mine = (self.kind, self.what, self.span)
        return other is not None and mine == (other.kind, other.what, other.span)

    def line(self) -> str:
        """On one line, for a baseline."""
        span = f" {self.span.total_seconds():.6f}s" if self.span is not None else ""
        return f"{self.kind} {self.what}".rstrip() + span


def of_event(event: HistoryEvent) -> Command | None:
    """The command that an event says was given; None: it says of none."""
    name = (event.WhichOneof("attributes") or "").removesuffix("_event_attributes")
    read = _EVENTS.get(name)
    if read is None:
        return None
    kind, what, span, payloads = read(getattr(event, f"{name}_event_attributes"))
    if (kind, what) in _BY_THE_SDK:
        return None
    return Command(kind, what, span, payloads, event.event_id)


def of_code(commands: "Iterable[CoreCommand]", before: Sequence[Command] = ()) -> list[Command]:
    """The commands that the code gave in one task, without those that are never sent.

    `before` are those of the same task before a local activity of it was over.
    """
    given = [_of_one(command) for command in commands]
    found = list(before)
    for command in (one for one in given if one):
        if command.kind is CommandKind.CANCEL_TIMER:
            started = [c for c in found if c.kind is CommandKind.TIMER and c.what == command.what]
            if started:  # begun and cancelled in one task: nothing of it is sent
                found.remove(started[0])
                continue
        found.append(command)
        if command.kind in _ENDS:  # what comes after the end is dropped
            break
    return found


def _of_one(command: "CoreCommand") -> Command | None:
    name = command.WhichOneof("variant") or ""
    if name in _NOT_SENT:
        return None
    if name == "update_response":
        return _answer(command.update_response)
    read = _COMMANDS.get(name)
    if read is None:
        return Command(CommandKind.OTHER, name)
    return Command(*read(getattr(command, name)))


_NOT_SENT = frozenset(("respond_to_query", "schedule_local_activity", ""))
_BY_THE_SDK = (
    (CommandKind.SEARCH_ATTRIBUTES, _CHANGE_VERSION),
    (CommandKind.OTHER, LOCAL_ACTIVITY),
)

_Parts = tuple[CommandKind, str, timedelta | None, tuple[bytes, ...]]
_Reading = Mapping[str, Callable[[Any], _Parts]]


def _parts(
    kind: CommandKind, what: str = "", span: Any = None, payloads: Iterable[Payload] = ()
) -> _Parts:
    return kind, what, span.ToTimedelta() if span is not None else None, tuple(_data(payloads))


def _data(payloads: Iterable[Payload]) -> Iterator[bytes]:
    for payload in payloads:
        yield payload.data


def _names(attributes: Any) -> str:
    return ", ".join(sorted(attributes))


def _answer(response: Any) -> Command | None:
    if response.HasField("accepted"):
        return Command(*_parts(CommandKind.UPDATE_ACCEPTED))
    if response.HasField("completed"):
        return Command(*_parts(CommandKind.UPDATE_ANSWERED, payloads=[response.completed]))
    # Only one after the acceptance is ever replayed: it is an answer without a payload.
    return Command(*_parts(CommandKind.UPDATE_ANSWERED))


def _marker(event: Any) -> _Parts:
    if event.marker_name != "core_patch":
        return _parts(CommandKind.OTHER, event.marker_name)
    ids = [p.data.decode() for p in event.details["patch-data"].payloads]
    return _parts(CommandKind.PATCH, _patch_id(ids))


def _patch_id(said: list[str]) -> str:
    data = json.loads(said[0]) if said else {}
    return str(data.get("id", "")) if isinstance(data, dict) else ""


K = CommandKind
_EVENTS: _Reading = {
    "activity_task_scheduled": lambda e: _parts(
        K.ACTIVITY, e.activity_type.name, payloads=e.input.payloads
    ),
    "activity_task_cancel_requested": lambda e: _parts(K.CANCEL_ACTIVITY),
    "timer_started": lambda e: _parts(K.TIMER, e.timer_id, e.start_to_fire_timeout),
    "timer_canceled": lambda e: _parts(K.CANCEL_TIMER, e.timer_id),
    "start_child_workflow_execution_initiated": lambda e: _parts(
        K.CHILD, f"{e.workflow_type.name} {e.workflow_id}", payloads=e.input.payloads
    ),
    "signal_external_workflow_execution_initiated": lambda e: _parts(
        K.SIGNAL, e.signal_name, payloads=e.input.payloads
    ),
    "request_cancel_external_workflow_execution_initiated": lambda e: _parts(K.CANCEL_WORKFLOW),
    "marker_recorded": _marker,
    "upsert_workflow_search_attributes": lambda e: _parts(
        K.SEARCH_ATTRIBUTES, _names(e.search_attributes.indexed_fields)
    ),
    "workflow_properties_modified": lambda e: _parts(K.PROPERTIES),
    "workflow_execution_update_accepted": lambda e: _parts(K.UPDATE_ACCEPTED),
    "workflow_execution_update_completed": lambda e: _parts(
        K.UPDATE_ANSWERED, payloads=e.outcome.success.payloads
    ),
    "workflow_execution_continued_as_new": lambda e: _parts(
        K.CONTINUE_AS_NEW, payloads=e.input.payloads
    ),
    "workflow_execution_completed": lambda e: _parts(K.COMPLETE, payloads=e.result.payloads),
    "workflow_execution_failed": lambda e: _parts(K.FAIL),
    "workflow_execution_canceled": lambda e: _parts(K.CANCELLED),
}
_COMMANDS: _Reading = {
    "schedule_activity": lambda c: _parts(K.ACTIVITY, c.activity_type, payloads=c.arguments),
    "request_cancel_activity": lambda c: _parts(K.CANCEL_ACTIVITY),
    "start_timer": lambda c: _parts(K.TIMER, str(c.seq), c.start_to_fire_timeout),
    "cancel_timer": lambda c: _parts(K.CANCEL_TIMER, str(c.seq)),
    "start_child_workflow_execution": lambda c: _parts(
        K.CHILD, f"{c.workflow_type} {c.workflow_id}", payloads=c.input
    ),
    "signal_external_workflow_execution": lambda c: _parts(
        K.SIGNAL, c.signal_name, payloads=c.args
    ),
    "cancel_child_workflow_execution": lambda c: _parts(K.CANCEL_WORKFLOW),
    "request_cancel_external_workflow_execution": lambda c: _parts(K.CANCEL_WORKFLOW),
    "set_patch_marker": lambda c: _parts(K.PATCH, c.patch_id),
    "upsert_workflow_search_attributes": lambda c: _parts(
        K.SEARCH_ATTRIBUTES, _names(c.search_attributes.indexed_fields)
    ),
    "modify_workflow_properties": lambda c: _parts(K.PROPERTIES),
    "continue_as_new_workflow_execution": lambda c: _parts(K.CONTINUE_AS_NEW, payloads=c.arguments),
    "complete_workflow_execution": lambda c: _parts(
        K.COMPLETE, payloads=[c.result] if c.HasField("result") else []
    ),
    "fail_workflow_execution": lambda c: _parts(K.FAIL),
    "cancel_workflow_execution": lambda c: _parts(K.CANCELLED),
}
