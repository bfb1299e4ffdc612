"""`pingtai find`: platforms by a part of their name, operator or id."""

import click

from db.name_search import LARGEST_PAGE, Found, FoundPlatform
from starter.commands.options import after_option, json_option, limit_option
from starter.desk.did_you_mean import joined, near_words
from starter.desk.platform_names import LONGEST
from starter.desk.reach import open_reads
from starter.errors import BadInput
from starter.terminal import wording
from starter.terminal.command_runner import answering
from starter.terminal.pager import paged
from starter.terminal.screen import (
    IF_SHORT,
    Column,
    complain,
    complain_of_more,
    is_narrow,
    show,
    show_json,
    stacked,
    table_of,
)
from starter.terminal.table_words import district_cell
from starter.terminal.this_command import with_option
from workflows.words import Words


@click.command("find")
@click.argument("words", nargs=-1, required=True, metavar="WORDS...")
@limit_option(LARGEST_PAGE, default=20)
@after_option("PLATFORM")
@json_option
def find_command(words: tuple[str, ...], limit: int, after: str | None, as_json: bool) -> None:
    """Find platforms by a part of their name, operator or id. 查找平台

    Letter case, width and spaces do not count. What fits whole comes first. Commands that take a
    platform's id take an unambiguous name, or a part of one, as well.

    \b
    Example:
      pingtai find 氢能
    """
    _find(" ".join(words), limit, after, as_json)


@answering
async def _find(words: str, limit: int, after: str | None, as_json: bool) -> None:
    if not words.strip() or len(words) > LONGEST:
        raise BadInput(
            f"give a part of a name: 1 to {LONGEST} characters",
            f"请输入名称的一部分：1 至 {LONGEST} 字",
        )
    async with open_reads() as register:
        found = await register.find(words, after=after, limit=limit)
    if as_json:
        show_json(found.model_dump(mode="json"))
    elif found.items:
        with paged():
            show(table_of(found.items, _NARROW if is_narrow() else _WIDE))
            if len(found.items) == limit and found.total > limit:
                following = with_option(after=found.items[-1].platform_id)
                complain_of_more(limit, following, found.total)
    else:
        complain(_none(words, found, after))


def _none(words: str, found: Found, after: str | None) -> Words:
    if after is not None:
        return Words("There are no more.", "没有更多结果。")
    nothing = Words(
        f'No platform has "{words}" in its name, operator or id.',
        f"没有名称、运营单位或编号含“{words}”的平台。",
    )
    return joined(nothing, near_words(found.near) or _SHORTER)


_SHORTER = Words(
    "Try a shorter part of the name, or list all platforms: pingtai register",
    "请改用名称中较短的一部分，或查看全部平台：pingtai register",
)
_WIDE: tuple[Column[FoundPlatform], ...] = (
    Column(wording.PLATFORM_ID, lambda one: one.platform_id, whole=IF_SHORT),
    Column(wording.PLATFORM_NAME, lambda one: one.name),
    Column(wording.OPERATOR, lambda one: one.operator),
    Column(wording.DISTRICT, lambda one: district_cell(one.district)),
    Column(wording.STAGE, lambda one: wording.stage(one.stage)),
)
_NARROW: tuple[Column[FoundPlatform], ...] = (
    Column(wording.PLATFORM_LABEL, lambda one: stacked(one.platform_id, one.name), least=26),
    Column(
        Words("operator, district", "运营单位、所在区"),
        lambda one: stacked(one.operator, district_cell(one.district)),
    ),
    Column(wording.STAGE, lambda one: wording.stage(one.stage)),
)
"""On a narrow terminal, as the register has it: columns of their own would break the names."""
