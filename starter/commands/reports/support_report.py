"""The support ledger as a report: each record with the platform's name, and sums by kind."""

from collections.abc import Sequence
from decimal import Decimal

from db.row_types import SupportRow
from starter.commands.reports.report_columns import AMOUNT, ReportColumn, report_sheet
from starter.tables.report_sheets import TOTAL, ReportSheet
from starter.tables.sheet_writer import Cell
from starter.terminal import wording
from starter.terminal.language import say, word
from workflows.vocabulary import Support
from workflows.words import Words

_KIND = Words("kind of support", "支持类别")
_RECORDS = Words("records", "条数")


def support_sheets(rows: Sequence[SupportRow]) -> list[ReportSheet]:
    """The ledger and its sums. What was set aside stands in the ledger, and counts in no sum."""
    counting = [row for row in rows if not row.set_aside_by]
    totals: list[Cell] = [None] * len(_COLUMNS)
    totals[0] = say(TOTAL)
    totals[_AMOUNT_AT] = _sum(counting)
    kinds = [kind for kind in Support if any(row.support == kind for row in counting)]
    by_kind = [(kind, [row for row in counting if row.support == kind]) for kind in kinds]
    return [
        report_sheet(Words("support given", "支持台账"), _COLUMNS, rows, [totals]),
        report_sheet(
            Words("support by kind", "支持分类汇总"),
            _BY_KIND,
            by_kind,
            [[say(TOTAL), _platforms(counting), len(counting), _sum(counting)]],
        ),
    ]


def _sum(rows: Sequence[SupportRow]) -> Decimal:
    return sum((row.amount_wan for row in rows if row.amount_wan), Decimal())


def _platforms(rows: Sequence[SupportRow]) -> int:
    return len({row.platform_id for row in rows})


def _state(row: SupportRow) -> str:
    if not row.set_aside_by:
        return say(Words("in force", "有效"))
    by = f"{row.term}.{row.set_aside_by}"
    return say(Words(f"SET ASIDE by {by}", f"已由 {by} 撤销"))


_COLUMNS: tuple[ReportColumn[SupportRow], ...] = (
    ReportColumn(Words("given on", "给予日期"), lambda row: row.given_on),
    ReportColumn(Words("platform id", "平台编号"), lambda row: row.platform_id),
    ReportColumn(Words("platform", "平台名称"), lambda row: row.name),
    ReportColumn(wording.DISTRICT, lambda row: wording.district(row.district)),
    ReportColumn(_KIND, lambda row: word(row.support, Support)),
    ReportColumn(Words("what", "支持事项名称"), lambda row: row.title),
    ReportColumn(AMOUNT, lambda row: row.amount_wan),
    ReportColumn(Words("recorded by", "登记人"), lambda row: row.actor_id),
    ReportColumn(Words("organisation", "登记单位"), lambda row: row.organisation),
    ReportColumn(Words("recorded at", "登记时间"), lambda row: row.recorded_at),
    ReportColumn(Words("state", "状态"), _state),
)
_AMOUNT_AT = next(n for n, column in enumerate(_COLUMNS) if column.heading is AMOUNT)
_BY_KIND: tuple[ReportColumn[tuple[Support, list[SupportRow]]], ...] = (
    ReportColumn(_KIND, lambda of: word(of[0], Support)),
    ReportColumn(Words("platforms", "平台数"), lambda of: _platforms(of[1])),
    ReportColumn(_RECORDS, lambda of: len(of[1])),
    ReportColumn(AMOUNT, lambda of: _sum(of[1])),
)
