"""Histories that are not whole: each is named, and none lets the replayer wait for ever."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from audit.histories import StoredHistory
from audit.replay.replaying import PATIENCE, Replaying, replay
from tests.audit.lives import MUCH, SHORT, Events, edited, recorded

_ONE = recorded(SHORT)[0]
_EVENTS: Events = _ONE.data["events"]


def _number(kind: str) -> int:
    """The number of the first event of a kind."""
    return next(n for n, e in enumerate(_EVENTS, 1) if e["eventType"] == f"EVENT_TYPE_{kind}")


def _swap(number: int) -> Callable[[Events], None]:
    def change(events: Events) -> None:
        events[number - 1], events[number] = events[number], events[number - 1]

    return change


_STARTED = _number("WORKFLOW_TASK_STARTED")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda events: events.clear(), "the history holds no events"),
        (lambda events: events.pop(0), "event 1 is missing: 2 is in its place"),
        (lambda events: events.pop(16), "event 17 is missing: 18 is in its place"),
        (_swap(6), "event 6 is missing: 7 is in its place"),
        (
            lambda events: events[0]["workflowExecutionStartedEventAttributes"].pop(
                "originalExecutionRunId"
            ),
            "event 1 does not start a run",
        ),
    ],
    ids=["none", "first", "middle", "reordered", "no run"],
)
async def test_what_is_missing_is_named(change: Callable[[Events], Any], said: str) -> None:
    """A history without its beginning or its middle, or out of order, is not replayed, and says where."""
    found = await replay(edited(_ONE, change))
    assert found.divergence is not None
    assert said in found.divergence.words.en
    assert not found.divergence.by_code
    assert not found.sound


async def test_events_that_were_renumbered_after_one_was_taken_out() -> None:
    """Numbers that look whole do not hide that a workflow task has no end."""

    def without_the_end_of_a_task(events: Events) -> None:
        del events[_STARTED]
        for number, event in enumerate(events, start=1):
            event["eventId"] = str(number)

    found = await replay(edited(_ONE, without_the_end_of_a_task))
    assert found.divergence is not None
    assert f"event {_STARTED + 1} " in found.divergence.words.en
    assert f"the workflow task of event {_STARTED}" in found.divergence.words.en


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"events": 1}', b"\xff", b'{"events": [{"eventId": "x"}]}'], ids=repr
)
async def test_what_is_no_history_is_said(content: bytes) -> None:
    """Whatever bytes stand there, the answer is words."""
    found = await replay(replace(_ONE, content=content))
    assert found.divergence is not None
    assert "cannot be read" in found.divergence.words.en


async def test_damage_that_the_archive_found_is_said() -> None:
    """A history that is not what was archived is not replayed as if it were."""
    found = await replay(replace(_ONE, damage="its SHA-256 is another"))
    assert found.divergence is not None
    assert "its SHA-256 is another" in found.divergence.words.en


@pytest.mark.parametrize("events", range(1, len(_EVENTS) + 1, 7))
async def test_the_beginning_of_a_history_replays(events: int) -> None:
    """An open run's history is a part: it replays to where it is, and the log is that of the part."""
    whole = (await replay(_ONE)).log
    found = await replay(edited(_ONE, lambda given: given.__delitem__(slice(events, None))))
    assert found.divergence is None
    assert found.sound
    assert whole[: len(found.log)] == found.log


async def test_a_replayer_goes_on_after_what_it_could_not_replay() -> None:
    """One that is kept warm answers for the next history, whatever came before it."""
    async with Replaying() as replaying:
        bad = edited(_ONE, _other_activity)
        verdicts = [
            (await replaying.replay(history)).sound for history in (_ONE, bad, _ONE, bad, _ONE)
        ]
    assert [True, False, True, False, True] == verdicts


async def test_a_history_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A replay that comes to no end is given up in time, and the next one is replayed."""
    monkeypatch.setattr("audit.replay.replaying.find_damage", lambda events: None)
    headless = edited(_ONE, lambda events: events.pop(0))
    async with Replaying(patience=0.5) as replaying:
        stuck = await replaying.replay(headless)
        replaying._patience = PATIENCE  # a busy machine needs longer for one that is whole
        after = await replaying.replay(_ONE)
    assert stuck.divergence is not None
    assert "no end within 0.5 seconds" in stuck.divergence.words.en
    assert after.sound


async def test_another_id_is_another_case() -> None:
    """A history under another platform's id is not taken for that platform's."""
    other = StoredHistory(
        workflow_id=f"platform:{MUCH}",
        run_id=_ONE.run_id,
        started_at=_ONE.started_at,
        closed_at=_ONE.closed_at,
        sdk=_ONE.sdk,
        content=_ONE.content,
    )
    found = await replay(other)
    assert not found.sound


def _other_activity(events: Events) -> None:
    event = events[_number("ACTIVITY_TASK_SCHEDULED") - 1]
    event["activityTaskScheduledEventAttributes"]["activityType"]["name"] = "another"


async def test_a_command_that_was_changed_is_named_in_both_languages() -> None:
    """Where the history says another command than the code gives: event, moment, and both sides."""
    number = _number("ACTIVITY_TASK_SCHEDULED")
    found = (await replay(edited(_ONE, _other_activity))).divergence
    assert found is not None
    assert found.event_id == number
    assert found.words.en.startswith(f"event {number} (20")
    assert (
        "+08:00): the history starts the activity another; the code starts the activity hand_in"
        in (found.words.en)
    )
    assert "历史为“启动活动 another”；代码为“启动活动 hand_in”" in found.words.zh


async def test_an_input_that_cannot_be_taken_up_is_said() -> None:
    """A run whose carried case cannot be read has no replay: the code's own words say why."""
    second = recorded(SHORT)[1]
    assert second.year == 0

    def unreadable(events: Events) -> None:
        payload = events[0]["workflowExecutionStartedEventAttributes"]["input"]["payloads"][1]
        carried = json.loads(base64.b64decode(payload["data"]))
        carried["state"]["stage"] = "nowhere"
        payload["data"] = base64.b64encode(json.dumps(carried).encode()).decode()

    found = (await replay(edited(second, unreadable))).divergence
    assert found is not None
    assert found.by_code
    assert "the code fails" in found.words.en or "Temporal's replay says" in found.words.en
    assert len(found.words.en) < 600
