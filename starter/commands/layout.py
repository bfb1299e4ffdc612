"""`pingtai layout`: show or replace the commission's layout of fields and directions."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from db.programme_rows import Direction, DirectionWithPlatforms, Layout, Standing
from starter.commands.options import district_option, field_option, json_option
from starter.desk.reach import directly_only, open_reads
from starter.desk.user_name import who
from starter.errors import BadInput
from starter.tables.layout_file import LayoutFile
from starter.terminal import wording
from starter.terminal.command_runner import answering
from starter.terminal.language import say, sentence
from starter.terminal.lazy_group import LazyGroup
from starter.terminal.pager import paged
from starter.terminal.screen import Column, complain, heading, show, show_json, table_of
from workflows.words import Words

if TYPE_CHECKING:
    from db.layout_rows import Change

_MOST_PROBLEMS = 50
"""Maximum problems of a file that are shown."""


@click.group("layout", cls=LazyGroup)
def layout_command() -> None:
    """Show or replace the layout of fields and directions. 建设布局 §四

    \b
    Example:
      pingtai layout import examples/layout.csv
      pingtai layout show --district haidian
    """


@layout_command.command("import", short_help="Replace the layout by a file. 导入布局")
@click.argument("file", type=click.Path())
@click.option("--dry-run", is_flag=True, help="Check and compare, change nothing. 仅检查")
@click.option(
    "--actor",
    metavar="ID",
    envvar="PINGTAI_ACTOR",
    help="Who imports it. 经办人 [default: your profile]",
)
@answering
async def import_command(file: str, dry_run: bool, actor: str | None) -> None:
    """Replace the layout by a file. 导入布局

    CSV or XLSX with a heading, or JSON. Columns: field 领域, direction 方向, priority 优先级 (1 is the first),
    districts 所在区 (several with a semicolon; none: any). The whole file is checked first, and nothing
    changes when it has a problem.

    \b
    Example:
      pingtai layout import examples/layout.csv --dry-run
    """
    directly_only("`pingtai layout import`", "导入布局")
    from db.layout_rows import replace_layout  # noqa: PLC0415 - only who writes needs the database's client
    from starter.client.register_access import open_engine  # noqa: PLC0415

    found = LayoutFile(file)
    complain(*found.remarks)
    if found.problems:
        complain(*found.problems[:_MOST_PROBLEMS])
        number = len(found.problems)
        raise BadInput(
            f"{file}: {number} problem{'s' if number > 1 else ''}; nothing was changed",
            f"{file}：有 {number} 处问题，未作任何更改",
        )
    by = actor or who()
    async with open_engine(patient=True) as engine:
        change = await replace_layout(
            engine, found.directions, by=by, at=datetime.now(UTC), dry_run=dry_run
        )
    _tell(change, dry_run)


def _tell(change: "Change", dry_run: bool) -> None:
    for mark, several in (
        (Words("added  ", "新增"), change.added),
        (Words("changed", "变更"), change.changed),
        (Words("removed", "移除"), change.removed),
    ):
        show(*(f"{say(mark)} {_named(one)}" for one in several))
    added, changed, removed = map(len, (change.added, change.changed, change.removed))
    unwritten = Words("; nothing was written", "；未写入") if dry_run else Words("", "")
    show(
        Words(
            f"{added} added, {changed} changed, {removed} removed, {change.same} unchanged{unwritten.en}",
            f"新增 {added}，变更 {changed}，移除 {removed}，不变 {change.same}{unwritten.zh}",
        )
    )


def _named(one: Direction) -> str:
    field, named = wording.field(one.field), say(_PRIORITY)
    return f"{field} · {one.direction} · {named} {one.priority} · {_districts(one.districts)}"


@layout_command.command("show", short_help="Show the directions and their platforms. 查看布局")
@field_option
@district_option
@json_option
@answering
async def show_command(field: str | None, district: str | None, as_json: bool) -> None:
    """Show the directions and their platforms. 查看布局

    Each direction with its platforms by stage, directions without any, and platforms outside the
    layout. With --district that district's directions and those open to any, with its own platforms.

    \b
    Example:
      pingtai layout show --field integrated_circuits
    """
    async with open_reads(patient=True) as register:
        found = await register.layout(field=field, district=district)
    if as_json:
        show_json(found.model_dump(mode="json"))
        return
    if not found.directions and not found.outside:
        complain(_NO_LAYOUT)
        return
    with paged():
        _standing_of(found)


def _standing_of(found: Layout) -> None:
    if found.directions:
        show(table_of(found.directions, (*_DIRECTION, *_PLANNED, _STANDING)))
    if found.outside:
        title = Words("Platforms whose direction is not in the layout", "方向不在布局中的平台")
        show(heading(title), table_of(found.outside, (*_DIRECTION, _STANDING)))
    _sum(found)


def _districts(given: tuple[str, ...]) -> str:
    return wording.joined(map(wording.district, given)) or say(Words("any", "不限"))


def _platforms(one: DirectionWithPlatforms) -> str:
    """By stage; a direction in which no platform is valid or on its way says so first."""
    standing = [_standing(stage) for stage in one.stages]
    if not standing:
        return say(Words("NONE", "【无平台】"))
    none = [say(Words("NONE NOW", "【现无平台】"))] if _empty(one) else []
    return sentence(none + standing)


def _empty(one: DirectionWithPlatforms) -> bool:
    return all(wording.has_ended(standing.stage) for standing in one.stages)


def _standing(standing: Standing) -> str:
    more = standing.platforms - len(standing.first)
    named = ", ".join(standing.first) + (f" … +{more}" if more else "")
    return f"{wording.stage(standing.stage)} {standing.platforms}: {named}"


def _sum(found: Layout) -> None:
    number, none = len(found.directions), sum(map(_empty, found.directions))
    complain(
        Words(
            f"{number} directions, {none} of them without a platform",
            f"{number} 个方向，其中 {none} 个没有平台",
        )
    )


_NO_LAYOUT = Words(
    "There is no layout yet. Run: pingtai layout import FILE",
    "尚无布局。请运行：pingtai layout import 文件",
)
_PRIORITY = Words("priority", "优先级")
_DIRECTION: tuple[Column[DirectionWithPlatforms], ...] = (
    Column(wording.FIELD, lambda one: wording.field(one.field)),
    Column(
        Words("direction", "方向"), lambda one: one.direction or Words("(none named)", "（未填）")
    ),
)
_PLANNED: tuple[Column[DirectionWithPlatforms], ...] = (
    Column(_PRIORITY, lambda one: one.priority),
    Column(Words("districts", "布局区域"), lambda one: _districts(one.districts)),
)
_STANDING: Column[DirectionWithPlatforms] = Column(Words("platforms", "平台"), _platforms)
