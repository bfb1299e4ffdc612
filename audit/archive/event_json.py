"""What a history's JSON says of its run: when it began and ended, and which other runs belong to it."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from audit.histories import CLOSING, NoHistory, StoredHistory
from starter.encryption.key_names import key_names
from starter.tables.strict_json import strict_loads

LARGEST = 256 * 1024 * 1024
"""No history is larger, when it is read (bytes); Temporal ends one far below."""
STARTED = "workflowExecutionStartedEventAttributes"
_CONTINUED = "workflowExecutionContinuedAsNewEventAttributes"
_CHILD_STARTED = "childWorkflowExecutionStartedEventAttributes"


def compact(data: dict[str, Any]) -> bytes:
    """A history as it is archived: Temporal's JSON, UTF-8, no blanks.

    Keys are sorted: protobuf's maps come in any order, and one history must give the same bytes twice.
    """
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def history_of(
    content: bytes,
    *,
    workflow_id: str | None,
    run_id: str | None,
    sdk: str | None,
    parsed: Any = None,
) -> StoredHistory:
    """A history with what its own events say of it; what is not given is read from them.

    `parsed` is what the content says, for those who have it already.

    Raises:
        NoHistory: it is none, or does not say whose it is.
    """
    try:
        data = strict_loads(content) if parsed is None else parsed
    except (ValueError, RecursionError) as error:
        raise NoHistory(f"no JSON: {error}") from None
    try:
        events = data["events"]
        first, last = events[0], events[-1]
        begun = first[STARTED]
        started_at, ended_at = _moment(first), _moment(last)
        workflow_id = workflow_id or begun.get("workflowId")
        run_id = run_id or begun.get("originalExecutionRunId")
        sdk = sdk or _worker_sdk(events)
    except (ValueError, LookupError, TypeError, AttributeError):
        raise NoHistory("no history of Temporal's: it has no first event of a workflow") from None
    if not (isinstance(workflow_id, str) and isinstance(run_id, str) and workflow_id and run_id):
        raise NoHistory("it does not say which run of which workflow it is of")
    closed = any(f"{name}EventAttributes" in last for name in CLOSING)
    history = StoredHistory(
        workflow_id=workflow_id,
        run_id=run_id,
        started_at=started_at,
        closed_at=ended_at if closed else None,
        sdk=sdk,
        content=content,
        codec=key_names(content),
    )
    vars(history)["parsed"] = data  # to parse it takes longer than most that is done with it
    return history


def linked(history: StoredHistory) -> Iterator[tuple[str, str]]:
    """The runs that a history names: the one before, the one after, and those of its children.

    By these the chain is followed where visibility does not know a run yet, or no more.
    """
    for event in history.stored["events"]:
        if begun := event.get(STARTED):
            before = begun.get("continuedExecutionRunId")
            if before:
                yield history.workflow_id, before
        elif after := event.get(_CONTINUED):
            yield history.workflow_id, after["newExecutionRunId"]
        elif child := event.get(_CHILD_STARTED):
            execution = child["workflowExecution"]
            yield execution["workflowId"], execution["runId"]


def _moment(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["eventTime"])


def _worker_sdk(events: list[dict[str, Any]]) -> str:
    """The SDK of the worker that did the last task: the best that a history says by itself."""
    for event in reversed(events):
        done = event.get("workflowTaskCompletedEventAttributes") or {}
        version = (done.get("sdkMetadata") or {}).get("sdkVersion")
        if version:
            return str(version)
    return ""
