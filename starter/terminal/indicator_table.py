"""Indicators as a table for a screen."""

from collections.abc import Sequence

from rich.table import Table

from db.indicator_rows import IndicatorRow
from starter.terminal.indicator_texts import cells, heads
from starter.terminal.screen import Said, table


def indicator_table(rows: Sequence[IndicatorRow]) -> Table:
    """Return the table for a screen."""
    columns: list[Said] = list(heads(rows))
    return table(columns, cells(rows))
