"""A table's row as a decision: a cell is written as its flag would be, or holds a real day or number.

Columns are named as the fields are, dotted where they are nested (`actor.id`, `findings.site`). What a
flag says several times stands in one cell, separated by `;`. Words may be Chinese.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from starter.commands.batch.decision_columns import (
    KIND,
    KIND_LABEL,
    PLATFORM,
    PLATFORM_LABEL,
    columns_of_kind,
)
from starter.commands.decision_form import ACTOR, COMMON, Part
from starter.commands.document_files import HERE, Document, beside, document_beside, documents_in
from starter.commands.forms_by_kind import FORMS
from starter.commands.message_shapes import Shape, shape_of
from starter.commands.notation import past_assessment
from starter.commands.word_choice import word
from starter.errors import BadInput
from starter.tables.cell_values import Cell, as_text, day_of, decimal_of, number_of, text_of
from starter.tables.strict_json import parsed
from starter.terminal.named_fields import in_table
from workflows.decisions import MODELS
from workflows.field_labels import bare, label_at
from workflows.vocabulary import Kind, LeadUnitKind
from workflows.words import Words, listed, listed_zh

_SEPARATOR = re.compile("[;；]")


def from_cells(
    cells: Mapping[str, Cell],
    folder: Path | None = HERE,
    headings: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The fields of a decision, and `platform`, out of a row; an empty cell says nothing.

    Files that a cell names stand in `folder`, that of the table. `headings`: how that calls its columns.

    Raises:
        BadInput: a cell is not written as its flag would be.
    """
    filled = {name.strip(): cell for name, cell in cells.items() if as_text(cell).strip()}
    called = headings or {}
    fields: dict[str, Any] = {
        name: _read(in_table(label, name, called), filled.pop(name))
        for name, label in _FIRST.items()
        if name in filled
    }
    if KIND not in fields:
        return fields | {name: as_text(cell) for name, cell in filled.items()}
    fields[KIND] = word(Kind, fields[KIND], in_table(KIND_LABEL, KIND, called))
    kind = Kind(fields[KIND])
    given = {name: _text(kind, name, cell, called) for name, cell in filled.items()}
    parts = {part.field: part for part in (*FORMS[kind].parts, *COMMON)}
    for field, texts in _columns(given).items():
        if field == "actor":
            fields["actor"] = _actor(texts, called)
        elif field in parts:
            fields[field] = _value(kind, parts[field], texts, folder, called)
        elif field in MODELS[kind].model_fields:
            fields[field] = texts.get("", texts)  # the model says what is wrong with it
        else:
            name = field + (f".{next(iter(texts))}" if "" not in texts else "")
            raise _no_column(kind, called.get(name, name))
    return fields


_FIRST = {PLATFORM: PLATFORM_LABEL, KIND: KIND_LABEL}


def _no_column(kind: Kind, heading: str) -> BadInput:
    labels = [column.label.name for column in columns_of_kind(kind)[len(_FIRST) :]]
    en, zh = listed(one.en for one in labels).en, listed_zh(one.zh for one in labels)
    return BadInput(
        f"“{heading}” is no column of a {kind.words.en}: it has {en}",
        f"“{heading}”不是“{kind.zh}”的列名或字段；可用的列：{zh}",
    )


_READERS: dict[Shape, Callable[[Any], Any]] = {
    Shape.DAY: day_of,
    Shape.NUMBER: number_of,
    Shape.DECIMAL: decimal_of,
}


def _where(kind: Kind, name: str, called: Mapping[str, str]) -> Words:
    """What a column is called, as in its file."""
    return in_table(label_at(MODELS[kind], name), name, called)


def _text(kind: Kind, name: str, cell: Cell, called: Mapping[str, str]) -> str:
    """A cell as its flag would be written: a day, a whole number, or text, as the field has it."""
    field = _field(MODELS[kind], name)
    shape = shape_of(field)[0] if field else Shape.TEXT
    return _read(_where(kind, name, called), cell, _READERS.get(shape, text_of))


def _field(model: type[BaseModel], name: str) -> FieldInfo | None:
    """The field of a dotted name; None where there is none, or it stands in a list or a mapping."""
    first, _, rest = name.partition(".")
    field = model.model_fields.get(first)
    if field is None or not rest:
        return field
    inner = bare(field.annotation)
    return _field(inner, rest) if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def _read(where: Words, cell: Cell, read: Callable[[Cell], Any] = text_of) -> str:
    try:
        return str(read(cell))
    except BadInput as error:
        raise BadInput(error.words.at(where)) from None


def _columns(given: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The cells of each field: by what stands after its name, which is nothing where it is not nested."""
    found: dict[str, dict[str, str]] = {}
    for name, text in given.items():
        field, _, inner = name.partition(".")
        found.setdefault(field, {})[inner] = text
    return found


def _value(
    kind: Kind,
    part: Part,
    texts: Mapping[str, str],
    folder: Path | None,
    called: Mapping[str, str],
) -> Any:
    where = _where(kind, part.field, called)
    if "" not in texts and not part.shape.listed:
        made: dict[str, Any] = {}
        for name, text in texts.items():
            column = _where(kind, f"{part.field}.{name}", called)
            _put(made, name, _nested(part, name, text, column))
        return made
    text = texts.get("", "")
    if part.shape is Shape.WORD:
        return word(part.vocabulary, text, where)
    if part.shape.is_file and text.startswith("{"):
        return parsed(text, part.field)
    if part.shape.is_file and not part.shape.listed:
        return part.read(str(beside(folder, text)))
    if not part.shape.listed:
        return part.read(text)
    try:
        return _several(part, texts, folder)
    except BadInput as error:
        columns = [_where(kind, f"{part.field}.{name}".rstrip("."), called) for name in texts]
        raise BadInput(error.words.at(columns[0] if len(columns) == 1 else where)) from None


def _nested(part: Part, name: str, text: str, where: Words) -> str:
    """The cell of a field of an object: a word where the field has a vocabulary."""
    if part.shape is Shape.LEAD_UNIT and name == "kind":
        return word(LeadUnitKind, text, where)
    return text


def _put(made: dict[str, Any], name: str, value: Any) -> None:
    *parts, last = name.split(".")
    for part in parts:
        made = made.setdefault(part, {})
    made[last] = value


def _one_cell_each(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The cells of each item, as one would write all of them in one: `site.finding` with `site.remark`."""
    items: dict[str, dict[str, str]] = {}
    for inner, text in texts.items():
        item, _, field = inner.partition(".")
        items.setdefault(item, {})[field] = text
    for item, said in items.items():
        whole = said.get("") or said.get("finding", "")
        remark, score = said.get("remark"), said.get("score")
        yield item, whole + (f":{remark}" if remark else "") + (f"@{score}" if score else "")


def _several(part: Part, texts: Mapping[str, str], folder: Path | None) -> Any:
    text = texts.get("", "")
    others = [(inner, inside) for inner, inside in texts.items() if inner]
    if part.shape in (Shape.FINDING_BY_WORD, Shape.SCORE_BY_WORD):
        others = list(_one_cell_each(dict(others)))
    pairs = [f"{inner}={inside}" for inner, inside in others]

    def hashed(given: str) -> Document:
        return document_beside(given, folder)

    if part.shape is Shape.DOCUMENTS:
        return [*documents_in(text, folder), *map(hashed, pairs)]
    if part.shape is Shape.ASSESSMENTS:
        return [past_assessment(one, hashed) for one in _listed(text)]
    return part.read([*_listed(text), *pairs])


def _actor(texts: Mapping[str, str], called: Mapping[str, str]) -> dict[str, Any]:
    words = {part.field: part.vocabulary for part in ACTOR}
    actor: dict[str, Any] = {}
    for name, text in texts.items():
        first, _, inner = name.partition(".")
        if inner:
            actor.setdefault(first, {})[inner] = text
        else:
            where = _where(Kind.RECOMMENDATION, f"actor.{name}", called)  # alike in all kinds
            actor[name] = word(words[name], text, where) if words.get(name) else text
    return actor


def _listed(text: str) -> list[str]:
    return [one.strip() for one in _SEPARATOR.split(text) if one.strip()]
