"""`pingtai support list`: which support was given, to which platform, on what day."""

from datetime import date
from typing import Any

import click

from db.support_queries import place
from starter.commands.filters import DAY, district_option, json_option
from starter.commands.notation import WordChoice, platform_id
from starter.commands.platform_argument import PlatformId
from starter.commands.support_table import support_table
from starter.desk.reach import open_reads
from starter.desk.support_cursor import read_place, written_place
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import complain, show, show_json
from workflows.vocabulary import Support

MOST = 500
"""So many rows are shown at most."""


@click.command("list", short_help="Which support was given. 支持台账")
@click.argument("platform", required=False, type=PlatformId())
@click.option(
    "--support",
    "kind",
    type=WordChoice(Support),
    metavar="KIND",
    help=f"Only of this kind. 类别: {', '.join(Support)}",
)
@click.option("--from", "first_day", type=DAY, metavar="DAY", help="Given on this day or later.")
@click.option("--until", "last_day", type=DAY, metavar="DAY", help="Given on this day or before.")
@district_option
@click.option(
    "--limit",
    type=click.IntRange(1, MOST),
    default=50,
    show_default=True,
    help="So many at most. 行数",
)
@click.option("--after", metavar="PLACE", help="Those after this place: the next page.")
@json_option
def list_command(
    *,
    platform: str | None,
    kind: str | None,
    first_day: date | None,
    last_day: date | None,
    district: str | None,
    limit: int,
    after: str | None,
    as_json: bool,
) -> None:
    """List the support given, by the day on which it was given. 支持台账 §四

    What was set aside stays in the list, and says so.

    \b
    Example:
      pingtai support list --support tax --from 2026-01-01 --until 2026-12-31
    """
    wanted = {"platform_id": platform, "kind": kind, "district": district}
    days = {"first_day": first_day, "last_day": last_day}
    _list(**wanted, **days, after=after, limit=limit, as_json=as_json)


@answering
async def _list(*, after: str | None, limit: int, as_json: bool, **wanted: Any) -> None:
    if wanted["platform_id"] is not None:
        platform_id(wanted["platform_id"])
    page = read_place(after) if after else None
    async with open_reads() as register:
        rows = await register.support(**wanted, after=page, limit=limit)
    if as_json:
        show_json([row.model_dump(mode="json") for row in rows])
    elif rows:
        show(support_table(rows, platforms=True))
    else:
        complain(say("no support was recorded", "没有支持记录"))
    if len(rows) == limit and not as_json:
        more = f"--after {written_place(place(rows[-1]))}"
        complain(say(f"There may be more: {more}", f"可能还有：{more}"))
