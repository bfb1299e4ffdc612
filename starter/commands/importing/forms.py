"""The forms that a file of applications may have, and reading it in its own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from starter.bounds import BATCH_FILE_BYTES, TABLE_ROWS
from starter.commands.batch.formats import JsonLines, Written
from starter.commands.batch.lines import Entry
from starter.commands.given import read_batch, read_bytes
from starter.commands.importing.problems import Problem
from starter.commands.importing.tables import Csv, Xlsx
from starter.errors import BadInput

Form = Literal["jsonl", "csv", "xlsx"]
FORMS: tuple[Form, ...] = ("jsonl", "csv", "xlsx")


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
    suffix = Path(file).suffix.lower().removeprefix(".")
    named = told or {"ndjson": "jsonl"}.get(suffix, suffix)
    for form in FORMS:
        if named == form:
            return form
    if file == "-":
        raise BadInput(
            "of standard input, say how it is written: --format jsonl, csv or xlsx",
            "读取标准输入须指明格式：--format jsonl、csv 或 xlsx",
        )
    raise BadInput(
        f"{file}: applications come as .jsonl, .csv or .xlsx; else say --format (for one alone:"
        " pingtai apply)",
        f"{file}：申请文件应为 .jsonl、.csv 或 .xlsx；否则请用 --format 指明（单个申请：pingtai apply）",
    )


def read_applications(file: str, form: Form) -> Read:
    """The applications of a file, `-` being standard input.

    Raises:
        BadInput: it cannot be read as a whole, or there are none in it.
    """
    if form == "jsonl":
        lines = JsonLines()
        read = Read(lines.read(read_batch(file)), lines)
    else:
        read = _table(file, form)
    if not read.entries and not read.problems:
        raise BadInput("there are no applications in it", "其中没有申请")
    if len(read.entries) > TABLE_ROWS:
        raise BadInput(
            f"more than {TABLE_ROWS:,} lines: split the file", f"超过 {TABLE_ROWS:,} 行：请拆分"
        )
    return read


def _table(file: str, form: Form) -> Read:
    table: Csv | Xlsx
    if form == "csv":
        table = Csv()
        entries = table.read(read_batch(file))
    else:
        table = Xlsx()
        content, _ = read_bytes(file, BATCH_FILE_BYTES, ("split it", "请拆分"))
        entries = table.read(content)
    return Read(entries, table, True, tuple(table.problems), table.absent)
