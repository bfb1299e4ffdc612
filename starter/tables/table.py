"""A table: a heading that names the columns, and rows. What people do not see in it is refused."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starter.errors import BadInput
from starter.tables.cell_values import Cell, as_text, is_error
from starter.tables.csv_rows import REMARK, csv_of, csv_rows
from starter.tables.file_content import ZIPPED, refuse_old_book, text_of_file
from starter.terminal.screen import complain
from workflows.words import Words, listed

BEYOND = Words("a cell has no heading above it", "有单元格没有列名")
_NAMED = 10
"""Maximum hidden rows and merged cells that are named."""


@dataclass(frozen=True)
class Row:
    """A row by the names of its columns."""

    number: int
    """The line of the file in which it begins, or the row of the sheet."""
    cells: dict[str, Cell]
    beyond: bool
    """Whether a cell has no heading above it."""


@dataclass(frozen=True)
class Table:
    """A table as it was read."""

    number: int
    """The line of the heading; 0 when there is none."""
    heading: list[str]
    """The names of the columns; empty where one has none."""
    rows: list[Row]
    is_book: bool
    """Whether it is a workbook, and no CSV."""
    called: Mapping[str, str] = field(default_factory=dict)
    """How the heading of a column was written, where that is not its name."""
    heading_of: Callable[[str], str] | None = None
    """How people call another column, where they called those of this table otherwise than by their names."""

    def named_twice(self) -> list[str]:
        """The names that two columns have."""
        return [
            name for name in dict.fromkeys(self.heading) if name and self.heading.count(name) > 1
        ]

    def written(self, rows: Iterable[Sequence[Any]]) -> str | bytes:
        """Rows as a file of the same form, under the headings that it had; the first row is the heading."""
        first, *others = rows
        other = self.heading_of or str
        rows = [[self.called.get(name) or other(name) for name in first], *others]
        if not self.is_book:
            return csv_of(rows)
        from starter.tables.workbook import workbook  # noqa: PLC0415 - what writes CSV need not load it

        return workbook([("lines 各行", rows, ())])


def read_table(content: str | bytes) -> Table:
    """The table in a file, a workbook or a CSV as its content says; rows that begin with # are passed over.

    Raises:
        BadInput: it cannot be read, or holds what people do not see.
    """
    if isinstance(content, bytes):
        refuse_old_book(content)
        if content.startswith(ZIPPED):
            return _read_book(content)
    return _table(csv_rows(text_of_file(content, table=True)), is_book=False)


def _read_book(content: bytes) -> Table:
    from starter.tables.xlsx_rows import XlsxRows  # noqa: PLC0415 - what reads CSV need not load it

    sheet = XlsxRows(content)
    table = _table(sheet, is_book=True)
    read = [row.number for row in table.rows]
    hidden = sorted({*sheet.hidden_rows} & {*read})
    if hidden:
        rows = _some([str(number) for number in hidden])
        raise BadInput(
            f"hidden rows (perhaps by a filter): {rows}: show them, or delete them",
            f"有隐藏的行（可能由筛选造成）：{rows}：请取消隐藏或删除",
        )
    merged = [cells for cells in sheet.merged if _touches(cells, read)]
    if merged:
        raise BadInput(
            f"merged cells: {_some(merged)}: split them, and fill in each",
            f"有合并的单元格：{_some(merged)}：请取消合并并逐格填写",
        )
    unseen = [
        name
        for place, name in enumerate(table.heading, 1)
        if place in sheet.hidden_columns and any(as_text(row.cells.get(name)) for row in table.rows)
    ]
    if unseen:
        names = listed(unseen)
        complain(
            Words(f"Hidden columns are read, too: {names.en}", f"隐藏的列同样读取：{names.zh}")
        )
    return table


def _table(rows: Iterable[tuple[int, Sequence[Cell]]], *, is_book: bool) -> Table:
    filled = (row for row in rows if _says_something(row[1]))
    number, first = next(filled, (0, ()))
    heading = [as_text(cell).strip() for cell in first]
    return Table(number, heading, [_row(heading, *row) for row in filled], is_book)


def _row(heading: list[str], number: int, cells: Sequence[Cell]) -> Row:
    given = {name: cell for name, cell in zip(heading, cells, strict=False) if name}
    beyond = any(
        as_text(cell).strip() and (place >= len(heading) or not heading[place])
        for place, cell in enumerate(cells)
    )
    return Row(number, given, beyond)


def _says_something(cells: Sequence[Cell]) -> bool:
    first: Any = cells[0] if cells else None
    if isinstance(first, str) and first.strip().startswith(REMARK) and not is_error(first):
        return False
    return any(as_text(cell).strip() for cell in cells)


def _touches(cells: str, rows: list[int]) -> bool:
    """Whether cells such as `B3:B5` stand in one of these rows."""
    ends = [int("".join(filter(str.isdecimal, end)) or 0) for end in cells.split(":")]
    place = bisect_left(rows, ends[0])
    return place < len(rows) and rows[place] <= ends[-1]


def _some(words: Sequence[str]) -> str:
    return ", ".join(words[:_NAMED]) + (" …" if len(words) > _NAMED else "")
