"""Templates for people who work with spreadsheets: columns, remarks that explain them, examples."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from starter.commands.importing.columns import Column, how
from starter.commands.message_shapes import Shape
from starter.commands.new_file import write_new
from starter.errors import BadInput
from starter.tables.cell_values import Cell
from starter.tables.csv_rows import csv_of
from starter.terminal.language import language, say
from workflows.words import Words, listed_zh

_FORMATS = {Shape.DAY: "yyyy-mm-dd", Shape.NUMBER: "General", Shape.DECIMAL: "General"}
"""All others are text: a spreadsheet would take 2024-2 for a date, and 00096 for 96."""
_WIDTH = 28
EXPLAINED = Words("columns", "列说明")
OF_A_COLUMN = (
    Words("column", "列名"),
    Words("required", "是否必填"),
    Words("how it is written", "填写方法"),
    Words("words", "可选词语"),
)
"""What the second sheet says of each column: its heads."""


class TableTemplate(NamedTuple):
    """What a template has."""

    title: Words
    columns: Sequence[Column]
    heading_of: Callable[[Column], str]
    needed: Callable[[Column], Words]
    examples: Sequence[Sequence[Cell]]
    explained: Iterable[Sequence[Cell]]
    """The second sheet of a workbook."""
    widths: Sequence[int]
    """Of the columns of the second sheet."""


def write_table_template(target: Path, template: TableTemplate) -> None:
    """Write a template, in the form that its name says and in the language of the answers.

    Raises:
        BadInput: the name says no form, there is such a file, which is kept, or it cannot be written.
    """
    suffix = target.suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        raise BadInput(
            f"{target}: a template is a .xlsx or a .csv file", f"{target}：模板应为 .xlsx 或 .csv"
        )
    if suffix == ".csv":
        content = csv_of(_rows(template, _how_with_words)).encode("utf-8")
    else:
        content = _book(template, [*_rows(template, how)])
    write_new(target, content)


def _how_with_words(column: Column) -> Words:
    """How a cell is written, where no second sheet has the words that it takes."""
    written = how(column)
    words = [] if column.is_open else [*column.vocabulary]
    if column.shape is not Shape.WORD or not words or str(words[0]) in written.en:
        return written
    each = [Words(str(one), getattr(one, "zh", "") or str(one)) for one in words]
    return Words(
        f"{written.en} ({', '.join(one.en for one in each)})",
        f"{written.zh}（{listed_zh(one.zh for one in each)}）",
    )


def _rows(
    template: TableTemplate, described: Callable[[Column], Words]
) -> Iterator[Sequence[Cell]]:
    yield [template.heading_of(column) for column in template.columns]
    yield remark([say(template.needed(column)) for column in template.columns])
    yield remark([say(described(column)) for column in template.columns])
    yield from template.examples


def remark(cells: Sequence[Cell]) -> list[Cell]:
    """A row that is passed over on reading."""
    return [f"# {cells[0]}", *cells[1:]]


def _book(template: TableTemplate, rows: Sequence[Sequence[Cell]]) -> bytes:
    from starter.tables.workbook import TEXT, workbook  # noqa: PLC0415 - what writes CSV need not load it

    columns = template.columns
    choices = {
        place: choices_of(column)
        for place, column in enumerate(columns, 1)
        if column.shape is Shape.WORD and not column.is_open
    }
    return workbook(
        [
            (say(template.title), rows, [_WIDTH] * len(columns)),
            (say(EXPLAINED), template.explained, template.widths),
        ],
        choices,
        [_FORMATS.get(column.shape, TEXT) for column in columns],
    )


def choices_of(column: Column) -> list[str]:
    """Return the words of a column in the language of the answers; each is understood."""
    if language() == "en":
        return [str(word) for word in column.vocabulary]
    return [getattr(word, "zh", "") or str(word) for word in column.vocabulary]
