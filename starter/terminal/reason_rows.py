"""Why a decision was taken, as rows of a table."""

from collections.abc import Sequence
from itertools import groupby

from rich.text import Text

from starter.terminal.entry_wording import shortened
from starter.terminal.language import say
from starter.terminal.screen import stacked
from workflows.record import LogEntry
from workflows.words import Words


def reason_rows(entry: LogEntry, most: int = 0) -> list[tuple[Words, Text]]:
    """Why a decision was taken, a row for each kind of reason; several of a kind are numbered.

    `most`: of each reason so many letters; 0: all.
    """
    from workflows.stated_reasons import stated_reasons  # noqa: PLC0415 - only who tells of decisions needs their models

    rows = []
    for name, reasons in groupby(stated_reasons(entry), key=lambda reason: reason.label):
        # Of what is called as the row only the text is said; a finding says what it is of.
        words = (one.text if one.name == name else one.words for one in reasons)
        rows.append((name, numbered([shortened(say(one), most) for one in words])))
    return rows


def numbered(texts: Sequence[str]) -> Text:
    """Texts below each other, in the lines in which they were written; several are numbered."""
    if len(texts) > 1:
        texts = [say(Words(f"({n}) ", f"（{n}）")) + one for n, one in enumerate(texts, 1)]
    return stacked(*(line for one in texts for line in one.splitlines()))
