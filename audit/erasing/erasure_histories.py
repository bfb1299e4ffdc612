"""The logs of erasures, read out of their own histories: what they handed in to the register."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError

from audit.histories import ROSTER, Histories, NoHistory, StoredHistory, is_roster
from audit.problems import Problem
from audit.reading.event_payloads import payloads
from workflows.contract import WRITE_ERASURE
from workflows.erasure_decisions import ErasedTerm, ErasureBatch
from workflows.model import InvalidMessage, record_from
from workflows.record import BEGINNING, LogEntry, find_chain_break
from workflows.words import Words

_SCHEDULED = "activityTaskScheduledEventAttributes"


@dataclass
class ErasureReading:
    """What histories tell of erasures."""

    logs: dict[ErasedTerm, list[LogEntry]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


async def read_erasures(histories: Histories) -> ErasureReading:
    """Read the log of each erasure; one that does not hold is a problem, and is left out."""
    found: dict[ErasedTerm, dict[int, LogEntry]] = {}
    reading = ErasureReading()
    async for history in histories.runs(ROSTER):
        if is_roster(history):
            continue
        try:
            for batch in _handed_in(history):
                known = found.setdefault(batch.of, {})
                known.update((one.seq, one) for one in _entries(batch))
        except (NoHistory, InvalidMessage, ValidationError, LookupError) as error:
            words = Words(f"cannot be read: {error}"[:300], f"无法读取：{error}"[:300])
            reading.problems.append(Problem(f"{history.workflow_id} {history.run_id}", words))
    for of, entries in found.items():
        log = [entries[seq] for seq in sorted(entries)]
        if broken := find_chain_break(log, BEGINNING):
            where = f"erasure of {of.platform_id}, term {of.term}"
            reading.problems.append(Problem(where, broken))
        else:
            reading.logs[of] = log
    return reading


def _entries(batch: ErasureBatch) -> list[LogEntry]:
    return [record_from(LogEntry, one) for one in batch.entries]


def _handed_in(history: StoredHistory) -> Iterator[ErasureBatch]:
    for event in history.data["events"]:
        about = event.get(_SCHEDULED)
        if about and (about.get("activityType") or {}).get("name") == WRITE_ERASURE:
            (given,) = payloads(about.get("input"))
            yield record_from(ErasureBatch, given)
