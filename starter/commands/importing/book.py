"""Workbooks: read within bounds, values only; and written so that no text is taken for a formula."""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation

from starter.bounds import TABLE_COLUMNS, TABLE_ROWS, TooMuch, check_workbook
from starter.errors import BadInput
from starter.plain_text import like_formula

LONGEST_CHOICE = 255
"""So many characters Excel takes for a list of choices."""
OFFERED_ROWS = 5_000

_NEVER_WORKED_OUT = "#VALUE!"
_OLD = b"\xd0\xcf\x11\xe0"
_BROKEN = (
    *(OSError, zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException, EOFError),
    *(KeyError, IndexError, ValueError, TypeError, AttributeError, RuntimeError),
)
"""What openpyxl raises about files that are not as they should be."""
_A_FORMULA = re.compile(rb"<f[ >/]")

Rows = Sequence[Sequence[Any]]


class Sheet:
    """The rows of the first sheet of a workbook, with their numbers."""

    def __init__(self, content: bytes) -> None:
        """Nothing is opened yet."""
        self._content = content
        self._books: list[Any] = []

    def __enter__(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """Open it.

        Raises:
            BadInput: it is no workbook, or too large; also while its rows are read.
        """
        return self._rows()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        for book in self._books:
            book.close()

    def _rows(self) -> Iterator[tuple[int, Sequence[Any]]]:
        try:
            self._judge_size()
            values = self._first_sheet(values=True)
            has_formulas = self._has_formulas()
            formulas = self._first_sheet(values=False) if has_formulas else None
            for number, row in enumerate(values, 1):
                written = next(formulas, None) if formulas else None
                if number > TABLE_ROWS:
                    raise BadInput(
                        f"more than {TABLE_ROWS:,} rows: split it",
                        f"超过 {TABLE_ROWS:,} 行：请拆分",
                    )
                if len(row) > TABLE_COLUMNS and any(
                    cell is not None for cell in row[TABLE_COLUMNS:]
                ):
                    raise BadInput(
                        f"row {number}: more than {TABLE_COLUMNS} columns",
                        f"第 {number} 行：超过 {TABLE_COLUMNS} 列",
                    )
                yield number, row if written is None else _worked_out(row, written)
        except _BROKEN as error:
            why = (str(error) or type(error).__name__).splitlines()[0][:200]
            raise BadInput(
                f"it cannot be read as XLSX: {why}", f"无法按 XLSX 读取：{why}"
            ) from None

    def _judge_size(self) -> None:
        if self._content.startswith(_OLD):
            raise BadInput(
                "it is an old .xls, or protected by a password: save it as .xlsx without one",
                "这是旧版 .xls 或设有密码的文件：请另存为不加密的 .xlsx",
            )
        try:
            check_workbook(self._content)
        except TooMuch as error:
            raise BadInput(error.en, error.zh) from None

    def _has_formulas(self) -> bool:
        with zipfile.ZipFile(io.BytesIO(self._content)) as parts:
            return any(
                _A_FORMULA.search(parts.read(part))
                for part in parts.infolist()
                if part.filename.startswith("xl/worksheets/")
            )

    def _first_sheet(self, *, values: bool) -> Iterator[Sequence[Any]]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and checks of cells, which we do not use
            book = load_workbook(
                io.BytesIO(self._content), read_only=True, data_only=values, keep_links=False
            )
        self._books.append(book)
        # What nobody sees is not what somebody meant to import.
        page = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
        if page is None:
            raise BadInput("the workbook has no sheet of cells", "工作簿中没有工作表")
        page.reset_dimensions()  # what a file says of its size need not be so
        return iter(_quietly(page.iter_rows(max_row=TABLE_ROWS + 1, values_only=True)))


def _quietly(rows: Iterable[Any]) -> Iterator[Any]:
    """Without openpyxl's warnings, such as that of a date that is none."""
    going = iter(rows)
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                row = next(going)
            except StopIteration:
                return
        yield row


def _worked_out(values: Sequence[Any], written: Sequence[Any]) -> list[Any]:
    """The values of a row; a formula that no program has worked out yet is told by an error's sign."""
    return [
        _NEVER_WORKED_OUT if value is None and formula is not None else value
        for value, formula in zip(values, written, strict=False)
    ]


def workbook(
    sheets: Iterable[tuple[str, Rows, Sequence[int]]],
    choices: Mapping[int, Sequence[str]] | None = None,
) -> bytes:
    """A workbook of sheets: a title, rows of which the first is the heading, widths of columns.

    `choices` are offered in the cells of columns of the first sheet, by their number.
    """
    book = Workbook(write_only=True)
    for title, rows, widths in sheets:
        page = book.create_sheet(title)
        page.freeze_panes = "B2"
        for place, width in enumerate(widths, 1):
            page.column_dimensions[get_column_letter(place)].width = width
        for number, row in enumerate(rows):
            page.append([_cell(page, value, number == 0, bool(widths)) for value in row])
        for place, words in (choices or {}).items():
            _offer(page, get_column_letter(place), words)
        choices = None
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _offer(page: Any, letter: str, words: Sequence[str]) -> None:
    """Offer words in the cells of a column; others may be written, and are judged on reading."""
    listed = ",".join(words)
    if len(listed) <= LONGEST_CHOICE and not any("," in word for word in words):
        offered = DataValidation("list", formula1=f'"{listed}"', showErrorMessage=False)
        offered.add(f"{letter}2:{letter}{OFFERED_ROWS}")
        page.data_validations.append(offered)


def _cell(page: Any, value: Any, heading: bool, wrapped: bool) -> Any:
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)
    cell = WriteOnlyCell(page, value=value)
    if isinstance(value, str):
        cell.data_type = "s"  # text, also where it looks like a formula
        if like_formula(value):
            cell.quotePrefix = True  # and stays so when somebody edits it
    if heading:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE8F3")
    if wrapped:
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell
