"""Reports in files: CSV or XLSX as the name of the file says, with headings and totals in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starter.errors import BadInput
from starter.tables.csv_rows import BYTE_ORDER_MARK
from starter.tables.sheet_writer import Cell, csv_line, in_sheet, refuse_existing, whole_file
from starter.terminal.language import say
from starter.terminal.screen import complain
from workflows.words import Words, counted

Rows = Sequence[Sequence[Cell]]
TOTAL = Words("total", "合计")
_FORMS = (".xlsx", ".csv")


@dataclass(frozen=True)
class ReportSheet:
    """A table of a report: its name, what it is (printed above each page), heading, rows, totals."""

    title: str
    caption: str
    heading: Sequence[str]
    rows: Rows
    totals: Rows = field(default=())


def check_report(output: Path) -> None:
    """Refuse a file that is there, or whose name does not say what it is to be, before anything is asked.

    Raises:
        BadInput: it ends neither in .xlsx nor in .csv, or is there already, and is kept.
    """
    if output.suffix.lower() not in _FORMS:
        raise BadInput(
            f"{output}: name a file that ends in .xlsx or .csv",
            f"{output}：文件名应以 .xlsx 或 .csv 结尾",
        )
    refuse_existing(output)


def write_report(output: Path, sheets: Sequence[ReportSheet]) -> None:
    """Write a report, whole or not at all, and say so. The tables of a CSV stand below each other.

    Raises:
        BadInput: the file cannot be written, or its name does not say what it is to be.
    """
    check_report(output)
    if output.suffix.lower() == ".csv":
        content = (BYTE_ORDER_MARK + "".join(_csv(sheets))).encode("utf-8")
    else:
        from starter.tables.report_book import report_book  # noqa: PLC0415 - what writes CSV need not load it

        content = report_book([_harmless(one) for one in sheets], page_footer())
    with whole_file(output) as path:
        path.write_bytes(content)
    rows, tables = sum(len(one.rows) for one in sheets), len(sheets)
    of_en, of_zh = (f" in {tables} tables", f"（{tables} 张表）") if tables > 1 else ("", "")
    complain(
        Words(
            f"{counted(rows, 'row')}{of_en} written to {output}",
            f"已将 {rows} 行{of_zh}写入 {output}",
        )
    )


def page_footer() -> str:
    """What stands below each printed page."""
    return say(Words("page &P of &N", "第 &P 页，共 &N 页"))


def _csv(sheets: Sequence[ReportSheet]) -> Iterator[str]:
    for number, one in enumerate(sheets):
        if number:
            yield "\n"
        if len(sheets) > 1:
            yield csv_line([one.title])
        yield csv_line(one.heading)
        yield from map(csv_line, (*one.rows, *one.totals))


def _harmless(sheet: ReportSheet) -> ReportSheet:
    def safe(rows: Rows) -> list[list[Any]]:
        return [[in_sheet(cell) for cell in row] for row in rows]

    return ReportSheet(
        sheet.title, sheet.caption, sheet.heading, safe(sheet.rows), safe(sheet.totals)
    )
