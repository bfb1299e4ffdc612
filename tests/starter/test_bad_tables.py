"""Bad and odd tables, of each kind, for each command that reads any: read right, or refused in words."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

from tests.starter.odd_tables import Raw, Value, book, page, value
from tests.starter.table_commands import (
    BROKEN,
    COMMANDS,
    Command,
    Run,
    Taken,
    item,
    lines,
    more,
    of_each,
    refused,
    rows_of,
    run,
    taken,
    twice,
)

__all__ = ["taken"]

FORMULA = "<f>1+1</f>"
STRINGS = (
    '<si><t>平台</t></si><si><r><t>共性</t></r><r><rPr/><t xml:space="preserve"> 技术</t></r>'
    '<rPh sb="0" eb="1"><t>キョウ</t></rPh><phoneticPr fontId="1"/></si><si><t>a_x000D_b_x005F_x000D_c</t></si>'
)

CELLS: dict[str, tuple[str, Value, Any]] = {
    "a shared string": ("text", value(0, kind="s"), "平台"),
    "runs and how they are spoken": ("text", value(1, kind="s"), "共性 技术"),
    "escapes": ("text", value(2, kind="s"), "a\rb_x000D_c"),
    "escapes within the cell": ("text", "a_x0041_b", "aAb"),
    "escapes of a formula's text": ("text", Raw("<f>A1</f><v>a_x0041_</v>", "str"), "aA"),
    "a string that is not there": ("text", value(-1, kind="s"), None),
    "a formula's number": ("number", Raw(FORMULA + "<v>2</v>"), 2),
    "a formula without a value": ("text", Raw(FORMULA), None),
    "a formula with an empty value": ("number", Raw(FORMULA + "<v/>"), None),
    "an error": ("text", value("#REF!", kind="e"), None),
    "an error of these years": ("id", value("#SPILL!", kind="e"), None),
    "a date as text": ("text", value(45323, "day"), None),
    "a date as an id": ("id", value(45323, "month"), None),
    "a Chinese date as an id": ("id", value(45323, "chinese month"), None),
    "a date of one's own format as an id": ("id", value(45323, "own day"), None),
    "an ISO date as an id": ("id", value("2024-02-01", kind="d"), None),
    "a moment as text": ("text", value(45323.5, "moment"), None),
    "a time as an id": ("id", value(0.5, "moment"), None),
    "hours as text": ("text", value(1.5, "hours"), None),
    "true as text": ("text", True, None),
    "false as an id": ("id", False, None),
    "a fraction as text": ("text", 3.1, None),
    "a fraction as an id": ("id", 2024.2, None),
    "a percentage as text": ("text", value(1, "percent"), None),
    "a number with a prefix as an id": ("id", value(96, "own text"), None),
    "zeros that people see": ("id", value(96, "zeros"), "00096"),
    "zeros in a text": ("id", "00096", "00096"),
    "a whole number as text": ("text", value("2026.0"), "2026"),
    "a number of a text cell": ("text", value(96, "text"), "96"),
    "digits that are lost": ("id", value("110108000000000001"), None),
    "digits that are lost, as they are written": ("id", value("1.10108E+17"), None),
    "a day": ("day", value(46350, "day"), "2026-11-24"),
    "a Chinese day": ("day", value(46350, "chinese day"), "2026-11-24"),
    "an ISO day": ("day", value("2026-11-24", kind="d"), "2026-11-24"),
    "a dashed day": ("day", "2026-11-24", "2026-11-24"),
    "a slashed day": ("day", "2026/11/24", "2026-11-24"),
    "a day in Chinese": ("day", "2026年11月24日", "2026-11-24"),
    "a day in an order of its own": ("day", "11/12/2026", None),
    "a number as a day": ("day", 46350, None),
    "a moment as a day": ("day", value(46350.25, "moment"), None),
    "a day before all days": ("day", value(-5, "day"), None),
    "a day after all days": ("day", value(99999999, "day"), None),
    "a grouped number": ("number", value(700, "grouped"), 700),
    "a percentage as a number": ("number", value(1, "percent"), None),
    "a date as a number": ("number", value(2, "day"), None),
    "true as a number": ("number", True, None),
    "a fraction of too many decimals": ("number", 1.23456, None),
    "no number": ("number", value("1_000"), None),
    "a number without an end": ("id", value("1e999", "zeros"), None),
    "a cell of another kind": ("text", value("x", kind="x"), None),
    "room behind digits": ("id", value(96, "room"), "96"),
}
"""A cell of a workbook by the column that it stands in, and what it says there; None: it is refused."""


@pytest.mark.parametrize(
    ("command", "name"),
    [
        pytest.param(command, name, id=f"{called}: {name}")
        for called, command in COMMANDS.items()
        for name, (kind, _, _) in CELLS.items()
        if kind in command.columns
    ],
)
def test_cells_of_workbooks(pingtai: Run, taken: Taken, command: Command, name: str) -> None:
    """A cell says what people see in it, or the file is refused: it is never taken for something else."""
    kind, cell, expected = CELLS[name]
    result = run(pingtai, command, "t.xlsx", book(command.rows(kind, cell), shared=STRINGS))
    if expected is None:
        assert refused(result, taken, command.columns[kind], BROKEN), result.output
    else:
        assert 0 == result.exit_code, result.output
        assert expected == taken()[0][command.columns[kind]]


BOOKS: dict[str, tuple[Callable[[Command], bytes], str]] = {
    "plain": (lambda c: book(rows_of(c)), ""),
    "strict": (lambda c: book(rows_of(c), strict=True), ""),
    "a hidden sheet before": (lambda c: book(rows_of(c), hidden_before=True), ""),
    "a hidden row": (lambda c: book(more(c), hidden_rows=[3]), "hidden rows"),
    "a hidden remark": (lambda c: book([*rows_of(c), ["# x"]], hidden_rows=[3]), ""),
    "a hidden heading": (lambda c: book(rows_of(c), hidden_rows=[1]), ""),
    "hidden rows that are empty": (lambda c: book([*rows_of(c), [None]], hidden_rows=[3]), ""),
    "merged cells": (lambda c: book(more(c), merged="B2:B3"), "merged cells"),
    "a merged remark": (lambda c: book([["# x"], *rows_of(c)], merged="A1:D1"), ""),
    "a column twice": (lambda c: book([[*r, r[0]] for r in rows_of(c)]), "occurs twice|each once"),
    "a cell under no heading": (
        lambda c: book([rows_of(c)[0], [*rows_of(c)[1], None, "x"]]),
        "no heading above",
    ),
    "rows out of order": (
        lambda c: book(
            [], sheet='<worksheet><sheetData><row r="2"/><row r="1"/></sheetData></worksheet>'
        ),
        "row 1 follows row 2",
    ),
    "cells out of order": (
        lambda c: book(
            [],
            sheet='<worksheet><sheetData><row r="1"><c r="B1"/><c r="A1"/></row></sheetData></worksheet>',
        ),
        "not in order",
    ),
    "broken XML": (lambda c: book([], sheet="<worksheet><sheetData>"), "cannot be read as XLSX"),
    "half a zip": (lambda c: book(rows_of(c))[:900], "cannot be read as XLSX"),
    "an old .xls": (lambda c: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "old .xls"),
    "CSV by another name": (lambda c: page(rows_of(c)).encode(), ""),
    "nothing": (lambda c: b"", "first row names|heading lacks"),
}
"""A workbook, and why it is not read; empty: it is."""


def read_or_refused(result: Result, taken: Taken, command: Command, why: str) -> None:
    """The rows were read as they are; or, with `why`, refused in these words."""
    if why:
        words = why.replace("COLUMN", "|".join(command.columns.values())).split("|")
        assert refused(result, taken, *words), result.output
    else:
        assert 0 == result.exit_code, result.output
        assert ["甲乙"] == [one[command.columns["text"]] for one in taken()]


@of_each
@pytest.mark.parametrize(("made", "why"), BOOKS.values(), ids=BOOKS)
def test_workbooks(
    pingtai: Run,
    taken: Taken,
    command: Command,
    made: Callable[[Command], bytes],
    why: str,
) -> None:
    """What people do not see is not taken; what is broken is no traceback."""
    result = run(pingtai, command, "t.xlsx", made(command))
    read_or_refused(result, taken, command, why)


@of_each
def test_days_of_a_mac(pingtai: Run, taken: Taken, command: Command) -> None:
    """A workbook may count its days from 1904."""
    kind = "day" if "day" in command.columns else "text"
    content = book(command.rows(kind, value(44888, "day")), mac=True)
    result = run(pingtai, command, "t.xlsx", content)
    if kind == "text":
        assert refused(result, taken, "not text but a date")
    else:
        assert "2026-11-24" == taken()[0][command.columns["day"]]


PAGES: dict[str, tuple[Callable[[Command], bytes], str]] = {
    "UTF-8": (lambda c: page(rows_of(c)).encode(), ""),
    "a mark": (lambda c: page(rows_of(c)).encode("utf-8-sig"), ""),
    "UTF-16": (lambda c: page(rows_of(c)).encode("utf-16"), ""),
    "UTF-16 of the other order": (
        lambda c: b"\xfe\xff" + page(rows_of(c)).encode("utf-16-be"),
        "",
    ),
    "GBK": (lambda c: page(rows_of(c)).encode("gbk"), ""),
    "GB18030": (lambda c: page(rows_of(c)).encode("gb18030"), ""),
    "marked, and broken": (
        lambda c: page(rows_of(c)).encode("utf-8-sig") + b"\xa1\n",
        "neither UTF-8 nor GBK",
    ),
    "neither": (lambda c: page(rows_of(c)).encode() + b"\xff\xff", "neither UTF-8 nor GBK"),
    "semicolons": (lambda c: page(rows_of(c), ";").encode(), ""),
    "tabs": (lambda c: page(rows_of(c), "\t").encode("utf-16"), ""),
    "a said separator": (lambda c: b"sep=;\r\n" + page(rows_of(c), ";").encode(), ""),
    "empty columns behind": (
        lambda c: page([[*row, None, None, None] for row in rows_of(c)]).encode(),
        "",
    ),
    "empty rows behind": (lambda c: (page(rows_of(c)) + ",,,\r\n\r\n").encode(), ""),
    "a cell under no heading": (
        lambda c: page([[*rows_of(c)[0], None], [*rows_of(c)[1], "x"]]).encode(),
        "no heading above",
    ),
    "a column twice": (
        lambda c: page([[*r, r[0]] for r in rows_of(c)]).encode(),
        "occurs twice|each once",
    ),
    "an open quote": (lambda c: (page(rows_of(c)) + '"x\n').encode(), "is not CSV"),
    "an error": (lambda c: page(rows_of(c, "#REF!")).encode(), "holds an error"),
    "a date that a spreadsheet made": (
        lambda c: page(c.rows("id", "Feb-24")).encode(),
        "format it as text",
    ),
    "a number that a spreadsheet made": (
        lambda c: page(rows_of(c, "1.1E+17")).encode(),
        "format it as text",
    ),
    "a workbook by another name": (lambda c: book(rows_of(c)), ""),
    "an old .xls by another name": (lambda c: b"\xd0\xcf\x11\xe0" + b"\0" * 500, "old .xls"),
}
"""A CSV, and why it is not read; empty: it is."""


@of_each
@pytest.mark.parametrize(("made", "why"), PAGES.values(), ids=PAGES)
def test_pages_of_csv(
    pingtai: Run,
    taken: Taken,
    command: Command,
    made: Callable[[Command], bytes],
    why: str,
) -> None:
    """As spreadsheets in China and elsewhere write it."""
    result = run(pingtai, command, "t.csv", made(command))
    read_or_refused(result, taken, command, why)


JSON: dict[str, tuple[str, Callable[[Command], str], str]] = {
    "lines": ("t.jsonl", lambda c: lines(item(c)), ""),
    "lines by another name": ("t.ndjson", lambda c: "\n" + lines(item(c)), ""),
    "lines in a .json": ("t.json", lambda c: lines(item(c)), ""),
    "a marked list": ("t.json", lambda c: "\ufeff" + json.dumps([item(c)], indent=2), ""),
    "a list in a .jsonl": ("t.jsonl", lambda c: json.dumps([item(c)]), "not a JSON object"),
    "a list of others": ("t.json", lambda c: "[1]", "item 1 is not a JSON object"),
    "no JSON": ("t.json", lambda c: "[{]", "is not JSON"),
    "a name twice": ("t.jsonl", twice, "stands twice"),
    "a name twice in a list": ("t.json", lambda c: f"[{twice(c)}]", "stands twice"),
    "no number": ("t.json", lambda c: '[{"priority": NaN}]', "NaN is no JSON number"),
    "true as text": ("t.json", lambda c: lines(item(c, **{c.columns["text"]: True})), "COLUMN"),
    "a fraction as text": (
        "t.json",
        lambda c: lines(item(c, **{c.columns["text"]: 1.5})),
        "COLUMN",
    ),
    "a list as text": ("t.json", lambda c: lines(item(c, **{c.columns["text"]: ["x"]})), "COLUMN"),
    "a fraction as an id": (
        "t.json",
        lambda c: lines(item(c, **{c.columns["id"]: 2024.2})),
        "COLUMN",
    ),
    "a workbook by another name": ("t.json", lambda c: "PK\x03\x04", "it is a workbook"),
}
"""A JSON file, and why it is not read; empty: it is."""


@of_each
@pytest.mark.parametrize(("name", "made", "why"), JSON.values(), ids=JSON)
def test_json(  # noqa: PLR0917 - what pytest hands over
    pingtai: Run,
    taken: Taken,
    command: Command,
    name: str,
    made: Callable[[Command], str],
    why: str,
) -> None:
    """Lines and lists are the same; what says something twice says nothing."""
    result = run(pingtai, command, name, made(command))
    if why:
        words = why.replace("COLUMN", "|".join(command.columns.values())).split("|")
        assert refused(result, taken, *words), result.output
    else:
        assert 0 == result.exit_code, result.output
        assert ["x"] == [one[command.columns["text"]] for one in taken()]
