"""`pingtai register`: list or export the platforms, now or as they stood on a day."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from db.plaque_types import PlaqueState
from db.reading import LARGEST_PAGE
from db.row_types import RegisterRow
from starter.clock import today
from starter.commands.options import (
    DAY,
    after_option,
    district_option,
    field_option,
    limit_option,
    listed_in_option,
    report_option,
    stage_option,
)
from starter.commands.register_rows import rows_table
from starter.commands.word_choice import WordChoice
from starter.desk.reach import by_http, directly_only, open_reads
from starter.errors import BadInput
from starter.terminal.command_runner import answering
from starter.terminal.default_group import UsualGroup
from starter.terminal.language import say
from starter.terminal.pager import paged
from starter.terminal.screen import complain, complain_of_more, show
from starter.terminal.this_command import with_option
from starter.terminal.wording import NO_PLATFORMS
from workflows.vocabulary import Stage
from workflows.words import Words, counted, listed_zh

FORMATS = ("table", "json", "csv", "xlsx")


LIST = "list"

register_command = UsualGroup(
    "register",
    LIST,
    no_args_is_help=False,
    help="""List the platforms, or export them. 平台名册

    Without a command: `pingtai register list`.

    \b
    Example:
      pingtai register --district haidian --stage valid
      pingtai register --on 2026-05-01""",
)


@register_command.command(LIST, short_help="List the platforms, or export them. 平台名册")
@district_option
@field_option
@stage_option
@click.option("--list-number", metavar="NUMBER", help="Only this list. 名单批次")
@listed_in_option
@click.option("--overdue", is_flag=True, help="Only platforms with an overdue step. 逾期")
@click.option(
    "--plaque",
    type=WordChoice(PlaqueState),
    metavar="STATE",
    help="Only those whose plaque is issued, returned or overdue. 牌子状态",
)
@click.option(
    "--on", "day", type=DAY, metavar="DAY", help="As it stood at the end of a day. 历史日期"
)
@limit_option(LARGEST_PAGE)
@after_option("PLATFORM")
@click.option("--all", "whole", is_flag=True, help="All platforms, not one page. 全部")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="Output format. 格式",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to a file. 输出文件",
)
@report_option
@click.option("--json", "as_json", is_flag=True, help="Same as --format json. 以 JSON 输出")
@answering
async def list_command(
    *,
    form: str,
    output: Path | None,
    report: Path | None,
    as_json: bool,
    whole: bool,
    limit: int,
    **asked: Any,
) -> None:
    """List the platforms, or export them. 平台名册

    Each with its newest term, in the order of platform ids. With --on as they stood at the end of that
    day in Beijing, computed from the logs; due dates of past days are not known. CSV and XLSX use the
    language of the answers and Beijing time; JSON uses the register's own words and UTC. A CSV file
    begins with a byte order mark, so that Excel reads it; standard output does not. --file writes all
    platforms and how many there are in each stage.

    \b
    Example:
      pingtai register --district haidian --stage valid
      pingtai register --file register.xlsx
      pingtai register --all --format csv -o register.csv
      pingtai register --on 2026-05-01 --stage valid
    """
    form = "json" if as_json else form
    if report:
        from starter.tables.report_sheets import check_report  # noqa: PLC0415 - only files need it

        check_report(report)
    _check(form, output, whole)
    if asked["day"] and asked["day"] > today():
        complain(
            Words(
                "That day is in the future: as of today.",
                "该日尚未到来：按目前情况列出。",
            )
        )
    elif asked["day"] and asked["after"] is None:
        await _note_known_later(asked["day"], asked["district"], asked["field"], asked["stage"])
    pages = _pages(None if whole or report else limit, **asked)
    if report or form != "table":
        await _export(pages, form, output, report)
        return
    rows = [row async for page in pages for row in page]
    if not rows:
        complain(NO_PLATFORMS)
        await _note_unknown_list(asked["list_number"])
        return
    with paged():
        show(rows_table(rows))
        if len(rows) == limit:
            following = with_option(after=rows[-1].platform_id)
            complain_of_more(limit, following, await _total(**asked))


async def _export(
    pages: AsyncIterator[list[RegisterRow]], form: str, output: Path | None, report: Path | None
) -> None:
    """Write all rows to a report, to a file, or to standard output."""
    from starter.commands.reports.register_report import (  # noqa: PLC0415 - only files need it
        REGISTER,
        cells,
        head,
        register_sheets,
    )
    from starter.tables.report_sheets import write_report  # noqa: PLC0415
    from starter.tables.sheet_writer import sheet  # noqa: PLC0415

    if report:
        write_report(report, register_sheets([row async for page in pages for row in page]))
        return
    number = 0
    with sheet(form, output, head(), say(REGISTER)) as write:  # type: ignore[arg-type]
        async for page in pages:
            number += len(page)
            for row in page:
                write(row.model_dump(mode="json") if form == "json" else cells(row))
    if output:
        complain(
            Words(
                f"{counted(number, 'platform')} written to {output}",
                f"已将 {number} 个平台写入 {output}",
            )
        )


async def _note_known_later(
    day: date, district: str | None, field: str | None, stage: str | None
) -> None:
    """Say for which platforms `valid --on` answers otherwise than the register of that day, and why."""
    if by_http() or stage not in (None, Stage.VALID):
        return
    from db.known_later import known_later  # noqa: PLC0415 - as register_on
    from starter.client.register_access import open_connections  # noqa: PLC0415

    async with open_connections(patient=True) as source:
        found = await known_later(source, day, district=district, field=field)
    if found.valid:
        names, ask = _some(found.valid), _by_decisions(day)
        complain(
            Words(
                f"Entered only after {day}, so not shown as valid: {names.en}. {ask.en}",
                f"{day} 之后方录入，本表未列为有效：{names.zh}。{ask.zh}",
            )
        )
    if found.not_valid:
        names, ask = _some(found.not_valid), _by_decisions(day)
        complain(
            Words(
                f"Shown as valid, though by what was entered after {day} they were not: {names.en}."
                f" {ask.en}",
                f"本表列为有效，但据 {day} 之后的录入，当日不在有效期内：{names.zh}。{ask.zh}",
            )
        )


def _by_decisions(day: date) -> Words:
    return Words(
        f"By the days of the decisions: pingtai valid ID --on {day}",
        f"按决定日期查询：pingtai valid 编号 --on {day}",
    )


def _some(ids: Sequence[str]) -> Words:
    """The first of the ids, and how many there are besides."""
    more = len(ids) - _NAMED
    first = ids[:_NAMED]
    return Words(
        ", ".join(first) + (f" and {more} more" if more > 0 else ""),
        listed_zh(first) + (f"等 {len(ids)} 个" if more > 0 else ""),
    )


_NAMED = 5


async def _note_unknown_list(number: str | None) -> None:
    """Say that no list has a number, and which was probably meant."""
    if number is None:
        return
    known: set[str] = set()
    async for page in _pages(None, day=None, after=None):
        known |= {row.list_number for row in page if row.list_number}
    if number in known:
        return
    import difflib  # noqa: PLC0415 - only who mistypes a number needs it

    near = difflib.get_close_matches(number, known, n=2, cutoff=0.6)
    asked = Words(
        f" Did you mean {' or '.join(near)}?" if near else "",
        f"是否为“{'”或“'.join(near)}”？" if near else "",
    )
    complain(
        Words(f"No list has the number {number}.{asked.en}", f"没有名单“{number}”。{asked.zh}")
    )


def _check(form: str, output: Path | None, whole: bool) -> None:
    if form == "table" and (whole or output):
        raise BadInput(
            "--all and -o need --format json, csv or xlsx",
            "--all 和 -o 须与 --format json、csv 或 xlsx 一并使用",
        )
    if form == "xlsx" and output is None:
        raise BadInput("--format xlsx needs a file: -o FILE", "--format xlsx 须写入文件：-o 文件名")


async def _total(*, day: date | None, after: str | None, **wanted: Any) -> int | None:
    """How many platforms there are in all; None of a past day, whose logs would all have to be read."""
    if day is not None:
        return None
    async with open_reads() as register:
        return await register.register_count(**wanted)


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
    from starter.client.register_access import open_connections  # noqa: PLC0415 - only the direct way needs it

    async with open_connections(patient=True) as source:
        while True:
            standing = await register_on(source, day, **wanted, after=after, limit=size)
            for name in standing.unknown:
                complain(
                    Words(
                        f"{name}: left out, its log is incomplete or was erased",
                        f"{name}：记录尚不完整或已删除，未列入",
                    )
                )
            yield list(standing.rows)
            after = standing.last
            if limit or after is None:
                return
