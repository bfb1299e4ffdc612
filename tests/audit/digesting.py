"""Digests for the audit's tests, made of logs and without a register: as true, or as false, as one likes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from audit.anchoring.digests import Digest
from audit.anchoring.leaves import Head, LogLeaf, line_of
from audit.dossier.lives import Life
from workflows.log_id import LogId
from workflows.merkle import Root
from workflows.periods import end_of
from workflows.record import BEGINNING, LogEntry


def leaves_of(platform_id: str, life: Life, day: date) -> list[LogLeaf]:
    """How the logs of a life stood at the end of a day."""
    return list(_leaves(platform_id, life.all_logs, day))


def _leaves(
    platform_id: str, logs: Mapping[LogId, Sequence[LogEntry]], day: date
) -> Iterable[LogLeaf]:
    for place, log in sorted(logs.items()):
        stood = [entry for entry in log if entry.at < end_of(day)]
        if stood:
            last = stood[-1]
            yield LogLeaf(platform_id=platform_id, **place._asdict(), seq=last.seq, hash=last.hash)


def other(platform_id: str, hash_: str = "a" * 64) -> LogLeaf:
    """A log of another platform."""
    return LogLeaf(platform_id=platform_id, term=1, year=0, opening=0, seq=1, hash=hash_)


def digested(
    day: date,
    leaves: Iterable[LogLeaf | Head],
    late: timedelta = timedelta(minutes=30),
    previous: str = BEGINNING,
) -> tuple[Digest, bytes]:
    """The digest of a day over leaves in the order given, and its lines."""
    lines = [line_of(one) for one in (Head(day=day, previous=previous), *leaves)]
    root = Root()
    for line in lines:
        root.add(line)
    digest = Digest(
        day=day,
        root=root.hash().hex(),
        leaves=len(lines) - 1,
        previous=previous,
        made_at=end_of(day) + late,
    )
    return digest, b"".join(line + b"\n" for line in lines)
