"""The forms that a file of applications may have: JSON, or a table with a heading of field names."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starter.bounds import TABLE_ROWS
from starter.commands.batch.formats import JsonLines, Written, why
from starter.commands.batch.lines import Entry, Result
from starter.commands.document_files import folder_of
from starter.commands.importing.application_cells import from_cells
from starter.commands.importing.columns import COLUMNS
from starter.commands.importing.import_report import Problem
from starter.errors import BadInput
from starter.tables.cell_values import Cell
from starter.tables.file_content import Form, read_many
from starter.tables.file_content import form_of as form_by_name
from starter.tables.headings import PROBLEM, PROBLEM_LABEL, Headings, labelled, ways_of
from starter.tables.table import BEYOND, Row, Table, read_table
from workflows.words import Words


@dataclass(frozen=True)
class Read:
    """A file as it was read."""

    entries: list[Entry]
    form: Written
    """Writes what was not done."""
    table: bool = False
    problems: tuple[Problem, ...] = ()
    """What is wrong with the heading of a table."""
    absent: frozenset[str] = frozenset()
    """Columns of which it is told already that they are missing."""


def form_of(file: str, told: str | None) -> Form:
    """In what form a file is written: as it is told, or by its name.

    Raises:
        BadInput: neither says.
    """
    form = form_by_name(file, told)
    if form:
        return form
    if file == "-":
        raise BadInput(
            "of standard input, say how it is written: --format jsonl, json, csv or xlsx",
            "读取标准输入须指明格式：--format jsonl、json、csv 或 xlsx",
        )
    raise BadInput(
        f"{file}: applications come as .jsonl, .json, .csv or .xlsx; else say --format (for one alone:"
        " pingtai apply)",
        f"{file}：申请文件应为 .jsonl、.json、.csv 或 .xlsx；否则请用 --format 指明（单个申请：pingtai apply）",
    )


def read_applications(file: str, form: Form) -> Read:
    """The applications of a file, `-` being standard input.

    Raises:
        BadInput: it cannot be read as a whole, or there are none in it.
    """
    content = read_many(file)
    if form in ("jsonl", "json"):
        lines = JsonLines(form=form, folder=folder_of(file))
        read = Read(lines.read(content), lines)
    else:
        table = Applications(folder_of(file))
        entries = table.read(content)
        read = Read(entries, table, True, tuple(table.problems), table.absent)
    if not read.entries and not read.problems:
        raise BadInput("there are no applications in it", "其中没有申请")
    if len(read.entries) > TABLE_ROWS:
        raise BadInput(
            f"more than {TABLE_ROWS:,} lines: split the file", f"超过 {TABLE_ROWS:,} 行：请拆分"
        )
    return read


class Applications:
    """A table of applications, read and written."""

    suffix = ".csv"

    def __init__(self, folder: Path | None = None) -> None:
        """Nothing is read yet; `folder` is where documents that cells name stand."""
        self._folder = folder
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
        self._table = HEADINGS.renamed(read_table(content))
        if not set(self._table.heading) & set(COLUMNS):
            raise BadInput(
                "the first row names the columns: see pingtai import --template",
                "首行应为列名：见 pingtai import --template",
            )
        self._judge_heading()
        return [self._entry(row) for row in self._table.rows]

    def _judge_heading(self) -> None:
        number, heading = self._table.number, self._table.heading
        twice = self._table.named_twice()
        for name in dict.fromkeys(name for name in heading if name and name != PROBLEM):
            if name not in COLUMNS:
                self.problems.append(Problem(number, name, _unknown(name), self._table.called))
            elif name in twice:
                self.problems.append(Problem(number, name, _TWICE, self._table.called))
        needed = [column.name for column in COLUMNS.values() if column.required]
        self.absent = frozenset(
            name for name in needed if not COLUMNS[name].group and name not in heading
        )
        for name in needed:
            if name in self.absent:
                self.problems.append(Problem(number, name, _ABSENT, self._table.called))

    def _entry(self, row: Row) -> Entry:
        if row.beyond:
            return Entry(row.number, row.cells, problem=BEYOND, headings=self._table.called)
        ours = {name: cell for name, cell in row.cells.items() if name in COLUMNS}
        said, wrong = from_cells(ours, self._folder)
        return Entry(
            row.number, row.cells, said, bad_cells=tuple(wrong), headings=self._table.called
        )

    def write(self, results: Iterable[Result]) -> str | bytes:
        """The rows that were not done, with why, in the form in which they came."""
        return self._table.written(self._rows(results))

    def _rows(self, results: Iterable[Result]) -> Iterator[list[Cell]]:
        names = [*(name for name in self._table.heading if name and name != PROBLEM), PROBLEM]
        yield [*names]
        for result in results:
            given: Mapping[str, Any] = {**result.entry.given, PROBLEM: why(result)}
            yield [given.get(name) for name in names]


HEADINGS = Headings(
    [
        *labelled({name: column.label for name, column in COLUMNS.items()}),
        (PROBLEM, ways_of(PROBLEM_LABEL)),
    ],
    {name: column.label for name, column in COLUMNS.items()},
)
_TWICE = Words("the column occurs twice", "该列重复")
_ABSENT = Words("the column is missing", "缺少该列")


def _unknown(name: str) -> Words:
    labels = {label: label for one in COLUMNS.values() for label in one.label.name}
    near = difflib.get_close_matches(name, [*COLUMNS, *labels], 1)
    if near:
        return Words(
            f"no such column; did you mean “{near[0]}”?", f"没有此列；是否应为“{near[0]}”？"
        )
    return Words("no such column", "没有此列")
