"""A row of a table as an application, and an application as a row.

Cells are what a spreadsheet holds: text, real numbers, real dates. What is listed stands in one cell,
separated by `;`. Words may be English or Chinese.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from starter.commands.batch.lines import Words
from starter.commands.importing.columns import COLUMNS, Column, Holds, at
from starter.commands.notation import known
from starter.errors import BadInput
from workflows.vocabulary import Kind

Cell = str | int | float | bool | date | time | None
"""What a spreadsheet may hold in a cell; a moment is a date too."""

LONGEST = 32_767
"""No spreadsheet program keeps longer cells (characters), and no field is as long."""

_INEXACT = 10**15

_BETWEEN = re.compile(r"[;；\n]")
_BETWEEN_NUMBERS = re.compile(r"[;；/\n]")
_BETWEEN_WORDS = re.compile(r"[;；、,，\n]")
# The hash has its length, and the share its digits: what is named may hold a semicolon itself.
_DOCUMENT = re.compile(r"\s*(.+?)\s*[=＝]\s*([0-9a-fA-F]{64})\s*(?:[;；\n]\s*|$)", re.DOTALL)
_SHARE = re.compile(r"\s*(.+?)\s*[=＝]\s*(\d{1,3})\s*[%％]?\s*(?:[;；\n]\s*|$)", re.DOTALL)
# A comma elsewhere may be a decimal one: 3,5 is not 35.
_GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.0+)?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?")


def from_cells(cells: Mapping[str, Cell]) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """The application that a row says, and what cannot be read in it: (field, English, Chinese)."""
    said: dict[str, Any] = {}
    wrong: list[tuple[str, str, str]] = []
    for name, cell in cells.items():
        if as_text(cell) == "":
            continue
        try:
            _put(said, name, read(COLUMNS[name], cell))
        except BadInput as error:
            wrong.append((name, error.en, error.zh))
    if "brought_in" in said:
        _complete(said)
    return said, wrong


def as_text(cell: Cell) -> str:
    """A cell as text: a whole number without a point, a date as it is written here."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return str(cell.date()) if midnight else cell.isoformat(" ", "seconds")
    return str(cell).strip()


def read(column: Column, cell: Cell) -> Any:
    """The value of a cell, as the message has it.

    Raises:
        BadInput: it cannot be read as what the column holds.
    """
    text = as_text(cell)
    if len(text) > LONGEST:
        raise BadInput(f"longer than {LONGEST:,} characters", f"超过 {LONGEST:,} 字")
    if isinstance(cell, int | float) and abs(cell) >= _INEXACT:
        raise BadInput(
            "a number of more than 15 digits, of which spreadsheets lose some: write it as text",
            "数字超过 15 位，表格程序会丢失末位：请设为文本格式后重新填写",
        )
    value: Any = text
    match column.holds:
        case Holds.DAY:
            value = _day(cell, text)
        case Holds.NUMBER:
            value = _number(text)
        case Holds.NUMBERS:
            value = [_number(one) for one in _listed(_BETWEEN_NUMBERS, text)]
        case Holds.WORD:
            value = _word(column, text)
        case Holds.WORDS:
            value = [_word(column, one) for one in _listed(_BETWEEN_WORDS, text)]
        case Holds.TEXTS:
            value = _listed(_BETWEEN, text)
        case Holds.DOCUMENTS:
            how = "NAME=SHA256, 64 hexadecimal digits", "名称=SHA256（64 位十六进制）"
            pairs = _pairs(_DOCUMENT, text, how)
            value = [{"name": name, "sha256": digest.lower()} for name, digest in pairs]
        case Holds.SHARES:
            pairs = _pairs(_SHARE, text, ("SOURCE=SHARE, a whole number", "来源=份额（整数）"))
            value = [{"source": source, "share": int(share)} for source, share in pairs]
    return value


def cell_of(column: Column, message: Mapping[str, Any], *, chinese: bool = False) -> Cell:
    """A message's value as the cell of a column; days are real days, words may be the Chinese ones."""
    value = at(message, column.name)
    if value is None:
        return None
    cell: Cell = str(value)
    words = {word: getattr(word, "zh", word) for word in column.vocabulary if chinese}
    match column.holds:
        case Holds.WORD:
            cell = words.get(value, str(value))
        case Holds.DAY:
            cell = date.fromisoformat(value)
        case Holds.NUMBER:
            cell = int(value)
        case Holds.DOCUMENTS:
            cell = "; ".join(f"{one['name']}={one['sha256']}" for one in value)
        case Holds.SHARES:
            cell = "; ".join(f"{one['source']}={one['share']}" for one in value)
        case Holds.WORDS | Holds.TEXTS | Holds.NUMBERS:
            cell = "; ".join(str(words.get(one, one)) for one in value)
    return cell


def _put(said: dict[str, Any], name: str, value: Any) -> None:
    *parts, last = name.split(".")
    for part in parts:
        said = said.setdefault(part, {})
    said[last] = value


def _complete(said: dict[str, Any]) -> None:
    """What a row leaves out of a bringing in: its kind, its id, and the assessments as a list by year."""
    brought: dict[str, Any] = said["brought_in"]
    brought["kind"] = str(Kind.BRINGING_IN)
    brought.setdefault("decision_id", f"brought-in:{said.get('application_id', '')}")
    years: dict[str, Any] = brought.pop("assessments", {})
    if years:
        brought["assessments"] = [
            {"year": int(year), **years[year]} for year in sorted(years, key=int)
        ]


def _listed(between: re.Pattern[str], text: str) -> list[str]:
    return [one.strip() for one in between.split(text) if one.strip()]


def _word(column: Column, text: str) -> str:
    word = known(column.vocabulary, text)
    if word is not None:
        return word
    if column.is_open:
        return text  # a policy may add fields: the message knows them
    raise BadInput(*_none_of(text, column))


def _none_of(text: str, column: Column) -> Words:
    shown = text if len(text) <= 40 else text[:40] + "…"
    chinese = "、".join(getattr(word, "zh", word) for word in column.vocabulary)
    return f"{shown!r} is none of {', '.join(column.vocabulary)}", f"“{shown}”不在 {chinese} 之中"


def _day(cell: Cell, text: str) -> str:
    if isinstance(cell, date) and len(text) == len("2026-01-01"):
        return text
    parts = _DAY.fullmatch(text)
    try:
        if parts and isinstance(cell, str):
            return str(date(*(int(part) for part in parts.groups())))
    except ValueError:
        pass
    raise BadInput(
        f"{text[:40]!r} is no day: write 2026-11-24, or use a date cell",
        f"“{text[:40]}”不是日期：请写作 2026-11-24，或使用日期单元格",
    )


def _number(text: str) -> int:
    plain = text.replace("，", ",")
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if not re.fullmatch(r"-?\d{1,15}(?:\.0+)?", plain):
        raise BadInput(f"{text[:40]!r} is no whole number", f"“{text[:40]}”不是整数")
    return int(plain.partition(".")[0])


def _pairs(pattern: re.Pattern[str], text: str, how: Words) -> Iterable[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(text):
        pair = pattern.match(text, place)
        if pair is None or _swallowed(pattern, pair[1]):
            rest = text[place : place + 60]
            raise BadInput(
                f"{rest!r}: write {how[0]}; several are separated by ;",
                f"“{rest}”：应写作 {how[1]}，多项以 ; 分隔",
            )
        found.append((pair[1], pair[2]))
        place = pair.end()
    return found


def _swallowed(pattern: re.Pattern[str], name: str) -> bool:
    """Whether a name took in a pair before it that is badly written, as in `a=12; b=<good hash>`."""
    return any("=" in one or "＝" in one for one in _BETWEEN.split(name)[:-1]) or (
        pattern is _SHARE and bool(_BETWEEN.search(name))
    )
