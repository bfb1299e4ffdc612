"""The roster's log: read out of its histories, and held against its own rules.

Each entry holds the message as people signed it. So a log is put through the rules again, and what they
would not take was never decided; nobody who lacks the keys can write one that holds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from audit.histories import ROSTER, Histories, KeyMissing, NoHistory, StoredHistory, is_roster
from audit.problems import Problem
from audit.reading.event_payloads import payloads
from workflows.contract import ROSTER_ID, WRITE_ROSTER
from workflows.model import InvalidMessage, record_from
from workflows.record import BEGINNING, LogEntry, find_chain_break
from workflows.refusal import Refused
from workflows.roster_batches import RosterBatch
from workflows.roster_log import RosterLog
from workflows.words import Words

_SCHEDULED = "activityTaskScheduledEventAttributes"


@dataclass
class RosterReading:
    """What histories tell of the roster."""

    runs: int = 0
    entries: dict[int, LogEntry] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    locked: Problem | None = None
    """The last of `problems` that is a run whose key is not here: what it holds may all be right."""

    @property
    def log(self) -> list[LogEntry]:
        """The entries in their order."""
        return [self.entries[seq] for seq in sorted(self.entries)]


async def read_roster(histories: Histories) -> RosterReading:
    """Read the log of the roster out of its histories: what it handed in to the register.

    What was decided in the last moments may not be there yet.
    """
    found = RosterReading()
    async for history in histories.runs(ROSTER):
        if not is_roster(history):
            continue
        found.runs += 1
        try:
            for number, entry in _handed_in(history):
                known = found.entries.setdefault(entry.seq, entry)
                if known.hash != entry.hash:
                    words = Words(
                        f"entry {entry.seq} is another in an earlier run",
                        f"第 {entry.seq} 条与此前运行所载不同",
                    )
                    found.problems.append(Problem(f"{history.run_id}, event {number}", words))
        except KeyMissing as error:
            found.locked = Problem(ROSTER_ID, error.words, unchecked=True)
            found.problems.append(found.locked)
        except (NoHistory, InvalidMessage, ValidationError, LookupError) as error:
            words = Words(f"cannot be read: {error}"[:300], f"无法读取：{error}"[:300])
            found.problems.append(Problem(history.run_id, words))
    return found


def roster_faults(log: Sequence[LogEntry]) -> Iterator[Words]:
    """Say where a log of the roster does not hold: in its chain, or by a decision that would be refused."""
    broken = find_chain_break(log, BEGINNING)
    if broken:
        yield broken
        return
    roster = RosterLog()
    for entry in log:
        try:
            roster.take(entry)
        except (Refused, InvalidMessage) as error:
            why = error.words
            yield Words(
                f"entry {entry.seq} was never decided: {why.en}",
                f"第 {entry.seq} 条并非有效决定：{why.zh}",
            )
            return
        if roster.seq != entry.seq or roster.last_hash != entry.hash:
            yield Words(
                f"entry {entry.seq} is not what its decision leads to",
                f"第 {entry.seq} 条与其决定的结果不符",
            )
            return


def differing_entries(one: Sequence[LogEntry], other: Sequence[LogEntry]) -> Iterator[int]:
    """Return the numbers of entries that two logs of the roster have otherwise, as far as both go."""
    for here, there in zip(one, other, strict=False):
        if here.hash != there.hash:
            yield here.seq


def _handed_in(history: StoredHistory) -> Iterator[tuple[int, LogEntry]]:
    for event in history.data["events"]:
        about = event.get(_SCHEDULED)
        if about and (about.get("activityType") or {}).get("name") == WRITE_ROSTER:
            (given,) = payloads(about.get("input"))
            for entry in record_from(RosterBatch, given).entries:
                yield int(event["eventId"]), entry
