"""The one question of a batch at a terminal: what is sent, what is unusual in it, what is held back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import click

from starter.clock import today
from starter.commands.batch.lines import Line
from starter.commands.doubts import doubts
from starter.commands.guided.prompts import sure
from starter.desk.reach import open_reads
from starter.errors import PingtaiError
from starter.terminal import wording
from starter.terminal.command_runner import Declined
from starter.terminal.language import say
from starter.terminal.screen import heading, show
from workflows.periods import beijing_date
from workflows.words import Words

LOOKED_UP = 200
"""Maximum number of platforms looked up: whoever sends thousands is not kept waiting."""
LISTED = 10
"""Maximum unusual lines that are listed; the others are counted."""


async def application_days(lines: Iterable[Line]) -> dict[str, date]:
    """On which days the platforms were applied for whose decisions are dated before today.

    Of the first `LOOKED_UP` platforms, as far as the register answers.
    """
    before = [line.platform for line in lines if str(line.message["decided_on"]) < str(today())]
    found: dict[str, date] = {}
    try:
        async with open_reads() as register:
            for platform in list(dict.fromkeys(before))[:LOOKED_UP]:
                card = await register.platform(platform)
                newest = max(card.terms, key=lambda term: term.term) if card else None
                if newest and newest.applied_at:
                    found[platform] = beijing_date(newest.applied_at)
    except PingtaiError:
        pass  # the dates are compared with today alone
    return found


def confirm(lines: Sequence[Line], applied_on: Mapping[str, date], *, held_back: int) -> None:
    """Ask whether to send the lines; `held_back` others cannot be sent, and have been told.

    `applied_on`: the days of applications, by platform, as far as they are known.

    Raises:
        click.Abort: they are not to be sent.
    """
    counts = Counter(map(_decided, lines))
    width = len(str(max(counts.values())))
    kinds = [f"  {count:>{width}}  {what}" for what, count in counts.most_common()]
    show(heading(Words("To be sent", "拟提交")), *kinds)
    unusual = [
        (line, why)
        for line in lines
        for why in doubts(line.message, today(), applied_on.get(line.platform))
    ]
    if unusual:
        show(heading(Words("Unusual", "请核实")), *map(_told, unusual[:LISTED]))
    more = len(unusual) - LISTED
    if more > 0:
        show(Words(f"  … and {more} more", f"  …… 另有 {more} 项"))
    show("")
    ask_once(
        Words(f"Send {len(lines)}", f"提交 {len(lines)} 项"),
        held_back=held_back,
        unusual=len({line.entry.number for line, _ in unusual}),
    )


def ask_once(send: Words, *, held_back: int = 0, unusual: int = 0) -> None:
    """Ask whether to do what `send` says.

    Raises:
        click.Abort: no; nothing has been sent.
    """
    parts = [send]
    if unusual:
        parts.append(Words(f"{unusual} of them unusual", f"其中 {unusual} 项待核实"))
    if held_back:
        parts.append(Words(f"hold back {held_back}", f"暂不提交 {held_back} 项"))
    question = Words(
        _joined(", ", "?", (p.en for p in parts)), _joined("，", "？", (p.zh for p in parts))
    )
    try:
        if not sure(say(question)):
            raise Declined
    except click.Abort as error:
        error.add_note(say(Words("Nothing was sent.", "未提交任何内容。")))
        raise


def _joined(between: str, end: str, parts: Iterable[str]) -> str:
    return between.join(parts) + end


def _decided(line: Line) -> str:
    kind, outcome = str(line.message["kind"]), line.message.get("outcome")
    return wording.said(kind, str(outcome)) if outcome else wording.what(kind)


def _told(unusual: tuple[Line, Words]) -> str:
    line, why = unusual
    return f"  {line.entry.number}  {line.platform}  {_decided(line)}  {say(why)}"
