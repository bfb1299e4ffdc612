"""A table's row as a decision: a cell is written as its flag would be, or holds a real day or number.

Columns are named as the fields are, dotted where they are nested (`actor.id`, `findings.site`). What a
flag says several times stands in one cell, separated by `;`. Words may be Chinese.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, get_args, get_origin

from starter.commands.assessment_forms import ASSESSMENT_FORMS
from starter.commands.decision_form import ACTOR, COMMON, Asked, DecisionForm, Part
from starter.commands.desk_forms import DESK_FORMS
from starter.commands.notation import word
from starter.commands.platform_forms import PLATFORM_FORMS
from starter.errors import BadInput
from starter.tables.cell_values import Cell, as_text, day_of, number_of, text_of
from starter.tables.strict_json import parsed
from workflows.decisions import MODELS
from workflows.vocabulary import Kind

FORMS: dict[Kind, DecisionForm] = {
    form.kind: form for form in (*PLATFORM_FORMS, *ASSESSMENT_FORMS, *DESK_FORMS)
}
"""The form of each kind of decision."""

_SEPARATOR = re.compile("[;；]")


def from_cells(cells: Mapping[str, Cell]) -> dict[str, Any]:
    """The fields of a decision, and `platform`, out of a row; an empty cell says nothing.

    Raises:
        BadInput: a cell is not written as its flag would be.
    """
    filled = {name.strip(): cell for name, cell in cells.items() if as_text(cell).strip()}
    fields: dict[str, Any] = {
        name: _read(name, filled.pop(name)) for name in ("platform", "kind") if name in filled
    }
    if "kind" not in fields:
        return fields | {name: as_text(cell) for name, cell in filled.items()}
    fields["kind"] = word(Kind, fields["kind"], "kind")
    kind = Kind(fields["kind"])
    given = {name: _text(kind, name, cell) for name, cell in filled.items()}
    parts = {part.field: part for part in (*FORMS[kind].parts, *COMMON)}
    for field, texts in _columns(given).items():
        if field == "actor":
            fields["actor"] = _actor(texts)
        elif field in parts:
            fields[field] = _value(kind, parts[field], texts)
        else:
            fields[field] = texts.get("", texts)  # the model says that there is no such field
    return fields


def _text(kind: Kind, name: str, cell: Cell) -> str:
    """A cell as its flag would be written: a day, a whole number, or text, as the field has it."""
    annotation = _annotation(MODELS[kind], name)
    if _is_of(date, annotation):
        return _read(name, cell, day_of)
    return _read(name, cell, number_of if _is_of(int, annotation) else text_of)


def _annotation(annotation: Any, name: str) -> Any:
    """The type of a field, dotted where it is nested; None where there is no such field."""
    for part in name.split("."):
        parts = (annotation, *get_args(annotation))
        model = next((one for one in parts if hasattr(one, "model_fields")), None)
        if model is None or part not in model.model_fields:
            return None
        annotation = model.model_fields[part].annotation
    return annotation


def _read(name: str, cell: Cell, read: Callable[[Cell], Any] = text_of) -> str:
    try:
        return str(read(cell))
    except BadInput as error:
        raise BadInput(error.words.at(name)) from None


def _is_of(wanted: type, annotation: Any) -> bool:
    """Whether a field may hold a value of a type, by itself and not in a list."""
    if get_origin(annotation) is tuple:
        return False
    return annotation is wanted or any(_is_of(wanted, one) for one in get_args(annotation))


def _columns(given: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The cells of each field: by what stands after its name, which is nothing where it is not nested."""
    found: dict[str, dict[str, str]] = {}
    for name, text in given.items():
        field, _, inner = name.partition(".")
        found.setdefault(field, {})[inner] = text
    return found


def _value(kind: Kind, part: Part, texts: Mapping[str, str]) -> Any:
    words = MODELS[kind].model_fields[part.field].annotation
    if "" in texts and isinstance(words, type) and issubclass(words, StrEnum):
        return word(words, texts[""], part.field)
    if part.items:
        pairs = [f"{inner}={text}" for inner, text in texts.items() if inner]
        return part.read([*_listed(texts.get("", "")), *pairs], None)
    if part.many:
        return part.read(_listed(texts.get("", "")), None)
    if part.asked is Asked.FILE and texts.get("", "").startswith("{"):
        return parsed(texts[""], part.field)
    return part.read(texts[""], None) if "" in texts else dict(texts)


def _actor(texts: Mapping[str, str]) -> dict[str, Any]:
    parts = {part.field: part for part in ACTOR}
    actor: dict[str, Any] = {}
    for name, text in texts.items():
        choices = parts[name].choices if name in parts else None
        if name.startswith("acting_for."):
            actor.setdefault("acting_for", {})[name.partition(".")[2]] = text
        else:
            actor[name] = word(choices, text, f"actor.{name}") if choices else text
    return actor


def _listed(text: str) -> list[str]:
    return [one.strip() for one in _SEPARATOR.split(text) if one.strip()]
