"""Rows of the register as people read them: a table for a terminal, cells for a spreadsheet."""

import shutil
import sys

from rich.cells import cell_len
from rich.table import Table

from db.row_types import RegisterRow
from starter.tables.sheet_writer import Cell
from starter.terminal import wording
from starter.terminal.language import say
from starter.terminal.screen import short, stacked, table, watched
from workflows.periods import last_day
from workflows.vocabulary import Stage

ROOMY = 130
"""Columns of a terminal from which on everything has a column of its own."""
_WHOLE_ID = 26
"""Ids up to this length keep to one line, also where it is narrow."""


def rows_table(rows: list[RegisterRow]) -> Table:
    """The rows as a table: id, name, district, field, stage, and its last day.

    On a narrow terminal the name stands below the id, and the field below the district: columns of
    their own would be so narrow that words are broken.
    """
    if rows and watched(sys.stdout) and shutil.get_terminal_size().columns < ROOMY:
        return _narrow(rows)
    return table(
        (
            say("platform", "编号"),
            say("name", "名称"),
            say("district", "所在区"),
            say("field", "领域"),
            say("stage", "阶段"),
            say("until", "期限"),
        ),
        [
            (
                row.platform_id,
                row.name,
                wording.district(row.district),
                wording.field(row.field),
                _stage(row),
                _until(row),
            )
            for row in rows
        ],
        whole=(0, 5) if short(row.platform_id for row in rows) else (5,),
    )


def _narrow(rows: list[RegisterRow]) -> Table:
    drawn = table(
        (
            say("platform", "平台"),
            say("district, field", "所在区、领域"),
            say("stage", "阶段"),
            say("until", "期限"),
        ),
        (),
        whole=(3,),
    )
    longest = max(cell_len(row.platform_id) for row in rows)
    drawn.columns[0].min_width = min(longest, _WHOLE_ID)
    for row in rows:
        drawn.add_row(
            stacked(row.platform_id, row.name),
            stacked(wording.district(row.district), wording.field(row.field)),
            stacked(_stage(row)),
            stacked(_until(row)),
        )
    return drawn


def head() -> tuple[str, ...]:
    """The headings of `cells`."""
    return (
        say("platform", "编号"),
        say("name", "名称"),
        say("operator", "平台运营单位"),
        say("lead unit", "牵头单位"),
        say("district", "所在区"),
        say("field", "领域"),
        say("term", "期次"),
        say("stage", "阶段"),
        say("since", "自"),
        say("overdue", "逾期"),
        say("due", "截止"),
        say("open assessment", "进行中的考核年度"),
        say("assessment overdue", "考核逾期"),
        say("list number", "名单批次"),
        say("certificate", "证书编号"),
        say("listed on", "纳入日期"),
        say("valid until", "有效期至"),
    )


def cells(row: RegisterRow) -> tuple[Cell, ...]:
    """A row for a spreadsheet, in the words of the language; days and moments are those of Beijing."""
    return (
        row.platform_id,
        row.name,
        row.operator,
        row.lead_unit,
        wording.district(row.district),
        wording.field(row.field),
        row.term,
        wording.stage(row.stage),
        row.since,
        _yes(row.overdue),
        last_day(row.due) if row.due else None,
        row.open_assessment,
        _yes(row.assessment_overdue),
        row.list_number,
        row.certificate_number,
        row.listed_on,
        last_day(row.valid_until) if row.valid_until else None,
    )


def _yes(holds: bool) -> str:
    return say("yes", "是") if holds else say("no", "否")


def _stage(row: RegisterRow) -> str:
    words = wording.stage(row.stage)
    if row.overdue:
        words += say(", OVERDUE", "【逾期】")
    if row.open_assessment:
        words += say(f", assessment {row.open_assessment}", f"，第 {row.open_assessment} 年考核")
    if row.assessment_overdue:
        words += say(" OVERDUE", "【逾期】")
    return words


def _until(row: RegisterRow) -> str:
    end = row.valid_until if row.stage == Stage.VALID else row.due
    return str(last_day(end)) if end and not wording.has_ended(row.stage) else ""
