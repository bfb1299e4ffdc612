"""Bad and odd tables, of each kind, for each command that reads any: read right, or refused in words."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import given, settings
from hypothesis.strategies import lists, text
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from db.layout import Change
from db.programme_rows import Direction
from starter.commands import layout
from starter.commands.batch.cells import from_cells
from starter.commands.importing.cells import cell_of, read
from starter.commands.importing.columns import COLUMNS, Holds, at
from starter.commands.importing.template import shown, write_template
from starter.errors import BadInput
from starter.pingtai import Applied
from starter.sheets import sheet
from starter.tables.cell_values import Cell
from starter.tables.table import read_table
from starter.tables.workbook import workbook
from tests.rules.builders import application
from tests.starter.conftest import PretendClient
from tests.starter.odd_tables import Raw, Value, book, page, value
from workflows.application import PlatformApplication
from workflows.refusal import Refusal, Refused

Run = Callable[..., Result]
Rows = list[list[Value]]
Taken = Callable[[], list[dict[str, Any]]]

ACTOR = {"actor.id": "kw-1", "actor.role": "commission", "actor.organisation": "市科委"}
_FORM = application(platform_id="p-1", direction="x")
_APPLICATION: dict[str, Value] = {
    name: str(cell) if (cell := cell_of(column, _FORM)) is not None else None
    for name, column in COLUMNS.items()
    if at(_FORM, name) is not None or name == "plan.mechanisms.independent_by"
}


@dataclass(frozen=True)
class Command:
    """A command that reads tables: how it is called, a good row, and which column holds what."""

    args: tuple[str, ...]
    good: dict[str, Value]
    columns: dict[str, str]
    """The column of a kind of cell: `text`, `id`, `day`, `number`."""
    before: tuple[str, ...] = ("--file",)

    def rows(self, kind: str, cell: Value) -> Rows:
        """A heading and a row, with a cell of this kind."""
        row = {**self.good, self.columns[kind]: cell}
        return [[*row], [*row.values()]]


COMMANDS = {
    "import": Command(
        ("import", "--first-terms"),
        _APPLICATION,
        {
            "text": "direction",
            "id": "platform_id",
            "day": "plan.mechanisms.independent_by",
            "number": "plan.mechanisms.lead_unit_funding_wan",
        },
        (),
    ),
    "decide": Command(
        ("decide",),
        {
            **{"platform": "p-1", "kind": "support", "decided_on": "2026-11-24", "support": "tax"},
            **{"title": "x", "given_on": "2026-11-24", "amount_wan": "1", **ACTOR},
        },
        {"text": "title", "id": "platform", "day": "given_on", "number": "amount_wan"},
    ),
    "list": Command(
        ("list", "publish", "--number", "2026-1"),
        {
            **{"platform": "p-1", "certificate_number": "B-1", "note": "x"},
            **{"decided_on": "2026-11-24", **ACTOR},
        },
        {"text": "note", "id": "certificate_number", "day": "decided_on"},
    ),
    "layout": Command(
        ("layout", "import"),
        {"field": "low_altitude", "direction": "x", "priority": "1", "districts": "海淀区"},
        {"text": "direction", "id": "field", "number": "priority"},
        (),
    ),
}


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch, sent: list[tuple[str, dict[str, Any]]]) -> Taken:
    """What a command took out of its file, by the columns; nothing is sent to any server."""
    found: list[dict[str, Any]] = []

    async def apply(self: PretendClient, form: PlatformApplication) -> Applied:
        message = form.model_dump(mode="json")
        found.append({name: at(message, name) for name in COLUMNS})
        return Applied(
            platform_id=form.platform_id,
            application_id=form.application_id,
            term=1,
            workflow_id="w",
            repeated=False,
        )

    async def replace(engine: None, new: Sequence[Direction], **how: Any) -> Change:
        found.extend(one.model_dump(mode="json") for one in new)
        return Change(added=tuple(new), changed=(), removed=(), same=0)

    @asynccontextmanager
    async def no_engine(**how: Any) -> AsyncIterator[None]:
        yield None

    monkeypatch.setattr(PretendClient, "apply", apply)
    monkeypatch.setattr(layout, "replace_layout", replace)
    monkeypatch.setattr(layout, "open_engine", no_engine)
    return lambda: [*found, *({"platform": platform, **said} for platform, said in sent)]


def run(pingtai: Run, command: Command, name: str, content: bytes | str) -> Result:
    """Run a command with a file."""
    path = Path(name)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return pingtai(*command.args, *command.before, name)


def refused(result: Result, taken: Taken, *words: str) -> bool:
    """Whether a file was refused with one of these words, and nothing of it taken."""
    told = result.stdout + result.stderr
    in_words = any(word in told for word in words) and "Traceback" not in told
    return (2, [], True) == (result.exit_code, taken(), in_words)


BROKEN = "cannot be read as XLSX"
of_each = pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)

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
    "a fraction as a number": ("number", 1.5, None),
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


def rows_of(command: Command, cell: Value = "甲乙") -> Rows:
    """Good rows, with a Chinese text."""
    return command.rows("text", cell)


def more(command: Command) -> Rows:
    """Good rows, and a second one."""
    rows = rows_of(command)
    return [
        *rows,
        [
            f"{cell}2" if name in (command.columns["id"], "application_id") else cell
            for name, cell in zip(*rows, strict=True)
        ],
    ]


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
    "a column twice": (lambda c: book([[*r, r[0]] for r in rows_of(c)]), "there twice|each once"),
    "a cell under no heading": (
        lambda c: book([rows_of(c)[0], [*rows_of(c)[1], None, "x"]]),
        "under no heading",
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
    if why:
        words = why.replace("COLUMN", "|".join(command.columns.values())).split("|")
        assert refused(result, taken, *words), result.output
    else:
        assert 0 == result.exit_code, result.output
        assert ["甲乙"] == [one[command.columns["text"]] for one in taken()]


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
        "under no heading",
    ),
    "a column twice": (
        lambda c: page([[*r, r[0]] for r in rows_of(c)]).encode(),
        "there twice|each once",
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
    if why:
        words = why.replace("COLUMN", "|".join(command.columns.values())).split("|")
        assert refused(result, taken, *words), result.output
    else:
        assert 0 == result.exit_code, result.output
        assert ["甲乙"] == [one[command.columns["text"]] for one in taken()]


def item(command: Command, **changes: Any) -> dict[str, Any]:
    """A good row as a JSON object, with other values."""
    if command.args[0] == "import":
        return {**_FORM, **changes}
    flat = {name: value for name, value in command.good.items() if "." not in name}
    if "amount_wan" in flat:
        flat["amount_wan"] = 1
    actor = {"actor": {name.partition(".")[2]: one for name, one in ACTOR.items()}}
    return {**flat, **(actor if "actor.id" in command.good else {}), **changes}


def lines(*items: dict[str, Any]) -> str:
    """A JSON object a line."""
    return "".join(json.dumps(one) + "\n" for one in items)


def twice(command: Command) -> str:
    """An object that says one name twice."""
    name = command.columns["text"]
    return lines(item(command)).replace("{", f'{{"{name}": "y", ', 1)


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


def test_utf_8_that_may_be_gbk_is_refused() -> None:
    """Two bytes may be a letter in UTF-8 and a Chinese character in GBK: only a mark or more text tells."""
    written = "platform,title\np-1,每\n"
    with pytest.raises(BadInput, match="UTF-8 as well as GBK"):
        read_table(written.encode("gbk"))
    for content in (
        written.encode("utf-8-sig"),
        written.encode(),
        f"{written}p-2,年\n".encode("gbk"),
    ):
        assert "每" == read_table(content).rows[0].cells["title"]


def test_a_list_number_that_became_a_date_is_none() -> None:
    """2024-2 in a general cell is the first of February to a spreadsheet: that is never a list's number."""
    listing: dict[str, Cell] = {"platform": "p-1", "kind": "listing", "outcome": "included"}
    for cell in (
        datetime(2024, 2, 1),
        date(2024, 2, 1),
        read_table("a\nFeb-24\n").rows[0].cells["a"],
    ):
        with pytest.raises(BadInput, match=r"list_number.*not text|format it as text"):
            from_cells({**listing, "list_number": cell})
        with pytest.raises(BadInput, match="format it as text"):
            read(COLUMNS["brought_in.list_number"], cell)
    assert "2024-2" == from_cells({**listing, "list_number": "2024-2"})["list_number"]


def test_a_date_of_a_nested_field_is_a_day() -> None:
    """Also where it stands within an actor."""
    cells: dict[str, Cell] = {"kind": "withdrawal", "actor.acting_for.first_day": "2026/11/1"}
    assert {"acting_for": {"first_day": "2026-11-01"}} == from_cells(cells)["actor"]


def test_hidden_columns_are_named(pingtai: Run, taken: Taken) -> None:
    """They are read, for people hide what they need not see; that they are is said."""
    columns = '<cols><col min="2" max="2" hidden="1"/><col min="30" max="16384" hidden="1"/></cols>'
    command = COMMANDS["layout"]
    result = run(pingtai, command, "t.xlsx", book(rows_of(command), columns=columns))
    assert "Hidden columns are read, too: direction\n" == result.stderr.splitlines(True)[0]
    assert "甲乙" == taken()[0]["direction"]


def test_a_layout_names_what_it_does_not_read(pingtai: Run, taken: Taken) -> None:
    """A heading of a synonym is read, also in JSON; one that is misspelt is named, or any district would do."""
    plain = {"领域": "集成电路", "direction": "x", "priority": 1}
    good = run(pingtai, COMMANDS["layout"], "t.json", lines({**plain, "所在区": "海淀区"}))
    assert (["haidian"], "") == ([*taken()[0]["districts"]], good.stderr)
    other = run(pingtai, COMMANDS["layout"], "t.json", lines({**plain, "distrcts": "海淀区"}))
    assert "not read: distrcts\n" == other.stderr
    twice = page([["领域", "field", "direction", "priority"], ["x", "y", "x", 1]])
    assert 2 == run(pingtai, COMMANDS["layout"], "t.csv", twice).exit_code


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_hidden_is_named(pingtai: Run, taken: Taken, lang: str) -> None:
    """The rows, and what to do, in the language of the answers."""
    Path("t.xlsx").write_bytes(book(more(COMMANDS["decide"]), hidden_rows=[3]))
    result = pingtai("decide", "--file", "t.xlsx", lang=lang)
    expected = "hidden rows (perhaps by a filter): 3: show them, or delete them"
    assert refused(result, taken, expected if lang == "en" else "请取消隐藏或删除")


def test_a_list_with_a_heading_is_a_table(pingtai: Run, taken: Taken) -> None:
    """It is not taken for a platform that is called so; and by a pipe a workbook says what it is."""
    command = COMMANDS["list"]
    assert refused(run(pingtai, command, "t.txt", page(rows_of(command))), taken, "with a heading")
    assert refused(
        run(pingtai, command, "t.txt", book(rows_of(command))), taken, "it is a workbook"
    )
    content = book(rows_of(command))
    assert 0 == pingtai(*command.args, "--file", "-", "--format", "xlsx", stdin=content).exit_code
    assert "甲乙" == taken()[0]["note"]


def test_refused_rows_of_a_workbook_come_back(
    pingtai: Run, taken: Taken, answers: dict[str, Any]
) -> None:
    """As a workbook without formulas, with numbers, days and texts as they were: the same decisions."""
    answers["decide"] = Refused(Refusal(rule="§四", en="not now", zh="现在不行", stage="valid"))
    command = COMMANDS["decide"]
    rows = command.rows("text", "=1+1")
    rows.append([*rows[1]])
    odd: dict[str, Value] = {
        "platform": value(96, "zeros"),
        "given_on": value(46350, "day"),
        "amount_wan": value(700, "grouped"),
        "title": "_x0041__x000D_\n1",
    }
    rows[2] = [odd.get(str(name), cell) for name, cell in zip(rows[0], rows[1], strict=True)]
    assert 3 == run(pingtai, command, "t.xlsx", book(rows)).exit_code
    first = taken()
    assert ["=1+1", "A\r\n1"] == [one["title"] for one in first]
    page_of = load_workbook("t.refused.xlsx").worksheets[0]
    cells = [cell for row in page_of.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    assert {"@"} == {cell.number_format for cell in cells if isinstance(cell.value, str)}
    assert 3 == pingtai("decide", "--file", "t.refused.xlsx").exit_code
    assert first == taken()[2:]


def test_the_template_keeps_what_is_typed() -> None:
    """Its columns of texts have the format of text, also below the examples; those of days are days."""
    write_template(Path("t.xlsx"))
    dimensions = load_workbook("t.xlsx").worksheets[0].column_dimensions
    for place, column in enumerate(shown(), 1):
        expected = {Holds.DAY: "yyyy-mm-dd", Holds.NUMBER: "General"}.get(column.holds, "@")
        assert (column.name, expected) == (
            column.name,
            dimensions[get_column_letter(place)].number_format,
        )


@settings(deadline=None, max_examples=50)
@given(lists(text(), min_size=1, max_size=50))
def test_texts_of_a_workbook_read_back_as_they_were(written: list[str]) -> None:
    """Whatever characters they have, and whatever they look like."""
    rows = [["n", *map(str, range(len(written)))], ["x", *written]]
    [row] = read_table(workbook([("t", rows, ())])).rows
    assert written == [row.cells.get(name) or "" for name in rows[0][1:]]


def test_an_export_is_no_formula() -> None:
    """What operators wrote is text in it, and keeps to be."""
    with sheet("xlsx", Path("e.xlsx"), ["a"]) as write:
        write(["=1+1"])
        write(["2024-2"])
    cells = [row[0] for row in load_workbook("e.xlsx").worksheets[0].iter_rows(min_row=2)]
    assert [("=1+1", "s", "@"), ("2024-2", "s", "@")] == [
        (cell.value, cell.data_type, cell.number_format) for cell in cells
    ]
