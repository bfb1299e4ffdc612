"""Rows of the inbox as people read them: a table that fits 80 columns, plain lines, and counts."""

import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.cells import cell_len
from rich.table import Table

from activities.working_days import working_days_left
from db.inbox_queries import InboxRow, StepCount
from starter.terminal import wording
from starter.terminal.language import say
from starter.terminal.screen import stacked, table, watched
from workflows.periods import beijing_date, last_day

ROOMY = 130
"""Columns of a terminal from which on everything has a column of its own."""
_WHOLE_ID = 26
"""Ids up to this length keep to one line, also where it is narrow."""


def rows_table(rows: Sequence[InboxRow], now: datetime) -> Table:
    """The rows as a table; on a narrow terminal the name stands below the id, and the rule with the step."""
    if watched(sys.stdout) and shutil.get_terminal_size().columns < ROOMY:
        return _narrow(rows, now)
    return table(head(), [cells(row, now) for row in rows], whole=(0, 5, 6))


def head() -> tuple[str, ...]:
    """The headings of `cells`."""
    return (
        say("platform", "编号"),
        say("name", "名称"),
        say("step", "事项"),
        say("from", "由谁"),
        say("district", "所在区"),
        say("since", "自"),
        say("due (working days)", "截止（工作日）"),
        say("rule", "条款"),
    )


def cells(row: InboxRow, now: datetime) -> tuple[str, ...]:
    """A row in the words of the language; days are those of Beijing."""
    return (
        row.platform_id,
        row.name,
        step(row),
        wording.who(row.role),
        wording.district(row.district),
        str(beijing_date(row.since)),
        until(row, now),
        rule(row),
    )


def step(row: InboxRow) -> str:
    """What is awaited; of an assessment with its year."""
    what = wording.what(row.kind)
    return say(f"{what}, year {row.year}", f"第 {row.year} 年{what}") if row.year else what


def rule(row: InboxRow) -> str:
    """The article by which it is awaited, from the lifecycle table."""
    for one in wording.awaited_in(row.stage, overdue=True):
        if (one.kind, one.role) == (row.kind, row.role):
            return one.rule
    return ""


def days_left(row: InboxRow, now: datetime) -> int | None:
    """The working days that are left, negative when overdue; None while the due date is not known."""
    return None if row.due is None else working_days_left(beijing_date(now), row.due)


def late(row: InboxRow, now: datetime) -> bool:
    """Whether it is overdue: by the log, or by the clock while no worker has noted it yet."""
    return row.overdue or (row.due is not None and row.due <= now)


def until(row: InboxRow, now: datetime) -> str:
    """Until when, with the working days that are left. Overdue is a word, so that it needs no colour."""
    return " ".join(part for part in _until(row, now) if part)


def _until(row: InboxRow, now: datetime) -> tuple[str, str, str]:
    """The mark, the day and the days."""
    left, mark = days_left(row, now), say("OVERDUE", "【逾期】") if late(row, now) else ""
    if row.due is None or left is None:
        return mark, say("not known yet", "尚未确定"), ""
    day = str(last_day(row.due))
    if mark:
        # A clock that was skipped ahead (the demo) is beyond any number of days on ours.
        return mark, day, _days(-left) if left < 0 else ""
    about = say("about ", "约") if row.due_provisional else ""
    return "", day, _days(left, about)


def counted(counts: Sequence[StepCount]) -> str:
    """How many wait at each step, and in all."""
    parts = [_count(wording.what(one.kind), one.waiting, one.overdue) for one in counts]
    waiting, overdue = sum(c.waiting for c in counts), sum(c.overdue for c in counts)
    return say(" · ", " · ").join([*parts, _count(say("in all", "共"), waiting, overdue)])


def data(row: InboxRow, now: datetime) -> dict[str, Any]:
    """A row as JSON data."""
    more = {"rule": rule(row), "working_days_left": days_left(row, now)}
    return row.model_dump(mode="json") | more


def _narrow(rows: Sequence[InboxRow], now: datetime) -> Table:
    """Two or three lines for a row: id and name, step and rule, district and day, date and days left."""
    roles = {row.role for row in rows}
    drawn = table(
        (
            say("platform", "平台"),
            say("step", "事项"),
            say("district, since", "所在区、自"),
            say("due, days left", "截止（工作日）"),
        ),
        (),
    )
    longest = max(cell_len(row.platform_id) for row in rows)
    drawn.columns[0].min_width = min(longest, _WHOLE_ID)
    for row in rows:
        by = f" {wording.who(row.role)}" if len(roles) > 1 else ""
        drawn.add_row(
            stacked(row.platform_id, row.name),
            stacked(step(row), f"{rule(row)}{by}"),
            stacked(wording.district(row.district), str(beijing_date(row.since))),
            stacked(*_until(row, now), marked=late(row, now)),
        )
    return drawn


def _days(count: int, about: str = "") -> str:
    return say(
        f"({about}1 day)" if count == 1 else f"({about}{count} days)", f"（{about}{count}天）"
    )


def _count(what: str, waiting: int, overdue: int) -> str:
    late = say(f" ({overdue} OVERDUE)", f"（逾期 {overdue}）") if overdue else ""
    return f"{what} {waiting}{late}"
