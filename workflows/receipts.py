"""The receipts of a case: what each decision was answered with, found by its id and its sender."""

from collections.abc import Iterable, Iterator, Sequence

from workflows.circumstances import NEWEST, Edition
from workflows.decision import Decision
from workflows.record import LogEntry
from workflows.rules import CaseState, awaited
from workflows.states import Receipt
from workflows.words import Words


class Receipts:
    """The first answers of a case. A `decision_id` is its sender's own.

    Those of decisions that were taken before 0.4.0 name no sender: nobody can use such an id again.
    """

    def __init__(self, known: Iterable[Receipt], edition: Edition) -> None:
        self.edition = edition
        self._kept = {(receipt.decision_id, receipt.sender): receipt for receipt in known}

    def __iter__(self) -> Iterator[Receipt]:
        """All receipts, in the order of their decisions."""
        return iter(self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, receipt: Receipt) -> None:
        self._kept[receipt.decision_id, receipt.sender] = receipt

    def first(self, decision: Decision) -> Receipt | None:
        """Return the first answer to a decision; None when it was never taken."""
        if self.edition >= Edition.V0_4:
            return self.named(decision.decision_id, decision.sender)
        return self.named(decision.decision_id)

    def named(self, decision_id: str, sender: str | None = None) -> Receipt | None:
        """Return the answer to an id of a sender; without `sender` the first answer to the id."""
        if sender is None:
            return next((r for r in self if r.decision_id == decision_id), None)
        own = self._kept.get((decision_id, sender))
        return own or self._kept.get((decision_id, None))

    def sender_of_new(self, decision: Decision) -> str | None:
        """Return what a new receipt says of the sender: nothing in a run of an older edition."""
        return decision.sender if self.edition >= Edition.V0_4 else None

    def sealed(self, receipt: Receipt, log: Sequence[LogEntry]) -> Receipt:
        """Return a receipt as it is given out: with the hash of its entry, by which others hold us to it."""
        if self.edition < Edition.V0_5:
            return receipt
        return receipt.model_copy(update={"entry_hash": log[receipt.seq - 1].hash})


def used_before(first: Receipt) -> Words:
    """Say that an id was used before for another content, of which this is the receipt."""
    return Words(
        f"decision_id {first.decision_id} was used before, for {first.kind} {first.outcome} (entry"
        f" {first.seq}), with another content; a new decision needs a new decision_id",
        f"decision_id {first.decision_id} 已用于 {first.kind} {first.outcome}（第 {first.seq} 条），"
        "内容不同；新的决定须用新的 decision_id",
    )


def receipt_of(
    entry: LogEntry, state: CaseState, sender: str | None, digest: str, edition: Edition = NEWEST
) -> Receipt:
    """The receipt of a decision by its entry; `state` is the case's after it, `digest` of what it says."""
    return Receipt(
        decision_id=entry.decision_id or "",
        sender=sender,
        platform_id=state.facts.platform_id,
        term=state.facts.term,
        year=getattr(state, "year", None),
        seq=entry.seq,
        at=entry.at,
        kind=entry.name,
        outcome=entry.outcome,
        stage=entry.stage,
        awaited=awaited(state, edition),
        said_sha256=digest,
    )
