"""What a history hands over is held against what the code does: a changed word anywhere is found and named."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from audit.histories import StoredHistory
from audit.replay.replaying import replay
from audit.replay.together import assemble_platform
from tests.audit.lives import MUCH, SHORT, Events, edited, payload_edited, recorded


def _first(kind: str, events: Events) -> dict[str, Any]:
    """The first event of a kind."""
    return next(e for e in events if e["eventType"] == f"EVENT_TYPE_{kind}")


def _attributes(event: dict[str, Any]) -> dict[str, Any]:
    name = next(name for name in event if name.endswith("EventAttributes"))
    attributes: dict[str, Any] = event[name]
    return attributes


def _payload(kind: str, events: Events, which: int = 0, part: str = "input") -> dict[str, Any]:
    payload: dict[str, Any] = _attributes(_first(kind, events))[part]["payloads"][which]
    return payload


def _own(platform: str, run: int = 0) -> StoredHistory:
    return [one for one in recorded(platform) if one.year == 0][run]


def _assessment(platform: str) -> StoredHistory:
    return next(one for one in recorded(platform) if one.year)


async def _findings(history: StoredHistory) -> list[str]:
    found = await replay(history)
    assert found.divergence is None, "the commands are the same"
    assert not found.sound
    return [one.words.en for one in found.findings]


async def test_the_actor_of_an_entry_that_was_handed_in() -> None:
    """Another actor in what an activity was given: the event, the entry, both names."""
    history = _own(SHORT)
    number = int(_first("ACTIVITY_TASK_SCHEDULED", history.data["events"])["eventId"])

    def change(events: Events) -> None:
        payload_edited(
            _payload("ACTIVITY_TASK_SCHEDULED", events), '"role":"operator"', '"role":"district"'
        )

    (found,) = await _findings(edited(history, change))
    assert found.startswith(f"event {number} (starts the activity hand_in)")
    assert 'batch.entries[0].actor.role: "district" ≠ "operator"' in found


async def test_a_decision_that_was_sent() -> None:
    """Other words in the message itself: each entry handed in, and each later event, shows the true ones."""
    history = _own(SHORT)

    def change(events: Events) -> None:
        event = _first("WORKFLOW_EXECUTION_UPDATE_ACCEPTED", events)
        payload = _attributes(event)["acceptedRequest"]["input"]["args"]["payloads"][0]
        said = json.loads(base64.b64decode(payload["data"]))
        said["actor"]["id"] = "somebody-else"
        payload["data"] = base64.b64encode(json.dumps(said).encode()).decode()

    found = await _findings(edited(history, change))
    assert any('≠ "somebody-else"' in one for one in found)
    assert any("goes on in a new run" in one for one in found)


@pytest.mark.parametrize(
    ("kind", "which", "words"),
    [
        (
            "WORKFLOW_EXECUTION_CONTINUED_AS_NEW",
            1,
            ('"seq":2,', '"seq":3,', "goes on in a new run"),
        ),
        (
            "START_CHILD_WORKFLOW_EXECUTION_INITIATED",
            0,
            ('"year":1', '"year":2', "starts the child"),
        ),
    ],
    ids=["carried log", "opening"],
)
async def test_what_is_carried_and_opened(
    kind: str, which: int, words: tuple[str, str, str]
) -> None:
    """The case that goes to the next run, and the year that a child is opened for."""
    old, new, said = words
    history = next(
        one
        for one in recorded(MUCH)
        if one.year == 0 and any(e["eventType"] == f"EVENT_TYPE_{kind}" for e in one.data["events"])
    )
    changed = edited(
        history, lambda events: payload_edited(_payload(kind, events, which), old, new)
    )
    assert any(said in one for one in await _findings(changed))


async def test_a_result() -> None:
    """The result with which an assessment ended is what its platform believes: it is the code's own."""
    history = _assessment(MUCH)
    event = _first("WORKFLOW_EXECUTION_COMPLETED", history.data["events"])

    def change(events: Events) -> None:
        payload_edited(
            _payload("WORKFLOW_EXECUTION_COMPLETED", events, 0, "result"),
            '"log_hash":"',
            '"log_hash":"' + "0" * 64 + '","x":"',
        )

    found = await replay(edited(history, change))
    assert not found.sound
    assert [int(event["eventId"])] == [one.event_id for one in found.findings]


async def test_a_receipt() -> None:
    """The receipt that somebody was given says what the log says."""

    def change(events: Events) -> None:
        event = _first("WORKFLOW_EXECUTION_UPDATE_COMPLETED", events)
        payload = _attributes(event)["outcome"]["success"]["payloads"][0]
        payload_edited(payload, '"outcome":"recommended"', '"outcome":"declined"')

    (found,) = await _findings(edited(_own(SHORT), change))
    assert 'outcome: "declined" ≠ "recommended"' in found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda carried: carried["record"]["log"][1]["said"].update(decided_on="2020-01-01"),
            "chain",
        ),
        (lambda carried: carried["record"]["log"].pop(1), "chain"),
        (lambda carried: carried["record"]["log"].reverse(), "chain"),
        (lambda carried: carried["state"].update(list_number="another"), "list_number"),
    ],
    ids=["changed", "dropped", "reordered", "state"],
)
async def test_what_a_run_was_begun_with(change: Callable[[Any], Any], said: str) -> None:
    """A carried log or state that was changed: the chain breaks, or the state is no fold of the log."""
    second = _own(MUCH, 1)

    def changed(events: Events) -> None:
        payload = _payload("WORKFLOW_EXECUTION_STARTED", events, 1)
        carried = json.loads(base64.b64decode(payload["data"]))
        change(carried)
        payload["data"] = base64.b64encode(json.dumps(carried).encode()).decode()

    found = await replay(edited(second, changed))
    assert not found.sound
    words = [one.words.en for one in found.findings]
    assert any(said in one for one in words), words
    # and the run before it ended in another log
    before = await replay(_own(MUCH, 0))
    together = assemble_platform(MUCH, [before, found])
    assert together.runs[0].sound
    assert not together.sound


async def test_an_entry_that_was_told_at_another_moment_is_a_remark() -> None:
    """Only moments and hashes differ where a clock lagged: known, told, and no sign of a change."""

    def change(events: Events) -> None:
        payload = _payload("ACTIVITY_TASK_SCHEDULED", events)
        said = json.loads(base64.b64decode(payload["data"]))
        for entry in said["batch"]["entries"]:
            entry["at"] = "2020-01-01T00:00:00.000000Z"
            entry["hash"] = "0" * 64
        payload["data"] = base64.b64encode(json.dumps(said).encode()).decode()

    found = await replay(edited(_own(SHORT), change))
    assert found.sound
    (finding,) = found.findings
    assert finding.remark
    assert "0007-workflow-clock" in finding.words.en
