"""How much of a case's record each may fill: what can be repeated at will has a share, and no more.

A record is carried from run to run and so is bounded (`MAX_RECORD_BYTES`). Without shares whoever may
repeat something would use up the room of those whose decision the case waits for.

What a platform decides in a term may be more (`MAX_TERM_BYTES`), since what the register has of it goes on by
reference (`older_entries.py`). Then the shares are several times as large, and the bound of what is carried is
one of what the register has not taken yet.
"""

from collections import Counter
from collections.abc import Iterable

from workflows.decision import Decision
from workflows.model import MAX_RECORD_BYTES, MAX_TERM_BYTES, canonical
from workflows.record import EntryKind, LogEntry
from workflows.states import content_of
from workflows.vocabulary import (
    FilingOutcome,
    InspectionOutcome,
    Kind,
    NextTermOutcome,
    OpinionOutcome,
    RecommendationOutcome,
    Role,
    SoleOutcome,
)
from workflows.words import Words

Share = tuple[str, str, Role]
"""Kind, outcome and role of a decision."""

SHARES: dict[Share, int] = {
    (Kind.SUPPORT, SoleOutcome.RECORDED, Role.DISTRICT): 120_000,
    (Kind.SUPPORT, SoleOutcome.RECORDED, Role.COMMISSION): 120_000,
    (Kind.NEXT_TERM, NextTermOutcome.FILED, Role.OPERATOR): 12_000,
    (Kind.NEXT_TERM, NextTermOutcome.TAKEN_BACK, Role.OPERATOR): 6_000,
    (Kind.RECOMMENDATION, RecommendationOutcome.RETURNED, Role.DISTRICT): 30_000,
    (Kind.INSPECTION, InspectionOutcome.RETURNED, Role.COMMISSION): 30_000,
    (Kind.EXPERT_OPINION, OpinionOutcome.RETURNED, Role.COMMISSION): 30_000,
    (Kind.EXPERT_OPINION, OpinionOutcome.NO_CONCLUSION, Role.COMMISSION): 20_000,
    (Kind.PLAN_REVISION, FilingOutcome.FILED, Role.OPERATOR): 50_000,
    (Kind.FACTS_CHANGE, SoleOutcome.CHANGED, Role.COMMISSION): 30_000,
    (Kind.SUSPENSION, SoleOutcome.SUSPENDED, Role.COMMISSION): 15_000,
}
"""What leads back or nowhere, and so can be repeated at will: bytes over the whole case, with the
receipts. The first of each does not count. What is left of the record, over a third, is for what leads on.
A test holds this complete against the lifecycle table."""

ROOM_TO_CORRECT = 200_000
"""What setting aside has beside the record (bytes): what filled it may be what is to be corrected."""
UNBOUNDED = frozenset({Kind.WITHDRAWAL, Kind.TERMINATION, Kind.RESUMPTION})
"""Always fits: who wants to leave may, and nothing stays suspended for want of room. It repeats only after
a setting aside or a suspension, which are bounded."""
TIMES = MAX_TERM_BYTES // MAX_RECORD_BYTES
"""How many times as large a share is in a record that goes on by reference."""
TIMES_IN_STATE = 3
"""The same of what leaves its trace in the state, as spans in which a clock stood: that is always carried."""
ENTRIES_ONLY = frozenset({Kind.SUPPORT, Kind.PLAN_REVISION, Kind.NEXT_TERM})
"""Kinds of decisions that leave no such trace, however often they are made."""
RECEIPT_BYTES = 500
"""What a receipt takes at the most, but for very long ids (bytes)."""


class RecordRoom:
    """The room that the entries of one case have taken."""

    def __init__(self, log: Iterable[LogEntry]) -> None:
        self.taken = 0
        """Bytes of all entries."""
        self._repeats: Counter[Share] = Counter()
        self._said: set[Share] = set()
        self._correcting = 0
        self._upto = [0]
        """How much of `taken` the first entries are, by their number."""
        self._shares: list[Share | None] = []
        """To which share each entry counts, where it does."""
        for entry in log:
            self.count(entry)

    def count(self, entry: LogEntry) -> None:
        """Count an entry; refusals are bounded by their number and their length."""
        self._shares.append(self._count(entry))
        self._upto.append(self.taken)

    def _count(self, entry: LogEntry) -> Share | None:
        if entry.kind is EntryKind.REFUSED:
            return None
        # As long as its canonical JSON, and written in one go: only the order of the fields is another.
        size = len(entry.model_dump_json().encode())
        self.taken += size
        if entry.kind is not EntryKind.DECISION or entry.actor is None:
            return None
        share = (entry.name, entry.outcome, entry.actor.role)
        repeated = share in self._said
        if repeated:
            self._repeats[share] += size + RECEIPT_BYTES
        self._said.add(share)
        if entry.name == Kind.SET_ASIDE:
            self._correcting += size + RECEIPT_BYTES
        return share if repeated else None

    def shortage(
        self,
        decision: Decision,
        receipts: int,
        plans: int,
        *,
        shares: bool,
        recorded: int | None = None,
    ) -> Words | None:
        """Why a decision does not fit; `plans` are bytes that wait for the register, `shares` as of 0.4.0.

        `recorded` entries are in the register, and go on by reference; None: all are carried whole.
        """
        if decision.kind in UNBOUNDED:
            return None
        size = len(canonical(decision.sent))
        correcting = decision.kind == Kind.SET_ASIDE
        more = ROOM_TO_CORRECT if correcting else 0
        limit = (MAX_RECORD_BYTES if recorded is None else MAX_TERM_BYTES) + more
        whole = self.taken + RECEIPT_BYTES * (receipts + 1) + plans + size
        if recorded is not None:
            waiting = self.taken - self._upto[recorded] + plans + size
            waiting += RECEIPT_BYTES * (len(self._upto) - recorded)
            if waiting > MAX_RECORD_BYTES + more:
                return _register_is_behind(waiting, MAX_RECORD_BYTES + more)
            if behind := self._share_is_behind(decision, recorded):
                return behind
        if shares:
            shortage = self._shortage_of_share(decision, by_reference=recorded is not None)
            if shortage:
                return shortage
            whole -= 0 if correcting else self._correcting
        if whole <= limit:
            return None
        return Words(
            f"the record of this case would grow to {whole:,} bytes: at most"
            f" {limit:,} can be kept; shorten it, or apply again",
            f"本案记录将达 {whole:,} 字节，最多 {limit:,}；请精简内容，或重新申请",
        )

    def _share_is_behind(self, decision: Decision, recorded: int) -> Words | None:
        """While the register is away what is repeated leaves room for what is awaited, too."""
        share = (decision.kind, decision.result, decision.actor.role)
        if share not in SHARES or share not in self._said:
            return None
        waiting = [n for n, one in enumerate(self._shares[recorded:], recorded) if one == share]
        used = sum(self._upto[n + 1] - self._upto[n] + RECEIPT_BYTES for n in waiting)
        used += len(canonical(content_of(decision))) + RECEIPT_BYTES
        return _register_is_behind(used, SHARES[share]) if used > SHARES[share] else None

    def _shortage_of_share(self, decision: Decision, *, by_reference: bool) -> Words | None:
        kind, role = Kind(decision.kind), decision.actor.role
        share = (decision.kind, decision.result, role)
        if kind is Kind.SET_ASIDE:
            limit, used = ROOM_TO_CORRECT, self._correcting
        elif share in SHARES and share in self._said:
            times = TIMES if kind in ENTRIES_ONLY else TIMES_IN_STATE
            limit, used = SHARES[share] * (times if by_reference else 1), self._repeats[share]
        else:
            return None
        used += (
            len(canonical(content_of(decision))) + RECEIPT_BYTES
        )  # the log has a plan's hash only
        if used <= limit:
            return None
        return Words(
            f"{kind} ({decision.result}) by the {role}, repeated, would take {used:,} bytes of this"
            f" case's record: at most {limit:,} are kept for it; shorten it",
            f"{role.zh}多次作出的“{kind.zh}”（{decision.result}）累计将达 {used:,} 字节，"
            f"本案为其保留的上限为 {limit:,}；请精简内容",
        )


def _register_is_behind(waiting: int, limit: int) -> Words:
    return Words(
        f"the register has still to take {waiting:,} bytes of such decisions of this case: at most {limit:,}"
        " may wait for it; try again once it has",
        f"名册尚有本案此类决定 {waiting:,} 字节待写入，上限为 {limit:,}；请待写入后再试",
    )
