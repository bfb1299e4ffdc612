"""`pingtai layout versions`, `list` and `diff`: what was adopted, and what a version changed of another."""

from pathlib import Path

import click

from db.programme_rows import Direction, LayoutVersion, in_force, layout_change
from starter.clock import today
from starter.commands.layout import version_option
from starter.commands.layout_words import (
    AGREED,
    NO_LAYOUT,
    PRIORITY,
    UNKNOWN,
    districts_of,
    show_change,
    version_line,
)
from starter.commands.options import district_option, field_option, json_option, report_option
from starter.commands.reports.report_columns import ReportColumn, report_sheet
from starter.desk.layouts import layout_of, no_such_version, plain_directions
from starter.desk.reach import open_reads
from starter.errors import BadInput
from starter.terminal import wording
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.pager import paged
from starter.terminal.screen import ALWAYS, Column, complain, show, show_json, table_of
from starter.terminal.table_words import district_cell
from starter.terminal.whole_number import WholeNumber
from workflows.words import Words


@click.command("versions", short_help="List the versions of the layout. 布局版本")
@json_option
@answering
async def versions_command(as_json: bool) -> None:
    """List the versions of the layout. 布局版本

    The one that is in force today is marked.

    \b
    Example:
      pingtai layout versions
    """
    async with open_reads() as register:
        versions = await register.layout_versions()
    if as_json:
        show_json([one.model_dump(mode="json") for one in versions])
    elif not versions:
        complain(NO_LAYOUT)
    else:
        now = in_force(versions, today())
        current = now.number if now else 0
        columns = (
            Column[LayoutVersion](Words("version", "版本"), lambda one: _number(one, current)),
            *_VERSION,
        )
        show(table_of(versions, columns))


@click.command("list", short_help="List or export the directions of a version. 布局方向")
@version_option
@field_option
@district_option
@report_option
@json_option
@answering
async def list_command(
    version: int | None,
    field: str | None,
    district: str | None,
    report: Path | None,
    as_json: bool,
) -> None:
    """List or export the directions of a version. 布局方向

    Without the platforms in them (`pingtai layout show`). What --file writes, `pingtai layout import`
    reads.

    \b
    Example:
      pingtai layout list --version 1
      pingtai layout list --file layout.xlsx
    """
    async with open_reads() as register:
        found = await layout_of(register, version, field=field, district=district)
    rows = plain_directions(found)
    if report:
        from starter.tables.report_sheets import check_report, write_report  # noqa: PLC0415 - only files need it

        check_report(report)
        write_report(report, [report_sheet(Words("layout", "布局"), _SHEET, rows)])
    elif as_json:
        show_json([one.model_dump(mode="json") for one in rows])
    elif found.version is None:
        complain(NO_LAYOUT)
    else:
        with paged():
            show(version_line(found.version), table_of(rows, _DIRECTION))


@click.command("diff", short_help="Compare two versions of the layout. 版本比较")
@click.argument("old", type=WholeNumber(1, 32_767), required=False)
@click.argument("new", type=WholeNumber(1, 32_767), required=False)
@json_option
@answering
async def diff_command(old: int | None, new: int | None, as_json: bool) -> None:
    """Compare two versions of the layout. 版本比较

    Without numbers the last two; with one that version and the last.

    \b
    Example:
      pingtai layout diff
      pingtai layout diff 1 3
    """
    async with open_reads() as register:
        versions = {one.number: one for one in await register.layout_versions()}
        if not versions:
            raise BadInput(NO_LAYOUT)
        newest = max(versions)
        if new is None and len(versions) == 1 and old in (None, newest):
            raise BadInput(
                f"the layout has version {newest} only: there is none to compare it with",
                f"布局仅有第 {newest} 版，没有可比较的版本",
            )
        new = new or newest
        old = old or max((one for one in versions if one < new), default=new)
        for number in (old, new):
            if number not in versions:
                raise no_such_version(number)
        before, after = await layout_of(register, old), await layout_of(register, new)
    change = layout_change(plain_directions(before), plain_directions(after))
    if as_json:
        show_json({"old": old, "new": new, **change.model_dump(mode="json")})
        return
    with paged():
        show(version_line(versions[old]), version_line(versions[new]), "")
        show_change(change)


def _number(one: LayoutVersion, current: int) -> str:
    mark = say(Words(" (in force)", "（现行）")) if one.number == current else ""
    return f"{one.number}{mark}"


_VERSION: tuple[Column[LayoutVersion], ...] = (
    Column(Words("adopted on", "印发日期"), lambda one: one.adopted_on or UNKNOWN, whole=ALWAYS),
    Column(
        Words("document", "印发文件"), lambda one: one.document.name if one.document else UNKNOWN
    ),
    Column(AGREED, lambda one: wording.joined(map(district_cell, one.agreed))),
    Column(Words("directions", "方向数"), lambda one: one.directions),
    Column(Words("imported by", "经办人"), lambda one: one.imported_by),
)
_DIRECTION: tuple[Column[Direction], ...] = (
    Column(wording.FIELD, lambda one: wording.field(one.field)),
    Column(Words("direction", "方向"), lambda one: one.direction),
    Column(PRIORITY, lambda one: one.priority),
    Column(Words("districts", "布局区域"), lambda one: districts_of(one.districts)),
)
_SHEET: tuple[ReportColumn[Direction], ...] = (
    ReportColumn(Words("field", "领域"), lambda one: wording.field(one.field)),
    ReportColumn(Words("direction", "方向"), lambda one: one.direction),
    ReportColumn(PRIORITY, lambda one: one.priority),
    ReportColumn(
        Words("districts", "布局区域"),
        lambda one: "；".join(map(wording.district, one.districts)),
    ),
)
