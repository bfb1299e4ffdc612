"""Workbooks written so that no text is taken for a formula, and that they read back as they were."""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from rich.cells import cell_len

from starter.tables.cell_values import Formatted
from starter.tables.plain_text import escaped, like_formula

TEXT = "@"
"""The format of text: what is typed into such a cell stays as it was typed."""
LONGEST_CHOICE = 255
"""Maximum characters that Excel accepts for a list of choices."""
OFFERED_ROWS = 5_000
_PRINTED_WIDTH = 200
"""Columns' widths (characters) that are still read on a sheet of A4 across."""
_A4 = 9
_LINE = 15
"""Height of a line, in points."""
_MOST_LINES = 8
"""Lines of a row of a sheet that is too wide to be printed: of longer texts the beginning is enough."""
_HIGHEST = 27
"""Lines of the highest row that spreadsheet programs know."""


def workbook(
    sheets: Iterable[tuple[str, Iterable[Sequence[Any]], Sequence[int]]],
    choices: Mapping[int, Sequence[str]] | None = None,
    formats: Sequence[str] = (),
) -> bytes:
    """A workbook of sheets: a title, rows of which the first is the heading, widths of columns.

    `choices` are offered in the cells of columns of the first sheet, by their number; `formats` are those
    of its columns, also where cells are empty.
    """
    book = Workbook(write_only=True)
    for title, rows, widths in sheets:
        page = book.create_sheet(title)
        page.freeze_panes = "B2"
        printed = 0 < sum(widths) <= _PRINTED_WIDTH
        if printed:
            _fit_to_paper(page)
        for place, width in enumerate(widths, 1):
            page.column_dimensions[get_column_letter(place)].width = width
        for place, code in enumerate(formats, 1):
            page.column_dimensions[get_column_letter(place)].number_format = code
        for number, row in enumerate(rows):
            if widths:
                lines = min(_lines(row, widths), _HIGHEST if printed else _MOST_LINES)
                page.row_dimensions[number + 1].height = _LINE * lines
            page.append([_cell(page, value, number == 0, bool(widths)) for value in row])
        for place, words in (choices or {}).items():
            _offer(page, get_column_letter(place), words)
        choices, formats = None, ()
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def text_cell(page: Any, text: str) -> Any:
    """A cell that is text for every program, also where it looks like a formula."""
    cell = WriteOnlyCell(page, value=escaped(text))
    cell.data_type = "s"  # text, also where it looks like a formula
    cell.number_format = TEXT
    if like_formula(text):
        cell.quotePrefix = True
    return cell


def _fit_to_paper(page: Any) -> None:
    """Print all columns on one sheet of A4, across, with the heading on each."""
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", _A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = "1:1"


def _lines(row: Sequence[Any], widths: Sequence[int]) -> int:
    """How many lines the fullest cell takes: not every program works that out when it opens a file."""
    return max(
        sum(1 + cell_len(line) // max(1, width - 2) for line in str(value).split("\n"))
        for value, width in zip(row, widths, strict=False)
    )


def _offer(page: Any, letter: str, words: Sequence[str]) -> None:
    """Offer words in the cells of a column; others may be written, and are judged on reading."""
    listed = ",".join(words)
    if len(listed) <= LONGEST_CHOICE and not any("," in word for word in words):
        offered = DataValidation("list", formula1=f'"{listed}"', showErrorMessage=False)
        offered.add(f"{letter}2:{letter}{OFFERED_ROWS}")
        page.data_validations.append(offered)


def _cell(page: Any, value: Any, heading: bool, wrapped: bool) -> Any:
    if isinstance(value, str):
        cell = text_cell(page, value)
    else:
        shown = value.format if isinstance(value, Formatted) else None
        value = value.value if isinstance(value, Formatted) else value
        value = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        cell = WriteOnlyCell(page, value=value)
        cell.number_format = shown or cell.number_format
    if heading:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE8F3")
    if wrapped:
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell
