"""Tables as they come: CSV of any encoding, and workbooks made by hand, cell by cell."""

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_STRICT_LINKS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

FORMATS = {
    "day": 14,
    "chinese day": 31,
    "chinese month": 57,
    "month": 17,
    "moment": 22,
    "hours": 46,
    "percent": 9,
    "grouped": 3,
    "text": 49,
    "zeros": 164,
    "own day": 165,
    "own text": 166,
    "room": 167,
}
"""What a cell may be formatted as, by the numbers that spreadsheets give."""
_OWN = {164: "00000", 165: 'yyyy"年"m"月"', 166: '"BJ-"000', 167: "0_);[Red]\\(0\\)"}


@dataclass(frozen=True)
class Raw:
    """A cell by its XML: its type, its format, and what stands in it."""

    inner: str
    kind: str = "n"
    format: str = ""


Value = str | int | float | bool | Raw | None


def value(written: object, format: str = "", kind: str = "n") -> Raw:
    """A cell with a value."""
    return Raw(f"<v>{written}</v>", kind, format)


def page(rows: Sequence[Sequence[Value]], mark: str = ",") -> str:
    """Rows as CSV."""
    written = io.StringIO()
    csv.writer(written, delimiter=mark).writerows(rows)
    return written.getvalue()


def book(
    rows: Sequence[Sequence[Value]],
    *,
    hidden_rows: Sequence[int] = (),
    merged: str = "",
    strict: bool = False,
    mac: bool = False,
    hidden_before: bool = False,
    shared: str = "",
    columns: str = "",
    sheet: str | None = None,
) -> bytes:
    """A workbook of these rows. `shared` are the `si` of its strings; `sheet` is another sheet's XML."""
    data = "".join(_row(number, row, hidden_rows) for number, row in enumerate(rows, 1))
    merge = f'<mergeCells><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
    first = (
        sheet
        or f'<worksheet xmlns="{_MAIN}">{columns}<sheetData>{data}</sheetData>{merge}</worksheet>'
    )
    empty = f'<worksheet xmlns="{_MAIN}"><sheetData><row><c t="str"><v>x</v></c></row></sheetData></worksheet>'
    before = '<sheet name="h" sheetId="2" state="hidden" r:id="rId2"/>' if hidden_before else ""
    codes = "".join(
        f'<numFmt numFmtId="{n}" formatCode="{escape(c, {chr(34): "&quot;"})}"/>'
        for n, c in _OWN.items()
    )
    styles = "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0"/>'
        for number in (0, *FORMATS.values())
    )
    kinds = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{_KIND}.{kind}+xml"/>'
        for part, kind in (
            ("workbook", "sheet.main"),
            ("styles", "styles"),
            ("sharedStrings", "sharedStrings"),
            ("worksheets/sheet1", "worksheet"),
            ("worksheets/sheet2", "worksheet"),
        )
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType='
        f'"application/vnd.openxmlformats-package.relationships+xml"/>{kinds}</Types>',
        "_rels/.rels": _links([("rId1", "officeDocument", "xl/workbook.xml")]),
        "xl/_rels/workbook.xml.rels": _links(
            [
                ("rId1", "worksheet", "worksheets/sheet1.xml"),
                ("rId2", "worksheet", "/xl/worksheets/sheet2.xml"),
                ("rId3", "styles", "styles.xml"),
                ("rId4", "sharedStrings", "sharedStrings.xml"),
            ]
        ),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><workbookPr date1904="{int(mac)}"/>'
        f'<sheets>{before}<sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts>{codes}</numFmts>'
        "<fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>"
        f"<cellXfs>{styles}</cellXfs>"
        '<cellStyles><cellStyle name="Normal" xfId="0"/></cellStyles></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{shared}</sst>',
        "xl/worksheets/sheet1.xml": first,
        "xl/worksheets/sheet2.xml": empty,
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, part in parts.items():
            as_strict = part.replace(_MAIN, _STRICT_MAIN).replace(_LINKS, _STRICT_LINKS)
            made.writestr(name, as_strict if strict else part)
    return content.getvalue()


def _links(links: Sequence[tuple[str, str, str]]) -> str:
    inner = "".join(
        f'<Relationship Id="{i}" Type="{_LINKS}/{t}" Target="{target}"/>' for i, t, target in links
    )
    return f'<Relationships xmlns="{_PACKAGE}">{inner}</Relationships>'


def _row(number: int, row: Sequence[Value], hidden: Sequence[int]) -> str:
    cells = "".join(
        _cell(f"{get_column_letter(place)}{number}", one) for place, one in enumerate(row, 1)
    )
    return f'<row r="{number}"{" hidden=" + chr(34) + "1" + chr(34) if number in hidden else ""}>{cells}</row>'


def _cell(place: str, cell: Value) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        cell = Raw(f'<is><t xml:space="preserve">{escape(cell)}</t></is>', "inlineStr")
    elif isinstance(cell, bool):
        cell = value(int(cell), kind="b")
    elif not isinstance(cell, Raw):
        cell = value(cell)
    style = [*FORMATS].index(cell.format) + 1 if cell.format else 0
    return f'<c r="{place}" s="{style}" t="{cell.kind}">{cell.inner}</c>'
