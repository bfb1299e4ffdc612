"""Tables of applications: a heading of field names, and a row for each; CSV and XLSX.

A row whose first cell begins with `#` is a remark and is passed over.
"""

import csv
import difflib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from openpyxl.cell.cell import ERROR_CODES

from starter.commands.batch.formats import PROBLEM, why
from starter.commands.batch.lines import Entry, Result, Words
from starter.commands.importing.book import Sheet, workbook
from starter.commands.importing.cells import Cell, as_text, from_cells
from starter.commands.importing.columns import COLUMNS
from starter.commands.importing.problems import Problem
from starter.csv_rows import csv_rows
from starter.errors import BadInput
from starter.plain_text import as_plain_text
from starter.sheets import BYTE_ORDER_MARK

Row = tuple[int, Sequence[Cell]]
"""The line in which it begins, and its cells."""

SEPARATORS = (",", ";", "\t")
_REMARK = ("#", "＃")


class Table:
    """A table of applications, read and written."""

    suffix = ""

    def __init__(self) -> None:
        """Nothing is read yet."""
        self.problems: list[Problem] = []
        """What is wrong with the heading."""
        self.absent: frozenset[str] = frozenset()
        """Columns that are needed and are not there: told once, and not for each row."""
        self.heading: list[str] = []

    def take(self, rows: Iterable[Row]) -> list[Entry]:
        """The rows as applications.

        Raises:
            BadInput: there is no heading.
        """
        filled = (row for row in rows if _says_something(row[1]))
        number, cells = next(filled, (0, ()))
        self.heading = [as_text(cell) for cell in cells]
        if not set(self.heading) & set(COLUMNS):
            raise BadInput(
                "the first row names the columns, as the fields are named: see pingtai import --template",
                "首行应为列名（字段名）：见 pingtai import --template",
            )
        self._judge_heading(number)
        return [self._entry(*row) for row in filled]

    def _judge_heading(self, number: int) -> None:
        named = [name for name in self.heading if name and name != PROBLEM]
        for name in dict.fromkeys(named):
            if name not in COLUMNS:
                self.problems.append(Problem(number, name, _unknown(name)))
            elif named.count(name) > 1:
                self.problems.append(
                    Problem(number, name, ("the column stands there twice", "该列重复"))
                )
        needed = [column.name for column in COLUMNS.values() if column.required]
        self.absent = frozenset(
            name for name in needed if not COLUMNS[name].group and name not in named
        )
        for name in needed:
            if name in self.absent:
                self.problems.append(Problem(number, name, ("the column is missing", "缺少该列")))

    def _entry(self, number: int, cells: Sequence[Cell]) -> Entry:
        given = {name: cell for name, cell in zip(self.heading, cells, strict=False) if name}
        beyond = [
            cell
            for place, cell in enumerate(cells)
            if as_text(cell) and (place >= len(self.heading) or not self.heading[place])
        ]
        if beyond:
            problem = ("a cell stands under no heading", "有单元格没有列名")
            return Entry(number, given, problem=problem)
        ours = {name: cell for name, cell in given.items() if name in COLUMNS}
        broken = [(name, *_ERROR) for name, cell in ours.items() if _is_error(cell)]
        said, wrong = from_cells({n: cell for n, cell in ours.items() if not _is_error(cell)})
        return Entry(number, given, said, bad_cells=(*broken, *wrong))

    def _rows(self, results: Iterable[Result]) -> Iterator[list[Cell]]:
        names = [*(name for name in self.heading if name and name != PROBLEM), PROBLEM]
        yield [*names]
        for result in results:
            given: Mapping[str, Any] = {**result.entry.given, PROBLEM: why(result)}
            yield [given.get(name) for name in names]


class Csv(Table):
    """As spreadsheets write it: separated by commas, semicolons or tabs."""

    suffix = ".csv"

    def read(self, text: str) -> list[Entry]:
        """The rows of a file as applications.

        Raises:
            BadInput: it is no CSV, or has no heading.
        """
        return self.take(csv_rows(text, _separator(text)))

    def write(self, results: Iterable[Result]) -> str:
        """The rows that were not done, with why. What could be a formula is marked as text."""
        return csv_of(self._rows(results))


class Xlsx(Table):
    """The first sheet of a workbook."""

    suffix = ".xlsx"

    def read(self, content: bytes) -> list[Entry]:
        """The rows of the sheet as applications.

        Raises:
            BadInput: it is no workbook, too large, or has no heading.
        """
        with Sheet(content) as rows:
            return self.take(rows)

    def write(self, results: Iterable[Result]) -> bytes:
        """See `Csv.write`."""
        return workbook([("applications 申请", list(self._rows(results)), ())])


def csv_of(rows: Iterable[Sequence[Cell]]) -> str:
    """Rows as CSV, with the mark without which spreadsheets take the Chinese for something else."""
    page = io.StringIO()
    writer = csv.writer(page)
    for row in rows:
        writer.writerow([as_plain_text(as_text(cell)) for cell in row])
    return BYTE_ORDER_MARK + page.getvalue()


def _separator(text: str) -> str:
    """What stands between the names of the heading, which hold none of these themselves."""
    lines = (line for line in text.split("\n", 50)[:50] if line.strip())
    heading = next((line for line in lines if not line.lstrip('"').startswith(_REMARK)), "")
    return max(SEPARATORS, key=heading.count)


def _says_something(cells: Sequence[Cell]) -> bool:
    first = as_text(cells[0]) if cells else ""
    if first.startswith(_REMARK) and first not in ERROR_CODES:
        return False
    return any(as_text(cell) for cell in cells)


_ERROR: Words = (
    "the cell holds an error of the spreadsheet, or a formula that was never worked out",
    "单元格是表格程序的错误值，或公式尚未计算",
)


def _is_error(cell: Cell) -> bool:
    return isinstance(cell, str) and cell in ERROR_CODES


def _unknown(name: str) -> Words:
    near = difflib.get_close_matches(name, COLUMNS, 1)
    en, zh = "no such column", "没有此列"
    if near:
        en, zh = f"{en}: {near[0]} is meant?", f"{zh}：是否应为 {near[0]}？"
    return en, zh
