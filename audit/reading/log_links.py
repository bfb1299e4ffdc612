"""Whether logs hold in themselves and to each other: hash chains, terms, assessments."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from audit.problems import Check, Problem
from audit.reading.check_recoveries import check_recoveries
from audit.reading.check_signatures import check_signatures
from audit.reading.followed_changes import FollowedLogs
from audit.reading.known_rosters import check_rosters
from audit.reading.log_states import states_of
from audit.reading.origins import NOTHING_ATTESTED, AttestedParts
from db.log_order import ASSESSMENT_ENDS
from workflows.log_id import LogId
from workflows.next_term import years_of
from workflows.record import BEGINNING, EntryKind, LogEntry, find_chain_break
from workflows.rules import CaseState, lifecycle_of
from workflows.states import PlatformState
from workflows.vocabulary import Happening, Kind
from workflows.words import Words

Logs = Mapping[LogId, Sequence[LogEntry]]


def check_logs(
    logs: Logs,
    until: datetime | None = None,
    *,
    erased: Logs | None = None,
    attested: AttestedParts = NOTHING_ATTESTED,
) -> Iterator[Problem]:
    """Return whatever does not hold, log by log; `until`: when the logs were taken, where that is known.

    `erased` are logs of erased terms: their hashes stand, and what they said is gone. What depends on what
    is `attested` alone is `unchecked`.
    """
    yield from check_rosters(logs)
    for place, log in logs.items():
        before = _before(logs, place, erased or {})
        if before is None:
            yield _missing_before(place)
        start = log[0].previous if before is None else before
        wrong = find_chain_break(log, start)
        if wrong:
            yield Problem(place.file, wrong, Check.CHAIN)
        elif place.year == 0:
            yield from _continued(logs, place, log, attested)
            yield from _followed(logs, place.term, log, until)
        yield from check_signatures(place, logs)
        yield from check_recoveries(place, logs)


def check_links(logs: Logs, attested: AttestedParts = NOTHING_ATTESTED) -> Iterator[Problem]:
    """Return the same of logs whose chains are known to hold: only how they continue each other."""
    yield from check_rosters(logs)
    for place, log in logs.items():
        before = _before(logs, place, {})
        if before is None:
            yield _missing_before(place)
        elif before != log[0].previous:
            words = Words(
                "entry 1 does not follow the entry of the other log that it continues",
                "首条不接续其所接续记录的相应条目",
            )
            yield Problem(place.file, words, Check.LINKS)
        if place.year == 0:
            yield from _continued(logs, place, log, attested)
            yield from _followed(logs, place.term, log, None)
        yield from check_signatures(place, logs)
        yield from check_recoveries(place, logs)


def opened_in_attested(logs: Logs, attested: AttestedParts) -> Iterator[LogId]:
    """Return the assessments that are opened by entries which only the register attests."""
    for place, numbers in attested.entries.items():
        for entry, year, opening in _openings(logs.get(place, ())):
            if entry.seq in numbers:
                yield LogId(place.term, year, opening)


def ends_in_attested(logs: Logs, attested: AttestedParts) -> Iterator[LogId]:
    """Return the assessments whose end is noted by an entry that only the register attests, and is not here."""
    for own in attested.entries:
        for place, note in _noted_ends(own.term, logs.get(own, ())):
            if _lacks_attested_end(logs, place, note, attested):
                yield place


def _followed(
    logs: Logs, term: int, log: Sequence[LogEntry], until: datetime | None
) -> Iterator[Problem]:
    """Check that a platform's log and its assessments' say the same of what the platform decided meanwhile."""
    after = states_of(log)
    last = until or max(entries[-1].at for entries in logs.values() if entries)
    for entry, year, opening in _openings(log):
        place = LogId(term, year, opening)
        noted = logs.get(place, ())
        if noted and noted[0].previous == entry.hash:  # else that is what does not hold
            both = FollowedLogs(place, log, after, entry.seq, noted, states_of(noted), last)
            yield from both.check()


def _before(logs: Logs, place: LogId, erased: Logs) -> str | None:
    """The hash that a log goes on from; None when what it goes on from is not there."""
    if place.year == 0:
        if place.term == 1:
            return BEGINNING
        log = logs.get(LogId(place.term - 1)) or erased.get(LogId(place.term - 1))
        if log:
            return log[-1].hash
        return BEGINNING if _brought_in(logs[place]) else None
    for entry, year, opening in _openings(logs.get(LogId(place.term), ())):
        if (year, opening) == (place.year, place.opening):
            return entry.hash
    return None


def _brought_in(log: Sequence[LogEntry]) -> bool:
    """Whether the platform was brought in with this term: those before it have no logs, nor ever had.

    A log that goes on from another says so by its first hash, and is none of these.
    """
    second = log[1] if len(log) > 1 else None
    return (
        log[0].previous == BEGINNING
        and second is not None
        and (second.kind, second.name) == (EntryKind.DECISION, Kind.BRINGING_IN)
    )


def _openings(log: Sequence[LogEntry]) -> Iterator[tuple[LogEntry, int, int]]:
    """The entries of a platform's log that opened assessments, with the year and which opening."""
    for entry, state in zip(log, states_of(log), strict=False):
        opened = entry.name == Happening.ASSESSMENT_OPENED and isinstance(state, PlatformState)
        if opened and isinstance(state, PlatformState) and state.open_assessment:
            yield entry, state.open_assessment, state.openings


def _continued(
    logs: Logs, place: LogId, log: Sequence[LogEntry], attested: AttestedParts
) -> Iterator[Problem]:
    """Check that a term names the one before it, and its assessments' logs, as they ended."""
    said = log[0].said.get("previous")
    if place.term > 1 and isinstance(said, dict):
        named = said.get("term"), said.get("log_hash")
        if named != (place.term - 1, log[0].previous):
            words = Words(
                "it was applied for after another term than the one that it continues",
                "申请所载上一期与其所接续的不同",
            )
            yield Problem(place.file, words, Check.LINKS)
    after = states_of(logs.get(LogId(place.term - 1), ()))
    yield from _years_before(place, said, after)
    if after and not lifecycle_of(after[-1]).ended(after[-1].stage):
        words = Words(
            f"term {place.term - 1}, which it continues, had not ended: its stage is {after[-1].stage}",
            f"其所接续的第 {place.term - 1} 期尚未结束：处于 {after[-1].stage}",
        )
        yield Problem(place.file, words, Check.LINKS)
    yield from _assessments(logs, place.term, log, attested)


def _years_before(place: LogId, said: Any, after: Sequence[CaseState]) -> Iterator[Problem]:
    """Check that a term names the years of the one before it as they ended, where it names any."""
    named = said.get("assessments") if isinstance(said, dict) else None
    state = after[-1] if after else None
    if named and isinstance(state, PlatformState):
        ended = [one.model_dump(mode="json") for one in years_of(state)]
        if named != ended:
            words = Words(
                f"it names other yearly assessments of term {place.term - 1} than that had",
                f"申请所载第 {place.term - 1} 期年度考核与该期记录不符",
            )
            yield Problem(place.file, words, Check.LINKS)


def _missing_before(place: LogId) -> Problem:
    words = Words(
        f"the log of term {place.term - 1}, which it continues, is missing",
        f"缺少其所接续的第 {place.term - 1} 期记录",
    )
    if place.year:
        words = Words(
            f"the platform's log has no entry that opened it: term {place.term}, year {place.year}",
            f"平台记录中没有开始它的条目：第 {place.term} 期第 {place.year} 年",
        )
    return Problem(place.file, words, Check.LINKS, missing=True)


def _assessments(
    logs: Logs, term: int, log: Sequence[LogEntry], attested: AttestedParts
) -> Iterator[Problem]:
    """Check what a platform's log says of its assessments' logs: that they are there, and how they ended."""
    last: dict[LogId, LogEntry] = {}
    after = states_of(log)
    if not after:
        return
    for place, entry in _noted_ends(term, log):
        last[place] = entry
        if _lacks_attested_end(logs, place, entry, attested):
            yield _end_attested(place, entry)
        else:
            yield from _ended(logs, place, entry)
    still_open = after[-1].open_assessment if isinstance(after[-1], PlatformState) else None
    for place, entry in last.items():
        entries, there = entry.said["entries"], len(logs.get(place, ()))
        if there > entries and place.year != still_open:
            words = Words(
                f"{there} entries, but by the platform's entry {entry.seq} it ended with entry {entries}",
                f"现有 {there} 条，而平台记录第 {entry.seq} 条载明它以第 {entries} 条结束",
            )
            yield Problem(place.file, words, Check.LINKS)


def _noted_ends(term: int, log: Sequence[LogEntry]) -> Iterator[tuple[LogId, LogEntry]]:
    """The entries of a platform's log that say how assessments ended, with those assessments."""
    opened: dict[int, int] = {}
    openings = {entry.seq: opening for entry, _, opening in _openings(log)}
    for entry in log:
        if entry.name == Happening.ASSESSMENT_OPENED and entry.seq in openings:
            opened[entry.said["year"]] = openings[entry.seq]
        elif entry.name in ASSESSMENT_ENDS and "log_hash" in entry.said:
            year = entry.said["year"]
            yield LogId(term, year, opened.get(year, 1)), entry


def _lacks_attested_end(logs: Logs, place: LogId, note: LogEntry, attested: AttestedParts) -> bool:
    short = len(logs.get(place, ())) < note.said["entries"]
    return short and attested.may_hold_end(LogId(place.term), note.seq, place)


def _end_attested(place: LogId, note: LogEntry) -> Problem:
    entries, by = note.said["entries"], note.seq
    words = Words(
        f"entries up to {entries}, with which it ended by the platform's entry {by}, are attested by the"
        " register only, as that entry is: no history of them is here",
        f"平台记录第 {by} 条载明它以第 {entries} 条结束；该条及至此的各条仅由名册证明：相应历史不在此处",
    )
    return Problem(place.file, words, Check.LINKS, unchecked=True)


def _ended(logs: Logs, place: LogId, note: LogEntry) -> Iterator[Problem]:
    log, entries, by = logs.get(place, ()), note.said["entries"], note.seq
    if not log:
        words = Words(
            f"missing: by the platform's entry {by} it ended with {entries} entries",
            f"缺失：平台记录第 {by} 条载明它有 {entries} 条",
        )
    elif len(log) < entries:
        words = Words(
            f"entry {len(log) + 1} is missing: by the platform's entry {by} it ended with entry {entries}",
            f"缺第 {len(log) + 1} 条：平台记录第 {by} 条载明它以第 {entries} 条结束",
        )
    elif log[entries - 1].hash != note.said["log_hash"]:
        words = Words(
            f"entry {entries} is not the one with which it ended, by the platform's entry {by}",
            f"第 {entries} 条不是平台记录第 {by} 条所载的最后一条",
        )
    else:
        return
    yield Problem(place.file, words, Check.LINKS, missing=not log)
