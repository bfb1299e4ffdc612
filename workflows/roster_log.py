"""The roster as a pure object: its state, its log, and the one way in by which every decision is taken.

Auditors put a log through it again: what it would not take now was never decided.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from workflows.awaited import Awaited
from workflows.model import Instant, Record, Sha256, as_sent, parse, sha256
from workflows.record import BEGINNING, EntryKind, LogEntry
from workflows.recovery import RosterRecovery
from workflows.refusal import Refusal, Refused
from workflows.roster_decisions import RosterDecision, roster_decision_of
from workflows.roster_judge import Position, objections, outcome_of
from workflows.roster_lifecycle import ROSTER_LIFECYCLE
from workflows.roster_state import RosterState, moved, roster_arrow
from workflows.roster_words import RULE, RosterStage
from workflows.signed_roots import SignedRoot
from workflows.vocabulary import Happening, HappeningOutcome
from workflows.words import Words

KEPT_RECEIPTS = 500
"""A decision that is older than that is refused when it is repeated: it was signed for an earlier entry."""
_MOST_REASONS = 5


class RosterReceipt(Record):
    """The answer to an accepted decision on the roster."""

    decision_id: str
    sender: str
    seq: int
    at: Instant
    kind: str
    outcome: str
    stage: str
    version: int
    """Of the roster in force after it."""
    awaited: tuple[Awaited, ...] = ()
    said_sha256: Sha256
    entry_hash: Sha256 | None = None
    """The hash of its entry in the log: it seals this entry and all before it."""
    repeated: bool = False
    """True when this decision id had been answered before: the first answer, and nothing changed."""


class WaitingDigest(Record):
    """A change that waits: its entry in the log, and what binds it."""

    seq: int
    digest: Sha256
    people: int


class RosterView(Record):
    """Where the roster stands: the answer to the query `state`, and what the next version is made of."""

    stage: RosterStage
    since: Instant | None = None
    root: SignedRoot | None = None
    digest: Sha256 | None = None
    """Of the version in force, as dossiers and `audit roster` name it."""
    proposed: SignedRoot | None = None
    waiting: tuple[WaitingDigest, ...] = ()
    people: int
    awaited: tuple[Awaited, ...] = ()
    log_seq: int
    log_hash: Sha256
    content_hash: Sha256 = BEGINNING
    """Over all that was decided, without its moments: what the next version names (`log_hash` of a root)."""
    recorded: int
    """Entries of the log that the register has."""


class RosterLog:
    """The roster. `log` holds the entries from `first` on; those before are in the register."""

    def __init__(
        self,
        state: RosterState | None = None,
        seq: int = 0,
        last_hash: str = BEGINNING,
        receipts: Iterable[RosterReceipt] = (),
        content_hash: str = BEGINNING,
    ) -> None:
        """Begin, or go on after the entry `seq`, whose hash is `last_hash`."""
        self.state = state or RosterState()
        self.seq = seq
        self.last_hash = last_hash
        self.content_hash = content_hash
        self.log: list[LogEntry] = []
        self._receipts = {(one.decision_id, one.sender): one for one in receipts}

    @property
    def receipts(self) -> tuple[RosterReceipt, ...]:
        """The last receipts, in the order of their decisions."""
        return tuple(self._receipts.values())[-KEPT_RECEIPTS:]

    def named(self, decision_id: str, sender: str | None = None) -> RosterReceipt | None:
        """Return the receipt of a sender's decision; without a sender the first of that id."""
        if sender is not None:
            return self._receipts.get((decision_id, sender))
        return next((r for r in self._receipts.values() if r.decision_id == decision_id), None)

    def validate(self, raw: Any, at: datetime) -> RosterDecision:
        """Say whether a decision would be taken, and change nothing.

        Raises:
            InvalidMessage: it does not fit its model.
            Refused: the rules refuse it.
        """
        decision = roster_decision_of(raw)
        first = self.named(decision.decision_id, decision.sender)
        if first is None:
            where = Position(self.seq + 1, self.content_hash, at)
            why = list(objections(self.state, decision, where))
            if not why and self._arrow(decision) is None:
                why = [
                    Words(
                        f"not possible in stage {self.state.stage}",
                        f"现阶段（{self.state.stage.zh}）不能办理",
                    )
                ]
            if why:
                raise self._refused(why[:_MOST_REASONS])
        elif first.said_sha256 != decision.digest:
            raise self._refused(
                [
                    Words(
                        f"decision_id {decision.decision_id} was used before (entry {first.seq}), with another"
                        " content; a new decision needs a new decision_id",
                        f"decision_id {decision.decision_id} 已使用（第 {first.seq} 条），"
                        "内容不同；新的决定须用新编号",
                    )
                ]
            )
        return decision

    def decide(self, raw: Any, at: datetime) -> RosterReceipt:
        """Take a decision; the same decision again gives the first receipt, and changes nothing.

        Raises:
            InvalidMessage, Refused: as `validate` does.
        """
        decision = self.validate(raw, at)
        first = self.named(decision.decision_id, decision.sender)
        if first:
            return first.model_copy(update={"repeated": True})
        arrow = self._arrow(decision)
        assert arrow, "validated"  # noqa: S101
        entry = LogEntry(
            seq=self.seq + 1,
            at=at,
            kind=EntryKind.DECISION,
            name=decision.kind,
            outcome=arrow.outcome,
            stage=arrow.to or self.state.stage,
            actor=decision.actor,
            decision_id=decision.decision_id,
            said=as_sent(decision),
            previous=self.last_hash,
        )
        entry = entry.model_copy(update={"hash": entry.seal()})
        self.state = moved(self.state, entry)
        self.seq, self.last_hash = entry.seq, entry.hash
        self.content_hash = sha256([self.content_hash, entry.said])
        self.log.append(entry)
        receipt = RosterReceipt(
            decision_id=decision.decision_id,
            sender=decision.sender,
            seq=entry.seq,
            at=at,
            kind=entry.name,
            outcome=entry.outcome,
            stage=entry.stage,
            version=self.state.in_force.version if self.state.in_force else 0,
            awaited=self.awaited,
            said_sha256=decision.digest,
            entry_hash=entry.hash,
        )
        self._receipts[receipt.decision_id, receipt.sender] = receipt
        return receipt

    def note_recovery(self, recovery: RosterRecovery, at: datetime) -> LogEntry:
        """Note that the roster goes on from its log; nothing else changes."""
        entry = LogEntry(
            seq=self.seq + 1,
            at=at,
            kind=EntryKind.HAPPENING,
            name=Happening.RECOVERED,
            outcome=HappeningOutcome.GOES_ON,
            stage=self.state.stage,
            said=as_sent(recovery),
            previous=self.last_hash,
        )
        entry = entry.model_copy(update={"hash": entry.seal()})
        self.seq, self.last_hash = entry.seq, entry.hash
        self.log.append(entry)
        return entry

    def take(self, entry: LogEntry) -> None:
        """Go on by an entry that a log has, if the rules take it now.

        Raises:
            InvalidMessage, Refused: they do not.
        """
        if entry.kind is EntryKind.DECISION:
            self.decide(entry.said, entry.at)
            return
        said = parse(RosterRecovery, entry.said)
        if why := recovery_fault(self, said, entry.at):
            raise self._refused([why])
        self.note_recovery(said, entry.at)

    @property
    def awaited(self) -> tuple[Awaited, ...]:
        """What the roster waits for."""
        return ROSTER_LIFECYCLE.awaited(self.state.stage, overdue=False, suspended=False)

    def view(self, recorded: int = 0) -> RosterView:
        """Return where the roster stands; `recorded` entries of its log are in the register."""
        waiting = tuple(
            WaitingDigest(seq=one.seq, digest=one.digest, people=len(one.items))
            for one in self.state.waiting
        )
        return RosterView(
            stage=self.state.stage,
            since=self.state.since,
            root=self.state.root,
            digest=self.state.in_force.digest() if self.state.in_force else None,
            proposed=self.state.proposed,
            waiting=waiting,
            people=len(self.state.leaves),
            awaited=self.awaited,
            log_seq=self.seq,
            log_hash=self.last_hash,
            content_hash=self.content_hash,
            recorded=recorded,
        )

    def _arrow(self, decision: RosterDecision) -> Any:
        outcome = outcome_of(self.state, decision)
        return roster_arrow(self.state.stage, decision.kind, decision.actor.role, outcome)

    def _refused(self, why: list[Words]) -> Refused:
        en, zh = "; ".join(one.en for one in why), "；".join(one.zh for one in why)
        refusal = Refusal(rule=RULE, en=en, zh=zh, stage=self.state.stage, awaited=self.awaited)
        return Refused(refusal)


def recovery_fault(roster: RosterLog, recovery: RosterRecovery, at: datetime) -> Words | None:
    """Return why the roster does not go on from its log by a statement; None where it does."""
    if (recovery.entries, recovery.log_hash) != (roster.seq, roster.last_hash):
        return _OTHER_END
    return recovery.signer_fault(roster.state.in_force, at) if roster.state.in_force else _UNSET


_OTHER_END = Words(
    "the recovery names another last entry than the register's log of the roster has",
    "接续说明所列末条与名册中人员目录的记录不符",
)
_UNSET = Words("no version of the roster is in force", "没有生效的人员目录")
