"""The checker finds what a campaign must not leave behind, and nothing else."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from bench.campaign.call_history import Call, Channel, Loss, Result
from bench.campaign.checker import (
    Entry,
    feed_gaps,
    promises,
    skipped_events,
    undelivered_notices,
    violations,
)
from workflows.record import KEPT_REFUSALS, EntryKind

DECIDED, REFUSED = EntryKind.DECISION, EntryKind.REFUSED


def entry(
    seq: int,
    decision_id: str | None,
    kind: str = DECIDED,
    *,
    year: int = 0,
    note: str | None = None,
) -> Entry:
    """An entry of the platform's first term, chained to the one before."""
    chain = f"h{year}.{seq - 1}", f"h{year}.{seq}"
    return Entry("p", 1, year, int(year > 0), seq, kind, decision_id, note, *chain, seq)


def receipt(
    decision_id: str,
    seq: int,
    year: int | None = None,
    *,
    sent: float = 1.0,
    channel: Channel = Channel.UPDATE,
) -> Call:
    """A call that was answered by a receipt, a second after it was sent."""
    acknowledged = Result.ACKNOWLEDGED
    return Call("p", decision_id, channel, None, sent, sent + 1, acknowledged, year, seq)


def signal(decision_id: str, sent: float = 1.0) -> Call:
    """Temporal's word that it has a signal."""
    return replace(receipt(decision_id, 0, sent=sent, channel=Channel.SIGNAL), seq=None)


def refused(decision_id: str, note: str | None = None) -> Call:
    """A call that was answered by a refusal."""
    return Call("p", decision_id, Channel.HTTP, note, 1.0, 2.0, Result.REFUSED)


def unanswered(decision_id: str) -> Call:
    """A call of which nobody knows what became."""
    return Call("p", decision_id, Channel.UPDATE, None, 1.0, 2.0)


def first_words(
    calls: Iterable[Call], entries: Iterable[Entry], losses: Iterable[Loss] = ()
) -> list[str]:
    """What kinds of violations are found."""
    return [line.partition(":")[0] for line in violations([*calls], [*losses], [*entries])]


def test_what_is_kept_once_is_no_violation() -> None:
    """Receipts with their entries, signals that were taken or refused, answers that came twice."""
    calls = [receipt("d-1", 2), receipt("d-1", 2), receipt("d-2", 1, 1), signal("d-3")]
    calls += [signal("d-4"), signal("d-3"), refused("d-9"), unanswered("d-8"), refused("d-8")]
    entries = [entry(1, None, EntryKind.HAPPENING), entry(2, "d-1"), entry(1, "d-2", year=1)]
    entries += [entry(3, "d-3"), entry(4, "d-4", REFUSED), entry(5, "d-4", REFUSED)]
    entries += [entry(6, "d-8")]
    assert first_words(calls, entries) == []


def _planted() -> Iterator[tuple[str, list[Call], list[Entry], list[str]]]:
    """Violations put in on purpose: a name, what was answered, what stands in the logs, what is found."""
    one, two = entry(1, "d-1"), entry(2, "d-2")
    yield "a signal left no entry", [signal("d-1")], [], ["lost"]
    elsewhere = [replace(one, platform_id="q")]
    yield "only another platform has the id", [signal("d-1")], elsewhere, ["lost"]
    yield "a receipt without an entry", [receipt("d-1", 1)], [], ["lost"]
    yield (
        "a receipt for what was refused",
        [receipt("d-1", 1)],
        [entry(1, "d-1", REFUSED)],
        ["lost"],
    )
    applied = replace(receipt("a-1", 0), channel=Channel.APPLICATION, seq=None)
    yield "an application without a log", [applied], [], ["lost"]
    moved = [entry(1, None, EntryKind.HAPPENING), entry(2, "d-1")]
    yield "a receipt for another entry", [receipt("d-1", 1)], moved, ["moved"]
    yield "a receipt for another log", [receipt("d-1", 1, 1)], [one], ["moved"]
    twice = [one, entry(2, "d-1")]
    yield "taken twice in one log", [receipt("d-1", 1)], twice, ["doubled"]
    yield "taken in two logs", [], [one, entry(1, "d-1", year=1)], ["doubled"]
    yield "taken twice without an answer", [unanswered("d-1")], twice, ["doubled"]
    swapped = [receipt("d-2", 2), receipt("d-1", 1, sent=5.0)]
    yield "before one that was answered", swapped, [one, two], ["disordered"]
    late = [receipt("d-2", 2), signal("d-1", sent=5.0)]
    yield "a signal before an earlier receipt", late, [one, two], ["disordered"]
    signals = [signal("d-2"), signal("d-1", sent=5.0)]
    yield "two signals in the other order", signals, [one, two], ["disordered"]
    yield "refused and taken", [refused("d-1")], [one], ["taken"]
    altered = [receipt("d-1", 1), refused("d-1", "another")]
    other = [entry(1, "d-1", note="another")]
    yield "taken with the content that was refused", altered, other, ["taken"]
    yield "an entry is missing", [], [one, replace(entry(3, "d-3"), previous="h0.1")], ["chain"]
    yield "an entry follows another", [], [one, replace(two, previous="h")], ["chain"]


@pytest.mark.parametrize(
    ("calls", "entries", "found"),
    [pytest.param(*row, id=name) for name, *row in _planted()],
)
def test_what_is_not_kept_is_found(
    calls: list[Call], entries: list[Entry], found: list[str]
) -> None:
    """Each way in which a promise can be broken has a word of its own."""
    assert first_words(calls, entries) == found


def test_what_was_under_way_together_may_stand_in_any_order() -> None:
    """Only a decision that was sent after the other's answer must stand after it."""
    together = [receipt("d-2", 2, sent=1.0), receipt("d-1", 1, sent=1.5)]
    assert first_words(together, [entry(1, "d-1"), entry(2, "d-2")]) == []


def test_a_signal_says_nothing_of_the_order_of_others() -> None:
    """It was acknowledged by Temporal, before the case has taken it; nor does one that was refused first."""
    entries = [entry(1, "d-1"), entry(2, "d-2")]
    assert first_words([signal("d-2"), receipt("d-1", 1, sent=5.0)], entries) == []
    again = [signal("d-2"), signal("d-1", sent=5.0), signal("d-2", sent=9.0)]
    refused_first = [entry(1, "d-2", REFUSED), entry(2, "d-1"), entry(3, "d-2")]
    assert first_words(again, refused_first) == []


def test_a_case_that_only_counts_refusals_owes_no_entry() -> None:
    """After the last refusal that is kept, a signal that leaves no entry may have been refused."""
    full = [entry(seq, f"r-{seq}", REFUSED) for seq in range(1, KEPT_REFUSALS + 1)]
    assert first_words([signal("d-1")], full) == []
    less = [replace(one, seq=one.seq - 1) for one in full[1:]]
    assert first_words([signal("d-1")], less) == ["lost"]


def test_what_only_the_lost_engine_had_is_not_promised_any_more() -> None:
    """What the register knew at that moment is, and whatever is acknowledged afterwards."""
    loss = Loss(10.0, frozenset({("p", "d-1")}))
    early = [receipt("d-1", 1), receipt("d-2", 2)]
    assert promises(early, [loss]) == early[:1]
    assert first_words(early, [], [loss]) == ["lost"]
    again = receipt("d-2", 2, sent=11.0)
    assert promises([again], [loss]) == [again]


def test_each_notice_and_each_event_arrives() -> None:
    """Those that never came are named, with who did not get them."""
    assert undelivered_notices({"n-1", "n-2"}, {"n-1"}, "the webhook") == [
        "notice: the webhook never got n-2"
    ]
    assert undelivered_notices({"n-1"}, {"n-1", "n-9"}, "the webhook") == []
    entries = [entry(1, "d-1"), entry(2, "d-2")]
    assert skipped_events(entries, {"p:1:0:0:1"}, "the follower") == [
        "event: the follower never got p:1:0:0:2"
    ]
    assert skipped_events(entries, {"p:1:0:0:1", "p:1:0:0:2"}, "the follower") == []


@pytest.mark.parametrize(
    ("positions", "faults"), [((1, 2), 0), ((2, 1), 0), ((1, None), 1), ((1, 3), 1), ((1, 1), 1)]
)
def test_the_positions_of_the_feed_have_no_gap(
    positions: tuple[int | None, ...], faults: int
) -> None:
    """A follower who has read up to one of them would never see what comes before it."""
    entries = [
        replace(entry(seq, None), position=position) for seq, position in enumerate(positions, 1)
    ]
    assert len(feed_gaps(entries)) == faults
    # Where logs were sent again, an entry has a new position, and nobody has its old one.
    assert len(feed_gaps(entries, sent_again=True)) == (0 if positions == (1, 3) else faults)
