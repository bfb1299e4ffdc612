"""Tables that are too wide for a terminal, in another form: whatever is copied from them stays in one piece.

An id, a hash or a number that is broken cannot be searched for, and is copied wrongly.
"""

from collections.abc import Iterable, Iterator

from rich.table import Table
from rich.text import Text

from starter.terminal.line_breaks import longest_unit
from starter.terminal.table_layout import FlowingText, cells_of, least_of, room_of, width_of

NAME = 28
"""Columns of the names of facts up to which none is folded: longer ones leave too little for the values."""
_INDENT = "  "


def facts_grid(rows: Iterable[tuple[Text, Text]], width: int = 0) -> Table:
    """Names and values below each other; the names have at least this width."""
    pairs = list(rows)
    longest = max((width_of(name) for name, _ in pairs), default=0)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", overflow="fold", no_wrap=longest <= NAME, min_width=width or None)
    grid.add_column(overflow="fold")
    for name, value in pairs:
        grid.add_row(FlowingText.of(name), FlowingText.of(value))
    return grid


def in_other_form(table: Table, width: int) -> list[Table | Text]:
    """Return a table in parts that fit, where it would break what is copied from it; else none.

    A table with headings becomes a card for each row. Of facts, a value that is too wide stands below its
    name.
    """
    least = [least_of(column) for column in table.columns]
    if sum(least) <= room_of(table, width) or not table.rows:
        return []
    if table.show_header:
        return list(_cards(table)) if len(least) > 1 else []
    return list(_with_values_below(table, width)) if len(least) == 2 else []


def _cards(table: Table) -> Iterator[Table | Text]:
    heads = [Text(_capital(column.header)) for column in table.columns]
    rows = zip(*(cells_of(column) for column in table.columns), strict=True)
    next(rows)
    for number, row in enumerate(rows):
        if number:
            yield Text("")
        yield facts_grid((head, cell) for head, cell in zip(heads, row, strict=True) if cell)


def _with_values_below(table: Table, width: int) -> Iterator[Table | Text]:
    names, values = (cells_of(column)[1:] for column in table.columns)
    longest = max(map(width_of, names))
    room = width - longest - 2
    fitting: list[tuple[Text, Text]] = []
    for name, value in zip(names, values, strict=True):
        if max(map(longest_unit, value.plain.split("\n"))) <= room:
            fitting.append((name, value))
            continue
        if fitting:
            yield facts_grid(fitting, longest)
        fitting = []
        yield Text(name.plain, style="bold")
        yield Text("\n").join(Text(_INDENT) + line for line in value.split("\n"))
    if fitting:
        yield facts_grid(fitting, longest)


def _capital(head: object) -> str:
    plain = head.plain if isinstance(head, Text) else str(head)
    return plain[:1].upper() + plain[1:]
