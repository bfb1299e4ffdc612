"""The logs of a platform and of its assessments as one timeline, in Beijing time."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from rich.table import Table

from db.rows import LogLine
from starter import wording
from starter.language import say
from starter.screen import table
from workflows.record import EntryKind, LogEntry
from workflows.vocabulary import Happening


def timeline(log: Iterable[LogLine]) -> Table:
    """All entries in the order in which they came; each is named by its term, year and number."""
    stages: dict[tuple[int, int], str] = {}
    rows = []
    for line in in_order(log):
        entry, case = line.entry, (line.term, line.year)
        what = _what(entry)
        if stages.get(case) != entry.stage:
            what += f" → {wording.stage(entry.stage)}"
        stages[case] = entry.stage
        rows.append((wording.moment(entry.at), _number(line), what, _who(entry)))
    return table(
        (say("time", "时间"), say("entry", "记录"), say("what", "事项"), say("who", "经办")),
        rows,
        whole=(0, 1),
    )


def in_order(log: Iterable[LogLine]) -> list[LogLine]:
    """The lines of several logs by their moments; each log keeps its own order.

    An assessment has ended before its platform notes so, also where both are of one moment.
    """
    lines = sorted(log, key=lambda line: (line.term, line.year, line.entry.seq))
    last = {(line.term, line.year): line.entry.at for line in lines}
    placed = [(line.term, at, after, line) for line, at, after in _places(lines, last)]
    return [line for *_, line in sorted(placed, key=lambda place: place[:3])]


def _places(
    lines: list[LogLine], last: dict[tuple[int, int], datetime]
) -> Iterator[tuple[LogLine, datetime, int]]:
    """For each line the moment it is placed at, and whether before (0) or after (2) others of it."""
    case, placed, after = (0, 0), datetime.min, 0
    for line in lines:
        if (line.term, line.year) != case:
            case, placed, after = (line.term, line.year), line.entry.at, 0
        if line.entry.at > placed:
            placed, after = line.entry.at, 0
        if line.entry.name == Happening.ASSESSMENT_ENDED:
            placed, after = max(placed, last.get((line.term, _year(line)), placed)), 2
        yield line, placed, 1 if line.year else after


def _year(line: LogLine) -> int:
    year = line.entry.said.get("year")
    return year if isinstance(year, int) else 0


def _number(line: LogLine) -> str:
    """`1.7` is entry 7 of term 1's own log; `1-y2.3` is entry 3 of its second assessment's."""
    year = f"-y{line.year}" if line.year else ""
    return f"{line.term}{year}.{line.entry.seq}"


def _what(entry: LogEntry) -> str:
    if entry.kind is not EntryKind.REFUSED:
        return wording.said(entry.name, entry.outcome)
    # The log says the reason in both languages, English first.
    name = wording.what(entry.name)
    en, _, zh = (entry.reason or "").partition(" / ")
    return say(f"REFUSED {name}: {en}", f"【不予受理】{name}：{zh or en}")


def _who(entry: LogEntry) -> str:
    return f"{entry.actor.id} · {entry.actor.organisation}" if entry.actor else ""
