"""What a cell holds, and what it says in a column of texts, of days or of numbers.

A spreadsheet turns what people type into something else: `2024-2` into a date, `00096` into 96. So a cell
that is no text is taken for one only where it says the same as what people see.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from pydantic_core import PydanticCustomError

from starter.errors import BadInput
from workflows.exact_numbers import PLACES, as_json, exact

LONGEST = 32_767
"""No spreadsheet program keeps longer cells (characters), and no field is as long."""
_INEXACT = 10**15
"""From here on spreadsheets lose digits."""

# A comma elsewhere may be a decimal one: 3,5 is not 35.
_GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_WHOLE = re.compile(r"-?\d{1,15}(?:\.0+)?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?")
_ERROR = re.compile(r"#(?:N/A|GETTING_DATA|[A-Z][A-Z0-9/_]*[!?])")
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_CHANGED = re.compile(
    rf"(?:{_MONTHS})-\d\d|\d{{1,2}}-(?:{_MONTHS})(?:-\d\d)?|-?\d(?:\.\d+)?E\+\d{{2,3}}"
)


@dataclass(frozen=True)
class Formatted:
    """A number that its format shows as something else, such as 60%."""

    value: int | float
    format: str


class Changed(str):
    """Text of a CSV as a spreadsheet writes what it changed: `Feb-24` for 2024-2, `1.1E+17` for an id."""

    __slots__ = ()


Cell = str | int | float | bool | date | time | timedelta | Formatted | None
"""A moment is a date too."""


_NO_TEXT: dict[type, tuple[str, str]] = {
    bool: ("true or false", "逻辑值"),
    date: ("a date", "日期"),
    time: ("a time", "时间"),
    timedelta: ("a time", "时间"),
    float: ("a fraction", "小数"),
    Formatted: ("a number that is shown otherwise", "按格式显示的数字"),
    Changed: ("what a spreadsheet makes of a date or a long number", "表格程序改写的日期或长数字"),
}


def as_in_csv(text: str) -> str:
    """Text of a CSV, marked where a spreadsheet has changed it."""
    return Changed(text) if _CHANGED.fullmatch(text.strip()) else text


def is_error(cell: Any) -> bool:
    """Whether a cell holds a spreadsheet's error, such as `#REF!`."""
    return isinstance(cell, str) and _ERROR.fullmatch(cell.strip()) is not None


def as_text(cell: Any) -> str:
    """A cell as text, to be shown or written: a whole number without a point, a date as it is written here."""
    if isinstance(cell, Formatted):
        return as_text(cell.value)
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return str(cell.date()) if midnight else cell.isoformat(" ", "seconds")
    return str(cell)


def text_of(cell: Any) -> str:
    """What a cell says in a column of texts or ids.

    Raises:
        BadInput: it is no text, and people saw something else in it than what it says.
    """
    text = as_text(cell).strip()
    _refuse_unreadable(cell, text)
    if cell is None or (isinstance(cell, str) and not isinstance(cell, Changed)):
        return text
    whole = isinstance(cell, int) or (isinstance(cell, float) and cell.is_integer())
    if whole and not isinstance(cell, bool):
        return text
    others = "a list or an object", "列表或对象"
    en, zh = next((words for held, words in _NO_TEXT.items() if isinstance(cell, held)), others)
    raise BadInput(
        f"the cell is not text but {en} ({text[:40]}): format it as text, and write it again",
        f"单元格不是文本，而是{zh}（{text[:40]}）：请设为文本格式后重新填写",
    )


def day_of(cell: Any) -> str:
    """The day that a cell says, as YYYY-MM-DD.

    Raises:
        BadInput: it is none.
    """
    text = as_text(cell).strip()
    _refuse_unreadable(cell, text)
    if isinstance(cell, date) and len(text) == len("2026-01-01"):
        return text
    parts = _DAY.fullmatch(text)
    try:
        if parts and isinstance(cell, str):
            return str(date(*(int(part) for part in parts.groups())))
    except ValueError:
        pass
    raise BadInput(
        f"{text[:40]!r} is not a date: use YYYY-MM-DD, or a date cell",
        f"“{text[:40]}”不是日期：请写作 2026-11-24，或使用日期单元格",
    )


def number_of(cell: Any) -> int:
    """The whole number that a cell says.

    Raises:
        BadInput: it is none.
    """
    text, plain = _number_text(cell)
    if plain is None or not _WHOLE.fullmatch(plain):
        raise BadInput(f"{text[:40]!r} is not a whole number", f"“{text[:40]}”不是整数")
    return int(plain.partition(".")[0])


def decimal_of(cell: Any) -> int | str:
    """The number that a cell says, as a log has it: whole ones as numbers, others as text.

    Raises:
        BadInput: it is none, or has more decimals than a field takes.
    """
    # Spreadsheets show 15 digits of what they worked out; the rest is noise of floating point.
    seen = f"{cell:.15g}" if isinstance(cell, float) else cell
    text, plain = _number_text(seen)
    try:
        return as_json(exact(plain))
    except PydanticCustomError:
        en = f"{text[:40]!r} is not a number with at most {PLACES} decimals"
        raise BadInput(en, f"“{text[:40]}”不是数字，或小数超过 {PLACES} 位") from None


_YES_OR_NO = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}


def yes_or_no(cell: Any) -> bool:
    """Whether a cell says yes, in either language or as spreadsheets have it.

    Raises:
        BadInput: it says neither yes nor no.
    """
    text = as_text(cell).strip()
    _refuse_unreadable(cell, text)
    said = _YES_OR_NO.get(text.lower())
    if said is None:
        raise BadInput(f"{text[:40]!r} is neither yes nor no", f"“{text[:40]}”应为“是”或“否”")
    return said


def number_cell(value: int | str) -> int | float:
    """A number of a log as a cell that spreadsheets count with."""
    return value if isinstance(value, int) else float(value)


def _number_text(cell: Any) -> tuple[str, str | None]:
    """What a cell shows, and that without marks of thousands; None: shown otherwise than it counts."""
    text = as_text(cell).strip()
    _refuse_unreadable(cell, text)
    plain = text.replace("，", ",")
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    return text, None if isinstance(cell, Formatted) and "%" in cell.format else plain


def _refuse_unreadable(cell: Any, text: str) -> None:
    """Refuse what says nothing certain in any column."""
    if len(text) > LONGEST:
        raise BadInput(f"longer than {LONGEST:,} characters", f"超过 {LONGEST:,} 字")
    if is_error(cell):
        raise BadInput(
            "the cell holds an error of the spreadsheet, or a formula that was never worked out",
            "单元格是表格程序的错误值，或公式尚未计算",
        )
    number = cell.value if isinstance(cell, Formatted) else cell
    if isinstance(number, int | float) and abs(number) >= _INEXACT:
        raise BadInput(
            "a number of more than 15 digits, of which spreadsheets lose some: write it as text",
            "数字超过 15 位，表格程序会丢失末位：请设为文本格式后重新填写",
        )
