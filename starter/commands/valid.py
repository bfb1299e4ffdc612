"""`pingtai valid`: was this platform valid on that day?"""

from datetime import date

import click

from db.validity_queries import Validity, Why
from starter.clock import today
from starter.commands.notation import platform_id
from starter.commands.options import DAY, json_option, platform_argument
from starter.desk.did_you_mean import not_registered
from starter.desk.reach import open_reads
from starter.terminal.command_runner import answering
from starter.terminal.language import say, sentence
from starter.terminal.screen import show, show_json
from workflows.words import Words

NO = 1
"""The exit code of the answer no."""


@click.command("valid")
@platform_argument
@click.option("--on", "day", type=DAY, metavar="DAY", help="The day; default: today. 日期")
@json_option
@answering
async def valid_command(platform: str, day: date | None, as_json: bool) -> None:
    """Answer whether a platform was valid on a day. 是否有效 §四

    Exit code 0: yes; 1: no; 2: no such platform. Validity begins on the day of listing and includes
    the last day; it does not include the day of a delisting or a withdrawal.

    \b
    Example:
      pingtai valid bj-riscv-soc --on 2026-05-01
    """
    platform_id(platform)
    async with open_reads() as register:
        found = await register.validity(platform, day or today())
    if found is None:
        raise not_registered(platform)
    if as_json:
        show_json(found.model_dump(mode="json"))
    else:
        show(_answer(found))
    if not found.valid:
        raise click.exceptions.Exit(NO)


def _answer(found: Validity) -> str:
    name, day = found.platform_id, found.day
    if not found.valid:
        answer = Words(f"no: {name} is not valid on {day}", f"否：{name} 于 {day} 不在有效期内")
    elif day > today():
        answer = Words(
            f"yes, as of now: {name} will be valid on {day}",
            f"是（按目前情况）：{name} 于 {day} 处于有效期内",
        )
    else:
        answer = Words(f"yes: {name} is valid on {day}", f"是：{name} 于 {day} 处于有效期内")
    return sentence(map(say, (answer, _why(found))))


def _why(found: Validity) -> Words:
    listing = found.listing
    if listing is None:
        return Words("it was never listed", "未曾纳入名单")
    term, number, certificate = listing.term, listing.list_number, listing.certificate_number
    words = _REASONS[found.reason]
    brought_in = Words(", brought in", "，转入登记") if listing.brought_in_on else Words("", "")
    return Words(
        f"{words.en.format(listing)} (term {term}, list {number}, certificate {certificate}{brought_in.en})",
        f"{words.zh.format(listing)}（第 {term} 期，名单 {number}，证书 {certificate}{brought_in.zh}）",
    )


_REASONS = {
    Why.VALID: Words(
        "from {0.listed_on} until {0.last_day}", "有效期 {0.listed_on} 至 {0.last_day}"
    ),
    Why.NOT_YET_LISTED: Words("first listed on {0.listed_on}", "{0.listed_on} 首次纳入名单"),
    Why.EXPIRED: Words("expired after {0.last_day}", "有效期于 {0.last_day} 届满，已移出名单"),
    Why.DELISTED: Words("delisted on {0.ended_on}", "{0.ended_on} 移出名单，不再纳入"),
    Why.WITHDRAWN: Words("withdrawn on {0.ended_on}", "{0.ended_on} 撤回"),
    Why.SET_ASIDE: Words(
        "its listing of {0.listed_on} was set aside on {0.set_aside_on}",
        "{0.listed_on} 的纳入决定已于 {0.set_aside_on} 撤销",
    ),
    Why.NEVER_LISTED: Words("", ""),
}
