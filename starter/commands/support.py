"""`pingtai support`: record and list support given to valid platforms."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from db.reading import LARGEST_PAGE
from db.row_types import SupportRow
from db.support_queries import After, place
from starter.commands.notation import platform_id
from starter.commands.options import (
    DAY,
    PlatformId,
    after_option,
    district_option,
    json_option,
    limit_option,
    report_option,
)
from starter.commands.word_choice import WordChoice, chinese_list
from starter.desk.page_cursors import read_support_cursor, support_cursor
from starter.desk.reach import open_reads
from starter.terminal import wording
from starter.terminal.catalogue import made
from starter.terminal.command_runner import answering
from starter.terminal.language import word
from starter.terminal.lazy_group import LazyGroup, Listed
from starter.terminal.pager import paged
from starter.terminal.screen import (
    ALWAYS,
    IF_SHORT,
    Column,
    complain,
    complain_of_more,
    show,
    show_json,
    table_of,
)
from starter.terminal.table_words import district_cell
from starter.terminal.this_command import with_option
from workflows.exact_numbers import grouped
from workflows.vocabulary import Support
from workflows.words import Words

support_command = LazyGroup(
    "support",
    listed=(
        Listed(
            "record",
            "Record support that was given to a valid platform. 支持记录 §四",
            "starter.commands.decision_command:form_command",
        ),
    ),
    help="Record and list support given to valid platforms. 支持记录 §四\n\n\b\nExample:\n"
    "  pingtai support record bj-water-membrane --support tax --given-on 2026-05-06 \\\n"
    "      --title '研发费用加计扣除'",
)
"""The group; recording is a decision, and its form is loaded when it is called."""


@support_command.command("list", short_help="List the support given, by day. 支持台账 §四")
@click.argument("platform_id", metavar="[PLATFORM]", required=False, type=PlatformId())
@click.option(
    "--support",
    "kind",
    type=WordChoice(Support),
    metavar="KIND",
    help=made(
        Words(
            f"Only of this kind. 类别: {', '.join(Support)}",
            f"只列该类别：{chinese_list(Support)}",
        )
    ),
)
@click.option("--from", "first_day", type=DAY, metavar="DAY", help="Given on or after this day. 起")
@click.option(
    "--until", "last_day", type=DAY, metavar="DAY", help="Given on or before this day. 止"
)
@district_option
@limit_option(LARGEST_PAGE)
@after_option("PLACE")
@report_option
@json_option
@answering
async def list_command(
    *, after: str | None, limit: int, report: Path | None, as_json: bool, **wanted: Any
) -> None:
    """List the support given, by day. 支持台账 §四

    Records that were set aside stay in the list, marked as such. With --file all records go to a
    workbook or CSV, with the platforms' names and totals.

    \b
    Example:
      pingtai support list --support tax --from 2026-01-01 --until 2026-12-31
      pingtai support list --file support.xlsx
    """
    if wanted["platform_id"] is not None:
        platform_id(wanted["platform_id"])
    page = read_support_cursor(after) if after else None
    if report:
        await _report(report, page, wanted)
        return
    async with open_reads() as register:
        rows = await register.support(**wanted, after=page, limit=limit)
        total = await register.support_count(**wanted) if len(rows) == limit else None
    if as_json:
        show_json([row.model_dump(mode="json") for row in rows])
        return
    if not rows:
        complain(Words("No support records found.", "没有符合条件的支持记录。"))
        return
    with paged():
        show(support_table(rows, platforms=True))
        if len(rows) == limit:
            complain_of_more(limit, with_option(after=support_cursor(place(rows[-1]))), total)


async def _report(report: Path, page: After | None, wanted: dict[str, Any]) -> None:
    from starter.commands.reports.support_report import support_sheets  # noqa: PLC0415 - only files need it
    from starter.tables.report_sheets import check_report, write_report  # noqa: PLC0415

    check_report(report)
    rows: list[SupportRow] = []
    async with open_reads(patient=True) as register:
        while True:
            some = await register.support(**wanted, after=page, limit=LARGEST_PAGE)
            rows += some
            if len(some) < LARGEST_PAGE:
                break
            page = place(some[-1])
    write_report(report, support_sheets(rows))


def support_table(rows: Sequence[SupportRow], *, platforms: bool = False) -> Table:
    """Support given as a table, with `platforms` also to whom; records that were set aside are marked."""
    return table_of(rows, (_GIVEN_ON, *(_PLATFORMS if platforms else ()), *_SUPPORT))


def _title(row: SupportRow) -> object:
    by = f"{row.term}.{row.set_aside_by}"
    marked = Words(f"SET ASIDE by {by}: {row.title}", f"【已由 {by} 撤销】{row.title}")
    return marked if row.set_aside_by else row.title


_GIVEN_ON: Column[SupportRow] = Column(
    Words("given on", "给予日期"), lambda row: row.given_on, whole=ALWAYS
)
_PLATFORMS: tuple[Column[SupportRow], ...] = (
    Column(wording.PLATFORM_ID, lambda row: row.platform_id, whole=IF_SHORT),
    Column(wording.DISTRICT, lambda row: district_cell(row.district)),
)
_SUPPORT: tuple[Column[SupportRow], ...] = (
    Column(Words("support", "类别"), lambda row: word(row.support, Support)),
    Column(Words("what", "支持事项名称"), _title),
    Column(
        Words("10,000 yuan", "万元"),
        lambda row: None if row.amount_wan is None else grouped(row.amount_wan),
    ),
    Column(Words("recorded by", "登记人"), lambda row: row.actor_id),
)
