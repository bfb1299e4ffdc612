"""Which message of a history an entry came of."""

from dataclasses import replace
from typing import Any

from audit.reading.runs import Message
from audit.reading.sent_decisions import message_of, said_by, said_in
from tests.rules.cases import START, decision, moment, platform
from tests.rules.rosters import Roster, person
from workflows.model import as_sent
from workflows.record import LogEntry


def taken() -> tuple[LogEntry, dict[str, Any]]:
    """An entry, and the message of which it came."""
    case = platform()
    raw = decision("recommendation", case, decision_id="d-1")
    case.decide(raw, moment(case))
    return case.log[-1], raw


def test_an_entry_says_what_its_message_says() -> None:
    """By update and by signal."""
    entry, raw = taken()
    assert said_by("decide", raw) == said_in(entry) == said_by("recommendation", raw)
    assert said_by("decide", {"kind": "recommendation"}) == ()


def test_versions_of_the_roster_are_no_part_of_what_is_decided() -> None:
    """They come with the decision, and stand in an entry of their own before it."""
    known = Roster(person("kw-1"), person("kw-2"))
    raw = {"kind": "termination", **decision("termination", platform())}
    brought = {**raw, "roster": [as_sent(known.newest)]}
    assert said_by("decide", brought) == said_by("decide", raw) != ()


def test_a_decision_that_was_refused_may_be_sent_anew_under_its_id() -> None:
    """The message that was taken is the one that says what stands in the log."""
    entry, raw = taken()
    refused = Message(5, START, "decide", raw | {"note": "其他内容"})
    accepted = Message(9, START, "decide", raw)
    assert message_of([refused, accepted], entry, 20) == accepted
    assert message_of([accepted, replace(accepted, event_id=12)], entry, 20) == accepted
    assert message_of([accepted], entry, 9) is None


def test_what_no_message_says_is_held_against_the_first() -> None:
    """So that it is found to differ; an entry without an id came of no message."""
    entry, raw = taken()
    others = [Message(n, START, "decide", raw | {"note": f"其他内容 {n}"}) for n in (5, 9)]
    assert message_of(others, entry, 20) == others[0]
    assert message_of([], entry, 20) is None
    assert message_of(others, platform().log[0], 20) is None
