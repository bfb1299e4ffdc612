"""The register as a report: every column, in the words of the language, with how many are in each stage."""

from collections.abc import Sequence

from db.plaque_types import PlaqueState
from db.row_types import RegisterRow
from starter.commands.plaque_words import PLAQUE
from starter.commands.reports.report_columns import ReportColumn, capital, report_sheet
from starter.tables.report_sheets import TOTAL, ReportSheet
from starter.tables.sheet_writer import Cell
from starter.terminal import wording
from starter.terminal.language import say, word
from workflows.periods import last_day
from workflows.words import Words

REGISTER = Words("register of platforms", "平台名册")


def head() -> tuple[str, ...]:
    """The headings of `cells`."""
    return tuple(capital(say(column.heading)) for column in _COLUMNS)


def cells(row: RegisterRow) -> tuple[Cell, ...]:
    """A row for a spreadsheet, in the words of the language; days and moments are those of Beijing."""
    return tuple(column.cell(row) for column in _COLUMNS)


def register_sheets(rows: Sequence[RegisterRow]) -> list[ReportSheet]:
    """The rows as a report, with how many there are in each stage."""
    stages = dict.fromkeys(row.stage for row in rows)
    by_stage = [(stage, sum(row.stage == stage for row in rows)) for stage in stages]
    counts: tuple[ReportColumn[tuple[str, int]], ...] = (
        ReportColumn(wording.STAGE, lambda of: wording.stage(of[0])),
        ReportColumn(Words("platforms", "平台数"), lambda of: of[1]),
    )
    return [
        report_sheet(REGISTER, _COLUMNS, rows),
        report_sheet(
            Words("platforms by stage", "按阶段统计"), counts, by_stage, [[say(TOTAL), len(rows)]]
        ),
    ]


def _yes(holds: bool) -> str:
    return say(Words("yes", "是") if holds else Words("no", "否"))


_COLUMNS: tuple[ReportColumn[RegisterRow], ...] = (
    ReportColumn(Words("platform id", "平台编号"), lambda row: row.platform_id),
    ReportColumn(Words("platform", "平台名称"), lambda row: row.name),
    ReportColumn(wording.OPERATOR, lambda row: row.operator),
    ReportColumn(wording.LEAD_UNIT, lambda row: row.lead_unit),
    ReportColumn(wording.DISTRICT, lambda row: wording.district(row.district)),
    ReportColumn(wording.FIELD, lambda row: wording.field(row.field)),
    ReportColumn(wording.TERM, lambda row: row.term),
    ReportColumn(wording.STAGE, lambda row: wording.stage(row.stage)),
    ReportColumn(wording.SINCE, lambda row: row.since),
    ReportColumn(Words("suspended since", "暂停起始时间"), lambda row: row.suspended_since),
    ReportColumn(Words("overdue", "逾期"), lambda row: _yes(row.overdue)),
    ReportColumn(Words("due", "截止日期"), lambda row: last_day(row.due) if row.due else None),
    ReportColumn(Words("open assessment", "进行中的考核年度"), lambda row: row.open_assessment),
    ReportColumn(Words("assessment overdue", "考核逾期"), lambda row: _yes(row.assessment_overdue)),
    ReportColumn(wording.LIST_NUMBER, lambda row: row.list_number),
    ReportColumn(wording.CERTIFICATE, lambda row: row.certificate_number),
    ReportColumn(Words("listed on", "纳入日期"), lambda row: row.listed_on),
    ReportColumn(
        wording.VALID_UNTIL, lambda row: last_day(row.valid_until) if row.valid_until else None
    ),
    ReportColumn(Words("layout version", "布局版本"), lambda row: row.layout_version),
    ReportColumn(PLAQUE, lambda row: word(row.plaque, PlaqueState) if row.plaque else None),
)
