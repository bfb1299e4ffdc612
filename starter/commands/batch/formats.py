"""The forms that a batch may have on paper: JSON lines, a spreadsheet's CSV, a plain list of names."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from starter.commands.batch.cells import from_cells
from starter.commands.batch.lines import Entry, Line, Result
from starter.commands.given import as_object
from starter.csv_rows import csv_rows
from starter.errors import BadInput
from starter.language import say
from starter.plain_text import as_plain_text
from starter.screen import encodable

PROBLEM = "problem"
"""The field that says why a line was not done; it is passed over on reading."""


class Written(Protocol):
    """A way to write what was not done."""

    suffix: str

    def write(self, results: Iterable[Result]) -> str | bytes:
        """Lines that were not done, with why, in the same form: to be mended and run again."""


class Format(Written, Protocol):
    """A way to write a batch."""

    def read(self, text: str) -> list[Entry]:
        """The lines of a file; those that cannot be read say why.

        Raises:
            BadInput: the file as a whole is none of this form.
        """


class JsonLines:
    """A JSON object a line: `platform`, `kind`, and the decision's other fields."""

    suffix = ".jsonl"

    def read(self, text: str) -> list[Entry]:
        """See `Format`. Empty lines count as lines, and say nothing."""
        lines = enumerate(text.split("\n"), 1)
        return [_object(number, line) for number, line in lines if line.strip()]

    def write(self, results: Iterable[Result]) -> str:
        """See `Format`."""
        rows = ({**_completed(result), PROBLEM: why(result)} for result in results)
        return "".join(encodable(json.dumps(row, ensure_ascii=False)) + "\n" for row in rows)


class Cells:
    """CSV with a header, as spreadsheets write it: see `starter.commands.batch.cells`."""

    suffix = ".csv"

    def __init__(self, preset: Mapping[str, str] | None = None) -> None:
        """`preset` are cells of every row."""
        self._preset = dict(preset or {})
        self._header: list[str] = []

    def read(self, text: str) -> list[Entry]:
        """See `Format`."""
        rows = csv_rows(text)
        _, first = next(rows, (0, []))
        header = [name.strip() for name in first]
        self._header = header
        if "platform" not in header or len(set(header)) != len(header):
            raise BadInput(
                "the first row of the CSV names its columns, each once, and one of them is platform",
                "CSV 首行应为列名，不得重复，且须有 platform 列",
            )
        return [
            self._entry(number, header, row)
            for number, row in rows
            if any(cell.strip() for cell in row)
        ]

    def _entry(self, number: int, header: list[str], row: list[str]) -> Entry:
        given = dict(zip(header, row, strict=False))
        if len(row) > len(header):
            return Entry(number, given, problem=("more cells than columns", "单元格多于列"))
        cells = {**self._preset, **{name: text for name, text in given.items() if name != PROBLEM}}
        try:
            return Entry(number, given, from_cells(cells))
        except BadInput as error:
            return Entry(number, given, cells, (error.en, error.zh))

    def write(self, results: Iterable[Result]) -> str:
        """See `Format`. A mark of UTF-8 goes before, or spreadsheets take the Chinese for something else."""
        rows = [
            {**result.entry.given, **_settled(result.line), PROBLEM: why(result)}
            for result in results
        ]
        header = dict.fromkeys([*self._header, *(name for row in rows for name in row)])
        names = [*(name for name in header if name != PROBLEM), PROBLEM]
        page = io.StringIO()
        written = csv.DictWriter(page, names, restval="")
        written.writeheader()
        for row in rows:
            written.writerow({name: as_plain_text(str(cell)) for name, cell in row.items()})
        return "\ufeff" + page.getvalue()


class Names:
    """A platform a line, and its certificate number where it has one of its own; `#` begins a remark."""

    suffix = ".txt"

    def __init__(self, preset: Mapping[str, str], certificate_prefix: str | None) -> None:
        """`preset` are fields of every decision; certificates without a number are numbered by a prefix."""
        self._preset = dict(preset)
        self._prefix = certificate_prefix

    def read(self, text: str) -> list[Entry]:
        """See `Format`."""
        found: list[Entry] = []
        for number, line in enumerate(text.splitlines(), 1):
            words = line.partition("#")[0].split()
            if words:
                found.append(self._entry(number, words, len(found) + 1))
        return found

    def _entry(self, number: int, words: list[str], count: int) -> Entry:
        platform, *certificate = words
        if not certificate and self._prefix is not None:
            certificate = [f"{self._prefix}{count:03d}"]
        given = {"platform": platform, "certificate_number": " ".join(certificate)}
        if len(certificate) == 1:
            return Entry(number, given, {**self._preset, **given})
        return Entry(
            number,
            given,
            {"platform": platform},
            (
                "write PLATFORM CERTIFICATE, or give --certificate-prefix",
                "应写作“平台编号 证书编号”，或使用 --certificate-prefix",
            ),
        )

    def write(self, results: Iterable[Result]) -> str:
        """See `Format`."""
        rows = ((*result.entry.given.values(), f"# {why(result)}") for result in results)
        return "".join("  ".join(word for word in row if word) + "\n" for row in rows)


def why(result: Result) -> str:
    """Why a line was not done, on one line, in the language of the answers."""
    words = say(*result.problem) if result.problem else str(result.outcome)
    return " ".join(words.split())


def _object(number: int, line: str) -> Entry:
    try:
        given = as_object(line, say("the line", "该行"))
    except BadInput as error:
        return Entry(number, {"line": line}, problem=(error.en, error.zh))
    given.pop(PROBLEM, None)
    return Entry(number, given, given)


def _completed(result: Result) -> dict[str, Any]:
    """A line that can be sent is written with what was filled in: sent again it is the same decision."""
    if result.line is None:
        return dict(result.entry.given)
    return {**result.entry.given, **result.line.message}


def _settled(line: Line | None) -> dict[str, str]:
    """The cells by which the row is the same decision when it is sent again."""
    if line is None:
        return {}
    actor = line.message["actor"]
    cells = {name: line.message[name] for name in ("decision_id", "decided_on")}
    for name, value in actor.items():
        if isinstance(value, dict):
            cells |= {f"actor.{name}.{inner}": text for inner, text in value.items()}
        else:
            cells[f"actor.{name}"] = value
    return cells
