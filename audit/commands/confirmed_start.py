"""What is asked before cases are started that ran elsewhere before: which, why, and whether it is meant."""

from collections.abc import Sequence

from starter.errors import BadInput
from starter.terminal.command_runner import Declined
from starter.terminal.language import say
from starter.terminal.screen import at_terminal
from workflows.words import Words


def check_scope(
    platforms: Sequence[str], *, everything: bool, reason: str | None, dry_run: bool
) -> None:
    """Let a command go on that says which terms it is about, and why.

    Raises:
        BadInput: it names platforms and says --all, or neither; or there is no reason for the logs.
    """
    if everything is bool(platforms):
        raise BadInput("Name platforms, or say --all", "请指定平台编号，或用 --all 指定全部")
    if not (dry_run or reason):
        raise BadInput(
            "--reason is missing: it stands in each log", "缺少 --reason：理由将写入各案件记录"
        )


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
