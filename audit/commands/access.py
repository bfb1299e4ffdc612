"""`pingtai audit access`: who viewed or exported which records."""

import click

from audit.access_log import AccessRow, list_accesses
from audit.commands import access_wording
from db.reading import LARGEST_PAGE
from starter.client.register_access import open_engine
from starter.commands.options import PlatformId, json_option, limit_option
from starter.terminal.command_runner import answering
from starter.terminal.lazy_group import LazyGroup
from starter.terminal.pager import paged
from starter.terminal.screen import (
    ALWAYS,
    Column,
    complain,
    is_narrow,
    show,
    show_json,
    stacked,
    table_of,
)
from starter.terminal.whole_number import WholeNumber
from starter.terminal.wording import moment
from workflows.words import Words

_COLUMNS: tuple[Column[AccessRow], ...] = (
    Column(Words("number", "序号"), lambda row: row.number, ALWAYS),
    Column(Words("time", "时间"), lambda row: moment(row.at), ALWAYS),
    Column(Words("who", "查阅人"), lambda row: row.actor_id),
    Column(Words("what", "事项"), lambda row: access_wording.what(row.what)),
    Column(Words("platform", "平台"), lambda row: row.platform_id or Words("all", "全部")),
    Column(Words("details", "说明"), lambda row: access_wording.details(row.details)),
)
_NARROW: tuple[Column[AccessRow], ...] = (
    Column(
        Words("number, time", "序号、时间"),
        lambda row: stacked(row.number, moment(row.at)),
        ALWAYS,
    ),
    Column(
        Words("who, what", "查阅人、事项"),
        lambda row: stacked(row.actor_id, access_wording.what(row.what)),
    ),
    Column(
        Words("platform, details", "平台、说明"),
        lambda row: stacked(
            row.platform_id or Words("all", "全部"),
            access_wording.details(row.details, short=True),
        ),
    ),
)
access_group = LazyGroup(
    "access",
    help="List who viewed or exported records. 查阅记录\n\n\b\nExample:\n  pingtai audit access list",
)


@access_group.command(
    "list", short_help="List who viewed or exported records, the newest first. 查阅记录"
)
@click.argument("platform", required=False, type=PlatformId())
@click.option("--who", "actor", metavar="ID", help="Only this person. 查阅人")
@click.option("--before", type=WholeNumber(1), metavar="NUMBER", help="The next page. 下一页")
@limit_option(LARGEST_PAGE)
@json_option
@answering
async def list_command(
    platform: str | None, actor: str | None, before: int | None, limit: int, as_json: bool
) -> None:
    """List who viewed or exported records, the newest first. 查阅记录

    With PLATFORM also those who viewed all platforms. An id comes from the profile; `user:` is the
    operating system's user.

    \b
    Example:
      pingtai audit access list bj-riscv-soc
    """
    async with open_engine() as engine:
        rows = await list_accesses(
            engine, platform_id=platform, actor_id=actor, before=before, limit=limit
        )
    if as_json:
        show_json([row.model_dump(mode="json") for row in rows])
    elif rows:
        with paged():
            show(table_of(rows, _NARROW if is_narrow() else _COLUMNS))
    else:
        found = Words("No such access was recorded.", "没有符合条件的查阅记录")
        none = Words("No access was recorded.", "没有查阅记录")
        complain(found if platform or actor or before else none)
    if len(rows) == limit and not as_json:
        last = rows[-1].number
        words = Words(
            f"Showing {limit}. Next: --before {last}", f"已列出 {limit} 项。下一页：--before {last}"
        )
        complain(words)
