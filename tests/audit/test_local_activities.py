"""What a local activity leaves in a history: the moment of what follows it, and a mark of the SDK's."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from temporalio.api.history.v1 import HistoryEvent, MarkerRecordedEventAttributes
from temporalio.bridge.proto.workflow_commands import WorkflowCommand

from audit.erasing.term_standing import says_something
from audit.histories import StoredHistory
from audit.reading.runs import read_run
from audit.replay.command_sequences import CommandKind, of_code, of_event
from tests.rules.builders import application
from workflows.contract import FIND_ORIGINS, PLATFORM_TYPE, platform_workflow_id

STARTED = "2026-03-02T01:00:00.000000000Z"
OVER = datetime(2026, 3, 2, 1, 0, 0, 250000, UTC)
_MARKER = "core_local_activity"


def payload(value: Any, **metadata: str) -> dict[str, Any]:
    """A payload, as Temporal's JSON has it."""
    named = {"encoding": "json/plain", **metadata}
    return {
        "metadata": {k: base64.b64encode(v.encode()).decode() for k, v in named.items()},
        "data": base64.b64encode(json.dumps(value).encode()).decode(),
    }


def asked(answer: dict[str, Any]) -> StoredHistory:
    """A run that asked where it comes from within its first task."""
    of_sdk = {
        "activity_type": FIND_ORIGINS,
        "complete_time": {"seconds": int(OVER.timestamp()), "nanos": 250_000_999},
    }
    details = {"data": {"payloads": [payload(of_sdk)]}, "result": {"payloads": [answer]}}
    begun = {"workflowType": {"name": PLATFORM_TYPE}, "input": {"payloads": []}}
    events: dict[str, dict[str, Any]] = {
        "WORKFLOW_EXECUTION_STARTED": begun,
        "WORKFLOW_TASK_SCHEDULED": {},
        "WORKFLOW_TASK_STARTED": {},
        "WORKFLOW_TASK_COMPLETED": {},
        "MARKER_RECORDED": {"markerName": _MARKER, "details": details},
    }
    numbered: list[dict[str, Any]] = []
    for number, (kind, attributes) in enumerate(events.items(), start=1):
        holds = "".join(word.capitalize() for word in kind.split("_"))
        held = {f"{holds[0].lower()}{holds[1:]}EventAttributes": attributes}
        of_type = {"eventType": f"EVENT_TYPE_{kind}"}
        numbered.append({"eventId": str(number), "eventTime": STARTED, **of_type, **held})
    at = datetime.fromisoformat(STARTED)
    content = json.dumps({"events": numbered}).encode()
    name = platform_workflow_id(application()["platform_id"])
    return StoredHistory(name, "run", at, None, "1.35.0", content)


def test_what_follows_it_in_its_task_bears_the_moment_at_which_it_was_over() -> None:
    """By that moment audit finds of which event an entry came."""
    first, second = read_run(asked(payload({}))).tasks
    assert (datetime.fromisoformat(STARTED), 1) == (first.at, first.cause)
    assert (OVER, 1) == (second.at, second.cause)


def test_only_the_sdks_own_part_of_it_may_stand_in_the_clear() -> None:
    """It names code and moments; the answer may say what people wrote."""
    encrypted = {"encoding": "binary/encrypted", "encryption-key-id": "k"}
    assert not says_something(asked(payload("x", **encrypted)))
    assert says_something(asked(payload({"said": "x"})))


def test_it_is_no_command_that_is_compared() -> None:
    """Its marker is written when it is over, so not in the order of commands; a timer is stopped across it."""
    marker = MarkerRecordedEventAttributes(marker_name=_MARKER)
    assert of_event(HistoryEvent(marker_recorded_event_attributes=marker)) is None
    timer, stop, local = WorkflowCommand(), WorkflowCommand(), WorkflowCommand()
    timer.start_timer.seq = stop.cancel_timer.seq = 1
    local.schedule_local_activity.activity_type = FIND_ORIGINS
    before = of_code([timer, local])
    assert [(CommandKind.TIMER, "1")] == [(one.kind, one.what) for one in before]
    assert [] == of_code([stop], before)
