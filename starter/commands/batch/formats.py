"""The forms that a batch may have on paper: JSON, or a spreadsheet's table."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from starter.commands.batch.decision_cells import from_cells
from starter.commands.batch.lines import Entry, Outcome, Result
from starter.commands.document_files import HERE, with_documents
from starter.errors import BadInput
from starter.tables.file_content import Form
from starter.tables.headings import PROBLEM, Headings
from starter.tables.json_items import Item, json_items
from starter.tables.strict_json import encodable
from starter.tables.table import BEYOND, Row, Table, read_table
from starter.terminal.language import say
from workflows.field_labels import Label
from workflows.words import listed_zh


class Written(Protocol):
    """A way to write what was not done."""

    suffix: str

    def write(self, results: Iterable[Result]) -> str | bytes:
        """Lines that were not done, with why, in the same form: to be mended and run again."""


class Format(Written, Protocol):
    """A way to write a batch."""

    def read(self, content: str | bytes) -> list[Entry]:
        """The lines of a file; those that cannot be read say why.

        Raises:
            BadInput: the file as a whole is none of this form.
        """


class JsonLines:
    """A JSON object a line: `platform`, `kind`, and the decision's other fields; or a list of them."""

    suffix = ".jsonl"

    def __init__(
        self,
        preset: Mapping[str, str] | None = None,
        form: Form = "jsonl",
        folder: Path | None = None,
    ) -> None:
        """`preset` are fields of every decision; `folder` is where documents that lines name stand."""
        self._preset = dict(preset or {})
        self._form = form
        self._folder = folder

    def read(self, content: str | bytes) -> list[Entry]:
        """See `Format`. Empty lines count as lines, and say nothing."""
        return [self._entry(*item) for item in json_items(content, self._form)]

    def _entry(self, number: int, line: str, item: Item) -> Entry:
        if isinstance(item, BadInput):
            return Entry(number, {"line": line}, problem=item.words)
        item.pop(PROBLEM, None)
        fields = {**self._preset, **item}
        try:
            return Entry(number, item, with_documents(fields, self._folder))
        except BadInput as error:
            return Entry(number, item, fields, error.words)

    def write(self, results: Iterable[Result]) -> str:
        """See `Format`."""
        rows = ({**_completed(result), PROBLEM: why(result)} for result in results)
        return "".join(encodable(json.dumps(row, ensure_ascii=False)) + "\n" for row in rows)


class Cells:
    """A table with a heading, CSV or XLSX: see `starter.commands.batch.decision_cells`."""

    suffix = ".csv"

    def __init__(self, preset: Mapping[str, str] | None = None, folder: Path | None = HERE) -> None:
        """`preset` are cells of every row; `folder` is where files that cells name stand."""
        self._folder = folder
        self._preset = dict(preset or {})
        self._table = Table(0, [], [], is_book=False)

    def read(self, content: str | bytes) -> list[Entry]:
        """See `Format`."""
        # JSON needs none of them.
        from starter.commands.batch.decision_columns import (  # noqa: PLC0415
            KIND,
            KIND_LABEL,
            PLATFORM,
            PLATFORM_LABEL,
        )
        from starter.commands.batch.decision_headings import decision_headings  # noqa: PLC0415

        headings = decision_headings()
        self._table = headings.renamed(read_table(content))
        if twice := self._table.named_twice():
            raise BadInput(
                f"the first row names each column once: {', '.join(twice)} occurs twice",
                f"列名重复：{listed_zh(twice)}",
            )
        there = {*self._table.heading, *self._preset}
        for name, label in ((PLATFORM, PLATFORM_LABEL), (KIND, KIND_LABEL)):
            if name not in there:
                raise self._no_column(headings, label)
        return [self._entry(row) for row in self._table.rows]

    def _no_column(self, headings: Headings, label: Label) -> BadInput:
        """What is to be said of a table without a column: also which heading may have been meant for it."""
        odd = [
            one for one in self._table.heading if one and one != PROBLEM and not headings.knows(one)
        ]
        en = f"the first row names no column “{label.en}”"
        zh = f"首行缺少列“{label.zh}”"
        if odd:
            en += f"; {', '.join(odd)}: no name of a column"
            zh += f"；{listed_zh(f'“{one}”' for one in odd)}不是列名"
        return BadInput(en, zh)

    def _entry(self, row: Row) -> Entry:
        cells = {name: cell for name, cell in row.cells.items() if name != PROBLEM}
        if row.beyond:
            return Entry(row.number, row.cells, cells, BEYOND)
        cells = {**self._preset, **cells}
        called = self._table.called
        try:
            fields = from_cells(cells, self._folder, called)
        except BadInput as error:
            return Entry(row.number, row.cells, cells, error.words, headings=called)
        return Entry(row.number, row.cells, fields, headings=called)

    def write(self, results: Iterable[Result]) -> str | bytes:
        """See `Format`."""
        rows = [
            {**result.entry.given, **_settled(result), PROBLEM: why(result)} for result in results
        ]
        header = dict.fromkeys([*self._table.heading, *(name for row in rows for name in row)])
        names = [*(name for name in header if name and name != PROBLEM), PROBLEM]
        written: list[list[Any]] = [names, *([row.get(name) for name in names] for row in rows)]
        return self._table.written(written)


def why(result: Result) -> str:
    """Why a line was not done, on one line, in the language of the answers."""
    words = say(result.problem) if result.problem else str(result.outcome)
    return " ".join(words.split())


def _completed(result: Result) -> dict[str, Any]:
    """A line that can be sent is written with what was filled in: sent again it is the same decision."""
    return {**result.entry.given, **_filled_in(result)}


def _filled_in(result: Result) -> dict[str, Any]:
    """What was filled in, to be written with the line.

    Of a line that was certainly not accepted, who acts is not, where the profile said so, nor the id,
    which follows from it: whoever runs the line next acts as themselves.
    """
    if result.line is None:
        return {}
    message = dict(result.line.message)
    if result.line.by_profile and result.outcome is not Outcome.UNANSWERED:
        for name in ("actor", "decision_id"):
            del message[name]
            if name in result.entry.fields:
                message[name] = result.entry.fields[name]
    return message


def _settled(result: Result) -> dict[str, str]:
    """The cells by which the row is the same decision when it is sent again."""
    message = _filled_in(result)
    cells: dict[str, str] = {}
    for name in ("decision_id", "decided_on"):
        if name in message:
            cells[name] = message[name]
    for name, value in message.get("actor", {}).items():
        if isinstance(value, dict):
            cells |= {f"actor.{name}.{inner}": text for inner, text in value.items()}
        else:
            cells[f"actor.{name}"] = value
    return cells
