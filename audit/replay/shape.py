"""Whether a history can be replayed at all: Temporal's Replayer waits for ever for some that are not whole."""

from collections.abc import Sequence
from itertools import pairwise

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from audit.replay.divergence import Divergence

_E = EventType
_BEHIND_STARTED = (
    _E.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
    _E.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    _E.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
    _E.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
    _E.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
)
"""One of these ends a workflow task; nothing of the workflow's own comes between."""


def misshapen(events: Sequence[HistoryEvent]) -> Divergence | None:
    """Where a history is not whole; None where it can be replayed."""
    if not events:
        return Divergence("the history holds no events", "历史没有事件")
    for number, event in enumerate(events, start=1):
        if event.event_id != number:
            return Divergence(
                f"event {number} is missing: {event.event_id} stands in its place",
                f"缺少事件 {number}：该处为事件 {event.event_id}",
                event_id=number,
            )
    first = events[0].workflow_execution_started_event_attributes
    if not first.original_execution_run_id:
        return Divergence(
            "event 1 does not start a run: the beginning is missing",
            "事件 1 不是流程开始：缺少开头",
            event_id=1,
        )
    return _task_left_open(events)


def begun(events: Sequence[HistoryEvent]) -> bool:
    """Whether a worker has begun with it: before, there is nothing to replay."""
    return any(e.event_type == _E.EVENT_TYPE_WORKFLOW_TASK_STARTED for e in events)


def _task_left_open(events: Sequence[HistoryEvent]) -> Divergence | None:
    for event, after in pairwise(events):
        if event.event_type != _E.EVENT_TYPE_WORKFLOW_TASK_STARTED:
            continue
        if after.event_type in _BEHIND_STARTED or after.worker_may_ignore:
            continue
        name = _E.Name(after.event_type).removeprefix("EVENT_TYPE_")
        return Divergence(
            f"event {after.event_id} ({name}) stands where the workflow task of event"
            f" {event.event_id} should end",
            f"事件 {after.event_id}（{name}）处应为事件 {event.event_id} 流程任务的结束",
            event_id=after.event_id,
        )
    return None
