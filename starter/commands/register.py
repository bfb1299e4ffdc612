"""`pingtai register`: the platforms, a page at a time or all of them, now or as they stood on a day."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from db.queries import LARGEST_PAGE
from db.row_types import RegisterRow
from starter.commands.filters import DAY, district_option, field_option, stage_option
from starter.commands.register_rows import cells, head, rows_table
from starter.commands.today import today
from starter.desk.reach import directly_only, open_reads
from starter.errors import BadInput
from starter.tables.sheet_writer import sheet
from starter.terminal.command_runner import answering
from starter.terminal.default_group import UsualGroup
from starter.terminal.language import say
from starter.terminal.screen import complain, show

FORMATS = ("table", "json", "csv", "xlsx")


LIST = "list"

register_command = UsualGroup(
    "register",
    LIST,
    no_args_is_help=False,
    help="""The platforms, now or as they stood on a day: `pingtai register list`, which is meant
    where no command is named. 平台名册

    \b
    Example:
      pingtai register --district haidian --stage valid
      pingtai register --on 2026-05-01""",
)


@register_command.command(LIST, short_help="List the platforms, or export them. 平台名册")
@district_option
@field_option
@stage_option
@click.option("--list-number", metavar="NUMBER", help="Only those of this list. 名单批次")
@click.option(
    "--year",
    type=click.IntRange(2000, 2199),
    metavar="YEAR",
    help="Only those listed in this year. 纳入年份",
)
@click.option("--overdue", is_flag=True, help="Only those with an overdue step. 逾期")
@click.option(
    "--on", "day", type=DAY, metavar="DAY", help="As it stood at the end of a day. 历史日期"
)
@click.option(
    "--limit",
    type=click.IntRange(1, LARGEST_PAGE),
    default=50,
    show_default=True,
    help="So many at most. 行数",
)
@click.option("--after", metavar="PLATFORM", help="Those after this platform id: the next page.")
@click.option("--all", "whole", is_flag=True, help="Not a page but all of them. 全部")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="What to write. 格式",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to a file. 输出文件",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def list_command(**asked: Any) -> None:
    """List the platforms with their newest terms, by platform id. 平台名册

    With --on as they stood at the end of that day in Beijing, by what the logs held then; due dates
    are not known for a day that has passed. CSV and XLSX are in the words of the language, with
    Beijing time; JSON has the register's own words, with UTC. A CSV file begins with a byte order
    mark, so that Excel reads it; what goes to standard output does not.

    \b
    Example:
      pingtai register --district haidian --stage valid
      pingtai register --all --format xlsx -o register.xlsx
      pingtai register --on 2026-05-01 --stage valid
    """
    _register(**asked)


@answering
async def _register(
    *, form: str, output: Path | None, as_json: bool, whole: bool, limit: int, **asked: Any
) -> None:
    form = "json" if as_json else form
    _check(form, output, whole)
    if asked["day"] and asked["day"] > today():
        complain(say("That day is still to come: as things stand.", "该日尚未到来：按现状列出。"))
    pages = _pages(None if whole else limit, **asked)
    if form == "table":
        rows = [row async for page in pages for row in page]
        if rows:
            show(rows_table(rows))
        else:
            complain(say("no platforms", "没有平台"))
        if len(rows) == limit:
            more = f"--after {rows[-1].platform_id}"
            complain(say(f"There may be more: {more}", f"可能还有：{more}"))
        return
    number = 0
    with sheet(form, output, head()) as write:  # type: ignore[arg-type]
        async for page in pages:
            number += len(page)
            for row in page:
                write(row.model_dump(mode="json") if form == "json" else cells(row))
    if output:
        complain(say(f"{number} platforms: {output}", f"{number} 个平台：{output}"))


def _check(form: str, output: Path | None, whole: bool) -> None:
    if form == "table" and (whole or output):
        raise BadInput(
            "--all and -o are for --format json, csv and xlsx",
            "--all 和 -o 用于 --format json、csv 和 xlsx",
        )
    if form == "xlsx" and output is None:
        raise BadInput("xlsx goes to a file: -o FILE", "xlsx 须写入文件：-o 文件名")


async def _pages(
    limit: int | None, *, day: date | None, after: str | None, **wanted: Any
) -> AsyncIterator[list[RegisterRow]]:
    """Pages until there are `limit` rows; None: until the end."""
    size = limit or LARGEST_PAGE
    if day is None:
        async with open_reads() as register:
            while True:
                page = await register.register(**wanted, after=after, limit=size)
                yield list(page)
                if limit or len(page) < size:
                    return
                after = page[-1].platform_id
    directly_only("`pingtai register --on`", "register --on ")
    from db.as_of import register_on  # noqa: PLC0415 - folds logs, by all the rules
    from starter.client.register_access import open_engine  # noqa: PLC0415 - only the direct way needs it

    async with open_engine(patient=True) as engine:
        while True:
            standing = await register_on(engine, day, **wanted, after=after, limit=size)
            for name in standing.unknown:
                complain(
                    say(
                        f"{name}: its log has not wholly arrived; left out",
                        f"{name}：记录尚未全部到达，未列入",
                    )
                )
            yield list(standing.rows)
            after = standing.last
            if limit or after is None:
                return
