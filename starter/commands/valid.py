"""`pingtai valid`: was this platform valid on that day?"""

from datetime import date

import click

from db.validity_queries import Validity
from starter.clock import today
from starter.commands.notation import platform_id
from starter.commands.options import DAY, json_option, platform_argument
from starter.desk.did_you_mean import not_registered
from starter.desk.reach import open_reads
from starter.terminal.command_runner import answering
from starter.terminal.language import say, sentence
from starter.terminal.screen import show, show_json
from starter.validity_words import why_valid
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
    the last day; it does not include the day of a delisting, a withdrawal or a termination. A platform that
    is suspended is valid, and gets no support meanwhile: the answer says since when.

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
    match found.valid, day > today():
        case True, True:
            answer = Words(
                f"yes, as of now: {name} will be valid on {day}",
                f"是（按目前情况）：{name} 于 {day} 处于有效期内",
            )
        case True, False:
            answer = Words(f"yes: {name} is valid on {day}", f"是：{name} 于 {day} 处于有效期内")
        case False, True:
            answer = Words(
                f"no, as of now: {name} will not be valid on {day}",
                f"否（按目前情况）：{name} 于 {day} 不在有效期内",
            )
        case _:
            answer = Words(f"no: {name} is not valid on {day}", f"否：{name} 于 {day} 不在有效期内")
    return sentence(map(say, (answer, why_valid(found))))
