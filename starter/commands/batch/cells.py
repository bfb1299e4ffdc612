"""A spreadsheet's row as a decision: a cell is written as the flag of its field would be.

Columns are named as the fields are, dotted where they are nested (`actor.id`, `findings.site`). What a
flag says several times stands in one cell, separated by `;`. Words may be Chinese.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from starter.commands.assessment_forms import ASSESSMENT_FORMS
from starter.commands.decision_form import ACTOR, COMMON, Asked, DecisionForm, Part
from starter.commands.desk_forms import DESK_FORMS
from starter.commands.notation import word
from starter.commands.platform_forms import PLATFORM_FORMS
from starter.errors import BadInput
from starter.strict_json import strict_loads
from workflows.decisions import MODELS
from workflows.vocabulary import Kind

FORMS: dict[Kind, DecisionForm] = {
    form.kind: form for form in (*PLATFORM_FORMS, *ASSESSMENT_FORMS, *DESK_FORMS)
}
"""The form of each kind of decision."""

_SEPARATOR = re.compile("[;；]")


def from_cells(cells: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a decision, and `platform`, out of a row; an empty cell says nothing.

    Raises:
        BadInput: a cell is not written as its flag would be.
    """
    given = {name.strip(): text.strip() for name, text in cells.items() if text.strip()}
    fields: dict[str, Any] = {}
    for name in ("platform", "kind"):
        if name in given:
            fields[name] = given.pop(name)
    if "kind" not in fields:
        return fields | given
    fields["kind"] = word(Kind, fields["kind"], "kind")
    kind = Kind(fields["kind"])
    parts = {part.field: part for part in (*FORMS[kind].parts, *COMMON)}
    for field, texts in _columns(given).items():
        if field == "actor":
            fields["actor"] = _actor(texts)
        elif field in parts:
            fields[field] = _value(kind, parts[field], texts)
        else:
            fields[field] = texts.get("", texts)  # the model says that there is no such field
    return fields


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
        return _json(part.field, texts[""])
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


def _json(field: str, text: str) -> Any:
    try:
        return strict_loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{field} is not JSON: {error}", f"{field} 不是 JSON：{error}") from None
