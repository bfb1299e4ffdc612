"""Whether a record still contains what a receipt says was acknowledged."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from audit.reading.receipt_claims import Difference, differences
from starter.client.receipt_file import Acknowledged
from workflows.decision import digest_of_content
from workflows.decision_reading import decision_of
from workflows.log_id import LogId
from workflows.model import InvalidMessage, as_sent
from workflows.periods import beijing_time
from workflows.record import EntryKind, LogEntry, find_chain_break
from workflows.state_folding import set_aside_marks
from workflows.vocabulary import Kind
from workflows.words import Words

Logs = Mapping[LogId, Sequence[LogEntry]]


class Standing(StrEnum):
    """How a record stands to a receipt."""

    HELD = "held"
    """The entry is there, as it was acknowledged."""
    MOVED = "moved"
    """The same decision is there, with another hash."""
    NOT_WRITTEN = "not_written"
    """The engine has taken it, and the register does not have it yet."""
    CHANGED = "changed"
    """Something else is in its place."""
    OTHERWISE = "otherwise"
    """The entry is there, and the receipt says otherwise."""
    LOST = "lost"
    """The record ends before it."""
    UNSEALED = "unsealed"
    """Its content is there, and the receipt has no hash that binds the record to it."""
    BEHIND = "behind"
    """An archive ends before it, as archives of open cases do."""
    ATTESTED = "attested"
    """The engine's data was lost before its histories had it, and only the register has it."""
    ELSEWHERE = "elsewhere"
    """The dossier is another platform's."""


WRONG = frozenset((Standing.CHANGED, Standing.LOST, Standing.OTHERWISE))
UNCHECKED = frozenset((Standing.BEHIND, Standing.UNSEALED, Standing.ATTESTED, Standing.ELSEWHERE))


@dataclass(frozen=True)
class Verdict:
    """What a record says to a receipt."""

    standing: Standing
    words: Words

    def of_archive(self) -> "Verdict":
        """What it is worth where the record is an archive, which follows within hours."""
        if self.standing is not Standing.LOST:
            return self
        words = Words(
            f"{self.words.en}, and it may be behind: `pingtai audit archive --now`",
            f"{self.words.zh}；归档可能尚未更新：pingtai audit archive --now",
        )
        return Verdict(Standing.BEHIND, words)

    def of_attested(self) -> "Verdict":
        """What it is worth where the engine lost the log for good, since nothing there goes on with it."""
        if self.standing is not Standing.LOST:
            return self
        words = Words(
            f"{self.words.en}. Nothing there goes on with it, only the register attests it; the archive may"
            " have it (--from archive)",
            f"{self.words.zh}。该记录已不再继续，仅由名册证明；可从归档核对（--from archive）",
        )
        return Verdict(Standing.ATTESTED, words)


def standing_of(
    receipt: Acknowledged, logs: Logs, answers: Iterable[Mapping[str, Any]] = ()
) -> Verdict:
    """Look for what a receipt acknowledges in the logs of its platform.

    `answers` are the receipts that stand in its histories: what was decided while the register was away is
    in no log that a history hands over, and was acknowledged all the same.
    """
    year = receipt.year or 0
    places = sorted(place for place in logs if (place.term, place.year) == (receipt.term, year))
    # By its hash an entry is found wherever the receipt says that it is.
    for place in sorted(logs) if receipt.sealed else places:
        if held := _held(receipt, place, logs[place]):
            return held
    for place in places:
        for entry in logs[place]:
            if _same_decision(receipt, entry):
                return _moved(receipt, place, entry)
    answered = next((one for one in answers if _same_answer(receipt, one)), None)
    if answered and (others := _other_than_answered(receipt, answered)):
        return _otherwise(Words("the engine's answer", "流程引擎的答复"), others)
    if answered:
        words = Words(
            "accepted, and not written to the register yet: only the engine has it",
            "已受理，尚未写入名册：目前仅存于流程引擎",
        )
        return Verdict(Standing.NOT_WRITTEN, words)
    name = LogId(receipt.term, year, min(year, 1))
    if not places:
        words = Words(f"{name.words.en} is not there", f"没有{name.words.zh}")
        return Verdict(Standing.LOST, words)
    return _instead(receipt, places[-1], logs[places[-1]])


def _held(receipt: Acknowledged, place: LogId, log: Sequence[LogEntry]) -> Verdict | None:
    entry = (
        next((one for one in log if one.hash == receipt.entry_hash), None)
        if receipt.sealed
        else _at(log, receipt.seq)
    )
    if entry is None:
        return None
    if not receipt.sealed and (
        receipt.at not in (None, entry.at) or not _same_decision(receipt, entry)
    ):
        return None
    name = place.entry(entry.seq)
    others = list(differences(receipt, place, entry))
    if others:
        return _otherwise(Words(f"entry {name}", f"第 {name} 条"), others)
    en, zh = ("", "") if receipt.sealed else _WITHOUT_HASH
    if receipt.sealed and receipt.sent is None and entry.name == Kind.PLAN_REVISION:
        en, zh = _WITHOUT_PLAN
    before = log[0].previous
    broken = find_chain_break([one for one in log if one.seq <= entry.seq], before)
    if broken:
        return Verdict(
            Standing.CHANGED,
            Words(
                f"entry {name} is there, but the log does not hold: {broken.en}",
                f"第 {name} 条存在，但记录不成立：{broken.zh}",
            ),
        )
    by = set_aside_marks(log).get(entry.seq)
    if by:
        en = f"{en}; set aside since by entry {place.entry(by)}"
        zh = f"{zh}；其后由第 {place.entry(by)} 条撤销"
    standing = Standing.HELD if receipt.sealed else Standing.UNSEALED
    return Verdict(
        standing, Words(f"entry {name}, as acknowledged{en}", f"第 {name} 条，与回执相符{zh}")
    )


_WITHOUT_HASH = Words(
    ": compared by its content alone, the receipt has no hash", "（回执无哈希，仅比对内容）"
)
_WITHOUT_PLAN = Words(
    ": the plan itself is not in the receipt's file, and was not compared",
    "（回执文件中没有方案全文，未作比对）",
)


def _otherwise(name: Words, others: Sequence[Difference]) -> Verdict:
    en = "; ".join(one.words.en for one in others)
    zh = "；".join(one.words.zh for one in others)
    return Verdict(
        Standing.OTHERWISE,
        Words(
            f"{name.en} is there, and the receipt says otherwise: {en}",
            f"{name.zh}存在，但回执所载不同：{zh}",
        ),
    )


def _moved(receipt: Acknowledged, place: LogId, entry: LogEntry) -> Verdict:
    name = place.entry(entry.seq)
    # Another moment may give it another number; nothing else of it changes.
    free = ("at",) if entry.at == receipt.at else ("at", "seq")
    others = [one for one in differences(receipt, place, entry) if one.field not in free]
    if entry.at == receipt.at and receipt.sealed:
        others.append(Difference("entry_hash", receipt.entry_hash, entry.hash))
    if others:
        return _otherwise(Words(f"entry {name}", f"第 {name} 条"), others)
    return Verdict(
        Standing.MOVED if receipt.sealed else Standing.UNSEALED,
        Words(
            f"the decision is there with the same content, as entry {name} of"
            f" {beijing_time(entry.at)}, Beijing time, with another hash",
            f"该决定存在且内容相同，为第 {name} 条（北京时间 {beijing_time(entry.at)}），哈希不同",
        ),
    )


def _instead(receipt: Acknowledged, place: LogId, log: Sequence[LogEntry]) -> Verdict:
    name, entry = place.entry(receipt.seq), _at(log, receipt.seq)
    if entry is None:
        last = place.entry(log[-1].seq) if log else "0"
        return Verdict(
            Standing.LOST,
            Words(
                f"entry {name} is lost: the log ends with entry {last}",
                f"第 {name} 条已丢失：记录止于第 {last} 条",
            ),
        )
    return Verdict(
        Standing.CHANGED,
        Words(
            f"entry {name} is another one: {entry.name} {entry.outcome}"
            f" of {beijing_time(entry.at)}, Beijing time",
            f"第 {name} 条为其他内容：{entry.name} {entry.outcome}"
            f"（北京时间 {beijing_time(entry.at)}）",
        ),
    )


def _at(log: Sequence[LogEntry], seq: int) -> LogEntry | None:
    return next((entry for entry in log if entry.seq == seq), None)


def _same_decision(receipt: Acknowledged, entry: LogEntry) -> bool:
    """Whether an entry is of the decision, or of the application, that was acknowledged."""
    if receipt.decision_id is None:
        return bool(
            receipt.application_id and entry.said.get("application_id") == receipt.application_id
        )
    what = (receipt.decision_id, receipt.kind, receipt.outcome)
    if entry.kind is not EntryKind.DECISION or what != (
        entry.decision_id,
        entry.name,
        entry.outcome,
    ):
        return False
    actor = entry.actor
    sender = f"{actor.role}:{actor.id}" if actor else None
    if receipt.sender and receipt.sender != sender:
        return False
    # The log has a plan as its hash, and a receipt the hash with the plan in it.
    hashed = entry.name == Kind.PLAN_REVISION or receipt.said_sha256 is None
    return hashed or digest_of_content(entry.said) == receipt.said_sha256


def _other_than_answered(receipt: Acknowledged, answer: Mapping[str, Any]) -> list[Difference]:
    known = Acknowledged.model_validate_json(json.dumps(answer))
    names = ("platform_id", "at", "kind", "outcome", "stage", "sender")
    others = [Difference(name, getattr(receipt, name), getattr(known, name)) for name in names]
    found = [one for one in others if one.receipt not in (None, one.entry)]
    if receipt.sent is None:
        return found
    try:
        digest = digest_of_content(as_sent(decision_of(receipt.sent)))
    except InvalidMessage as error:
        return [*found, Difference("decision", error.words, "")]
    if known.said_sha256 not in (None, digest):
        found.append(Difference("decision", digest, known.said_sha256))
    return found


def _same_answer(receipt: Acknowledged, answer: Mapping[str, Any]) -> bool:
    names = ("term", "year", "seq", "decision_id", "said_sha256")
    return all(answer.get(name) == getattr(receipt, name) for name in names) and (
        not receipt.sealed or answer.get("entry_hash") == receipt.entry_hash
    )


def answers_of(messages: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    """Return the receipts with which the messages of a run were answered."""
    return (one.answer for one in messages if one.answer)
