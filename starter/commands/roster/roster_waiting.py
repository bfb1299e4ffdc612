"""What waits in the roster is shown to whoever would sign it, before anything is signed."""

from collections.abc import Sequence

import click

from starter.commands.roster.roster_rows import complain_items, show_items
from starter.errors import BadInput
from starter.roster.roster_changes import Seen
from starter.terminal.catalogue import made
from starter.terminal.command_runner import Declined
from starter.terminal.language import say
from starter.terminal.screen import at_terminal, complain
from workflows.roster_decisions import RosterItem
from workflows.words import Words, counted

WITH_WAITING = click.option(
    "--with-waiting",
    is_flag=True,
    help=made(
        Words(
            "Sign with it what waits already, without asking. 一并签署",
            "连同待确认的变更一并签名，不再询问。",
        )
    ),
)


def carried(*, agreed: bool, as_json: bool) -> Seen:
    """Return how an officer sees what waits before they change something else, which takes it along."""

    def seen(items: Sequence[RosterItem]) -> None:
        complain(
            Words(
                f"What waits already ({counted(len(items), 'entry', 'entries')}) is signed with this change:",
                f"以下 {len(items)} 项待确认的变更将随本次变更一并签署：",
            )
        )
        _show(items, as_json=as_json)
        if not agreed:
            _ask(
                Words(
                    f"Sign what stands above ({counted(len(items), 'entry', 'entries')}), too?",
                    f"一并签署以上 {len(items)} 项？",
                ),
                Words(
                    "nothing was signed: your signature would count for what waits, which stands above. If that"
                    " is meant, add --with-waiting; to reject it first: pingtai roster confirm --reject REASON",
                    "未签名：本次签名将同时计入以上待确认的变更。确需一并签署的，请加 --with-waiting；"
                    "不予确认的，请先运行 pingtai roster confirm --reject 理由",
                ),
            )

    return seen


def confirmed(*, agreed: bool, as_json: bool) -> Seen:
    """Return how an officer sees what they confirm or reject."""

    def seen(items: Sequence[RosterItem]) -> None:
        _show(items, as_json=as_json)
        if not agreed:
            _ask(
                Words(
                    f"Sign what stands above ({counted(len(items), 'entry', 'entries')})?",
                    f"确认以上 {len(items)} 项并签名？",
                ),
                Words(
                    "nothing was signed: what waits stands above. To sign it: --yes",
                    "未签名：待确认的变更如上。确认请加 --yes",
                ),
            )

    return seen


def _show(items: Sequence[RosterItem], *, as_json: bool) -> None:
    """Where a program reads the answer, beside it: a person may have to be asked all the same."""
    if as_json:
        complain_items(items)
    else:
        show_items(items)


def _ask(question: Words, unasked: Words) -> None:
    """Ask whether to sign what was shown.

    Raises:
        BadInput: nobody can be asked.
        Declined: no.
    """
    if not at_terminal():
        raise BadInput(unasked)
    from starter.commands.guided.prompts import sure  # noqa: PLC0415 - only a terminal asks

    if not sure(say(question)):
        raise Declined
