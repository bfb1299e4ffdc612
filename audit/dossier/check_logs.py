"""Whether logs hold in themselves and to each other: hash chains, terms, assessments."""

from collections.abc import Iterator, Mapping, Sequence

from audit.dossier.dossier_problems import Check, Problem
from workflows.log_id import LogId
from workflows.record import BEGINNING, EntryKind, LogEntry, find_chain_break
from workflows.rules import CaseState, lifecycle_of
from workflows.state_folding import states
from workflows.states import PlatformState
from workflows.vocabulary import Happening, Kind

Logs = Mapping[LogId, Sequence[LogEntry]]
_ENDS = (Happening.ASSESSMENT_ENDED, Happening.ASSESSMENT_CLOSED)


def check_logs(logs: Logs) -> Iterator[Problem]:
    """Whatever does not hold, log by log."""
    for place, log in logs.items():
        before = _before(logs, place)
        if before is None:
            yield _missing_before(place)
        start = log[0].previous if before is None else before
        wrong = find_chain_break(log, start)
        if wrong:
            yield Problem(Check.CHAIN, place.file, *wrong)
            continue
        if place.year == 0:
            yield from _previous(logs, place, log)
            yield from _assessments(logs, place.term, log)


def check_links(logs: Logs) -> Iterator[Problem]:
    """The same of logs whose chains are known to hold: only how they go on from each other."""
    for place, log in logs.items():
        before = _before(logs, place)
        if before is None:
            yield _missing_before(place)
        elif before != log[0].previous:
            en = "entry 1 does not go on from the entry that stands before it in the other log"
            yield Problem(Check.LINKS, place.file, en, "首条不接续其所接续记录的相应条目")
        if place.year == 0:
            yield from _previous(logs, place, log)
            yield from _assessments(logs, place.term, log)


def _before(logs: Logs, place: LogId) -> str | None:
    """The hash that a log goes on from; None when what it goes on from is not there."""
    if place.year == 0:
        if place.term == 1:
            return BEGINNING
        log = logs.get(LogId(place.term - 1))
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


def states_of(log: Sequence[LogEntry]) -> list[CaseState]:
    """The state after each entry; none where a log is no log of a case, which is told elsewhere."""
    try:
        return states(log) if log else []
    except (LookupError, ValueError, TypeError, AttributeError):
        return []


def _previous(logs: Logs, place: LogId, log: Sequence[LogEntry]) -> Iterator[Problem]:
    """A next term names the one before it as it ended: by its number and its last hash."""
    said = log[0].said.get("previous")
    if place.term > 1 and isinstance(said, dict):
        named = said.get("term"), said.get("log_hash")
        if named != (place.term - 1, log[0].previous):
            en = "it was applied for after another term than the one that it goes on from"
            yield Problem(Check.LINKS, place.file, en, "申请所载上一期与其所接续的不同")
    before = logs.get(LogId(place.term - 1), ())
    after = states_of(before)
    if after and not lifecycle_of(after[-1]).step(after[-1].stage).ended:
        en = f"term {place.term - 1}, which it goes on from, had not ended: it stands in {after[-1].stage}"
        zh = f"其所接续的第 {place.term - 1} 期尚未结束：处于 {after[-1].stage}"
        yield Problem(Check.LINKS, place.file, en, zh)


def _missing_before(place: LogId) -> Problem:
    if place.year:
        en = f"the platform's log has no entry that opened it: term {place.term}, year {place.year}"
        zh = f"平台记录中没有开始它的条目：第 {place.term} 期第 {place.year} 年"
    else:
        en = f"the log of term {place.term - 1}, which it goes on from, is missing"
        zh = f"缺少其所接续的第 {place.term - 1} 期记录"
    return Problem(Check.LINKS, place.file, en, zh, missing=True)


def _assessments(logs: Logs, term: int, log: Sequence[LogEntry]) -> Iterator[Problem]:
    """What a platform's log says of its assessments' logs: that they are there, and how they ended."""
    opened: dict[int, int] = {}
    last: dict[LogId, LogEntry] = {}
    after = states_of(log)
    if not after:
        return
    openings = {entry.seq: opening for entry, _, opening in _openings(log)}
    for entry in log:
        if entry.name == Happening.ASSESSMENT_OPENED and entry.seq in openings:
            opened[entry.said["year"]] = openings[entry.seq]
        elif entry.name in _ENDS and "log_hash" in entry.said:
            year = entry.said["year"]
            place = LogId(term, year, opened.get(year, 1))
            last[place] = entry
            yield from _ended(logs, place, entry)
    still_open = after[-1].open_assessment if isinstance(after[-1], PlatformState) else None
    for place, entry in last.items():
        entries, there = entry.said["entries"], len(logs.get(place, ()))
        if there > entries and place.year != still_open:
            en = f"{there} entries, and the platform's entry {entry.seq} saw it end with entry {entries}"
            zh = f"现有 {there} 条，而平台记录第 {entry.seq} 条载明它以第 {entries} 条结束"
            yield Problem(Check.LINKS, place.file, en, zh)


def _ended(logs: Logs, place: LogId, note: LogEntry) -> Iterator[Problem]:
    log = logs.get(place, ())
    entries, missing = note.said["entries"], not log
    if missing:
        en = f"missing: the platform's entry {note.seq} saw it end with {entries} entries"
        zh = f"缺失：平台记录第 {note.seq} 条载明它有 {entries} 条"
    elif len(log) < entries:
        en = f"entry {len(log) + 1} is missing: the platform's entry {note.seq} saw it end with entry {entries}"
        zh = f"缺第 {len(log) + 1} 条：平台记录第 {note.seq} 条载明它以第 {entries} 条结束"
    elif log[entries - 1].hash != note.said["log_hash"]:
        en = f"entry {entries} is not the one that the platform's entry {note.seq} saw it end with"
        zh = f"第 {entries} 条不是平台记录第 {note.seq} 条所载的最后一条"
    else:
        return
    yield Problem(Check.LINKS, place.file, en, zh, missing)
