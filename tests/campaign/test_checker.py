"""The checker finds what a campaign must not leave behind, and nothing else."""

from collections.abc import Iterable

import pytest

from bench.campaign.checker import Entry, violations
from bench.campaign.ledger import Acknowledgement, Channel
from workflows.record import KEPT_REFUSALS, EntryKind

DECIDED, REFUSED = EntryKind.DECISION, EntryKind.REFUSED


def entry(seq: int, decision_id: str | None, kind: str = DECIDED, *, year: int = 0) -> Entry:
    """An entry of the platform's first term."""
    return Entry("p", 1, year, int(year > 0), seq, kind, decision_id)


def receipt(decision_id: str, seq: int, year: int | None = None) -> Acknowledgement:
    """A receipt of an update."""
    return Acknowledgement("p", decision_id, Channel.UPDATE, year, seq)


def signal(decision_id: str) -> Acknowledgement:
    """Temporal's word that it has a signal."""
    return Acknowledgement("p", decision_id, Channel.SIGNAL)


def first_words(acknowledged: Iterable[Acknowledgement], entries: Iterable[Entry]) -> list[str]:
    """What kinds of violations are found."""
    return [line.partition(":")[0] for line in violations(acknowledged, entries)]


def test_what_is_kept_once_is_no_violation() -> None:
    """Receipts with their entries, signals that were taken or refused, answers that came twice."""
    acknowledged = [receipt("d-1", 2), receipt("d-1", 2), receipt("d-2", 1, 1), signal("d-3")]
    acknowledged += [signal("d-4"), signal("d-3")]
    entries = [entry(1, None, EntryKind.HAPPENING), entry(2, "d-1"), entry(1, "d-2", year=1)]
    entries += [entry(3, "d-3"), entry(4, "d-4", REFUSED), entry(5, "d-4", REFUSED)]
    assert first_words(acknowledged, entries) == []


@pytest.mark.parametrize(
    ("acknowledged", "entries", "found"),
    [
        ([signal("d-1")], [], ["lost"]),
        ([signal("d-1")], [Entry("q", 1, 0, 0, 1, DECIDED, "d-1")], ["lost"]),
        ([receipt("d-1", 1)], [], ["lost"]),
        ([receipt("d-1", 1)], [entry(1, "d-1", REFUSED)], ["lost"]),
        ([receipt("d-1", 1)], [entry(2, "d-1")], ["moved"]),
        ([receipt("d-1", 1, 1)], [entry(1, "d-1")], ["moved"]),
        ([receipt("d-1", 1)], [entry(1, "d-1"), entry(2, "d-1")], ["doubled"]),
        ([], [entry(1, "d-1"), entry(1, "d-1", year=1)], ["doubled"]),
    ],
    ids=[
        "a signal left no entry",
        "only another platform has the id",
        "a receipt without an entry",
        "a receipt for what was refused",
        "a receipt for another entry",
        "a receipt for another log",
        "taken twice in one log",
        "taken in two logs",
    ],
)
def test_what_is_not_kept_is_found(
    acknowledged: list[Acknowledgement], entries: list[Entry], found: list[str]
) -> None:
    """Each way in which an acknowledgement can be broken has a word of its own."""
    assert first_words(acknowledged, entries) == found


def test_a_case_that_only_counts_refusals_owes_no_entry() -> None:
    """After the last refusal that is kept, a signal that leaves no entry may have been refused."""
    full = [entry(seq, f"r-{seq}", REFUSED) for seq in range(1, KEPT_REFUSALS + 1)]
    assert first_words([signal("d-1")], full) == []
    assert first_words([signal("d-1")], full[1:]) == ["lost"]
