"""The rows of a workbook's first visible sheet: what the cells hold, and what people do not see of it.

Read from its XML: openpyxl leaves `_x000D_` in texts, takes the dates of Chinese spreadsheets (formats 27
to 36 and 50 to 58) for numbers, reads no Strict workbook, and shows neither hidden rows nor a formula
without its value as it goes. Formats and dates are openpyxl's all the same.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError, iterparse, parse

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import (
    CALENDAR_MAC_1904,
    CALENDAR_WINDOWS_1900,
    from_excel,
    from_ISO8601,
)

from starter.bounds import TABLE_COLUMNS, TABLE_ROWS, TooMuch, check_workbook
from starter.errors import BadInput
from starter.tables.cell_values import Cell, Formatted
from starter.tables.file_content import refuse_old_book
from starter.tables.plain_text import unescaped

_NEVER_WORKED_OUT = "#VALUE!"
_BROKEN = (
    *(OSError, zipfile.BadZipFile, zlib.error, ParseError, EOFError),
    *(LookupError, ValueError, TypeError, AttributeError, RuntimeError, NotImplementedError),
)
"""What is raised about files that are not as they should be."""
_YES = ("1", "true", "on")
_CHINESE_DATES = {*range(27, 37), *range(50, 59)}
"""Formats that Chinese spreadsheets name by their number only: all are days or times."""
_AS_IT_IS = ("General", "0", "@")
_ZEROS = re.compile("0+")
_UNSEEN = re.compile(r"_.|\[[A-Za-z]+\]")
"""Room and colours in a format."""
_LARGEST = 1e300
_PLACE = re.compile(r"([A-Z]{1,3})(\d+)")
_NUMBER = re.compile(r"-?\d+(\.\d*)?([eE][+-]?\d+)?", re.ASCII)


class XlsxRows:
    """The rows that say something, with their numbers; and, when they were read, what is hidden."""

    def __init__(self, content: bytes) -> None:
        """Nothing is opened yet."""
        self._content = content
        self.hidden_rows: list[int] = []
        self.hidden_columns: set[int] = set()
        self.merged: list[str] = []
        """Cells that are one, as `B3:B5`: only the first of them holds what all seem to hold."""

    def __iter__(self) -> Iterator[tuple[int, list[Cell]]]:
        """Read it.

        Raises:
            BadInput: it is no workbook, or too large.
        """
        try:
            refuse_old_book(self._content)
            check_workbook(self._content)
            with zipfile.ZipFile(io.BytesIO(self._content)) as parts:
                yield from self._rows(_Book(parts))
        except TooMuch:  # a ValueError, too, which says more than those below
            raise
        except _BROKEN as error:
            why = (str(error) or type(error).__name__).splitlines()[0][:200]
            raise BadInput(
                f"it cannot be read as XLSX: {why}", f"无法按 XLSX 读取：{why}"
            ) from None

    def _rows(self, book: "_Book") -> Iterator[tuple[int, list[Cell]]]:
        number = 0
        data: Element | None = None
        with book.part(book.first_sheet()) as sheet:
            for event, node in iterparse(sheet, ("start", "end")):  # noqa: S314 - see check_workbook
                name = _local(node.tag)
                if event == "start":
                    data = node if name == "sheetData" else data
                elif name == "sheetData":
                    data = None
                elif name == "col" and node.get("hidden") in _YES:
                    last = min(int(node.get("max", 0)), TABLE_COLUMNS)
                    self.hidden_columns |= {*range(int(node.get("min", 0)), last + 1)}
                elif name == "mergeCell":
                    self.merged.append(node.get("ref", ""))
                elif name == "row" and data is not None:
                    before, number = number, int(node.get("r", number + 1))
                    if number <= before:
                        raise ValueError(f"row {number} follows row {before}")
                    cells = _cells(book, node, number)
                    data.clear()
                    if cells:
                        if node.get("hidden") in _YES or float(node.get("ht", 1)) == 0:
                            self.hidden_rows.append(number)
                        yield number, cells


class _Book:
    """What a sheet needs of its workbook."""

    def __init__(self, parts: zipfile.ZipFile) -> None:
        self._parts = parts
        self._names = {name.lower(): name for name in parts.namelist()}
        if len(self._names) < len(parts.namelist()):
            raise ValueError("two of its parts have the same name")
        path = next(iter(self._related("", "officeDocument").values()), "xl/workbook.xml")
        self._root = self._tree(path)
        self._sheets = self._related(path, "worksheet")
        self.strings = self._strings(path)
        self.formats = self._formats(path)
        mac = any(one.get("date1904") in _YES for one in _all(self._root, "workbookPr"))
        self.epoch = CALENDAR_MAC_1904 if mac else CALENDAR_WINDOWS_1900

    def part(self, path: str) -> IO[bytes]:
        name = self._names.get(path.lower(), "")
        if not name.endswith((".xml", ".rels")):  # others were not judged
            raise ValueError(f"it has no part {path}")
        return self._parts.open(name)

    def first_sheet(self) -> str:
        """What nobody sees is not what somebody meant to be read."""
        for sheet in _all(self._root, "sheet"):
            link = next((value for name, value in sheet.items() if _local(name) == "id"), "")
            if sheet.get("state", "visible") == "visible" and link in self._sheets:
                return self._sheets[link]
        raise BadInput("the workbook has no sheet of cells", "工作簿中没有工作表")

    def _tree(self, path: str) -> Element:
        with self.part(path) as part:
            return parse(part).getroot()  # noqa: S314 - as above

    def _related(self, path: str, kind: str) -> dict[str, str]:
        """The parts of a kind that a part names, by their ids."""
        folder, name = posixpath.split(path)
        links = f"{folder}/_rels/{name}.rels".lstrip("/")
        found = {}
        for link in self._tree(links) if links.lower() in self._names else ():
            target = posixpath.normpath(posixpath.join("/", folder, link.get("Target", "")))
            if link.get("Type", "").rpartition("/")[2] == kind:
                found[link.get("Id", "")] = target.lstrip("/")
        return found

    def _strings(self, path: str) -> list[str]:
        found = []
        for shared in self._related(path, "sharedStrings").values():
            with self.part(shared) as part:
                for _, node in iterparse(part):  # noqa: S314 - as above
                    if _local(node.tag) == "si":
                        found.append(_text(node))
                        node.clear()
        return found

    def _formats(self, path: str) -> list[str]:
        """The format of each style; of one that has no text, a date's where Chinese spreadsheets have one."""
        codes = dict.fromkeys(_CHINESE_DATES, "yyyy-mm-dd") | BUILTIN_FORMATS
        found = []
        for styles in self._related(path, "styles").values():
            root = self._tree(styles)
            for own in _all(root, "numFmts"):
                codes |= {int(one.get("numFmtId", 0)): one.get("formatCode", "") for one in own}
            for styled in _all(root, "cellXfs"):
                found += [codes.get(int(one.get("numFmtId", 0)), "General") for one in styled]
        return found


def _cells(book: _Book, row: Element, number: int) -> list[Cell]:
    cells: list[Cell] = []
    last = 0
    for node in row:
        if _local(node.tag) != "c":
            continue
        place = last + 1
        if stated := node.get("r"):
            parts = _PLACE.fullmatch(stated)
            if parts is None or int(parts[2]) != number:
                raise ValueError(f"a cell in row {number} says that it is {stated}")
            place = column_index_from_string(parts[1])
        if place <= last:
            raise ValueError(f"the cells of row {number} are not in order")
        last = place
        cell = _cell(book, node)
        if cell is None:
            continue
        if place > TABLE_COLUMNS:
            raise BadInput(
                f"row {number}: more than {TABLE_COLUMNS} columns",
                f"第 {number} 行：超过 {TABLE_COLUMNS} 列",
            )
        cells += [None] * (place - 1 - len(cells)) + [cell]
    if cells and number > TABLE_ROWS:
        raise BadInput(
            f"more than {TABLE_ROWS:,} rows: split it", f"超过 {TABLE_ROWS:,} 行：请拆分"
        )
    return cells


def _cell(book: _Book, node: Element) -> Cell:
    parts = {_local(child.tag): child for child in node}
    kind = node.get("t", "n")
    if kind == "inlineStr":
        return _text(parts["is"]) if "is" in parts else None
    written = (parts["v"].text or "") if "v" in parts else None
    if written is None or (written == "" and kind != "str"):
        return _NEVER_WORKED_OUT if "f" in parts else None
    cell: Cell = written
    match kind:
        case "s":
            cell = book.strings[int(written) if written.isdecimal() else len(book.strings)]
        case "str":
            cell = unescaped(written)
        case "b":
            cell = written in _YES
        case "d":
            cell = from_ISO8601(written)  # type: ignore[no-untyped-call]
        case "n":
            style = int(node.get("s", 0))
            cell = _number(book, written.strip(), (book.formats or ["General"])[style])
        case "e":
            pass
        case _:
            raise ValueError(f"nobody knows cells of the type {kind[:40]!r}")
    return cell


def _number(book: _Book, written: str, code: str) -> Cell:
    if not _NUMBER.fullmatch(written):
        raise ValueError(f"{written[:40]!r} is not a number")
    number = float(written) if {".", "e", "E"} & {*written} else int(written)
    if abs(number) > _LARGEST:
        raise ValueError(f"{written[:40]} is too large")
    timed = is_timedelta_format(code)
    if timed or is_date_format(code):
        try:
            moment: Any = from_excel(number, book.epoch, timedelta=timed)
        except (OverflowError, ValueError):
            return _NEVER_WORKED_OUT
        return _NEVER_WORKED_OUT if number < 0 else moment
    shown = _UNSEEN.sub("", code.partition(";")[0]) if number >= 0 else code
    if shown in _AS_IT_IS:
        return number
    if _ZEROS.fullmatch(shown) and number == int(number) >= 0:
        return str(int(number)).zfill(len(shown))  # as people see it: 00096
    return Formatted(number, code)


def _text(node: Element) -> str:
    """The text of its runs, without how they are pronounced."""
    runs = (run for child in node for run in (child if _local(child.tag) == "r" else (child,)))
    return "".join(unescaped(run.text or "") for run in runs if _local(run.tag) == "t")


def _local(tag: str) -> str:
    """A name without its space: that of a Strict workbook is another."""
    return tag.rpartition("}")[2]


def _all(root: Element, name: str) -> Iterator[Element]:
    return (node for node in root.iter() if _local(node.tag) == name)
