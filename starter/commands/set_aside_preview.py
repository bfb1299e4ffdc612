"""What is set aside with a decision, by the register: shown before anybody confirms it."""

from collections.abc import Sequence

from rich.table import Table

from db.log_order import in_order
from db.row_types import LogLine
from starter.terminal import wording
from starter.terminal.screen import Column, table_of
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.record import EntryKind
from workflows.state_folding import set_aside_marks
from workflows.vocabulary import Happening
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
    return found


def standing(log: Sequence[LogLine]) -> list[LogLine]:
    """The entries that still count."""
    logs: dict[tuple[int, int, int], list[LogLine]] = {}
    for line in sorted(log, key=lambda line: line.entry.seq):
        logs.setdefault(line.log, []).append(line)
    gone = {
        (*case, seq)
        for case, lines in logs.items()
        for seq in set_aside_marks([line.entry for line in lines])
    }
    return [line for line in in_order(log) if (*line.log, line.entry.seq) not in gone]


def decisions_table(log: Sequence[LogLine]) -> Table:
    """The decisions that still count, with the ids by which they are set aside."""
    lines = (line for line in standing(log) if line.entry.kind is EntryKind.DECISION)
    return table_of(lines, _DECISIONS)


_DECISIONS: tuple[Column[LogLine], ...] = (
    Column(wording.DECISION_ID, lambda line: line.entry.decision_id),
    Column(Words("day", "日期"), lambda line: wording.moment(line.entry.at)[:10]),
    Column(
        Words("decision", "决定"), lambda line: wording.said(line.entry.name, line.entry.outcome)
    ),
)


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
