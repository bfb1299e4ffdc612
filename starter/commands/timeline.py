"""The logs of a platform and of its assessments as one timeline, in Beijing time."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator

from rich.table import Table

from db.rows import LogLine
from starter import wording
from starter.language import say
from starter.screen import table
from workflows.record import EntryKind, LogEntry
from workflows.vocabulary import Happening

Log = tuple[int, int, int]
"""Whose log: the term, the year (0: the platform's own), and which opening of that year."""


def timeline(log: Iterable[LogLine]) -> Table:
    """All entries in the order in which they came; each is named by its term, year and number."""
    stages: dict[Log, str] = {}
    rows = []
    for line in in_order(log):
        entry = line.entry
        what = _what(entry)
        if stages.get(_log(line)) != entry.stage:
            what += f" → {wording.stage(entry.stage)}"
        stages[_log(line)] = entry.stage
        rows.append((wording.moment(entry.at), _number(line), what, _who(entry)))
    return table(
        (say("time", "时间"), say("entry", "记录"), say("what", "事项"), say("who", "经办")),
        rows,
        whole=(0, 1),
    )


def in_order(log: Iterable[LogLine]) -> list[LogLine]:
    """The lines of several logs as they came; each log keeps its own order.

    Moments alone do not do: an assessment opens after its platform noted so, and ends before, also
    where both notes are of one moment.
    """
    logs: dict[Log, list[LogLine]] = {}
    for line in sorted(log, key=lambda line: (*_log(line), line.entry.seq)):
        logs.setdefault(_log(line), []).append(line)
    return [line for term in sorted({term for term, *_ in logs}) for line in _of_term(logs, term)]


def _of_term(logs: dict[Log, list[LogLine]], term: int) -> Iterator[LogLine]:
    openings = Counter[int]()
    waiting: deque[LogLine] = deque()
    for line in logs.pop((term, 0, 0), ()):
        ended = line.entry.name == Happening.ASSESSMENT_ENDED
        while waiting and (ended or waiting[0].entry.at < line.entry.at):
            yield waiting.popleft()
        yield line
        if line.entry.name == Happening.ASSESSMENT_OPENED:
            year = line.entry.said.get("year", 0)
            openings[year] += 1
            waiting.extend(logs.pop((term, year, openings[year]), ()))
    yield from waiting
    # The platform's own log may still be on its way.
    for early in sorted(one for one in logs if one[0] == term):
        yield from logs[early]


def _log(line: LogLine) -> Log:
    return line.term, line.year, line.opening


def _number(line: LogLine) -> str:
    """`1.7` is entry 7 of term 1's own log; `1-y2.3` is entry 3 of its second assessment's.

    `1-y2-2.3` is of the second opening of that assessment, after the first was broken off.
    """
    year = f"-y{line.year}" if line.year else ""
    again = f"-{line.opening}" if line.opening > 1 else ""
    return f"{line.term}{year}{again}.{line.entry.seq}"


def _what(entry: LogEntry) -> str:
    if entry.kind is not EntryKind.REFUSED:
        return wording.said(entry.name, entry.outcome)
    # The log says the reason in both languages, English first.
    name = wording.what(entry.name)
    en, _, zh = (entry.reason or "").partition(" / ")
    return say(f"REFUSED {name}: {en}", f"【不予受理】{name}：{zh or en}")


def _who(entry: LogEntry) -> str:
    if entry.actor is None:
        return ""
    who, absence = entry.actor.id, entry.actor.acting_for
    if absence:
        who = say(f"{who} for {absence.principal_id}", f"{who}（代 {absence.principal_id}）")
    return f"{who} · {entry.actor.organisation}"
