"""The rules are asked about the lines of a batch before anybody is asked whether to send them."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import click

from starter.commands.batch.interruption import interruptible
from starter.commands.batch.lines import Line, Outcome, Result
from starter.commands.batch.sender import BatchSender
from starter.commands.batch.submit import LineCheck
from starter.commands.own_signature import OwnSignature
from starter.desk.reach import open_pingtai
from starter.terminal.screen import complain
from workflows.words import Words

CHECKED = 500
"""Maximum lines of which it is asked: the rules judge the others when they are sent."""
_MANY = 20
"""From so many lines on it is said that they are being checked: it takes more than a moment."""


class BatchPreview(NamedTuple):
    """What would become of a batch."""

    sendable: list[Line]
    """Those that would be accepted, or of which that cannot be known yet."""
    held_back: list[Result]
    """Those that would be refused now."""
    done: list[Result]
    """Those that were taken before."""


async def preview_batch(
    lines: Sequence[Line], at_once: int, tell: Callable[[str], None]
) -> BatchPreview:
    """Ask about the first `CHECKED` lines; `tell` is called when somebody interrupts.

    Raises:
        click.Abort: it was interrupted.
        Unreachable: nothing answers.
    """
    asked = lines[:CHECKED]
    if len(asked) >= _MANY:
        complain(Words(f"Checking {len(asked)} lines…", f"正在预检 {len(asked)} 行……"))
    found: dict[int, Result] = {}

    def hear(result: Result) -> None:
        found[result.entry.number] = result

    async with open_pingtai(due=False) as client:
        asking = BatchSender(LineCheck(client, OwnSignature(tells=False)), hear, at_once)
        with interruptible(asking, tell):
            await asking.run(asked)
    if asking.stopped and not asking.unreachable:
        raise click.Abort
    known = [found[line.entry.number] for line in asked if line.entry.number in found]
    held_back = [one for one in known if one.outcome in (Outcome.REFUSED, Outcome.BAD)]
    done = [one for one in known if one.outcome is Outcome.ALREADY]
    settled = {one.entry.number for one in (*held_back, *done)}
    sendable = [line for line in lines if line.entry.number not in settled]
    return BatchPreview(sendable, held_back, done)
