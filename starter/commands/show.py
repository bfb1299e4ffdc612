"""`pingtai show`: all that the register holds of one platform."""

import click

from starter.commands.card import show_card
from starter.commands.notation import platform_id
from starter.commands.platform_argument import platform_argument
from starter.desk.reach import open_reads
from starter.errors import NoSuchPlatform
from starter.terminal.command_runner import answering
from starter.terminal.screen import show_json


@click.command("show")
@platform_argument
@click.option("--json", "as_json", is_flag=True, help="Print the whole record as JSON.")
def show_command(platform: str, as_json: bool) -> None:
    """Show a platform: its card, terms, assessments, and its log as a timeline. 平台卡片

    It reads the register, which follows the workflows within moments.

    \b
    Example:
      pingtai show bj-water-membrane
    """
    _show(platform, as_json)


@answering
async def _show(platform: str, as_json: bool) -> None:
    platform_id(platform)
    async with open_reads() as register:
        card = await register.platform(platform)
    if card is None:
        raise NoSuchPlatform(
            f"the register does not know {platform}: look at `pingtai register` for the ids;"
            " what was just applied for may take a moment to be entered",
            f"登记库中没有 {platform}：编号可用 pingtai register 查看；刚提交的申请可能稍后才登记",
        )
    if as_json:
        show_json(card.model_dump(mode="json"))
    else:
        show_card(card)
