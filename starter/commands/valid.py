"""`pingtai valid`: was this platform valid on that day?"""

from datetime import date

import click

from db.validity_queries import Validity, Why
from starter.commands.filters import DAY, json_option
from starter.commands.notation import platform_id
from starter.commands.platform_argument import platform_argument
from starter.commands.today import today
from starter.desk.reach import open_reads
from starter.errors import NoSuchPlatform
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import show, show_json

NO = 1
"""The exit code of the answer no."""


@click.command("valid")
@platform_argument
@click.option("--on", "day", type=DAY, metavar="DAY", help="The day; by default today. 日期")
@json_option
def valid_command(platform: str, day: date | None, as_json: bool) -> None:
    """Answer whether a platform was valid on a day, and why. 某日是否在有效期内 §四

    Exit code 0: yes; 1: no; 2: nobody knows this platform. Validity begins with the day of listing
    and ends with its last day. On the day of a delisting or a withdrawal it is over.

    \b
    Example:
      pingtai valid bj-riscv-soc --on 2026-05-01
    """
    _valid(platform, day, as_json)


@answering
async def _valid(platform: str, day: date | None, as_json: bool) -> None:
    platform_id(platform)
    async with open_reads() as register:
        found = await register.validity(platform, day or today())
    if found is None:
        raise NoSuchPlatform(
            f"the register does not know {platform}: look at `pingtai register` for the ids",
            f"登记库中没有 {platform}：编号可用 pingtai register 查看",
        )
    if as_json:
        show_json(found.model_dump(mode="json"))
    else:
        show(_answer(found))
    if not found.valid:
        raise click.exceptions.Exit(NO)


def _answer(found: Validity) -> str:
    name, day = found.platform_id, found.day
    if found.valid:
        yes = say(f"yes: {name} is valid on {day}", f"是：{name} 在 {day} 有效")
        if day > today():
            yes = say(
                f"yes, as things stand: {name} will be valid on {day}",
                f"是（按现状）：{name} 在 {day} 有效",
            )
    else:
        yes = say(f"no: {name} is not valid on {day}", f"否：{name} 在 {day} 不在有效期内")
    return yes + say("; ", "；") + _why(found)


def _why(found: Validity) -> str:
    listing = found.listing
    if listing is None:
        return say("it was not listed", "未曾纳入名单")
    named = say(
        f"term {listing.term}, list {listing.list_number}, certificate {listing.certificate_number}",
        f"第 {listing.term} 期，名单 {listing.list_number}，证书 {listing.certificate_number}",
    )
    if listing.brought_in_on:
        named += say(", brought in", "，转入登记")
    start, last = listing.listed_on, listing.last_day
    words = {
        Why.VALID: (f"from {start} until {last}", f"有效期 {start} 至 {last}"),
        Why.NOT_YET_LISTED: (f"it was listed on {start} only", f"{start} 才纳入名单"),
        Why.EXPIRED: (f"it expired with {last}", f"有效期至 {last} 届满"),
        Why.DELISTED: (f"delisted on {listing.ended_on}", f"{listing.ended_on} 起不再纳入"),
        Why.WITHDRAWN: (f"withdrawn on {listing.ended_on}", f"{listing.ended_on} 撤回"),
        Why.SET_ASIDE: (
            f"its listing of {start} was set aside on {listing.set_aside_on}",
            f"{start} 的纳入决定已于 {listing.set_aside_on} 撤销",
        ),
        Why.NEVER_LISTED: ("", ""),
    }
    return say(*words[found.reason]) + say(f" ({named})", f"（{named}）")
