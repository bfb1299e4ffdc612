"""Reports as workbooks that are sent on as they are: readable on the screen, and printed on A4 pages."""

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from rich.cells import cell_len

from starter.tables.report_sheets import ReportSheet
from starter.tables.workbook import text_cell
from starter.terminal.line_breaks import line_breaks, longest_unit
from starter.terminal.table_layout import share_out

_NARROWEST, _WIDEST = 8, 42
"""Columns of a spreadsheet, in characters; what is longer is wrapped."""
_ON_A_PAGE = 150
"""Characters that are still readable beside each other on A4, landscape: wider tables are wrapped more."""
_FILTER_ARROW = 3
_LINE_HEIGHT, _ROW_PADDING = 14.0, 4.0
_FONT, _BOLD = (Font(name="Microsoft YaHei", size=10, bold=bold) for bold in (False, True))
_DAY, _MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
_A4 = 9
_NOT_IN_A_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_LONGEST_TITLE = 31
_LINE = Side(style="thin", color="BFBFBF")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD_FILL, _TOTAL_FILL = (PatternFill("solid", fgColor=colour) for colour in ("DDE8F3", "F2F2F2"))


def report_book(sheets: Sequence[ReportSheet], footer: str) -> bytes:
    """A workbook of these sheets; `footer` says which page of how many it is, with &P and &N."""
    book = Workbook(write_only=True)
    for one in sheets:
        page = book.create_sheet(one.title.translate(_NOT_IN_A_TITLE)[:_LONGEST_TITLE])
        widths = _widths(one)
        _set_up(page, one, widths, footer)
        made: list[tuple[Sequence[Any], Callable[[Any, Any], Any]]] = [
            (one.heading, _head),
            *((row, _cell) for row in one.rows),
        ]
        made += [(row, _total) for row in one.totals]
        for number, (row, cell) in enumerate(made, 1):
            page.row_dimensions[number].height = _height(row, widths)
            page.append([cell(page, value) for value in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _set_up(page: Any, sheet: ReportSheet, widths: Sequence[int], footer: str) -> None:
    page.freeze_panes = "A2"
    for place, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(place)].width = width
    last = get_column_letter(len(sheet.heading))
    page.auto_filter.ref = f"A1:{last}{len(sheet.rows) + 1}"  # totals are no rows to be filtered
    page.print_title_rows = "1:1"
    page.page_setup.paperSize = _A4
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToWidth = 1
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_options.horizontalCentered = True
    margins = page.page_margins
    margins.left = margins.right = 0.4
    page.oddHeader.center.text = sheet.caption.replace("&", "&&")
    page.oddHeader.center.size = 14
    page.oddFooter.center.text = footer


def _widths(sheet: ReportSheet) -> list[int]:
    columns = [*zip(sheet.heading, *sheet.rows, *sheet.totals, strict=True)]
    natural = [_width(head, cells) for head, *cells in columns]
    if sum(natural) <= _ON_A_PAGE:
        return natural
    least = [_least(head, cells) for head, *cells in columns]
    return share_out(natural, least, max(sum(least) * 5 // 4, _ON_A_PAGE))


def _height(row: Sequence[Any], widths: Sequence[int]) -> float:
    """So high that every line of a wrapped text is seen: not every program works that out itself."""
    lines = [
        sum(len(line_breaks(line, width - 1)) + 1 for line in value.split("\n"))
        for value, width in zip(row, widths, strict=True)
        if isinstance(value, str)
    ]
    return _LINE_HEIGHT * max(lines, default=1) + _ROW_PADDING


def _width(head: str, cells: Sequence[Any]) -> int:
    widest = max(map(_length, cells), default=0)
    return min(max(widest + 2, cell_len(head) + _FILTER_ARROW, _NARROWEST), _WIDEST)


def _least(head: str, cells: Sequence[Any]) -> int:
    """The narrowest width: numbers and days whole, no word broken, the heading on two lines."""
    texts = (longest_unit(cell) if isinstance(cell, str) else _length(cell) for cell in cells)
    return min(max(max(texts, default=0) + 2, cell_len(head) // 2 + _FILTER_ARROW), _WIDEST)


def _length(value: Any) -> int:
    if isinstance(value, datetime):
        return len(_MOMENT)
    if isinstance(value, date):
        return len(_DAY)
    if isinstance(value, str):
        return max(map(cell_len, value.split("\n")))
    return 0 if value is None else len(f"{value:,}")


def _head(page: Any, name: str) -> Any:
    cell = text_cell(page, name)
    cell.font = _BOLD
    cell.fill = _HEAD_FILL
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    cell.border = _BORDER
    return cell


def _cell(page: Any, value: Any) -> Any:
    if isinstance(value, str):
        cell = text_cell(page, value)
    else:
        cell = WriteOnlyCell(page, value=value)
        cell.number_format = _format(value)
    across = "center" if isinstance(value, date) else None
    cell.alignment = Alignment(across, "center", wrap_text=isinstance(value, str))
    cell.border = _BORDER
    cell.font = _FONT
    return cell


def _total(page: Any, value: Any) -> Any:
    cell = _cell(page, value)
    cell.font = _BOLD
    cell.fill = _TOTAL_FILL
    return cell


def _format(value: Any) -> str:
    if isinstance(value, datetime):
        return _MOMENT
    if isinstance(value, date):
        return _DAY
    return "#,##0.0" if isinstance(value, float) else "#,##0"
