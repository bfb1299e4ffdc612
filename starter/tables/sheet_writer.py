"""Rows as files that other programs open: CSV, XLSX, JSON. A file is there whole, or not at all.

What others wrote must not be taken for a formula by a spreadsheet program: such text is written as text.
"""

import csv
import io
import json
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from errno import EISDIR
from os import strerror
from pathlib import Path
from typing import Any, Literal

from activities.harmless_text import harmless
from starter.error_reasons import reason_of
from starter.errors import BadInput
from starter.tables.csv_rows import BYTE_ORDER_MARK
from starter.tables.plain_text import as_plain_text
from starter.terminal.screen import write
from workflows.periods import BEIJING

Cell = str | int | float | Decimal | date | datetime | None
Format = Literal["csv", "xlsx", "json"]
Writer = Callable[[Any], None]


@contextmanager
def sheet(
    form: Format, output: Path | None, head: Sequence[str], title: str = "1"
) -> Iterator[Writer]:
    """A function that writes a row; to `output`, or to standard output.

    Rows of JSON are plain data of their own, and need no `head`. A workbook is called by its `title`.

    Raises:
        BadInput: the file cannot be written, or XLSX has no file to go to.
    """
    if form == "xlsx":
        with whole_file(output) as path, _xlsx(path, head, title) as row:
            yield row
    elif output is None:
        with _lines(form, head, write) as row:
            yield row
    else:
        with whole_file(output) as path, path.open("w", encoding="utf-8", newline="") as file:
            if form == "csv":
                file.write(BYTE_ORDER_MARK)
            with _lines(form, head, file.write) as row:
                yield row


def _lines(form: Format, head: Sequence[str], put: Callable[[str], Any]) -> Any:
    return _json(put) if form == "json" else _csv(head, put)


@contextmanager
def _csv(head: Sequence[str], put: Callable[[str], Any]) -> Iterator[Writer]:
    put(csv_line(head))
    yield lambda cells: put(csv_line(cells))


def csv_line(cells: Sequence[Cell]) -> str:
    """A row as a line of CSV."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([_text(cell) for cell in cells])
    return line.getvalue()


@contextmanager
def _json(put: Callable[[str], Any]) -> Iterator[Writer]:
    before = "[\n"

    def row(data: Any) -> None:
        nonlocal before
        put(before + textwrap.indent(json.dumps(data, ensure_ascii=False, indent=2), "  "))
        before = ",\n"

    yield row
    put("[]\n" if before == "[\n" else "\n]\n")


@contextmanager
def _xlsx(path: Path, head: Sequence[str], title: str) -> Iterator[Writer]:
    rows: list[Sequence[Cell]] = []
    yield lambda cells: rows.append([in_sheet(cell) for cell in cells])
    from starter.tables.report_book import report_book  # noqa: PLC0415 - a terminal's table need not load it
    from starter.tables.report_sheets import ReportSheet, page_footer  # noqa: PLC0415

    path.write_bytes(report_book([ReportSheet(title, title, head, rows)], page_footer()))


def in_sheet(value: Cell) -> Any:
    """A value as a workbook holds it: moments are those of Beijing, texts steer nothing."""
    if isinstance(value, datetime):
        return value.astimezone(BEIJING).replace(microsecond=0, tzinfo=None)
    return harmless(value) if isinstance(value, str) else value


def _text(value: Cell) -> str:
    if isinstance(value, datetime):
        return value.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
    if not isinstance(value, str):
        return "" if value is None else str(value)
    return as_plain_text(harmless(value), value)


@contextmanager
def whole_file(output: Path | None) -> Iterator[Path]:
    """A file beside the one that is wanted, which it becomes once it is whole."""
    if output is None:
        raise BadInput("xlsx goes to a file: name it by -o FILE", "xlsx 须写入文件：请用 -o 文件名")
    refuse_existing(output)
    with _writing(output):
        if output.is_dir():
            raise IsADirectoryError(EISDIR, strerror(EISDIR))
        draft = output.with_name(f".{output.name}.new")
        draft.touch()
    try:
        yield draft
        with _writing(output):
            draft.replace(output)
    finally:
        draft.unlink(missing_ok=True)


def refuse_existing(output: Path) -> None:
    """Keep a file that is there, as every command does that writes one. Raises BadInput."""
    if output.is_file():
        raise BadInput(
            f"{output} is there already, and is kept: choose another name, or remove it",
            f"{output} 已存在，未改动：请换用其他文件名，或先删除该文件",
        )


@contextmanager
def _writing(output: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = reason_of(error)
        raise BadInput(
            f"{output} cannot be written: {why.en}", f"无法写入 {output}：{why.zh}"
        ) from None
