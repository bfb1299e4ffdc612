"""`pingtai roster confirm`: an officer reads what waits, and signs it or rejects it."""

import click

from starter.commands.options import json_option
from starter.commands.roster.roster_signers import SIGN, signers
from starter.commands.roster.roster_waiting import confirmed
from starter.roster.roster_access import open_roster
from starter.roster.roster_changes import RosterChanges, words_of
from starter.terminal.catalogue import made
from starter.terminal.command_runner import answering
from starter.terminal.screen import show, show_json
from workflows.words import Words


@click.command("confirm", short_help="Sign what waits as the second officer. 确认变更")
@click.option(
    "--reject",
    "reason",
    metavar="REASON",
    help=made(
        Words("Reject all that waits, for this reason. 不予确认", "全部不予确认，并写明理由。")
    ),
)
@click.option(
    "--yes", is_flag=True, help=made(Words("Sign without asking. 不再询问", "不再询问，直接签名。"))
)
@SIGN
@json_option
@answering
async def confirm_command(
    *, reason: str | None, yes: bool, sign: tuple[str, ...], as_json: bool
) -> None:
    """Sign what waits as the second officer. 确认变更

    Shows every entry that waits, and asks. What districts and operators enter waits for two officers.

    \b
    Example:
      pingtai roster confirm
      pingtai roster confirm --reject 未附任命文件
    """
    async with open_roster() as roster:
        seen = confirmed(agreed=yes or bool(reason), as_json=as_json)
        receipt = await RosterChanges(roster, signers(sign)).confirm(reason, seen=seen)
    if as_json:
        show_json(receipt.model_dump(mode="json"))
    else:
        show(words_of(receipt))
