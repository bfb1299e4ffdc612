"""Tables as a terminal and as a pipe want them: columns in which no word is broken; tab-separated values."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle

from rich.cells import cell_len
from rich.console import Console, JustifyMethod, OverflowMethod
from rich.containers import Lines
from rich.table import Column, Table
from rich.text import Text

from starter.terminal.line_breaks import hang_of, is_copied, line_breaks, longest_unit


class FlowingText(Text):
    """Text that is broken where people would break it; see `starter.terminal.line_breaks`."""

    @classmethod
    def of(cls, text: Text) -> "FlowingText":
        """The same text with the same styles."""
        return cls(text.plain, style=text.style, spans=list(text.spans))

    def wrap(
        self,
        console: Console,
        width: int,
        *,
        justify: JustifyMethod | None = None,
        overflow: OverflowMethod | None = None,
        tab_size: int = 8,
        no_wrap: bool | None = None,
    ) -> Lines:
        """The lines of the text."""
        if no_wrap:
            return super().wrap(
                console, width, justify=justify, overflow=overflow, tab_size=tab_size, no_wrap=True
            )
        lines = Lines()
        for line in self.split(allow_blank=True):
            hang = hang_of(line.plain, width)
            parts = line.divide(line_breaks(line.plain, width, hang))
            for number, part in enumerate(parts):
                part.rstrip()
                part.pad_left(hang if number else 0)
            lines.extend(parts)
        return lines


@contextmanager
def addresses_apart(table: Table, width: int) -> Iterator[dict[str, str]]:
    """Stand marks in for commands and addresses that the last column would break; yield what each stands for.

    Nothing follows them in their lines, so the terminal may break them: then they are copied whole.
    """
    natural = list(map(_natural, table.columns))
    room = width - sum(natural[:-1]) - 3 * (len(natural) - 1)
    held: dict[str, str] = {}
    whole: list[tuple[Text, str]] = []
    for cell in table.columns[-1].cells if table.columns else ():
        if not isinstance(cell, Text):
            continue
        lines = cell.plain.split("\n")
        for place, line in enumerate(lines):
            if is_copied(line) and cell_len(line) > room:
                lines[place] = mark = chr(next(_MARKS))
                held[mark] = line
        if any(line in held for line in lines):
            whole.append((cell, cell.plain))
            cell.plain = "\n".join(lines)
    try:
        yield held
    finally:
        for cell, plain in whole:
            cell.plain = plain


_MARKS = cycle(range(0xE000, 0xF900))
"""Characters that nobody writes; none twice among those of a table and of what it is drawn as."""


def fit(table: Table, width: int) -> None:
    """Give each column a width, so that all fit and no word is broken, if that is possible."""
    natural = [_natural(column) for column in table.columns]
    room = room_of(table, width)
    if sum(natural) <= room:
        return
    least = list(map(least_of, table.columns))
    if (
        sum(least) > room
    ):  # then the longest words are broken, but for columns that keep to one line
        natural = least
        least = [low if one.no_wrap else 0 for one, low in zip(table.columns, least, strict=True)]
    for column, chosen in zip(table.columns, share_out(natural, least, room), strict=True):
        column.width = max(chosen, 1)


def share_out(natural: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """As much for each column as it needs, but for the widest only so much that all fit.

    The widest are folded anyway, so they give way further before another column must be folded, too.
    """
    if sum(least) > room:
        least = [0] * len(least)
    for level in range(max(natural), -1, -1):
        folded = [place for place, full in enumerate(natural) if full > level]
        widths = [
            max(low, min(full, level * 2 // 3)) if full > level else full
            for full, low in zip(natural, least, strict=True)
        ]
        if sum(widths) <= room:
            return _filled(widths, natural, folded, room)
    return list(least)


def _filled(
    widths: list[int], natural: Sequence[int], places: Sequence[int], room: int
) -> list[int]:
    """Give what is left of the room to the columns in these places, the narrowest first."""
    for _ in range(room - sum(widths)):
        open_ = [place for place in places if widths[place] < natural[place]]
        if open_:
            widths[min(open_, key=widths.__getitem__)] += 1
    return widths


def room_of(table: Table, width: int) -> int:
    """The columns that all cells of a row have together, without what stands between them."""
    between = Console(width=10_000).measure(table).maximum - sum(map(_natural, table.columns))
    return width - between


def least_of(column: Column) -> int:
    """The columns that a column has at least, if nothing in it is to be broken that should not be."""
    natural = _natural(column)
    if column.no_wrap:
        return natural
    units = max(max(map(longest_unit, cell.plain.split("\n"))) for cell in cells_of(column))
    return min(natural, max(units, column.min_width or 0, _READABLE))


_READABLE = 10
"""Columns below which a text is folded into a pillar of single words, or of a few Chinese characters."""


def cells_of(column: Column) -> list[Text]:
    """The heading and the cells of a column."""
    cells = [column.header, *column.cells]
    return [cell if isinstance(cell, Text) else Text(str(cell)) for cell in cells]


def width_of(cell: Text) -> int:
    """The columns of the widest line of a cell."""
    return max(map(cell_len, cell.plain.split("\n")))


def _natural(column: Column) -> int:
    return max(map(width_of, cells_of(column)))


def tab_separated(table: Table) -> str:
    """The rows of a table, and its heading if it has one, with a tab between cells and nothing else."""
    rows = list(zip(*(map(_one_line, column.cells) for column in table.columns), strict=True))
    if table.show_header:
        rows.insert(0, tuple(_one_line(column.header) for column in table.columns))
    return "".join("\t".join(row) + "\n" for row in rows)


def _one_line(cell: object) -> str:
    plain = cell.plain if isinstance(cell, Text) else str(cell)
    return " ".join(plain.replace("\t", " ").splitlines())
