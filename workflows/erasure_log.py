"""An erasure as a pure object: its log, and the one way in by which its decisions are taken."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from workflows.erasure_decisions import (
    ERASURE_NAMESPACE,
    RULE,
    Erased,
    ErasureDecision,
    ErasureOutcome,
    ErasureRequest,
    ErasureStage,
    erasure_decision_of,
)
from workflows.model import Day, Instant, Record, Sha256, as_sent
from workflows.periods import beijing_date
from workflows.record import BEGINNING, EntryKind, LogEntry, append
from workflows.refusal import Refusal, Refused
from workflows.roster_entries import RosterRoot
from workflows.roster_judge import speaks_for
from workflows.signed_roots import signers_of
from workflows.vocabulary import Role
from workflows.words import Words


class TermStanding(Record):
    """How the term stands that is to be erased, as an activity found it."""

    log_hash: Sha256 | None = None
    """The last hash of the term's own log; None: there is no such term."""
    ended_at: Instant | None = None
    retained_until: Day | None = None
    """The last day on which it must be kept."""
    keys: int | None = None
    """How many keys the term has; None: nothing is encrypted here."""
    in_the_clear: int = 0
    """Archived histories of it that are not encrypted, as a whole or in part."""
    broken: str | None = None
    """A log of the term that is not whole: what proves it must not be destroyed."""
    erased: bool = False
    roster: RosterRoot | None = None
    """The version in force; None: no roster is set up, and nobody signs."""
    log: tuple[LogEntry, ...] = ()
    """The log of its erasure, as the register has it."""


class ErasureReceipt(Record):
    """The answer to an accepted decision on an erasure."""

    decision_id: str
    seq: int
    at: Instant
    kind: str
    outcome: str
    stage: str
    said_sha256: Sha256
    repeated: bool = False


class ErasureView(Record):
    """Where an erasure stands: the answer to the query `state`."""

    stage: ErasureStage
    request: Sha256 | None = None
    """The `digest` of the request that waits, which a confirmation names."""
    reason: str | None = None
    requested_by: str | None = None
    log_seq: int
    recorded: int
    """Entries of the log that the register has."""


class ErasureLog:
    """The log of one term's erasure."""

    def __init__(self) -> None:
        """Nothing was asked for yet."""
        self.stage = ErasureStage.OPEN
        self.log: list[LogEntry] = []
        self.request: ErasureRequest | None = None
        self._receipts: dict[tuple[str, str], ErasureReceipt] = {}

    def decide(self, raw: Any, standing: TermStanding, at: datetime) -> ErasureReceipt:
        """Take a decision; the same decision again gives the first receipt, and changes nothing.

        Raises:
            InvalidMessage, Refused: it is not taken.
        """
        said = erasure_decision_of(raw)
        key = said.decision_id, said.sender
        if (first := self._receipts.get(key)) and first.said_sha256 == said.digest:
            return first.model_copy(update={"repeated": True})
        if why := next(self._objections(said, standing, at, known=first is not None), None):
            raise Refused(Refusal(rule=RULE, en=why.en, zh=why.zh, stage=self.stage))
        if isinstance(said, ErasureRequest):
            outcome, self.stage, self.request = (
                ErasureOutcome.REQUESTED,
                ErasureStage.REQUESTED,
                said,
            )
        elif said.outcome is ErasureOutcome.CONFIRMED:
            outcome, self.stage = ErasureOutcome.CONFIRMED, ErasureStage.CONFIRMED
        else:
            outcome, self.stage, self.request = ErasureOutcome.REJECTED, ErasureStage.OPEN, None
        entry = self._append(
            at,
            kind=EntryKind.DECISION,
            name=said.kind,
            outcome=outcome,
            actor=said.actor,
            decision_id=said.decision_id,
            said=as_sent(said),
        )
        receipt = ErasureReceipt(
            decision_id=said.decision_id,
            seq=entry.seq,
            at=at,
            kind=said.kind,
            outcome=outcome,
            stage=self.stage,
            said_sha256=said.digest,
        )
        self._receipts[key] = receipt
        return receipt

    @classmethod
    def gone_on(cls, standing: TermStanding) -> "ErasureLog":
        """Return the log that the register has, decided again: a workflow before was ended from outside.

        Raises:
            InvalidMessage, Refused: what it says would not be taken; nobody goes on from that.
        """
        again = cls()
        for entry in standing.log:
            if entry.kind is EntryKind.DECISION:
                again.decide(entry.said, standing, entry.at)
        if [one.hash for one in again.log] != [one.hash for one in standing.log]:
            en = "the register has another log of it, which does not hold: see who wrote it"
            zh = "名册中有另一份删除记录，且不成立：请查明来源"
            raise Refused(Refusal(rule=RULE, en=en, zh=zh, stage=again.stage))
        return again

    def record_erased(self, done: Erased, at: datetime) -> None:
        """Enter what was done."""
        self.stage = ErasureStage.ERASED
        said = done.model_dump(mode="json")
        name = ErasureOutcome.ERASED
        self._append(at, kind=EntryKind.HAPPENING, name=name, outcome=name, said=said)

    def view(self, recorded: int) -> ErasureView:
        """Return where it stands."""
        asked = self.request
        return ErasureView(
            stage=self.stage,
            request=asked.digest if asked else None,
            reason=asked.reason if asked else None,
            requested_by=asked.actor.id if asked else None,
            log_seq=len(self.log),
            recorded=recorded,
        )

    def _append(self, at: datetime, **parts: Any) -> LogEntry:
        entry = append(self.log, BEGINNING, at=at, stage=self.stage, **parts)
        self.log.append(entry)
        return entry

    def _objections(
        self, said: ErasureDecision, standing: TermStanding, at: datetime, *, known: bool
    ) -> Iterator[Words]:
        if known:
            yield Words(
                f"decision_id {said.decision_id} was used before, with another content",
                f"decision_id {said.decision_id} 已使用，且内容不同",
            )
        yield from objections_to_term(standing, at)
        if said.of.log_hash != standing.log_hash:
            yield Words(
                "the term's log is not the one that was looked at: look at it again",
                "该期记录与所查看的不同：请重新查看",
            )
        if said.actor.role is not Role.COMMISSION:
            yield Words("officers of the commission erase", "删除须由市级人员办理")
        if said.actor.acting_for is not None:
            yield Words("nobody erases in another's place", "删除不得由他人代办")
        if isinstance(said, ErasureRequest):
            if self.stage is not ErasureStage.OPEN:
                yield Words("it was asked for already", "已申请删除")
        elif self.request is None or self.stage is not ErasureStage.REQUESTED:
            yield Words("nothing waits to be confirmed", "没有待确认的删除申请")
        elif said.request != self.request.digest:
            yield Words(
                "what is confirmed is not what was asked for: look at it again",
                "所确认的与所申请的不同：请重新查看",
            )
        elif same_person(said, self.request) and said.outcome is ErasureOutcome.CONFIRMED:
            yield Words(
                "who asked for it cannot confirm it: a second officer does",
                "申请人不得自行确认，须由第二人确认",
            )
        yield from objections_to_signature(said, standing.roster, at)


def same_person(one: ErasureDecision, other: ErasureDecision) -> bool:
    """Whether two decisions are one person's: by their id, or by the key that signed both."""
    ids = {said.actor.id.casefold() for said in (one, other)}
    people = [
        {s.proof.entry.id.casefold() for s in said.signatures if s.proof} for said in (one, other)
    ]
    return len(ids) == 1 or bool(people[0] & people[1])


def objections_to_term(standing: TermStanding, at: datetime) -> Iterator[Words]:
    """Say why a term cannot be erased, whoever asks for it."""
    if standing.log_hash is None:
        yield Words("there is no such term", "没有该期次")
        return
    if standing.erased:
        yield Words("it is erased already", "该期次已删除")
    elif standing.ended_at is None or standing.retained_until is None:
        yield Words("the term is open: its case would stop", "该期次尚在办理，删除将使流程停止")
    elif beijing_date(at) <= standing.retained_until:
        yield Words(
            f"it must be kept up to {standing.retained_until} (PINGTAI_RETENTION_YEARS)",
            f"保管期限至 {standing.retained_until}（PINGTAI_RETENTION_YEARS）",
        )
    if standing.keys is None:
        yield Words(
            "nothing is encrypted here (PINGTAI_PAYLOAD_KEYS): what Temporal and the archive keep would stay",
            "未启用加密（PINGTAI_PAYLOAD_KEYS）：Temporal 与归档中的内容不会消失",
        )
    elif standing.keys == 0 and not standing.erased:
        yield Words(
            "the term has no key here: it was never encrypted, or this is not the directory of its keys"
            " (PINGTAI_TERM_KEYS)",
            "此处没有该期次的密钥：未曾加密，或目录不符（PINGTAI_TERM_KEYS）",
        )
    if standing.in_the_clear:
        yield Words(
            f"{standing.in_the_clear} of its archived histories are not encrypted, or not whole: remove"
            " them from the archive first",
            f"归档中有 {standing.in_the_clear} 份历史未（全部）加密：请先从归档中移除",
        )
    if standing.broken:
        yield Words(
            f"its log is not whole ({standing.broken}): first find out why (pingtai audit reconcile)",
            f"其记录不完整（{standing.broken}）：请先查明原因（pingtai audit reconcile）",
        )


def objections_to_signature(
    said: ErasureDecision, roster: RosterRoot | None, at: datetime
) -> Iterator[Words]:
    """Say why a decision is not signed as it must be: by its actor, where there is a roster."""
    if roster is None:
        if said.signatures:
            yield Words(
                "no roster is set up: nobody's key is known", "未设立人员目录，无从核对密钥"
            )
        return
    if not said.signatures:
        yield Words("a roster is set up: it must be signed", "已设立人员目录，须签名")
        return
    signers = list(
        signers_of(said.form(), said.signatures, roster, at, namespace=ERASURE_NAMESPACE)
    )
    for one in signers:
        if one.fault or one.entry is None:
            yield one.fault or Words("a signature is nobody's", "签名人不明")
        elif not speaks_for(one.entry, said.actor):
            yield Words(
                f"it is signed by {one.entry.id}, not by {said.actor.id} as the roster has them",
                f"签名人为 {one.entry.id}，与经办人 {said.actor.id} 在人员目录中的记载不符",
            )


def decided(log: Sequence[LogEntry]) -> list[ErasureDecision]:
    """Return the decisions of an erasure's log, as they were sent."""
    return [erasure_decision_of(one.said) for one in log if one.kind is EntryKind.DECISION]
