"""What is set aside with a decision, by the register: shown before anybody confirms it."""

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from db.log_order import in_order
from db.row_types import LogLine
from starter.terminal import wording
from starter.terminal.language import say
from starter.terminal.screen import ALWAYS, Column, table_of
from workflows.lifecycle import ASSESSMENT, LASTING, PLATFORM
from workflows.record import EntryKind
from workflows.vocabulary import Happening, Kind
from workflows.words import Words


def set_aside_with(log: Sequence[LogLine], decision_id: str) -> list[LogLine]:
    """The entries that are set aside with a decision; none when it is unknown or was set aside before.

    All after it in its own log; where an assessment had ended, also what followed in its platform's.
    """
    newest = max((line.term for line in log), default=0)
    known = [
        line
        for line in standing(log)
        if line.term == newest and line.entry.kind is not EntryKind.REFUSED
    ]
    named = [line for line in known if line.entry.decision_id == decision_id]
    if not named:
        return []
    # An id may stand in several logs; the one that is meant is looked for in the workflow's own order.
    target = min(named, key=lambda line: _rank(known, line))
    lifecycle = ASSESSMENT if target.year else PLATFORM
    if lifecycle.alone(target.entry.name):
        return [target]
    own = [line for line in known if line.log == target.log]
    found = [line for line in own if line.entry.seq >= target.entry.seq]
    if target.year:
        platform = [line for line in known if (line.term, line.year) == (target.term, 0)]
        found += [line for line in platform if line.entry.seq >= _end_of(platform, target.year)]
    return [line for line in found if line.entry.name not in LASTING]


def standing(log: Sequence[LogLine]) -> list[LogLine]:
    """The entries that still count."""
    return [line for line in in_order(log) if line.set_aside_by is None]


def in_force(log: Sequence[LogLine]) -> list[LogLine]:
    """The decisions of the latest term that may be set aside: those that still count, in their order."""
    newest = max((line.term for line in log), default=0)
    return [
        line
        for line in standing(log)
        if line.term == newest
        and line.entry.kind is EntryKind.DECISION
        and line.entry.name not in (Kind.SET_ASIDE, *LASTING)
    ]


def decisions_table(decisions: Sequence[LogLine]) -> Table:
    """Decisions with the numbers, and the ids, by which one is set aside."""
    return table_of(enumerate(decisions, 1), _DECISIONS)


def chosen(decisions: Sequence[LogLine], given: str) -> LogLine | None:
    """The decision that was meant: by its number in the list, its entry, or an id that it alone has."""
    if given.isdecimal() and 0 < int(given[:_DIGITS]) <= len(decisions):
        return decisions[int(given[:_DIGITS]) - 1]
    named = [line for line in decisions if given in (line.number, line.entry.decision_id)]
    return named[0] if len(named) == 1 else None


def in_force_lines(log: Sequence[LogLine]) -> list[Words]:
    """The decisions that may be set aside, each with its entry's number and its id, below a title."""
    listed = [
        Words.same(f"  {line.number}  {_decided(line)}  {_day(line)}  {line.entry.decision_id}")
        for line in in_force(log)
    ]
    title = Words(
        "Decisions in force, by number or id for --decision:",
        "有效的决定（--decision 可写记录号或编号）：",
    )
    return [title, *listed] if listed else []


def decision_named(log: Sequence[LogLine], decision_id: Any, entry: Any) -> str:
    """The decision that is to be set aside, in words, with its id; empty where the register has none."""
    for line in in_force(log):
        if line.entry.decision_id == decision_id and entry in (None, line.entry.seq):
            return say(f"{_decided(line)} ({decision_id})", f"{_decided(line)}（{decision_id}）")
    return ""


_DIGITS = 6
_DECISIONS: tuple[Column[tuple[int, LogLine]], ...] = (
    Column(Words("no.", "序号"), lambda row: row[0], whole=ALWAYS),
    Column(Words("decision", "决定"), lambda row: _decided(row[1])),
    Column(Words("decided on", "决定日期"), lambda row: _day(row[1]), whole=ALWAYS),
    Column(wording.DECISION_ID, lambda row: row[1].entry.decision_id),
)


def _day(line: LogLine) -> str:
    said = line.entry.said.get("decided_on")
    return str(said or wording.moment(line.entry.at)[:10])


def _decided(line: LogLine) -> str:
    said = wording.said(line.entry.name, line.entry.outcome)
    year = Words(f" (year {line.year})", f"（第 {line.year} 年考核）")
    return said + (say(year) if line.year else "")


def _rank(known: Sequence[LogLine], line: LogLine) -> tuple[int, int]:
    """The open assessment comes first, then the platform itself, then the years that ended, newest first."""
    if not line.year:
        return 1, 0
    platform = [one for one in known if not one.year]
    ended = _end_of(platform, line.year) != float("inf")
    return (2, -line.year) if ended else (0, 0)


def _end_of(platform: Sequence[LogLine], year: int) -> float:
    """The platform's note of the end of a year; beyond all entries while the year is open."""
    ends = [
        line.entry.seq
        for line in platform
        if line.entry.name == Happening.ASSESSMENT_ENDED and line.entry.said.get("year") == year
    ]
    return ends[-1] if ends else float("inf")
