"""Histories are read in one way only: what says something twice, or in another spelling, is none."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from audit.histories import NoHistory, StoredHistory, uncanonical
from audit.reading.case_logs import read_runs
from audit.reading.check_histories import check_reading
from audit.replay.replaying import replay
from tests.audit.lives import SHORT, recorded

FIRST = next(one for one in recorded(SHORT) if one.year == 0)


def _with(old: bytes, new: bytes) -> StoredHistory:
    assert old in FIRST.content
    return replace(FIRST, content=FIRST.content.replace(old, new, 1))


def _told(history: StoredHistory) -> str:
    """What a reading says of a history."""
    return " ".join(one.words.en for one in check_reading(read_runs(SHORT, [history])))


FORGED = {
    "a number twice": (
        b'"eventId":"4"',
        b'"eventId":"5","eventId":"4"',
        "'eventId' stands twice in one object",
    ),
    "another spelling": (
        b'"firstExecutionRunId"',
        b'"continued_execution_run_id":"x","firstExecutionRunId"',
        "'continued_execution_run_id' is not the spelling of Temporal's JSON",
    ),
    "another kind": (
        b'"EVENT_TYPE_WORKFLOW_TASK_SCHEDULED"',
        b'"EVENT_TYPE_WORKFLOW_TASK_COMPLETED"',
        "and it holds workflowTaskScheduledEventAttributes",
    ),
    "two kinds": (
        b'"workflowTaskScheduledEventAttributes"',
        b'"timerFiredEventAttributes":{},"workflowTaskScheduledEventAttributes"',
        "it is two events",
    ),
}


@pytest.mark.parametrize(("old", "new", "words"), FORGED.values(), ids=FORGED)
async def test_what_readers_would_read_in_two_ways(old: bytes, new: bytes, words: str) -> None:
    """It is named by event; the reading and the replay both refuse the history."""
    forged = _with(old, new)
    with pytest.raises(NoHistory, match=words):
        _ = forged.data
    assert words in _told(forged)
    found = await replay(forged)
    assert found.divergence is not None
    assert words in found.divergence.words.en


def _payload_twice(payload: dict[str, str]) -> None:
    said = base64.b64decode(payload["data"])
    payload["data"] = base64.b64encode(b'{"outcome":"declined",' + said[1:]).decode()


def test_a_decision_that_says_something_twice() -> None:
    """Also what was sent: the second of two outcomes counted, and a reader may show the first."""
    data = json.loads(FIRST.content)
    event = next(e for e in data["events"] if "workflowExecutionUpdateAcceptedEventAttributes" in e)
    accepted = event["workflowExecutionUpdateAcceptedEventAttributes"]["acceptedRequest"]
    _payload_twice(accepted["input"]["args"]["payloads"][0])
    forged = replace(FIRST, content=json.dumps(data).encode())
    assert "'outcome' stands twice in one object" in _told(forged)


def test_a_workflow_of_another_type_under_a_platforms_id() -> None:
    """Whoever starts one keeps the id from the platform; its history is nobody's life."""
    forged = _with(b'"workflowType":{"name":"Platform"}', b'"workflowType":{"name":"Squatter"}')
    assert "it is a workflow of the type Squatter, not Platform" in _told(forged)


def test_each_kind_of_event_is_known_by_its_name() -> None:
    """An SDK that brings new kinds names them as it names the others; else true histories would be refused."""
    names = [
        field.json_name for field in HistoryEvent.DESCRIPTOR.oneofs_by_name["attributes"].fields
    ]
    kinds = {kind for kind in EventType.keys() if kind != "EVENT_TYPE_UNSPECIFIED"}  # noqa: SIM118
    events = [{"eventType": kind, name: {}} for name in names for kind in kinds]
    fitting = [event for event in events if not list(uncanonical([event]))]
    assert len(fitting) == len(names) == len(kinds)


def _older(kind: str) -> str:
    """How older tools name a kind of event."""
    words = kind.removeprefix("EVENT_TYPE_").split("_")
    return "".join(word.capitalize() for word in words)


@pytest.mark.parametrize("name", [_older, str])
def test_what_other_tools_write_is_read(name: Callable[[str], str]) -> None:
    """`temporal workflow show` of years ago wrote kinds without a prefix."""
    data = json.loads(FIRST.content)
    for event in data["events"]:
        event["eventType"] = name(event["eventType"])
    again = replace(FIRST, content=json.dumps(data).encode())
    assert len(again.data["events"]) == len(FIRST.data["events"])
