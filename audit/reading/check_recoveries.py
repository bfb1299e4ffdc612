"""Whether the entries by which cases went on from their logs are what they say, and by whom: offline."""

from collections.abc import Iterator, Mapping, Sequence

from audit.problems import Check, Problem
from audit.reading.log_states import states_of
from workflows.log_id import LogId
from workflows.model import InvalidMessage, parse, record_from
from workflows.record import LogEntry
from workflows.recovery import Recovery, objection_to_signer
from workflows.roster_entries import RosterRoot
from workflows.vocabulary import Happening
from workflows.words import Words


def check_recoveries(place: LogId, logs: Mapping[LogId, Sequence[LogEntry]]) -> Iterator[Problem]:
    """Check each: it names the entry before it, and an officer signed it where the case knew a roster."""
    log = logs[place]
    after = states_of(log)
    for entry in log:
        if entry.name != Happening.RECOVERED or not after:
            continue
        said = dict(entry.said)
        under = said.pop("under", None)
        try:
            stated = parse(Recovery, said)
            root = record_from(RosterRoot, under) if under else None
        except InvalidMessage as error:
            yield _problem(place, entry, error.words)
            continue
        end = stated.assessment if place.year else stated
        before = log[: end.entries] if end else ()
        if not end or not before or before[-1].hash != end.log_hash:
            yield _problem(place, entry, _OTHER)
        elif why := objection_to_signer(stated, after[entry.seq - 2].roster, root, entry.at):
            yield _problem(place, entry, why)


def _problem(place: LogId, entry: LogEntry, why: Words) -> Problem:
    words = Words(f"entry {entry.seq}: {why.en}", f"第 {entry.seq} 条：{why.zh}")
    return Problem(place.file, words, Check.SIGNATURES)


_OTHER = Words(
    "the case went on from another entry than the recovery names",
    "接续所据条目与接续说明不符",
)
