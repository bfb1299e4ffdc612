"""What a replayed run has to do with a log: from its history's first and last events, and its replay."""

from collections.abc import Sequence
from typing import Any

from temporalio.api.history.v1 import HistoryEvent

from audit.histories import StoredHistory
from audit.reading.origins import RunLog
from audit.reading.run_logs import noted_ends
from starter.tables.strict_json import strict_loads
from workflows.log_id import LogId
from workflows.record import LogEntry
from workflows.rules import CaseState
from workflows.states import AssessmentState


def place_of_state(state: CaseState) -> LogId:
    """Whose log leads to a state."""
    if isinstance(state, AssessmentState):
        return LogId(state.facts.term, state.year, state.opening)
    return LogId(state.facts.term)


def carried(events: Sequence[HistoryEvent]) -> dict[str, Any] | None:
    """The case that a run was begun with, as plain data; None: it opened its case itself."""
    start = events[0].workflow_execution_started_event_attributes
    for payload in start.input.payloads:
        given = strict_loads(payload.data or b"null")
        found = given.get("carried", given) if isinstance(given, dict) else None
        if isinstance(found, dict) and isinstance(found.get("state"), dict):
            return found
    return None


def run_log(
    history: StoredHistory,
    events: Sequence[HistoryEvent],
    log: Sequence[LogEntry],
    state: CaseState | None,
) -> RunLog | None:
    """A run's part in the log that its replay ended in; None where it has none."""
    if not log or state is None:
        return None
    start = events[0].workflow_execution_started_event_attributes
    last, place = events[-1], place_of_state(state)
    count = _carried_entries(carried(events))
    completed = last.HasField("workflow_execution_completed_event_attributes")
    next_run = last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
    closed = completed or bool(next_run)
    return RunLog(
        workflow_id=history.workflow_id,
        run_id=history.run_id,
        place=place,
        taken=tuple(entry.hash for entry in log[:count]),
        written=frozenset(entry.hash for entry in log[count:]),
        ends=frozenset((log[-1].hash,)) if closed else frozenset(),
        first=None if count else log[0].hash,
        original=start.original_execution_run_id,
        continued_from=start.continued_execution_run_id,
        next_run=next_run,
        parent=start.parent_workflow_execution.run_id,
        children=frozenset(
            event.child_workflow_execution_started_event_attributes.workflow_execution.run_id
            for event in events
            if event.HasField("child_workflow_execution_started_event_attributes")
        ),
        under_way=not _ended(last),
        taken_at=log[count - 1].at if count else None,
        kept_since=history.kept_since,
        noted={} if place.year else noted_ends(log, count),
    )


def _carried_entries(given: dict[str, Any] | None) -> int:
    record = given.get("record") if given else None
    log = record.get("log") if isinstance(record, dict) else None
    return len(log) if isinstance(log, list) else 0


def _ended(event: HistoryEvent) -> bool:
    attributes = event.WhichOneof("attributes") or ""
    return attributes in _ENDS


_ENDS = frozenset(
    f"workflow_execution_{how}_event_attributes"
    for how in ("completed", "failed", "timed_out", "canceled", "terminated", "continued_as_new")
)
