"""What is ahead of what: the logs as Temporal has them, beside those of the register."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from db.open_cases import HeldLog, OpenCase
from worker.doctor.log_tails import Tail
from workflows.log_id import LogId

Held = Mapping[tuple[str, LogId], HeldLog]
Hashes = Mapping[tuple[str, LogId, int], str]


class Side(StrEnum):
    """Which part has more, or that both have something else."""

    TEMPORAL = "temporal"
    REGISTER = "register"
    DIFFERENT = "different"


class Ahead(NamedTuple):
    """Entries of a log that one part has and the other has not; of `DIFFERENT` the one that differs."""

    side: Side
    platform_id: str
    log: LogId
    first: int
    last: int
    entries: int
    since: datetime | None = None
    """When the first of them was written, where that is known."""

    @property
    def name(self) -> str:
        """Such as `bj-riscv-soc 1.6 to 1.8`."""
        first, last = self.log.entry(self.first), self.log.entry(self.last)
        return (
            f"{self.platform_id} {first}" if first == last else f"{self.platform_id} {first}–{last}"
        )


def compare(
    tails: Mapping[str, Tail | None], open_cases: Sequence[OpenCase], held: Held, hashes: Hashes
) -> list[Ahead]:
    """Compare the ends of logs; `hashes` are those that the register has of the entries in the tails."""
    known = [tail for tail in tails.values() if tail]
    found = [one for tail in known if (one := _of_tail(tail, held, hashes))]
    return found + list(_of_register(tails, open_cases, held))


def _of_tail(tail: Tail, held: Held, hashes: Hashes) -> Ahead | None:
    platform, log, last = tail.platform_id, tail.log, tail.last.seq
    has = held.get((platform, log), HeldLog(0, 0))
    for entry in tail.entries:
        other = hashes.get((platform, log, entry.seq))
        if other and entry.hash and other != entry.hash:
            return Ahead(Side.DIFFERENT, platform, log, entry.seq, entry.seq, 1, entry.at)
    if has.last > last:
        return Ahead(Side.REGISTER, platform, log, last + 1, has.last, has.last - last)
    missing = last - has.entries
    if missing <= 0:
        return None
    # A register that was restored, and has been written to since, lacks entries before its last one.
    first = has.last + 1 if has.entries == has.last else 1
    since = next((one.at for one in tail.entries if one.seq > has.last), tail.last.at)
    return Ahead(Side.TEMPORAL, platform, log, first, last, missing, since)


def _of_register(
    tails: Mapping[str, Tail | None], open_cases: Sequence[OpenCase], held: Held
) -> Iterator[Ahead]:
    """Logs that the register holds open, and of which Temporal has nothing."""
    for case in open_cases:
        if case.workflow_id not in tails:
            continue  # not looked at
        tail = tails[case.workflow_id]
        if tail and (tail.log.term, tail.log.year) >= (case.term, case.year):
            continue  # compared, or Temporal is in a later term already
        of_case = [
            (log, has)
            for (platform, log), has in held.items()
            if platform == case.platform_id and (log.term, log.year) == (case.term, case.year)
        ]
        if of_case:
            log, has = max(of_case)
            yield Ahead(Side.REGISTER, case.platform_id, log, 1, has.last, has.last)
