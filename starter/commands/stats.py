"""`pingtai stats`: the programme in figures."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from db.programme_rows import Figures, IndicatorTotal, StepTime
from starter.commands.options import (
    district_option,
    field_option,
    json_option,
    listed_in_option,
    report_option,
)
from starter.desk.reach import open_reads
from starter.terminal import wording
from starter.terminal.command_runner import answering
from starter.terminal.pager import paged
from starter.terminal.screen import (
    ALWAYS,
    Column,
    Said,
    complain,
    draws,
    heading,
    is_narrow,
    show,
    show_json,
    stacked,
    table,
    table_of,
)
from starter.terminal.table_words import district_cell
from workflows.exact_numbers import grouped
from workflows.vocabulary import AssessmentStage, Stage
from workflows.words import Words


@click.command("stats")
@field_option
@district_option
@listed_in_option
@report_option
@json_option
@answering
async def stats_command(*, report: Path | None, as_json: bool, **asked: Any) -> None:
    """Count platforms, durations of steps, and results of assessments. 统计

    Platforms count by their newest terms. A step lasts from where its stage began to where it ended,
    in calendar days without those of a suspension; what was set aside does not count. With --file the
    figures go to a workbook, a sheet for each table, or to a CSV.

    \b
    Example:
      pingtai stats --district haidian
      pingtai stats --file stats.xlsx
    """
    if report:
        from starter.tables.report_sheets import check_report  # noqa: PLC0415 - only files need it

        check_report(report)
    async with open_reads(patient=True) as register:
        found = await register.figures(**asked)
    if as_json:
        show_json(found.model_dump(mode="json"))
    elif not found.stages:
        complain(wording.NO_PLATFORMS)
    elif report:
        from starter.commands.reports.programme_reports import figures_sheets  # noqa: PLC0415 - only files need it
        from starter.tables.report_sheets import write_report  # noqa: PLC0415

        write_report(report, figures_sheets(found))
    else:
        with paged():
            _show(found)


def _show(found: Figures) -> None:
    order = {str(stage): number for number, stage in enumerate(Stage)}
    stages = sorted(found.stages, key=lambda one: order.get(one.word, len(order)))
    for title, label, counts, named in (
        (None, wording.STAGE, stages, wording.stage),
        (Words("By field", "按领域"), wording.FIELD, found.fields, wording.field),
        (
            Words("By district", "按所在区"),
            wording.DISTRICT,
            found.districts,
            district_cell,
        ),
        (Words("By year of listing", "按纳入年份"), wording.YEAR, found.years, str),
    ):
        if title and counts:
            show(heading(title))
        if counts:
            show(chart((label, _PLATFORMS), [(named(one.word), one.platforms) for one in counts]))
    if found.steps:
        title = Words("Time spent in each step, in days", "各环节用时（天）")
        show(heading(title), table_of(found.steps, _STEPS if is_narrow() else _STEPS_WIDE))
    if found.results:
        show(heading(Words("Assessments", "年度考核")), _results(found))
    if found.indicators:
        title = Words("Indicators, by year of the report", "指标情况（按报告年份）")
        show(heading(title), table_of(found.indicators, _INDICATORS))


def _results(found: Figures) -> Table:
    """A row for each year in which assessments ended, a column for each result; open ones last."""
    words = [*map(str, AssessmentStage), _OPEN]
    results = [word for word in words if any(one.result == word for one in found.results)]
    numbers = {(one.year, one.result): one.assessments for one in found.results}
    named = [Words("open", "进行中") if word == _OPEN else wording.stage(word) for word in results]
    return table(
        (Words("ended in", "结束年份"), *named),
        [
            (
                year or Words("not yet", "尚未结束"),
                *(numbers.get((year, word)) for word in results),
            )
            for year in dict.fromkeys(one.year for one in found.results)
        ],
        whole=(0,),
    )


_OPEN = "open"
_PLATFORMS = Words("platforms", "平台数")
_OF_THE_LONGEST = Words("platform of the longest", "用时最长的平台")
_STEPS: tuple[Column[StepTime], ...] = (
    Column(Words("step", "环节"), lambda one: wording.stage(one.stage)),
    Column(Words("times", "次数"), lambda one: one.times, whole=ALWAYS),
    Column(Words("median", "中位数"), lambda one: f"{one.median_days:.1f}", whole=ALWAYS),
    Column(Words("longest", "最长"), lambda one: f"{one.worst_days:.1f}", whole=ALWAYS),
    Column(_OF_THE_LONGEST, lambda one: stacked(one.worst_platform, one.worst_name)),
)
_STEPS_WIDE: tuple[Column[StepTime], ...] = (
    *_STEPS[:-1],
    Column(_OF_THE_LONGEST, lambda one: one.worst_platform),
    Column(wording.PLATFORM_NAME, lambda one: one.worst_name),
)

_INDICATORS: tuple[Column[IndicatorTotal], ...] = (
    Column(Words("indicator", "指标"), lambda one: one.name),
    Column(Words("unit", "单位"), lambda one: one.unit),
    Column(wording.YEAR, lambda one: one.year, whole=ALWAYS),
    Column(_PLATFORMS, lambda one: one.platforms, whole=ALWAYS),
    Column(Words("total", "合计"), lambda one: grouped(one.total), whole=ALWAYS),
)


WIDTH = 30
"""Columns of the longest bar."""
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


def chart(columns: tuple[Said, Said], counts: Sequence[tuple[str, int]]) -> Table:
    """Words and numbers, on a terminal each with a bar as long as its share of the largest."""
    largest = max((number for _, number in counts), default=0)
    if not draws():
        return table(columns, [(word, str(number)) for word, number in counts])
    rows = [(word, str(number), bar(number, largest)) for word, number in counts]
    return table((*columns, ""), rows, whole=(1, 2))


def bar(number: int, largest: int) -> str:
    """A bar for a number; what is not zero can be seen."""
    if not number or not largest:
        return ""
    whole, part = divmod(max(1, round(number / largest * WIDTH * 8)), 8)
    return "█" * whole + _EIGHTHS[part]
