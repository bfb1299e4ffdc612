"""`pingtai stats`: the programme in figures."""

from collections.abc import Callable, Iterable

import click
from rich.table import Table

from db.programme_rows import Count, Figures, StepTime
from starter.commands.filters import district_option, field_option, json_option
from starter.desk.reach import open_reads
from starter.terminal import wording
from starter.terminal.bar_chart import chart
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import complain, heading, show, show_json, table
from workflows.vocabulary import AssessmentStage, Stage


@click.command("stats")
@field_option
@district_option
@click.option(
    "--year",
    type=click.IntRange(2000, 2199),
    metavar="YEAR",
    help="Only terms that were listed in this year. 纳入年份",
)
@json_option
def stats_command(
    *, field: str | None, district: str | None, year: int | None, as_json: bool
) -> None:
    """Count platforms, and say how long steps took and how assessments ended. 统计

    Platforms count by their newest terms. A step lasts from where its stage began to where it ended,
    in calendar days; what was set aside does not count.

    \b
    Example:
      pingtai stats --district haidian
    """
    _stats(field, district, year, as_json)


@answering
async def _stats(field: str | None, district: str | None, year: int | None, as_json: bool) -> None:
    async with open_reads() as register:
        found = await register.figures(field=field, district=district, year=year)
    if as_json:
        show_json(found.model_dump(mode="json"))
    elif not found.stages:
        complain(say("no platforms", "没有平台"))
    else:
        _show(found)


def _show(found: Figures) -> None:
    platforms = say("platforms", "平台数")
    order = {str(stage): number for number, stage in enumerate(Stage)}
    stages = sorted(found.stages, key=lambda one: order.get(one.word, len(order)))
    show(chart((say("stage", "阶段"), platforms), _named(stages, wording.stage)))
    show(
        heading(say("By field", "按领域")),
        chart((say("field", "领域"), platforms), _named(found.fields, wording.field)),
        heading(say("By district", "按所在区")),
        chart((say("district", "所在区"), platforms), _named(found.districts, wording.district)),
    )
    if found.years:
        show(
            heading(say("By year of listing", "按纳入年份")),
            chart((say("year", "年份"), platforms), _named(found.years, str)),
        )
    if found.steps:
        show(
            heading(say("Time spent in each step, in days", "各环节用时（天）")),
            _steps(found.steps),
        )
    if found.results:
        show(heading(say("Assessments", "年度考核")), _results(found))


def _named(counts: Iterable[Count], named: Callable[[str], str]) -> list[tuple[str, int]]:
    return [(named(one.word), one.platforms) for one in counts]


def _steps(steps: tuple[StepTime, ...]) -> Table:
    return table(
        (
            say("step", "环节"),
            say("times", "次数"),
            say("median", "中位数"),
            say("worst", "最长"),
            say("platform", "平台"),
        ),
        [
            (
                wording.stage(one.stage),
                str(one.times),
                f"{one.median_days:.1f}",
                f"{one.worst_days:.1f}",
                one.worst_platform,
            )
            for one in steps
        ],
        whole=(1, 2, 3),
    )


def _results(found: Figures) -> Table:
    """A row for each year in which assessments ended, a column for each result; open ones last."""
    words = [str(stage) for stage in AssessmentStage] + ["open"]
    results = [word for word in words if any(one.result == word for one in found.results)]
    years = dict.fromkeys(one.year for one in found.results)
    numbers = {(one.year, one.result): one.assessments for one in found.results}
    named = [say("open", "进行中") if word == "open" else wording.stage(word) for word in results]
    return table(
        (say("ended in", "结束年份"), *named),
        [
            (
                str(year or say("not yet", "尚未结束")),
                *(str(numbers.get((year, word), "")) for word in results),
            )
            for year in years
        ],
        whole=(0,),
    )
