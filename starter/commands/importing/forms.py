"""The forms that a file of applications may have, and reading it in its own."""

from dataclasses import dataclass

from starter.bounds import TABLE_ROWS
from starter.commands.batch.formats import JsonLines, Written
from starter.commands.batch.lines import Entry
from starter.commands.importing.problems import Problem
from starter.commands.importing.tables import Applications
from starter.errors import BadInput
from starter.tables.files import Form, read_many
from starter.tables.files import form_of as form_by_name


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
        lines = JsonLines(form=form)
        read = Read(lines.read(content), lines)
    else:
        table = Applications()
        entries = table.read(content)
        read = Read(entries, table, True, tuple(table.problems), table.absent)
    if not read.entries and not read.problems:
        raise BadInput("there are no applications in it", "其中没有申请")
    if len(read.entries) > TABLE_ROWS:
        raise BadInput(
            f"more than {TABLE_ROWS:,} lines: split the file", f"超过 {TABLE_ROWS:,} 行：请拆分"
        )
    return read
