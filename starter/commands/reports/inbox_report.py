"""The inbox as a report: each pending decision with the platform's name, and counts by step."""

from collections.abc import Sequence
from datetime import datetime

from db.inbox_queries import InboxRow, StepCount
from starter.commands.inbox_rows import days_left, late, rule, step
from starter.commands.reports.report_columns import ReportColumn, report_sheet
from starter.tables.report_sheets import TOTAL, ReportSheet
from starter.terminal import wording
from starter.terminal.language import say
from workflows.periods import beijing_date, last_day
from workflows.words import Words, citation

_STEP = Words("step", "办理事项")


def inbox_sheets(
    rows: Sequence[InboxRow], counts: Sequence[StepCount], now: datetime
) -> list[ReportSheet]:
    """What is pending, and how much at each step."""
    waiting, overdue = sum(one.waiting for one in counts), sum(one.overdue for one in counts)
    return [
        report_sheet(Words("pending decisions", "待办事项"), _columns(now), rows),
        report_sheet(
            Words("pending decisions by step", "待办分类汇总"),
            _COUNTS,
            counts,
            [[say(TOTAL), waiting, overdue]],
        ),
    ]


def _columns(now: datetime) -> tuple[ReportColumn[InboxRow], ...]:
    return (
        ReportColumn(Words("platform id", "平台编号"), lambda row: row.platform_id),
        ReportColumn(Words("platform", "平台名称"), lambda row: row.name),
        ReportColumn(wording.OPERATOR, lambda row: row.operator),
        ReportColumn(wording.DISTRICT, lambda row: wording.district(row.district)),
        ReportColumn(wording.FIELD, lambda row: wording.field(row.field)),
        ReportColumn(_STEP, step),
        ReportColumn(Words("from", "办理主体"), lambda row: wording.who(row.role)),
        ReportColumn(wording.SINCE, lambda row: beijing_date(row.since)),
        ReportColumn(Words("due", "截止日期"), lambda row: last_day(row.due) if row.due else None),
        ReportColumn(Words("working days left", "剩余工作日"), lambda row: days_left(row, now)),
        ReportColumn(
            Words("overdue", "是否逾期"),
            lambda row: say(Words("yes", "是") if late(row, now) else Words("no", "否")),
        ),
        ReportColumn(Words("rule", "依据"), lambda row: say(citation(rule(row)))),
    )


_COUNTS: tuple[ReportColumn[StepCount], ...] = (
    ReportColumn(_STEP, lambda one: wording.what(one.kind)),
    ReportColumn(Words("pending", "待办件数"), lambda one: one.waiting),
    ReportColumn(Words("overdue", "逾期件数"), lambda one: one.overdue),
)
