"""Columns of a report, from which its headings and cells are made."""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from starter.clock import today
from starter.tables.report_sheets import ReportSheet, Rows
from starter.tables.sheet_writer import Cell
from starter.terminal.language import say
from workflows.words import Words

R = TypeVar("R")
AMOUNT = Words("amount (10,000 yuan)", "金额（万元）")


class ReportColumn(NamedTuple, Generic[R]):
    """A column: its heading, and what it holds of a row."""

    heading: Words
    cell: Callable[[R], Cell]


def report_sheet(
    title: Words, columns: Sequence[ReportColumn[R]], rows: Iterable[R], totals: Rows = ()
) -> ReportSheet:
    """A sheet of these rows; above each printed page stands what it is, and of which day."""
    day = today()
    headed = say(title)
    return ReportSheet(
        title=capital(headed),
        caption=say(Words(f"{capital(headed)} ({day})", f"{headed}（{day}）")),
        heading=[capital(say(column.heading)) for column in columns],
        rows=[[column.cell(row) for column in columns] for row in rows],
        totals=totals,
    )


def capital(words: str) -> str:
    """Words as a heading begins."""
    return words[:1].upper() + words[1:]
