"""Tables of applications: a heading of field names, and a row for each; CSV and XLSX."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from starter.commands.batch.formats import PROBLEM, why
from starter.commands.batch.lines import Entry, Result, Words
from starter.commands.importing.cells import from_cells
from starter.commands.importing.columns import COLUMNS
from starter.commands.importing.problems import Problem
from starter.errors import BadInput
from starter.tables.cells import Cell
from starter.tables.table import BEYOND, Row, Table, read_table
from starter.tables.writing import table_of


class Applications:
    """A table of applications, read and written."""

    suffix = ".csv"

    def __init__(self) -> None:
        """Nothing is read yet."""
        self.problems: list[Problem] = []
        """What is wrong with the heading."""
        self.absent: frozenset[str] = frozenset()
        """Columns that are needed and are not there: told once, and not for each row."""
        self._table = Table(0, [], [], is_book=False)

    def read(self, content: bytes) -> list[Entry]:
        """The rows as applications.

        Raises:
            BadInput: it is no table, or there is no heading.
        """
        self._table = read_table(content)
        if not set(self._table.heading) & set(COLUMNS):
            raise BadInput(
                "the first row names the columns, as the fields are named: see pingtai import --template",
                "首行应为列名（字段名）：见 pingtai import --template",
            )
        self._judge_heading()
        return [self._entry(row) for row in self._table.rows]

    def _judge_heading(self) -> None:
        number, heading = self._table.number, self._table.heading
        twice = self._table.named_twice()
        for name in dict.fromkeys(name for name in heading if name and name != PROBLEM):
            if name not in COLUMNS:
                self.problems.append(Problem(number, name, _unknown(name)))
            elif name in twice:
                self.problems.append(
                    Problem(number, name, ("the column stands there twice", "该列重复"))
                )
        needed = [column.name for column in COLUMNS.values() if column.required]
        self.absent = frozenset(
            name for name in needed if not COLUMNS[name].group and name not in heading
        )
        for name in needed:
            if name in self.absent:
                self.problems.append(Problem(number, name, ("the column is missing", "缺少该列")))

    def _entry(self, row: Row) -> Entry:
        if row.beyond:
            return Entry(row.number, row.cells, problem=BEYOND)
        ours = {name: cell for name, cell in row.cells.items() if name in COLUMNS}
        said, wrong = from_cells(ours)
        return Entry(row.number, row.cells, said, bad_cells=tuple(wrong))

    def write(self, results: Iterable[Result]) -> str | bytes:
        """The rows that were not done, with why, in the form in which they came."""
        return table_of(self._rows(results), as_book=self._table.is_book)

    def _rows(self, results: Iterable[Result]) -> Iterator[list[Cell]]:
        names = [*(name for name in self._table.heading if name and name != PROBLEM), PROBLEM]
        yield [*names]
        for result in results:
            given: Mapping[str, Any] = {**result.entry.given, PROBLEM: why(result)}
            yield [given.get(name) for name in names]


def _unknown(name: str) -> Words:
    near = difflib.get_close_matches(name, COLUMNS, 1)
    en, zh = "no such column", "没有此列"
    if near:
        en, zh = f"{en}: {near[0]} is meant?", f"{zh}：是否应为 {near[0]}？"
    return en, zh
