"""What must not stand in a history or in the list of workflows. Pure: data in, words out."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowExecutionStatus

_USUAL = {
    # Something came while the task was at work: the server gives it out again, by design.
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_UPDATE,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_STICKY_TASK_QUEUE,
    # More came meanwhile than the server holds back for a task (100 events, or 2 MB): it breaks the task off.
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
}
_CLEAR = frozenset(("InvalidApplication", "InvalidMessage", "Refused", "InvalidOpening"))
"""Types of application errors by which a run that never became a case may fail."""
_OF_A_PROGRAM = ("Error", "Exception")


@dataclass(frozen=True)
class Run:
    """A run, as the list of workflows and its last event tell of it."""

    workflow_id: str
    workflow_type: str
    status: WorkflowExecutionStatus
    failure_type: str = ""
    """Of a failed run: the type of its application error; empty where it is none."""
    failure: str = ""


def failed_tasks(events: Iterable[HistoryEvent]) -> list[str]:
    """The failed workflow tasks of a history, but for those that are the server's usual way."""
    found = []
    for event in events:
        if event.event_type != EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
            continue
        failed = event.workflow_task_failed_event_attributes
        if failed.cause not in _USUAL:
            cause = WorkflowTaskFailedCause.Name(failed.cause)
            found.append(f"event {event.event_id}: {cause}: {failed.failure.message[:400]}")
    return found


def wrong_end(run: Run, expected: frozenset[str] = frozenset()) -> str:
    """Why a run should not have ended so; empty where it may. `expected` were ended by the attack."""
    if run.workflow_id in expected:
        return ""
    if run.status in _MAY:
        return ""
    if run.status is WorkflowExecutionStatus.FAILED:
        clear = run.failure_type in _CLEAR or (
            bool(run.failure_type) and not run.failure_type.endswith(_OF_A_PROGRAM)
        )
        return "" if clear else f"failed by {run.failure_type or 'no application error'}"
    return run.status.name.lower().replace("_", " ")


_MAY = (
    WorkflowExecutionStatus.RUNNING,
    WorkflowExecutionStatus.COMPLETED,
    WorkflowExecutionStatus.CONTINUED_AS_NEW,
)


def faults_in_log(text: str) -> Counter[tuple[str, str]]:
    """Tracebacks and coroutines never awaited in a log: how often each, by kind and what it says."""
    found: Counter[tuple[str, str]] = Counter()
    lines = text.split("\n")
    for number, line in enumerate(lines):
        for what, words in _FAULTS.items():
            if words in line and _UNKNOWN not in line:
                found[what, _gist(line, lines[number + 1 : number + 60])] += 1
    return found


_FAULTS = {
    "traceback in a log": "Traceback (most recent call last)",
    "never awaited": "was never awaited",
    "an exception that nobody fetched": "exception was never retrieved",
}
_UNKNOWN = "is not registered on this worker"
"""Of types that no worker knows, which the attack starts, too."""
_ABOUT_A_RUN = re.compile(r" on workflow \S.*| with ID .*", re.DOTALL)


def _gist(line: str, after: list[str]) -> str:
    """What a line of a log says, without whose case it was: the same for the same fault."""
    try:
        said = json.loads(line)
    except ValueError:
        if "Warning" in line:
            return line[line.find("Warning") :][:300]
        return next((one for one in after if one.strip() and not one.startswith(" ")), line)[:300]
    last = [one for one in str(said.get("exception", "")).splitlines() if one.strip()][-1:]
    return f"{_ABOUT_A_RUN.sub('', str(said.get('event')))}: {' '.join(last)}"[:300]
