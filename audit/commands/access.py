"""`pingtai audit access`: who looked at what."""

import click

from audit.access_log import LARGEST_PAGE, looks
from starter.client.register_access import open_engine
from starter.commands.options import PlatformId, json_option
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import complain, show, show_json, table
from starter.terminal.wording import moment

access_group = click.Group(
    "access",
    help="Who looked at what. 查阅记录\n\n\b\nExample:\n  pingtai audit access list",
)


@access_group.command("list", short_help="Who viewed or exported, the last first. 查阅记录")
@click.argument("platform", required=False, type=PlatformId())
@click.option("--who", "actor", metavar="ID", help="Only this person's. 何人")
@click.option("--before", type=click.IntRange(1), metavar="NUMBER", help="The next page. 下一页")
@click.option(
    "--limit",
    type=click.IntRange(1, LARGEST_PAGE),
    default=50,
    show_default=True,
    help="So many at most. 行数",
)
@json_option
@answering
async def list_command(
    platform: str | None, actor: str | None, before: int | None, limit: int, as_json: bool
) -> None:
    """List who viewed or exported the record, the last first. 查阅记录

    With a platform also who looked at all of them. An id is the profile's; `user:` is the system's user.

    \b
    Example:
      pingtai audit access list bj-riscv-soc
    """
    async with open_engine() as engine:
        rows = await looks(engine, platform_id=platform, actor_id=actor, before=before, limit=limit)
    if as_json:
        show_json([row.model_dump(mode="json") for row in rows])
    elif rows:
        columns = (
            say("number", "序号"),
            say("time", "时间"),
            say("who", "何人"),
            say("what", "事项"),
            say("platform", "平台"),
            say("details", "说明"),
        )
        cells = [
            (
                str(row.number),
                moment(row.at),
                row.actor_id,
                row.what,
                row.platform_id or say("all", "全部"),
                row.details or "",
            )
            for row in rows
        ]
        show(table(columns, cells, whole=(0, 1)))
    else:
        complain(say("nobody has looked", "没有查阅记录"))
    if len(rows) == limit and not as_json:
        more = f"--before {rows[-1].number}"
        complain(say(f"There may be more: {more}", f"可能还有：{more}"))
