"""`pingtai show`: all that the register holds of one platform."""

import click

from starter.commands.card import show_card
from starter.commands.notation import platform_id
from starter.commands.options import json_option, platform_argument
from starter.desk.did_you_mean import not_registered
from starter.desk.reach import open_reads
from starter.terminal.command_runner import answering
from starter.terminal.screen import show_json


@click.command("show")
@platform_argument
@click.option(
    "--full",
    is_flag=True,
    help="Also the conditions, the plan, and what was decided and reported. 全文",
)
@json_option
@answering
async def show_command(platform: str, *, full: bool, as_json: bool) -> None:
    """Show a platform: card, terms, assessments, log. 平台卡片

    Read from the register, which follows the workflows within moments. At a terminal a long answer is
    paged ($PAGER).

    \b
    Example:
      pingtai show bj-water-membrane
      pingtai show bj-water-membrane --full
    """
    platform_id(platform)
    async with open_reads() as register:
        card = await register.platform(platform)
        plan = await register.plan(platform) if card and full else None
    if card is None:
        raise not_registered(platform)
    if not full:
        if as_json:
            show_json(card.model_dump(mode="json"))
        else:
            show_card(card)
        return
    from starter.commands.full_card import full_data, full_parts  # noqa: PLC0415 - only where it is asked for

    if as_json:
        show_json(full_data(card, plan))
    else:
        show_card(card, full_parts(card, plan))
