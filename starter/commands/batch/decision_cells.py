"""A table's row as a decision: a cell is written as its flag would be, or holds a real day or number.

Columns are named as the fields are, dotted where they are nested (`actor.id`, `findings.site`). What a
flag says several times stands in one cell, separated by `;`. Words may be Chinese.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from starter.commands.decision_form import ACTOR, COMMON, Part
from starter.commands.document_files import HERE, Document, beside, document_beside, documents_in
from starter.commands.forms_by_kind import FORMS
from starter.commands.message_shapes import Shape, shape_of
from starter.commands.notation import past_assessment, word
from starter.errors import BadInput
from starter.tables.cell_values import Cell, as_text, day_of, decimal_of, number_of, text_of
from starter.tables.strict_json import parsed
from starter.terminal.named_fields import named
from workflows.decisions import MODELS
from workflows.field_labels import bare, label_at
from workflows.vocabulary import Kind, LeadUnitKind
from workflows.words import Words

PLATFORM = Words("platform", "平台编号（platform）")
KIND = Words("kind", "事项（kind）")
"""How the two columns are called that say what a decision is, and for whom."""
_SEPARATOR = re.compile("[;；]")


def from_cells(cells: Mapping[str, Cell], folder: Path | None = HERE) -> dict[str, Any]:
    """The fields of a decision, and `platform`, out of a row; an empty cell says nothing.

    Files that a cell names stand in `folder`, that of the table.

    Raises:
        BadInput: a cell is not written as its flag would be.
    """
    filled = {name.strip(): cell for name, cell in cells.items() if as_text(cell).strip()}
    fields: dict[str, Any] = {
        name: _read(where, filled.pop(name))
        for name, where in (("platform", PLATFORM), ("kind", KIND))
        if name in filled
    }
    if "kind" not in fields:
        return fields | {name: as_text(cell) for name, cell in filled.items()}
    fields["kind"] = word(Kind, fields["kind"], KIND)
    kind = Kind(fields["kind"])
    given = {name: _text(kind, name, cell) for name, cell in filled.items()}
    parts = {part.field: part for part in (*FORMS[kind].parts, *COMMON)}
    for field, texts in _columns(given).items():
        if field == "actor":
            fields["actor"] = _actor(texts)
        elif field in parts:
            where = _where(kind, field)
            fields[field] = _value(parts[field], texts, folder, where)
        elif field in MODELS[kind].model_fields:
            fields[field] = texts.get("", texts)  # the model says what is wrong with it
        else:
            raise _no_column(kind, field)
    return fields


def _no_column(kind: Kind, heading: str) -> BadInput:
    labels = {part.field: part.label.name for part in FORMS[kind].parts}
    en, zh = (sep.join(one[i] for one in labels.values()) for i, sep in enumerate((", ", "、")))
    return BadInput(
        f'"{heading}" is no column of a {kind.words.en}: it has {en}',
        f"“{heading}”不是“{kind.zh}”的列名或字段；可用的列：{zh}",
    )


_READERS: dict[Shape, Callable[[Any], Any]] = {
    Shape.DAY: day_of,
    Shape.NUMBER: number_of,
    Shape.DECIMAL: decimal_of,
}


def _where(kind: Kind, name: str) -> Words:
    """What a column is called, with the name of its field."""
    return named(label_at(MODELS[kind], name), name)


def _text(kind: Kind, name: str, cell: Cell) -> str:
    """A cell as its flag would be written: a day, a whole number, or text, as the field has it."""
    field = _field(MODELS[kind], name)
    shape = shape_of(field)[0] if field else Shape.TEXT
    return _read(_where(kind, name), cell, _READERS.get(shape, text_of))


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


def _value(part: Part, texts: Mapping[str, str], folder: Path | None, where: Words) -> Any:
    if "" not in texts and not part.shape.listed:
        return {name: _nested(part, name, text, where) for name, text in texts.items()}
    text = texts.get("", "")
    if part.shape is Shape.WORD:
        return word(part.vocabulary, text, where)
    if part.shape.is_file and text.startswith("{"):
        return parsed(text, part.field)
    if part.shape.is_file and not part.shape.listed:
        return part.read(str(beside(folder, text)))
    return _several(part, texts, folder) if part.shape.listed else part.read(text)


def _nested(part: Part, name: str, text: str, where: Words) -> str:
    """The cell of a field of an object: a word where the field has a vocabulary."""
    of_object = Words(f"{where.en}.{name}", f"{where.zh}.{name}")
    if part.shape is Shape.LEAD_UNIT and name == "kind":
        return word(LeadUnitKind, text, of_object)
    return text


def _several(part: Part, texts: Mapping[str, str], folder: Path | None) -> Any:
    text = texts.get("", "")
    pairs = [f"{inner}={inside}" for inner, inside in texts.items() if inner]

    def hashed(given: str) -> Document:
        return document_beside(given, folder)

    if part.shape is Shape.DOCUMENTS:
        return [*documents_in(text, folder), *map(hashed, pairs)]
    if part.shape is Shape.ASSESSMENTS:
        return [past_assessment(one, hashed) for one in _listed(text)]
    return part.read([*_listed(text), *pairs])


def _actor(texts: Mapping[str, str]) -> dict[str, Any]:
    words = {part.field: part.vocabulary for part in ACTOR}
    actor: dict[str, Any] = {}
    for name, text in texts.items():
        first, _, inner = name.partition(".")
        if inner:
            actor.setdefault(first, {})[inner] = text
        else:
            where = _where(Kind.RECOMMENDATION, f"actor.{name}")  # alike in all kinds
            actor[name] = word(words[name], text, where) if words.get(name) else text
    return actor


def _listed(text: str) -> list[str]:
    return [one.strip() for one in _SEPARATOR.split(text) if one.strip()]
