"""Rows of the inbox as people read them: a table that fits 80 columns, plain lines, and counts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.table import Table

from activities.working_days import working_days_left
from db.inbox_queries import InboxRow, StepCount
from starter.terminal import wording
from starter.terminal.days_left import days_left_words, holidays_missing, unannounced_until
from starter.terminal.language import say
from starter.terminal.screen import ALWAYS, Column, is_narrow, stacked, table_of
from starter.terminal.table_words import district_cell
from workflows.awaited import Awaited
from workflows.periods import beijing_date, last_day
from workflows.words import Words, citation

NOTHING_WAITING = Words("No decisions are waiting.", "没有待办。")


def rows_table(rows: Sequence[InboxRow], now: datetime) -> Table:
    """The rows as a table; on a narrow terminal the name stands below the id, and the rule with the step."""
    columns = _narrow(rows, now) if is_narrow() else _columns(now)
    corrected = is_narrow() or any(row.because for row in rows)
    return table_of(rows, columns if corrected else columns[:-1])


def cells(row: InboxRow, now: datetime) -> list[str]:
    """A row in the words of the language; days are those of Beijing."""
    return [str(shown) for column in _columns(now) if (shown := column.cell(row)) not in (None, "")]


def step(row: InboxRow) -> str:
    """What is awaited; of an assessment with its year."""
    what = wording.what(row.kind)
    return say(Words(f"{what}, year {row.year}", f"第 {row.year} 年{what}")) if row.year else what


def rule(row: InboxRow) -> str:
    """The article by which it is awaited, from the lifecycle table."""
    for one in (*wording.awaited_in(row.stage, overdue=True), *_resuming(row)):
        if (one.kind, one.role) == (row.kind, row.role):
            return one.rule
    return ""


def _resuming(row: InboxRow) -> tuple[Awaited, ...]:
    """What a suspended case awaits, which has no due date."""
    return wording.awaited_in(row.stage, overdue=False, suspended=True)


def days_left(row: InboxRow, now: datetime) -> int | None:
    """The working days that are left, negative when overdue; None while the due date is not known."""
    return None if row.due is None else working_days_left(beijing_date(now), row.due)


def late(row: InboxRow, now: datetime) -> bool:
    """Whether it is overdue: by the log, or by the clock while no worker has noted it yet."""
    return row.overdue or (row.due is not None and row.due <= now)


def until(row: InboxRow, now: datetime) -> str:
    """Until when, with the working days that are left. Overdue is a word, so that it needs no colour."""
    mark, day, left = _until(row, now)
    return " ".join(filter(None, (mark, day))) + (
        say(Words(f" ({left})", f"（{left}）")) if left else ""
    )


def _until(row: InboxRow, now: datetime) -> tuple[str, str, str]:
    """The mark, the day and the days."""
    left, mark = days_left(row, now), say(wording.OVERDUE) if late(row, now) else ""
    if row.due is None and row.kind in [one.kind for one in _resuming(row)]:
        return mark, say(Words("no due date", "无期限")), ""
    if row.due is None or left is None:
        return mark, say(Words("not known yet", "尚未确定")), ""
    day = str(last_day(row.due))
    if mark:
        # A clock that was skipped ahead (the demo) is beyond any number of days on ours.
        return mark, day, _days(row, now) if left < 0 else ""
    return "", day, _days(row, now)


def counted(counts: Sequence[StepCount]) -> str:
    """How many wait at each step, and in all."""
    waiting, overdue = sum(c.waiting for c in counts), sum(c.overdue for c in counts)
    in_all = say(Words(f"total {waiting}", f"共 {waiting} 项"))
    parts = [(f"{wording.what(one.kind)} {one.waiting}", one.overdue) for one in counts]
    return " · ".join(
        words + (say(Words(f" ({late} OVERDUE)", f"（逾期 {late} 项）")) if late else "")
        for words, late in (*parts, (in_all, overdue))
    )


def data(row: InboxRow, now: datetime) -> dict[str, Any]:
    """A row as JSON data."""
    more = {"rule": rule(row), "working_days_left": days_left(row, now)}
    return row.model_dump(mode="json") | more


def _days(row: InboxRow, now: datetime) -> str:
    assert row.due  # noqa: S101 - both callers know
    return say(days_left_words(row.due, beijing_date(now), provisional=row.due_provisional))


def why_about(rows: Sequence[InboxRow], now: datetime) -> Words:
    """Say why days are counted with "about": the years whose holidays are missing; empty where none are."""
    day = beijing_date(now)
    years = {year for row in rows if row.due for year in unannounced_until(row.due, day)}
    en, zh = holidays_missing(sorted(years))
    return Words(f"About, because {en}.", f"标“约”的，因 {zh}。") if en else Words("", "")


def _since(row: InboxRow) -> str:
    return str(beijing_date(row.since))


def _rule(row: InboxRow) -> str:
    return say(citation(rule(row)))


_STEP, _BECAUSE = Words("step", "事项"), Words("to correct", "须修改")
_LETTERS = 32
"""Letters of what must be corrected where it is narrow."""


def _because(row: InboxRow) -> str:
    """The beginning of what must be corrected."""
    words = row.because or ""
    cut = words if len(words) <= _LETTERS else f"{words[: _LETTERS - 1]}…"
    return say(Words(f"to correct: {cut}", f"须修改：{cut}")) if cut else ""


def _columns(now: datetime) -> tuple[Column[InboxRow], ...]:
    return (
        Column(wording.PLATFORM_ID, lambda row: row.platform_id, whole=ALWAYS),
        Column(wording.PLATFORM_NAME, lambda row: row.name),
        Column(_STEP, step),
        Column(Words("from", "办理主体"), lambda row: wording.who(row.role)),
        Column(wording.DISTRICT, lambda row: district_cell(row.district)),
        Column(wording.SINCE, _since, whole=ALWAYS),
        Column(
            Words("due", "截止日期"),
            lambda row: until(row, now),
        ),
        Column(Words("rule", "依据"), _rule),
        Column(_BECAUSE, lambda row: row.because),
    )


def _narrow(rows: Sequence[InboxRow], now: datetime) -> tuple[Column[InboxRow], ...]:
    """Two or three lines for a row: id and name, step and rule, role, district and day, date and days."""
    several = len({row.role for row in rows}) > 1
    return (
        Column(
            wording.PLATFORM_LABEL,
            lambda row: stacked(row.platform_id, row.name, _because(row)),
            least=26,
        ),
        Column(
            _STEP,
            lambda row: stacked(step(row), _rule(row)),
        ),
        Column(
            Words("from, district, since", "主体、所在区、进入日期"),
            lambda row: stacked(
                wording.who(row.role), f"{district_cell(row.district)} {_since(row)}"
            ),
        )
        if several
        else Column(
            Words("district, since", "所在区、进入日期"),
            lambda row: stacked(district_cell(row.district), _since(row)),
        ),
        Column(
            Words("due", "截止日期"),
            lambda row: stacked(*_until(row, now), marked=late(row, now)),
        ),
    )
