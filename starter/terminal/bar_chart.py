"""A small chart on a terminal; where no terminal reads it, plain numbers."""

from collections.abc import Sequence

from rich.table import Table

from starter.terminal.screen import Said, draws, table

WIDTH = 30
"""Columns of the longest bar."""
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


def chart(columns: tuple[Said, Said], counts: Sequence[tuple[str, int]]) -> Table:
    """Words and numbers, on a terminal each with a bar as long as its share of the largest."""
    largest = max((number for _, number in counts), default=0)
    if not draws():
        return table(columns, [(word, str(number)) for word, number in counts])
    rows = [(word, str(number), bar(number, largest)) for word, number in counts]
    return table((*columns, ""), rows, whole=(1, 2))


def bar(number: int, largest: int) -> str:
    """A bar for a number; what is not zero can be seen."""
    if not number or not largest:
        return ""
    whole, part = divmod(max(1, round(number / largest * WIDTH * 8)), 8)
    return "█" * whole + _EIGHTHS[part]
