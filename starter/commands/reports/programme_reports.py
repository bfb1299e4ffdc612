"""Statistics and mechanisms as reports: a sheet for each table, with totals."""

from collections.abc import Callable, Sequence

from db.programme_rows import (
    Count,
    Counted,
    Figures,
    IndicatorTotal,
    Mechanisms,
    PlatformMechanisms,
    StepTime,
)
from starter.commands.reports.report_columns import ReportColumn, report_sheet
from starter.tables.report_sheets import TOTAL, ReportSheet
from starter.tables.sheet_writer import Cell
from starter.terminal import wording
from starter.terminal.language import say, word
from workflows.vocabulary import AssessmentStage, GovernanceBody, LegalForm, Stage, TransferPractice
from workflows.words import Words

_PLATFORMS = Words("platforms", "平台数")
_OPEN = "open"
_YES, _NO = Words("yes", "是"), Words("no", "否")


def figures_sheets(found: Figures) -> list[ReportSheet]:
    """Platforms by stage, field, district and year; time spent in steps; results of assessments."""
    order = {str(stage): number for number, stage in enumerate(Stage)}
    stages = sorted(found.stages, key=lambda one: order.get(one.word, len(order)))
    sheets = [
        _counts(Words("platforms by stage", "按阶段统计"), wording.STAGE, stages, wording.stage),
        _counts(Words("by field", "按领域统计"), wording.FIELD, found.fields, wording.field),
        _counts(
            Words("by district", "按所在区统计"),
            wording.DISTRICT,
            found.districts,
            wording.district,
        ),
        _counts(
            Words("by year of listing", "按纳入年份统计"),
            Words("year of listing", "纳入年份"),
            found.years,
            str,
        ),
        report_sheet(Words("time in each step", "各环节用时"), _STEPS, found.steps),
        _results(found),
        report_sheet(Words("indicators", "指标情况"), _INDICATORS, found.indicators),
    ]
    return [sheet for sheet in sheets if sheet.rows]


def _counts(
    title: Words, label: Words, counts: Sequence[Count], named: Callable[[str], str]
) -> ReportSheet:
    columns: tuple[ReportColumn[Count], ...] = (
        ReportColumn(label, lambda one: named(one.word)),
        ReportColumn(_PLATFORMS, lambda one: one.platforms),
    )
    total = sum(one.platforms for one in counts)
    return report_sheet(title, columns, counts, [[say(TOTAL), total]])


_STEPS: tuple[ReportColumn[StepTime], ...] = (
    ReportColumn(Words("step", "环节"), lambda one: wording.stage(one.stage)),
    ReportColumn(Words("times", "次数"), lambda one: one.times),
    ReportColumn(Words("median (days)", "用时中位数（天）"), lambda one: one.median_days),
    ReportColumn(Words("longest (days)", "最长用时（天）"), lambda one: one.worst_days),
    ReportColumn(Words("platform of the longest", "用时最长的平台"), lambda one: one.worst_name),
    ReportColumn(Words("its platform id", "用时最长的平台编号"), lambda one: one.worst_platform),
)


_INDICATORS: tuple[ReportColumn[IndicatorTotal], ...] = (
    ReportColumn(Words("indicator id", "指标编号"), lambda one: one.indicator),
    ReportColumn(Words("indicator", "指标"), lambda one: one.name),
    ReportColumn(Words("unit", "单位"), lambda one: one.unit),
    ReportColumn(Words("year of the report", "报告年份"), lambda one: one.year),
    ReportColumn(_PLATFORMS, lambda one: one.platforms),
    ReportColumn(Words("total", "合计"), lambda one: one.total),
)


def _results(found: Figures) -> ReportSheet:
    """A row for each year in which assessments ended, a column for each result; open ones last."""
    words = [*map(str, AssessmentStage), _OPEN]
    results = [one for one in words if any(each.result == one for each in found.results)]
    years = list(dict.fromkeys(one.year for one in found.results))
    numbers = {(one.year, one.result): one.assessments for one in found.results}

    def counted(result: str) -> ReportColumn[int | None]:
        named = Words("open", "进行中") if result == _OPEN else Words.same(wording.stage(result))
        return ReportColumn(named, lambda year: numbers.get((year, result), 0))

    columns: list[ReportColumn[int | None]] = [
        ReportColumn(
            Words("year of the conclusion", "考核结束年份"),
            lambda year: str(year) if year else say(Words("not yet", "尚未结束")),
        ),
        *map(counted, results),
    ]
    totals: list[Cell] = [
        say(TOTAL),
        *(sum(each.assessments for each in found.results if each.result == one) for one in results),
    ]
    return report_sheet(
        Words("results of assessments", "年度考核结果"), columns, years, [totals] if years else ()
    )


def mechanisms_sheets(found: Mechanisms, rows: Sequence[PlatformMechanisms]) -> list[ReportSheet]:
    """The platforms with what they state, and the counts of it."""
    sheets = [
        report_sheet(Words("operating mechanisms", "运作机制"), _MECHANISMS, rows),
        _stated(Words("legal forms", "法人形式"), found.legal_forms, _legal_form),
        _stated(Words("funding", "资金来源"), found.funding, str),
        _stated(Words("governance", "治理机制"), found.governance, _body),
        _stated(Words("transfer of results", "成果转化方式"), found.transfer, _practice),
    ]
    return [sheet for sheet in sheets if sheet.rows]


def _stated(title: Words, counts: Sequence[Counted], named: Callable[[str], str]) -> ReportSheet:
    columns: list[ReportColumn[Counted]] = [
        ReportColumn(title, lambda one: named(one.word)),
        ReportColumn(_PLATFORMS, lambda one: one.platforms),
    ]
    if any(one.average_share is not None for one in counts):
        columns.append(
            ReportColumn(Words("average share (%)", "平均份额（%）"), lambda one: one.average_share)
        )
    return report_sheet(title, columns, counts)


def _legal_form(value: str) -> str:
    return word(value, LegalForm)


def _body(value: str) -> str:
    return word(value, GovernanceBody)


def _practice(value: str) -> str:
    return word(value, TransferPractice)


def _source(one: PlatformMechanisms) -> str:
    in_report = Words(f"report of year {one.year}", f"第 {one.year} 年年度报告")
    return say(in_report if one.year else Words("plan", "建设方案"))


_MECHANISMS: tuple[ReportColumn[PlatformMechanisms], ...] = (
    ReportColumn(Words("platform id", "平台编号"), lambda one: one.platform_id),
    ReportColumn(Words("platform", "平台名称"), lambda one: one.name),
    ReportColumn(wording.DISTRICT, lambda one: wording.district(one.district)),
    ReportColumn(wording.FIELD, lambda one: wording.field(one.field)),
    ReportColumn(wording.STAGE, lambda one: wording.stage(one.stage)),
    ReportColumn(Words("legal form", "法人形式"), lambda one: _legal_form(one.legal_form)),
    ReportColumn(Words("independent by", "独立法人化承诺日期"), lambda one: one.independent_by),
    ReportColumn(
        Words("past that date", "是否已过承诺日期"), lambda one: say(_YES if one.past_date else _NO)
    ),
    ReportColumn(
        Words("lead unit's funding (10,000 yuan)", "牵头单位投入（万元）"),
        lambda one: one.lead_unit_funding_wan,
    ),
    ReportColumn(
        Words("governance", "治理机制"), lambda one: wording.joined(map(_body, one.governance))
    ),
    ReportColumn(
        Words("transfer of results", "成果转化方式"),
        lambda one: wording.joined(map(_practice, one.transfer)),
    ),
    ReportColumn(Words("stated in", "信息来源"), _source),
)
