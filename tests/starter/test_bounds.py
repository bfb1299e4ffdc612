"""Files that become more than they are: each kind is refused before it is unpacked or parsed, in words."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.dossier.package import unpack
from starter.bounds import (
    DOSSIER_VALUES,
    JSON_DEPTH,
    JSON_VALUES,
    ROW_CHARACTERS,
    TABLE_COLUMNS,
    XML_TAGS_AT_ONCE,
    XML_TAGS_OF_A_ROW,
    ZIP_BYTES,
    ZIP_MEMBERS,
    TooMuch,
    check_json,
)
from starter.commands.batch.formats import Cells
from starter.commands.batch.lines import Outcome, Result
from starter.commands.importing.application_files import read_applications
from starter.errors import BadInput
from starter.tables.csv_rows import csv_rows
from starter.tables.layout_file import LayoutFile
from starter.tables.plain_text import as_plain_text
from starter.tables.strict_json import as_object, strict_loads
from starter.tables.workbook import workbook
from workflows.words import Words

SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook in which parts were replaced or added."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([("t", [["platform_id"]], ())]))) as plain,
        zipfile.ZipFile(content, "w", method, compresslevel=1) as made,
    ):
        for name in plain.namelist():
            if name not in parts:
                made.writestr(name, plain.read(name))
        for name, part in parts.items():
            made.writestr(name, part)
    return content.getvalue()


def styled(xml: bytes) -> bytes:
    """A workbook whose styles are these."""
    return packed({"xl/styles.xml": xml})


BOMBS: dict[str, Callable[[], bytes]] = {
    "large": lambda: packed({"xl/media/x.bin": b" " * (ZIP_BYTES + 1)}),
    "many parts": lambda: packed({f"x/{n}": b"" for n in range(ZIP_MEMBERS)}),
    "packed otherwise": lambda: packed({"xl/x.xml": b" " * 1000}, zipfile.ZIP_BZIP2),
    "one row": lambda: packed({SHEET: HEAD + b"<row>" + b"<c/>" * XML_TAGS_OF_A_ROW}),
    "no row": lambda: packed({SHEET: HEAD + b"<c/>" * (XML_TAGS_OF_A_ROW + 1)}),
    "tree": lambda: styled(b"<a/>" * (XML_TAGS_AT_ONCE + 1)),
    "entities": lambda: styled(b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'),
    "utf-16": lambda: styled('<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16")),
    "ebcdic": lambda: styled(b'<?xml version="1.0" encoding="cp037"?>' + "<a/>".encode("cp037")),
}
"""One of each kind."""


@pytest.mark.parametrize("name", BOMBS)
def test_a_workbook_that_becomes_too_much_is_not_opened(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither by an import nor as a layout: what it becomes is judged before it is parsed."""
    monkeypatch.chdir(tmp_path)
    Path("x.xlsx").write_bytes(BOMBS[name]())
    monkeypatch.setattr("starter.tables.xlsx_rows._Book", None)
    with pytest.raises(BadInput):
        read_applications("x.xlsx", "xlsx")
    with pytest.raises(BadInput):
        LayoutFile("x.xlsx")
    with pytest.raises(BadInput):
        Cells().read(Path("x.xlsx").read_bytes())


@pytest.mark.parametrize(
    "page",
    [
        "," * ROW_CHARACTERS,
        '"a\n",' * (ROW_CHARACTERS // 4),
        "," * TABLE_COLUMNS,
        "x" * (ROW_CHARACTERS + 1),
        '"' + "x" * 1_500_000,
        "a\n" * 1_002,
    ],
    ids=["row", "row of lines", "columns", "line", "cell", "rows"],
)
def test_a_csv_that_is_too_much_is_bad_input(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows, columns, cells and lines, each by itself."""
    monkeypatch.setattr("starter.tables.csv_rows.TABLE_ROWS", 1_000)
    with pytest.raises(BadInput):
        list(csv_rows(page))
    with pytest.raises(BadInput):
        Cells().read("platform,kind\n" + page)


@pytest.mark.parametrize("part", ["[],", "{},", "0,", '{"a":[]},'])
def test_json_of_too_many_values_is_not_parsed(part: str) -> None:
    """It is counted before, as text and as bytes."""
    text = "[" + part * 1_000 + "0]"
    for one in (text, text.encode()):
        check_json(one, 4_000)
        with pytest.raises(TooMuch):
            check_json(one, 999)


def test_what_is_parsed_was_counted() -> None:
    """120 megabytes of it would take gigabytes: whoever reads strictly is guarded."""
    with pytest.raises(ValueError, match="JSON values"):
        strict_loads("[" + "0," * JSON_VALUES + "0]")


def test_a_message_that_is_nested_too_deep_is_bad_input() -> None:
    """Before anything that calls itself works on it; brackets within words do not count."""
    for depth, opened, closed in ((JSON_DEPTH, "[", "]"), (JSON_DEPTH, '{"a":', "}")):
        text = '{"x":' + opened * depth + "0" + closed * depth + "}"
        with pytest.raises(BadInput, match="nested"):
            as_object(text, "x")
    words = {"x": "[" * 900}
    assert words == as_object('{"x": "' + "[" * 900 + '"}', "x")
    with pytest.raises(BadInput, match="longer"):
        as_object('{"x": "' + "x" * 1_000_000 + '"}', "x")


@pytest.mark.parametrize("odd", ["=1+1", "＝cmd", "\u200b＠x", "'=1", "\t+1x"])
def test_a_batch_that_was_not_done_is_no_formula_and_reads_back(odd: str) -> None:
    """What is set apart for people to mend is opened by a spreadsheet program, and run again."""
    cells = Cells()
    given = 'platform,kind,reason\np-1,withdrawal,"' + as_plain_text(odd) + '"\n'
    (entry,) = cells.read(given)
    page = cells.write([Result(entry, Outcome.REFUSED, problem=Words("no", "否"))])
    assert isinstance(page, str)
    assert f"'{odd}" in page
    (again,) = Cells().read(page.removeprefix("\ufeff"))
    assert entry.fields == again.fields


def test_a_dossier_of_too_many_values_is_not_parsed(tmp_path: Path) -> None:
    """However they are shared out over its files."""
    where = tmp_path / "d.zip"
    with zipfile.ZipFile(where, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for number in range(4):
            made.writestr(f"histories/{number}.json", "[" + "[]," * (DOSSIER_VALUES // 7) + "0]")
    with pytest.raises(BadInput, match="JSON values"):
        unpack(where)
