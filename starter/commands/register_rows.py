"""Rows of the register as people read them: a table for a terminal, cells for a spreadsheet."""

from collections.abc import Callable, Sequence

from rich.table import Table

from db.plaque_types import PlaqueState
from db.row_types import RegisterRow
from starter.commands.plaque_words import PLAQUE
from starter.commands.reports.report_columns import ReportColumn, capital, report_sheet
from starter.tables.report_sheets import TOTAL, ReportSheet
from starter.tables.sheet_writer import Cell
from starter.terminal import wording
from starter.terminal.language import say, word
from starter.terminal.screen import ALWAYS, IF_SHORT, Column, is_narrow, stacked, table_of
from starter.terminal.table_words import district_cell
from workflows.periods import last_day
from workflows.vocabulary import Stage
from workflows.words import Words

REGISTER = Words("register of platforms", "平台名册")


def rows_table(rows: Sequence[RegisterRow]) -> Table:
    """The rows as a table: id, name, district, field, stage, and its last day.

    On a narrow terminal the name stands below the id, and the field below the district: columns of
    their own would be so narrow that words are broken.
    """
    return table_of(rows, _NARROW if is_narrow() else _WIDE)


def head() -> tuple[str, ...]:
    """The headings of `cells`."""
    return tuple(capital(say(heading)) for heading, _ in _SHEET)


def register_sheets(rows: Sequence[RegisterRow]) -> list[ReportSheet]:
    """The rows as a report, with how many there are in each stage."""
    stages = dict.fromkeys(row.stage for row in rows)
    by_stage = [(stage, sum(row.stage == stage for row in rows)) for stage in stages]
    columns = [ReportColumn(heading, cell) for heading, cell in _SHEET]
    counts: tuple[ReportColumn[tuple[str, int]], ...] = (
        ReportColumn(wording.STAGE, lambda of: wording.stage(of[0])),
        ReportColumn(Words("platforms", "平台数"), lambda of: of[1]),
    )
    return [
        report_sheet(REGISTER, columns, rows),
        report_sheet(
            Words("platforms by stage", "按阶段统计"), counts, by_stage, [[say(TOTAL), len(rows)]]
        ),
    ]


def cells(row: RegisterRow) -> tuple[Cell, ...]:
    """A row for a spreadsheet, in the words of the language; days and moments are those of Beijing."""
    return tuple(cell(row) for _, cell in _SHEET)


def _yes(holds: bool) -> str:
    return say(Words("yes", "是") if holds else Words("no", "否"))


def _district(row: RegisterRow) -> str:
    return wording.district(row.district)


def _field(row: RegisterRow) -> str:
    return wording.field(row.field)


def _stage(row: RegisterRow) -> str:
    year = row.open_assessment
    return wording.stage(row.stage) + "".join(
        say(words)
        for holds, words in (
            (row.suspended_since, Words(", SUSPENDED", "【暂停】")),
            (row.overdue, Words(", OVERDUE", "【逾期】")),
            (year, Words(f", assessment {year}", f"，第 {year} 年考核")),
            (row.assessment_overdue, Words(" OVERDUE", "【逾期】")),
            (row.plaque == PlaqueState.OVERDUE, Words(", plaque not returned", "，牌子未交回")),
        )
        if holds
    )


def _until(row: RegisterRow) -> object:
    end = row.valid_until if row.stage == Stage.VALID else row.due
    return last_day(end) if end and not wording.has_ended(row.stage) else None


_END = (
    Column(wording.STAGE, _stage),
    Column(wording.UNTIL, _until, whole=ALWAYS),
)
_WIDE: tuple[Column[RegisterRow], ...] = (
    Column(wording.PLATFORM_ID, lambda row: row.platform_id, whole=IF_SHORT),
    Column(wording.PLATFORM_NAME, lambda row: row.name),
    Column(wording.DISTRICT, lambda row: district_cell(row.district)),
    Column(wording.FIELD, _field),
    *_END,
)
_NARROW: tuple[Column[RegisterRow], ...] = (
    Column(wording.PLATFORM_LABEL, lambda row: stacked(row.platform_id, row.name), least=26),
    Column(
        Words("district, field", "所在区、领域"),
        lambda row: stacked(district_cell(row.district), _field(row)),
    ),
    *_END,
)
_SHEET: tuple[tuple[Words, Callable[[RegisterRow], Cell]], ...] = (
    (Words("platform id", "平台编号"), lambda row: row.platform_id),
    (Words("platform", "平台名称"), lambda row: row.name),
    (wording.OPERATOR, lambda row: row.operator),
    (wording.LEAD_UNIT, lambda row: row.lead_unit),
    (wording.DISTRICT, _district),
    (wording.FIELD, _field),
    (wording.TERM, lambda row: row.term),
    (wording.STAGE, lambda row: wording.stage(row.stage)),
    (wording.SINCE, lambda row: row.since),
    (Words("suspended since", "暂停起始时间"), lambda row: row.suspended_since),
    (Words("overdue", "逾期"), lambda row: _yes(row.overdue)),
    (Words("due", "截止日期"), lambda row: last_day(row.due) if row.due else None),
    (Words("open assessment", "进行中的考核年度"), lambda row: row.open_assessment),
    (Words("assessment overdue", "考核逾期"), lambda row: _yes(row.assessment_overdue)),
    (wording.LIST_NUMBER, lambda row: row.list_number),
    (wording.CERTIFICATE, lambda row: row.certificate_number),
    (Words("listed on", "纳入日期"), lambda row: row.listed_on),
    (wording.VALID_UNTIL, lambda row: last_day(row.valid_until) if row.valid_until else None),
    (Words("layout version", "布局版本"), lambda row: row.layout_version),
    (PLAQUE, lambda row: word(row.plaque, PlaqueState) if row.plaque else None),
)
