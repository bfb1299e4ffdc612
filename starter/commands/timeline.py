"""The logs of a platform and of its assessments as one timeline, in Beijing time."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import Any

from rich.table import Table

from db.row_types import LogLine
from starter.terminal import wording
from starter.terminal.language import say, word
from starter.terminal.screen import table
from workflows.log_id import LogId
from workflows.record import EntryKind, LogEntry
from workflows.vocabulary import Happening, Kind, Support

"""Whose log: the term, the year (0: the platform's own), and which opening of that year."""


_ENDS = (Happening.ASSESSMENT_ENDED, Happening.ASSESSMENT_CLOSED)
_ALL = 1_000_000_000
"""More entries than a log has: a platform's note of an end that does not say how many there were."""


def timeline(log: Iterable[LogLine]) -> Table:
    """All entries in the order in which they came; each is named by its term, year and number.

    Those that were set aside say so, and by which entry.
    """
    stages: dict[LogId, str] = {}
    rows = []
    for line in in_order(log):
        entry = line.entry
        words = what(entry)
        if stages.get(line.log) != entry.stage:
            words += f" → {wording.stage(entry.stage)}"
        stages[line.log] = entry.stage
        if line.set_aside_by:
            by = line.log.entry(line.set_aside_by)
            words = say(f"SET ASIDE by {by}: {words}", f"【已由 {by} 撤销】{words}")
        rows.append((wording.moment(entry.at), line.number, words, _who(entry)))
    return table(
        (say("time", "时间"), say("entry", "记录"), say("what", "事项"), say("who", "经办")),
        rows,
        whole=(0, 1),
    )


def in_order(log: Iterable[LogLine]) -> list[LogLine]:
    """The lines of several logs as they came; each log keeps its own order.

    Moments alone do not do: an assessment opens after its platform noted so, and ends before, also
    where both notes are of one moment. What an assessment that was opened again says after its end
    comes after the setting aside that opened it.
    """
    logs: dict[LogId, list[LogLine]] = {}
    for line in sorted(log, key=lambda line: (*line.log, line.entry.seq)):
        logs.setdefault(line.log, []).append(line)
    return [line for term in sorted({term for term, *_ in logs}) for line in _of_term(logs, term)]


def _of_term(logs: dict[LogId, list[LogLine]], term: int) -> Iterator[LogLine]:
    openings = Counter[int]()
    waiting: deque[LogLine] = deque()
    ended: dict[int, deque[LogLine]] = {}
    for line in logs.pop(LogId(term, 0, 0), ()):
        said, year = line.entry.said, line.entry.said.get("year", 0)
        last = said.get("entries", _ALL) if line.entry.name in _ENDS else 0
        while waiting and (
            waiting[0].entry.seq <= last if last else waiting[0].entry.at < line.entry.at
        ):
            yield waiting.popleft()
        yield line
        if line.entry.name == Happening.ASSESSMENT_OPENED:
            openings[year] = said.get("opening", openings[year] + 1)
            waiting.extend(logs.pop(LogId(term, year, openings[year]), ()))
        elif last:
            ended[year], waiting = waiting, deque()
        elif line.entry.name == Kind.SET_ASIDE:
            waiting.extend(ended.pop(year, ()))
    yield from waiting
    for rest in ended.values():
        yield from rest
    # The platform's own log may still be on its way.
    for early in sorted(one for one in logs if one[0] == term):
        yield from logs[early]


def what(entry: LogEntry) -> str:
    """What an entry says was decided or happened, with what one must know of it."""
    if entry.kind is EntryKind.REFUSED:
        # The log says the reason in both languages, English first.
        name = wording.what(entry.name)
        en, _, zh = (entry.reason or "").partition(" / ")
        return say(f"REFUSED {name}: {en}", f"【不予受理】{name}：{zh or en}")
    more = _more(entry)
    words = wording.said(entry.name, entry.outcome)
    return words + (say(f" ({more})", f"（{more}）") if more else "")


def _more(entry: LogEntry) -> str:
    said, words = entry.said, ""
    match entry.name:
        case Kind.SET_ASIDE:
            words = _fell(said)
        case Kind.BRINGING_IN:
            words = _brought_in(said)
        case Kind.SUPPORT:
            words = f"{said['given_on']} {word(said['support'], Support)} {said['title']}"
        case Happening.CLOCK_STOPPED | Happening.CLOCK_STARTED:
            words = wording.stage(said["of"])
        case Happening.VALIDITY_NEARING:
            words = say(f"{said['days']} days before its end", f"距届满 {said['days']} 天")
        case Happening.ASSESSMENT_OPENED | Happening.ASSESSMENT_ENDED | Happening.ASSESSMENT_CLOSED:
            words = say(f"year {said['year']}", f"第 {said['year']} 年") if "year" in said else ""
    return words


def _fell(said: dict[str, Any]) -> str:
    first, last = said["sets_aside"]
    one = first == last
    which = f"{first}" if one else f"{first}-{last}"
    entries = "entry" if one else "entries"
    year = say(f"year {said['year']}, ", f"第 {said['year']} 年，") if "year" in said else ""
    return year + say(f"{entries} {which}: {said['reason']}", f"第 {which} 条：{said['reason']}")


def _brought_in(said: dict[str, Any]) -> str:
    """Nobody is to take for decided here what was decided elsewhere."""
    past = len(said.get("assessments", ()))
    listed_on, paper = said["listed_on"], said["documents"][0]["name"]
    held = "one assessment" if past == 1 else f"{past} assessments"
    return say(
        f"not decided here: listed on {listed_on}, {held} held before; by {paper}",
        f"非本系统作出：{listed_on} 纳入，此前已考核 {past} 次，依据“{paper}”",
    )


def _who(entry: LogEntry) -> str:
    if entry.actor is None:
        return ""
    named = f"{entry.actor.id} · {entry.actor.organisation}"
    if entry.actor.acting_for is None:
        return named
    principal = entry.actor.acting_for.principal_id
    return named + say(f" (for {principal})", f"（代 {principal}）")
