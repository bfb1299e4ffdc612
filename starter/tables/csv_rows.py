"""Rows of a CSV, written; and read within bounds: so many rows, columns, characters of a cell and of a row."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from starter.bounds import CELL_CHARACTERS, ROW_CHARACTERS, TABLE_COLUMNS, TABLE_ROWS
from starter.errors import BadInput
from starter.tables.cell_values import as_in_csv, as_text
from starter.tables.plain_text import as_plain_text, from_plain_text

Row = tuple[int, list[str]]
"""The line in which it begins, and its cells, as they were before they were marked as text."""

REMARK = ("#", "＃")
"""How a row begins that is passed over."""
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for another encoding; it stands in files, not in what a pipe reads."""
_SEPARATORS = (",", ";", "\t")
_SEPARATOR_LINE = "sep="
"""A first line that says the separator, as Excel writes and reads it."""


def csv_rows(text: str) -> Iterator[Row]:
    """The rows of a CSV with the lines in which they begin; a cell may go over several lines.

    Raises:
        BadInput: it is no CSV, or has more than may be.
    """
    csv.field_size_limit(CELL_CHARACTERS)
    lines = _Lines(text)
    rows = csv.reader(lines, delimiter=_separator(text), strict=True)
    begins = 1
    try:
        for count, row in enumerate(rows, 1):
            if count > TABLE_ROWS + 1:
                raise BadInput(
                    f"more than {TABLE_ROWS:,} rows: split the file",
                    f"超过 {TABLE_ROWS:,} 行：请拆分",
                )
            if len(row) > TABLE_COLUMNS:
                raise BadInput(
                    f"line {begins}: more than {TABLE_COLUMNS} columns",
                    f"第 {begins} 行：超过 {TABLE_COLUMNS} 列",
                )
            if begins > 1 or not text.startswith(_SEPARATOR_LINE):
                yield begins, [as_in_csv(from_plain_text(cell)) for cell in row]
            lines.of_row = 0
            begins = rows.line_num + 1
    except csv.Error as error:
        where = rows.line_num
        raise BadInput(
            f"line {where} is not CSV: {error}", f"第 {where} 行不是 CSV：{error}"
        ) from None


def csv_of(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV. What could be a formula is marked as text."""
    page = io.StringIO()
    writer = csv.writer(page)
    for row in rows:
        writer.writerow([as_plain_text(as_text(cell)) for cell in row])
    return BYTE_ORDER_MARK + page.getvalue()


def _separator(text: str) -> str:
    """What stands between the names of the heading, which hold none of these themselves."""
    lines = [line for line in text.split("\n", 50)[:50] if line.strip()]
    if (
        text.startswith(_SEPARATOR_LINE)
        and lines[0][len(_SEPARATOR_LINE) :].rstrip("\r") in _SEPARATORS
    ):
        return lines[0][len(_SEPARATOR_LINE)]
    heading = next((line for line in lines if not line.lstrip('"').startswith(REMARK)), "")
    return max(_SEPARATORS, key=heading.count)


class _Lines:
    """The lines of a text with their ends, for `csv.reader`, which joins those of a row."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.of_row = 0
        """Characters that were given since the last row was complete."""

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.of_row += len(line)
        if self.of_row > ROW_CHARACTERS:
            raise csv.Error(f"a row is longer than {ROW_CHARACTERS:,} characters")
        return line
