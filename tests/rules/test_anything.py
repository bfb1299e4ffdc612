"""A message may be anything: what can't be read is refused, never raised, and takes no time that counts."""

from typing import Any

import pytest

from workflows.decision_reading import decision_of
from workflows.model import MAX_MESSAGE_BYTES, InvalidMessage, invalid, size_of
from workflows.refusal import Refused
from workflows.signal_queue import COST_OF_A_TASK, cost_of
from workflows.vocabulary import Kind

from .cases import decision, moment, platform


def nested(levels: int) -> Any:
    """A list in a list in a list."""
    inner: Any = "x"
    for _ in range(levels):
        inner = [inner]
    return inner


ODD = {
    "deep": {"note": nested(5_000)},
    "a deep kind": {"kind": nested(5_000)},
    "a deep id": {"decision_id": nested(100_000)},
    "a long number": {"note": 10**5_000},
    "a long kind": {"kind": 10**5_000},
    "no number": {"note": float("nan")},
    "half a letter": {"decision_id": "\ud800"},
    "half a letter for a kind": {"kind": "\ud800"},
    "bytes": b"\xff" * 100,
    "bytes within": {"note": b"x"},
    "something else": {"note": object()},
    "too large": {"note": "x" * 2_000_000},
    "too many fields": {f"field-{n}": 1 for n in range(40_000)},
    "too many lists": {"documents": [[]] * 150_000},
}


@pytest.mark.parametrize("raw", ODD.values(), ids=ODD)
def test_whatever_comes_is_refused_and_can_be_carried_on(raw: Any) -> None:
    """No other error than the two that are answered; the case is whole, and goes to its next run."""
    case = platform()
    try:
        case.decide(raw, moment(case), Kind.LISTING)
    except (InvalidMessage, Refused) as error:
        case.refuse(Kind.LISTING, raw, error, moment(case))
    assert case.log[-1].said["rule"] == "message"
    assert len(case.log[-1].reason or "") <= 400
    assert '"refusals":1' in case.record().model_dump_json()


def test_what_is_too_large_to_be_read_is_not_hashed() -> None:
    """A hash of what nobody may send is not worth its time; the entry says why it was refused."""
    case = platform()
    error = invalid("listing", "(all)", "too large", "过大")
    case.refuse(Kind.LISTING, {"note": "x" * 600_000}, error, moment(case))
    case.refuse(Kind.LISTING, {"note": "x" * 500_000}, error, moment(case))
    assert [sorted(entry.said) for entry in case.log[1:]] == [["rule"], ["rule", "said_sha256"]]


def test_thousands_of_mistakes_are_five() -> None:
    """What does not fit is named, five of it, each shortened."""
    raw = decision(Kind.LISTING, platform()) | {f"{'k' * 500}-{n}": 1 for n in range(500)}
    with pytest.raises(InvalidMessage) as caught:
        decision_of(raw)
    assert len(caught.value.problems) == 5
    assert len(caught.value.words.en) < 2_500


def test_what_a_message_costs() -> None:
    """A task judges hundreds of small ones, and a few of the largest; what is beyond costs no more."""
    assert cost_of({"x": 1}) == cost_of(b"x") == cost_of(None) == 1
    largest = cost_of({"note": "x" * MAX_MESSAGE_BYTES})
    assert 2 <= COST_OF_A_TASK // largest <= 10
    assert cost_of({"note": "x" * 2_000_000}) == cost_of({"note": nested(5_000)}) == largest


def test_what_cannot_be_written_is_larger_than_any_message() -> None:
    """So that it is not read any further."""
    assert size_of({"x": nested(5_000)}) > MAX_MESSAGE_BYTES
    assert size_of({"x": "大"}) == len('{"x": "大"}')
