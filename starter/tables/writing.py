"""Tables written so that no text is taken for a formula, and that they read back as they were."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from starter.tables.cells import as_text
from starter.tables.plain_text import as_plain_text

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for another encoding; it stands in files, not in what a pipe reads."""

Rows = Iterable[Sequence[Any]]


def csv_of(rows: Rows) -> str:
    """Rows as CSV. What could be a formula is marked as text."""
    page = io.StringIO()
    writer = csv.writer(page)
    for row in rows:
        writer.writerow([as_plain_text(as_text(cell)) for cell in row])
    return BYTE_ORDER_MARK + page.getvalue()


def table_of(rows: Rows, *, as_book: bool) -> str | bytes:
    """Rows as a file of the form in which they came."""
    if not as_book:
        return csv_of(rows)
    from starter.tables.workbook import workbook  # noqa: PLC0415 - what writes CSV need not load it

    return workbook([("lines 各行", rows, ())])
