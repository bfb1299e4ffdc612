"""The question before cases are started that ran elsewhere before."""

from starter.errors import BadInput
from starter.terminal.command_runner import Declined
from starter.terminal.language import say
from starter.terminal.screen import at_terminal
from workflows.words import Words


def confirm_start(question: Words, *, agreed: bool) -> None:
    """Ask whether to start what was shown.

    Raises:
        BadInput: nobody can be asked.
        Declined: no.
    """
    if agreed:
        return
    if not at_terminal():
        raise BadInput("Nothing was started: add --yes", "未启动任何期次：确需办理的，请加 --yes")
    from starter.commands.guided.prompts import sure  # noqa: PLC0415 - only a terminal asks

    if not sure(say(question)):
        raise Declined
