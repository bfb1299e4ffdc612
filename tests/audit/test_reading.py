"""Histories against each other: what was left out or changed in one place is found and named exactly."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from audit.histories import StoredHistory
from audit.reading.case_logs import read_runs, readings
from audit.reading.check_histories import check_reading
from audit.reading.snapshots import EntryName, entry_named
from tests.audit.lives import (
    BROUGHT_IN,
    CORRECTED,
    MUCH,
    SHORT,
    TWICE,
    Events,
    Given,
    cut,
    edited,
    payload_edited,
    recorded,
)
from workflows.log_id import LogId
from workflows.record import LogEntry


def found(histories: Sequence[StoredHistory]) -> list[str]:
    """What does not hold in a platform's histories: where, and what, in English."""
    reading = read_runs(histories[0].platform_id, histories)
    return [f"{problem.where}: {problem.words.en}" for problem in check_reading(reading)]


def changed(
    histories: Sequence[StoredHistory], number: int, change: Callable[[Events], Any]
) -> list[StoredHistory]:
    """The same histories, one of them changed by hand."""
    return [edited(h, change) if i == number else h for i, h in enumerate(histories)]


def handed_in(events: Events, number: int) -> dict[str, Any]:
    """The payload of the activity of this number that handed something in."""
    inputs = [
        event["activityTaskScheduledEventAttributes"]["input"]["payloads"][0]
        for event in events
        if "activityTaskScheduledEventAttributes" in event
    ]
    return inputs[number - 1]  # type: ignore[no-any-return]


def test_a_byte_of_a_message() -> None:
    """A word in what a person sent: the entry is not what was sent in this very event."""

    def change(events: Events) -> None:
        event = next(e for e in events if "workflowExecutionUpdateAcceptedEventAttributes" in e)
        asked = event["workflowExecutionUpdateAcceptedEventAttributes"]["acceptedRequest"]
        payload_edited(asked["input"]["args"]["payloads"][0], "推荐", "推存")

    first, *_ = recorded(SHORT)
    event = next(
        e["eventId"]
        for e in first.data["events"]
        if "workflowExecutionUpdateAcceptedEventAttributes" in e
    )
    words = found(changed(recorded(SHORT), 0, change))
    assert f"{label(first)}, event {event}: entry 1.2 differs from what this message sent" in words


def test_a_past_that_was_brought_in() -> None:
    """What an application brings in stands in the first run's input, and the entry says the same."""
    histories = recorded(BROUGHT_IN, "0.3.0")
    assert [] == found(histories)

    def another_list(events: Events) -> None:
        payload = events[0]["workflowExecutionStartedEventAttributes"]["input"]["payloads"][0]
        payload_edited(payload, '"list_number":"2024-2"', '"list_number":"2024-1"')

    run = histories[0].run_id
    assert found(changed(histories, 0, another_list)) == [
        f"platform:{BROUGHT_IN} run {run}, event 1: entry 1.2 differs from what this message sent"
    ]


def test_a_decisions_actor_in_what_was_handed_in() -> None:
    """Another actor in an entry: its hash is another, and event and entry are named."""
    history = recorded(SHORT)[0]
    actor = read_runs(SHORT, recorded(SHORT)).logs[LogId(1)][1].entry.actor
    assert actor

    def change(events: Events) -> None:
        payload_edited(handed_in(events, 2), f'"id":"{actor.id}"', '"id":"nobody-1"')

    words = found(changed(recorded(SHORT), 0, change))
    event = read_runs(SHORT, recorded(SHORT)).logs[LogId(1)][1].held_in
    wanted = f"{label(history)}, event {event}: entry 1.2 was changed"
    assert any(one.startswith(wanted) for one in words)


def test_an_entry_that_was_sealed_anew() -> None:
    """A forger who makes the hash fit is found where the entry stands once more."""

    def change(events: Events) -> None:
        payload = handed_in(events, 2)
        data = json.loads(_text(payload))
        entry = LogEntry.model_validate_json(json.dumps(data["batch"]["entries"][0]))
        forged = entry.model_copy(update={"said": entry.said | {"opinion": "另一意见"}})
        sealed = forged.model_copy(update={"hash": forged.seal()})
        data["batch"]["entries"][0] = sealed.model_dump(mode="json")
        _put(payload, data)

    words = found(changed(recorded(SHORT), 0, change))
    assert any("entry 1.2 differs from event" in one for one in words)


def test_a_dropped_childs_history() -> None:
    """The child, the run and the event that started it are named; and what its platform says of it."""
    without = [history for history in recorded(TWICE) if history.year != 2]
    gone = next(history for history in recorded(TWICE) if history.year == 2)
    words = found(without)
    assert any(
        f"the history of run {gone.run_id} of {gone.workflow_id}, which is its child, is missing"
        in one
        for one in words
    )
    assert any("log 1-y2: missing: by the platform's entry" in one for one in words)


@pytest.mark.parametrize("number", range(5))
def test_a_dropped_run_of_the_platform(number: int) -> None:
    """Whichever run is left out, first, in between or last: others name it, and its id is said."""
    own = [history for history in recorded(MUCH) if history.year == 0]
    assert 5 == len(own)
    words = found([history for history in recorded(MUCH) if history is not own[number]])
    assert any(f"the history of run {own[number].run_id}, which" in one for one in words)


def test_dropped_and_reordered_events() -> None:
    """The number of the first event that is not where it belongs is named; so is a lost end."""
    history = recorded(SHORT)[0]

    def reorder(events: Events) -> None:
        events[8], events[9] = events[9], events[8]

    cases = {
        "event 8: it is missing: event 9 stands": lambda events: events.pop(7),
        "event 9: it is missing: event 10 stands": reorder,
        "the event that ended it is missing": lambda events: events.pop(),
    }
    for words, change in cases.items():
        assert any(words in one and history.run_id in one for one in broken(0, change))


def test_a_moment_at_which_nothing_was_decided() -> None:
    """An entry that bears another moment than any task of its history is named."""

    def change(events: Events) -> None:
        for event in events:
            if event["eventType"] == "EVENT_TYPE_WORKFLOW_TASK_STARTED":
                at = datetime.fromisoformat(event["eventTime"]) + timedelta(days=1)
                event["eventTime"] = at.isoformat().replace("+00:00", "Z")

    assert any("entry 1.2 bears a moment at which" in one for one in broken(0, change))


def test_what_is_handed_on_and_results_that_do_not_fit() -> None:
    """What the next run took up is what was handed on; how a run ended is what its log says."""

    def take_up(events: Events) -> None:
        given = events[0]["workflowExecutionStartedEventAttributes"]["input"]["payloads"]
        payload_edited(given[1], '"plan_version":1', '"plan_version":2')

    def end(events: Events) -> None:
        result = events[-1]["workflowExecutionCompletedEventAttributes"]["result"]
        payload_edited(result["payloads"][0], '"log_seq":', '"log_seq":1')

    assert any("its input is not what run" in one for one in broken(1, take_up, MUCH))
    assert any("the run ended with entry 1" in one for one in broken(4, end, MUCH))


@pytest.mark.parametrize("words", ["eA==", "!", "eyJ4Ijog"])
def test_what_cannot_be_read_is_named_and_stops_nobody(words: str) -> None:
    """A payload that is no JSON, or none of ours: run and event are named, and the rest is read."""

    def change(events: Events) -> None:
        handed_in(events, 1)["data"] = words

    problems = broken(0, change)
    assert any(f"{recorded(SHORT)[0].run_id}: event 5" in one for one in problems)
    reading = read_runs(SHORT, changed(recorded(SHORT), 0, change))
    assert {recorded(SHORT)[0].run_id} == reading.unreadable
    assert LogId(1) in reading.logs


def test_an_entry_that_is_told_again_at_another_moment() -> None:
    """What a clock that lagged brings about is no fault: the later telling counts, and it is noted."""

    def change(events: Events) -> None:
        payload = handed_in(events, 2)
        data = json.loads(_text(payload))
        entry = LogEntry.model_validate_json(json.dumps(data["batch"]["entries"][0]))
        early = entry.model_copy(update={"at": entry.at - timedelta(hours=1)})
        sealed = early.model_copy(update={"hash": early.seal()})
        data["batch"]["entries"][0] = sealed.model_dump(mode="json")
        _put(payload, data)

    histories = changed(recorded(SHORT), 0, change)
    reading, true = read_runs(SHORT, histories), read_runs(SHORT, recorded(SHORT))
    assert true.entries(LogId(1)) == reading.entries(LogId(1))
    assert ([], 1) == (check_reading(reading), len(reading.retimed))


def test_a_second_life_of_a_term_is_named() -> None:
    """A run that begins a log anew is told once, with the run that began it; the first one's entries stay."""

    def change(events: Events) -> None:
        payload = handed_in(events, 1)
        data = json.loads(_text(payload))
        entry = LogEntry.model_validate_json(json.dumps(data["batch"]["entries"][0]))
        other = entry.model_copy(update={"said": {**entry.said, "name": "另一平台"}})
        sealed = other.model_copy(update={"hash": other.seal()})
        data["batch"]["entries"][0] = sealed.model_dump(mode="json")
        _put(payload, data)

    first = recorded(SHORT)
    second = replace(changed(first, 0, change)[0], run_id="begun-anew")
    reading = read_runs(SHORT, [*first, second])
    assert read_runs(SHORT, first).entries(LogId(1)) == reading.entries(LogId(1))
    (problem,) = [one for one in reading.problems if "a second life" in one.words.en]
    assert "begun-anew" in problem.where
    assert first[0].run_id in problem.words.en


def test_an_open_run_is_read_as_far_as_it_is() -> None:
    """Of every prefix of a history nothing is found, and the log is a prefix of the log."""
    histories = [history for history in recorded(CORRECTED) if history.year == 0]
    whole = read_runs(CORRECTED, recorded(CORRECTED)).entries(LogId(1))
    first = histories[0]
    for events in range(4, len(first.data["events"]), 5):
        part = [replace(cut(first, events), closed_at=None)]
        reading = read_runs(CORRECTED, part)
        assert [] == check_reading(reading)
        known = reading.entries(LogId(1))
        assert whole[: len(known)] == known
        assert {LogId(1)} == reading.open_places()


async def test_platforms_come_one_at_a_time() -> None:
    """Each platform once, with all of its runs, whichever ids begin alike."""
    both = [*recorded(MUCH), *recorded(SHORT)]
    found_ids = [(r.platform_id, len(r.runs)) async for r in readings(Given(both))]
    assert [(MUCH, len(recorded(MUCH))), (SHORT, len(recorded(SHORT)))] == found_ids
    assert [] == [r async for r in readings(Given(both), "nobody")]


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("7", EntryName(None, 7)),
        ("1.7", EntryName(LogId(1), 7)),
        ("2-y3.1", EntryName(LogId(2, 3, 1), 1)),
        ("1-y2-2.4", EntryName(LogId(1, 2, 2), 4)),
        ("2025-03-01", None),
        ("1.", None),
        ("-1", None),
        ("1-y.2", None),
        ("9" * 20, None),
    ],
)
def test_names_of_entries(name: str, entry: EntryName | None) -> None:
    """An entry is named as the timelines name it; what is none is none."""
    assert entry == entry_named(name)
    if entry and entry.place:
        assert name == entry.place.entry(entry.seq)


def broken(number: int, change: Callable[[Events], Any], platform_id: str = SHORT) -> list[str]:
    """What is found when one history of a platform was changed."""
    return found(changed(recorded(platform_id), number, change))


def label(history: StoredHistory) -> str:
    """How a run is named."""
    return f"{history.workflow_id} run {history.run_id}"


def _text(payload: dict[str, Any]) -> str:
    return base64.b64decode(payload["data"]).decode()


def _put(payload: dict[str, Any], data: Any) -> None:
    payload["data"] = base64.b64encode(json.dumps(data, ensure_ascii=False).encode()).decode()
