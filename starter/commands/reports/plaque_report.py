"""How plaques 牌子 stand, as a report."""

from collections.abc import Sequence

from db.plaque_types import PlaqueRow, PlaqueState
from starter.commands.plaque_words import PLAQUE, ended_on
from starter.commands.reports.report_columns import ReportColumn, report_sheet
from starter.tables.report_sheets import ReportSheet
from starter.terminal import wording
from starter.terminal.language import word
from workflows.words import Words


def plaque_sheets(rows: Sequence[PlaqueRow]) -> list[ReportSheet]:
    """Plaques by platform."""
    return [report_sheet(Words("plaques", "牌子台账"), _COLUMNS, rows)]


_COLUMNS: tuple[ReportColumn[PlaqueRow], ...] = (
    ReportColumn(Words("platform id", "平台编号"), lambda row: row.platform_id),
    ReportColumn(Words("platform", "平台名称"), lambda row: row.name),
    ReportColumn(wording.OPERATOR, lambda row: row.operator),
    ReportColumn(wording.DISTRICT, lambda row: wording.district(row.district)),
    ReportColumn(wording.STAGE, lambda row: wording.stage(row.stage)),
    ReportColumn(PLAQUE, lambda row: word(row.state, PlaqueState)),
    ReportColumn(Words("recorded day", "颁发或交回日期"), lambda row: row.since),
    ReportColumn(Words("ended on", "平台结束日期"), ended_on),
)
