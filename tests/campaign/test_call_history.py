"""What is written down of calls, and what the answers of a batch say."""

import json
from pathlib import Path

import pytest

from bench.campaign.batch_client import answers_of, note_answer
from bench.campaign.call_history import Call, CallHistory, Channel, Result


def call(decision_id: str = "d-1") -> Call:
    """A line of a batch."""
    return Call("p", decision_id, Channel.BATCH)


def test_a_call_that_is_broken_off_is_unanswered(tmp_path: Path) -> None:
    """It stands in the file before its answer does, and counts as one of which nobody knows."""
    history = CallHistory(tmp_path / "history.jsonl")

    def broken_off() -> None:
        with history.call(call()):
            assert not history.idle.is_set()
            raise ConnectionError

    with pytest.raises(ConnectionError):
        broken_off()
    history.close()
    asked, answered = map(json.loads, (tmp_path / "history.jsonl").read_text().splitlines())
    assert (asked["call"], asked["decision_id"]) == (1, "d-1")
    assert (answered["answer"], answered["result"]) == (1, "unanswered")
    assert history.idle.is_set()
    assert history.answers() == {"batch unanswered": 1}
    assert history.acknowledged == 0


def test_the_answers_of_a_batch_are_those_of_its_lines() -> None:
    """In any order; a line of which the command said nothing was not answered."""
    receipt = {"year": None, "seq": 4}
    said = "\n".join(
        [
            json.dumps({"line": 3, "result": "refused", "problem": {"en": "no"}, "receipt": None}),
            json.dumps({"line": 1, "result": "done", "receipt": receipt}),
            json.dumps({"line": 4, "result": "already_done", "receipt": receipt}),
            json.dumps({"line": 5, "result": "bad", "receipt": None}),
            "5 lines: 2 done",
        ]
    )
    calls = [call() for _ in range(5)]
    for one, answer in zip(calls, answers_of(said, 5), strict=True):
        note_answer(one, answer)
    assert [one.result for one in calls] == [
        Result.ACKNOWLEDGED,
        Result.UNANSWERED,
        Result.REFUSED,
        Result.ACKNOWLEDGED,
        Result.REFUSED,
    ]
    assert (calls[0].year, calls[0].seq) == (None, 4)


def test_a_batch_whose_command_came_to_nothing_was_not_answered() -> None:
    """Whatever it printed."""
    assert answers_of("Temporal does not answer", 2) == [{}, {}]
