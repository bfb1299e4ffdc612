"""`pingtai layout`: the commission's layout of fields and directions, in versions."""

import click

from db.programme_rows import DirectionWithPlatforms, Layout, Standing
from starter.commands.layout_words import NO_LAYOUT, PRIORITY, districts_of, version_line
from starter.commands.options import district_option, field_option, json_option
from starter.desk.layouts import layout_of
from starter.desk.reach import open_reads
from starter.terminal import wording
from starter.terminal.command_runner import answering
from starter.terminal.language import say, sentence
from starter.terminal.lazy_group import LazyGroup, Listed
from starter.terminal.pager import paged
from starter.terminal.screen import Column, complain, heading, show, show_json, table_of
from starter.terminal.whole_number import WholeNumber
from workflows.words import Words, counted, listed


def _listed(name: str, short_help: str, where: str) -> Listed:
    return Listed(name, short_help, f"starter.commands.{where}:{name}_command")


@click.group(
    "layout",
    cls=LazyGroup,
    listed=(
        _listed("import", "Adopt a layout from a file. 导入布局", "layout_adoption"),
        _listed("complete", "Add what a version does not say yet. 补充版本信息", "layout_adoption"),
        _listed("versions", "List the versions of the layout. 布局版本", "layout_history"),
        _listed("list", "List or export the directions of a version. 布局方向", "layout_history"),
        _listed("diff", "Compare two versions of the layout. 版本比较", "layout_history"),
    ),
)
def layout_command() -> None:
    """Show, adopt and compare layouts of fields and directions. 建设布局 §四

    A layout that is imported is a new version; those before stay. An application keeps the version that
    was in force when it was handed in (`pingtai show --full`).

    \b
    Example:
      pingtai layout import layout.csv --adopted-on 2026-12-01 --document 布局通知.pdf
      pingtai layout show --district haidian
    """


version_option = click.option(
    "--version",
    type=WholeNumber(1, 32_767),
    metavar="NUMBER",
    help="This version; default: the one in force today. 版本",
)


@layout_command.command("show", short_help="Show the directions and their platforms. 查看布局")
@version_option
@field_option
@district_option
@json_option
@answering
async def show_command(
    version: int | None, field: str | None, district: str | None, as_json: bool
) -> None:
    """Show the directions and their platforms. 查看布局

    Each direction with its platforms by stage, directions without any, and platforms outside the
    layout. With --district that district's directions and those open to any, with its own platforms.

    \b
    Example:
      pingtai layout show --field integrated_circuits
    """
    async with open_reads(patient=True) as register:
        found = await layout_of(register, version, field=field, district=district)
    if as_json:
        show_json(found.model_dump(mode="json"))
        return
    if not found.directions and not found.outside:
        complain(NO_LAYOUT)
        return
    with paged():
        _standing_of(found)


def _standing_of(found: Layout) -> None:
    if found.version:
        show(version_line(found.version))
    if found.directions:
        show(table_of(found.directions, (*_DIRECTION, *_PLANNED, _STANDING)))
    if found.outside:
        title = Words("Platforms whose direction is not in the layout", "方向不在布局中的平台")
        show(heading(title), table_of(found.outside, (*_DIRECTION, _STANDING)))
    _sum(found)


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
    en, zh = listed(standing.first)
    step = f"{wording.stage(standing.stage)} {standing.platforms}"
    rest = Words(f" … +{more}", f" 等，另有 {more} 个") if more else Words("", "")
    return say(Words(f"{step}: {en}{rest.en}", f"{step}：{zh}{rest.zh}"))


def _sum(found: Layout) -> None:
    number, none = len(found.directions), sum(map(_empty, found.directions))
    complain(
        Words(
            f"{counted(number, 'direction')}, {none} of them without a platform",
            f"{number} 个方向，其中 {none} 个没有平台",
        )
    )


_DIRECTION: tuple[Column[DirectionWithPlatforms], ...] = (
    Column(wording.FIELD, lambda one: wording.field(one.field)),
    Column(
        Words("direction", "方向"), lambda one: one.direction or Words("(none named)", "（未填）")
    ),
)
_PLANNED: tuple[Column[DirectionWithPlatforms], ...] = (
    Column(PRIORITY, lambda one: one.priority),
    Column(Words("districts", "布局区域"), lambda one: districts_of(one.districts)),
)
_STANDING: Column[DirectionWithPlatforms] = Column(Words("platforms", "平台"), _platforms)
