"""A row of a table as an application, and an application as a row.

Cells are what a spreadsheet holds: text, real numbers, real dates. What is listed stands in one cell,
separated by `;`. Words may be English or Chinese.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from starter.commands.document_files import documents_in, together
from starter.commands.importing.columns import COLUMNS, Column, at
from starter.commands.message_shapes import Shape
from starter.commands.notation import indicator, target
from starter.commands.word_choice import known
from starter.errors import BadInput
from starter.tables.cell_values import (
    Cell,
    as_text,
    day_of,
    decimal_of,
    number_cell,
    number_of,
    text_of,
    yes_or_no,
)
from workflows.vocabulary import Kind
from workflows.words import Words, listed_zh

_BETWEEN = re.compile(r"[;；\n]")
_BETWEEN_NUMBERS = re.compile(r"[;；/\n]")
_BETWEEN_WORDS = re.compile(r"[;；、,，\n]")
_SHARE = re.compile(
    r"\s*(.+?)\s*[=＝]\s*(\d{1,3}(?:\.\d{1,4})?)\s*[%％]?\s*(?:[;；\n]\s*|$)", re.DOTALL
)


def from_cells(
    cells: Mapping[str, Cell], folder: Path | None = None
) -> tuple[dict[str, Any], list[tuple[str, Words]]]:
    """The application that a row says, and what cannot be read in it, by field.

    Documents that a cell names stand in `folder`, that of the table.
    """
    said: dict[str, Any] = {}
    wrong: list[tuple[str, Words]] = []
    for name, cell in cells.items():
        if not as_text(cell).strip():
            continue
        try:
            _put(said, name, read(COLUMNS[name], cell, folder))
        except BadInput as error:
            wrong.append((name, error.words))
    if "brought_in" in said:
        _complete(said)
    return said, wrong


def read(column: Column, cell: Cell, folder: Path | None = None) -> Any:
    """The value of a cell, as the message has it.

    Raises:
        BadInput: it cannot be read as what the column holds.
    """
    if column.shape is Shape.DAY:
        return day_of(cell)
    if column.shape is Shape.NUMBER:
        return number_of(cell)
    if column.shape is Shape.DECIMAL:
        return decimal_of(cell)
    if column.shape is Shape.YES_OR_NO:
        return yes_or_no(cell)
    text = text_of(cell)
    value: Any = text
    match column.shape:
        case Shape.NUMBERS:
            value = _each(number_of, _listed(_BETWEEN_NUMBERS, text))
        case Shape.WORD:
            value = _word(column, text)
        case Shape.WORDS:
            value = _each(lambda one: _word(column, one), _listed(_BETWEEN_WORDS, text))
        case Shape.TEXTS:
            value = _listed(_BETWEEN, text)
        case Shape.DOCUMENTS:
            value = documents_in(text, folder)
        case Shape.SHARES:
            value = _shares(text)
        case Shape.CATALOGUE:
            value = _each(indicator, _listed(_BETWEEN, text))
        case Shape.TARGETS:
            value = _each(target, _listed(_BETWEEN, text))
    return value


def cell_of(column: Column, message: Mapping[str, Any], *, chinese: bool = False) -> Cell:
    """A message's value as the cell of a column; days are real days, words may be the Chinese ones."""
    value = at(message, column.name)
    if value is None:
        return None
    cell: Cell = str(value)
    words = {word: getattr(word, "zh", word) for word in column.vocabulary if chinese}
    match column.shape:
        case Shape.WORD:
            cell = words.get(value, str(value))
        case Shape.DAY:
            cell = date.fromisoformat(value)
        case Shape.NUMBER:
            cell = int(value)
        case Shape.DECIMAL:
            cell = number_cell(value)
        case Shape.YES_OR_NO:
            cell = ("是" if value else "否") if chinese else ("yes" if value else "no")
        case Shape.DOCUMENTS:
            cell = "; ".join(f"{one['name']}={one['sha256']}" for one in value)
        case Shape.SHARES:
            cell = "; ".join(f"{one['source']}={one['share']}" for one in value)
        case Shape.CATALOGUE:
            cell = "; ".join(_indicator(one) for one in value)
        case Shape.TARGETS:
            cell = "; ".join(f"{o['indicator']} {o['year']}={o['value']}" for o in value)
        case Shape.WORDS | Shape.TEXTS | Shape.NUMBERS:
            cell = "; ".join(str(words.get(one, one)) for one in value)
    return cell


def _indicator(one: Mapping[str, Any]) -> str:
    unit = f"（{one['unit']}）" if one.get("unit") else ""
    return f"{one['id']}={one['name']}{unit}@{one['group']}"


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


def _each(read_one: Callable[[str], Any], items: list[str]) -> list[Any]:
    """Each item of a cell, read. Raises BadInput, which names every one that cannot be."""
    found: list[Any] = []
    wrong: list[BadInput] = []
    for one in items:
        try:
            found.append(read_one(one))
        except BadInput as error:
            wrong.append(error)
    if wrong:
        raise together(wrong)
    return found


def _word(column: Column, text: str) -> str:
    word = known(column.vocabulary, text)
    if word is not None:
        return word
    if column.is_open:
        return text  # a policy may add fields: the message knows them
    shown = text if len(text) <= 40 else text[:40] + "…"
    chinese = listed_zh(getattr(word, "zh", word) for word in column.vocabulary)
    raise BadInput(
        f"{shown!r} is none of {', '.join(column.vocabulary)}", f"“{shown}”不在 {chinese} 之中"
    )


def _shares(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    place = 0
    while place < len(text):
        pair = _SHARE.match(text, place)
        if pair is None or _BETWEEN.search(pair[1]):
            rest = text[place : place + 60]
            raise BadInput(
                f"{rest!r}: write SOURCE=SHARE, a number; several are separated by ;",
                f"“{rest}”：应写作 来源=份额（数字），多项以 ; 分隔",
            )
        found.append({"source": pair[1], "share": decimal_of(pair[2])})
        place = pair.end()
    return found
