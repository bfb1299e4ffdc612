"""The log of a case: decisions and happenings, each entry sealed with the hash of the one before."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from workflows.actors import Actor
from workflows.model import Instant, Record, sha256
from workflows.words import Words

BEGINNING = "0" * 64
"""What stands before the first entry of a platform's first term."""

KEPT_REFUSALS = 200
"""How many refused signals of a case its log keeps; those after them are only counted."""


class EntryKind(StrEnum):
    """What an entry is: a decision that was accepted, one that was refused, or a happening."""

    DECISION = "decision"
    REFUSED = "refused"
    HAPPENING = "happening"


class LogEntry(Record):
    """One entry of a log. `said` is the canonical content; a plan in it stands as its SHA-256.

    `stage` is the stage after the entry; `hash` seals everything else, with `previous`.
    """

    seq: int
    at: Instant
    kind: EntryKind
    name: str
    outcome: str
    stage: str
    actor: Actor | None = None
    decision_id: str | None = None
    said: dict[str, Any]
    reason: str | None = None
    """Why it was refused, in English and Chinese."""
    previous: str
    hash: str = ""

    def seal(self) -> str:
        """The SHA-256 of the entry's canonical JSON without `hash` and without what is unset.

        Nor does it cover `reason`: our wording may change, and a history replayed with the newer
        wording must give the same log. Which rule refused stands in `said`.
        """
        return sha256(self.model_dump(mode="json", exclude={"hash", "reason"}, exclude_none=True))


def append(log: Sequence[LogEntry], before: str, *, at: datetime, **parts: Any) -> LogEntry:
    """The next entry of a log, sealed. `before` is the hash that the log's first entry goes on from."""
    previous = log[-1].hash if log else before
    entry = LogEntry(seq=len(log) + 1, at=at, previous=previous, **parts)
    return entry.model_copy(update={"hash": entry.seal()})


def find_chain_break(log: Iterable[LogEntry], before: str) -> Words | None:
    """Return where a log is not whole: an entry was changed, moved or is missing. None when it holds."""
    previous = before
    for number, entry in enumerate(log, start=1):
        if entry.seq != number:
            return Words(
                f"entry {number} is missing: {entry.seq} is in its place",
                f"缺第 {number} 条：此处为第 {entry.seq} 条",
            )
        if entry.previous != previous:
            return Words(
                f"entry {number} does not follow the one before it", f"第 {number} 条不接续前一条"
            )
        if entry.seal() != entry.hash:
            return Words(
                f"entry {number} was changed after it was written", f"第 {number} 条写成后被改动"
            )
        previous = entry.hash
    return None
