"""A plan as it is read: its four parts (§四(一)), then its operating mechanisms (§五), each under a heading."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from pydantic import BaseModel

from workflows.application import OperatingMechanisms
from workflows.field_labels import Label, label_of
from workflows.indicators import PlanIndicators
from workflows.vocabulary import GovernanceBody, LegalForm, PlanPart, TransferPractice
from workflows.words import Language, Words, listed

PARTS, MECHANISMS, INDICATORS = "parts", "mechanisms", "indicators"
_MODELS: dict[str, type[BaseModel]] = {MECHANISMS: OperatingMechanisms, INDICATORS: PlanIndicators}
_WORDS: dict[str, type[StrEnum]] = {
    "legal_form": LegalForm,
    "governance": GovernanceBody,
    "transfer": TransferPractice,
}


class Section(NamedTuple):
    """One of the four parts, one mechanism, or the targets of indicators."""

    path: str
    """Where it stands in the plan, as `parts.goals`."""
    heading: Words
    text: str

    @property
    def is_mechanism(self) -> bool:
        return self.path.startswith(f"{MECHANISMS}.")


HEADINGS: dict[str, Words] = {f"{PARTS}.{part}": part.words for part in PlanPart} | {
    f"{group}.{name}": label.name
    for group, model in _MODELS.items()
    for name, field in model.model_fields.items()
    if (label := label_of(field))
}
"""The headings of all sections by their paths, in the order in which they are read."""


def sections(plan: Mapping[str, Any], language: Language | None) -> list[Section]:
    """Return the sections of a plan, as plain data, that say something.

    Values of mechanisms are worded in a language; None leaves the contract's own words, for programs.
    """
    said = {
        f"{group}.{name}": value
        for group in (PARTS, MECHANISMS, INDICATORS)
        for name, value in (plan.get(group) or {}).items()
    }
    known = [path for path in HEADINGS if path in said]
    others = [path for path in said if path not in HEADINGS]  # of a newer release
    found = []
    for path in known + others:
        heading = HEADINGS.get(path, Words.same(path.partition(".")[2]))
        text = _text(path, said[path], language)
        if text:
            found.append(Section(path, heading, text))
    return found


def _mechanism_label(path: str) -> Label | None:
    """Return the label of a mechanism; None: of a part, whose label is its word."""
    group, _, name = path.partition(".")
    field = _MODELS[group].model_fields.get(name) if group in _MODELS else None
    return label_of(field) if field else None


def _text(path: str, value: Any, language: Language | None) -> str:
    if isinstance(value, str) and path.startswith(f"{PARTS}."):
        return value
    name = path.partition(".")[2]
    vocabulary = _WORDS.get(name, ())
    one = _worded(vocabulary, language)
    if isinstance(value, list | tuple):
        funding = "；" if language == "zh" else "; "
        if any(isinstance(part, dict) for part in value):
            return funding.join(_of_an_object(part) for part in value)
        each = listed(one(part) for part in value)
        return each.zh if language == "zh" else each.en
    if value is None:
        return ""
    label = _mechanism_label(path)
    unit = f" {label.unit.text(language)}" if label and label.unit and language else ""
    return one(value) + unit


def _worded(vocabulary: Any, language: Language | None) -> Callable[[Any], str]:
    known = {str(word): word for word in vocabulary}

    def one(value: Any) -> str:
        word = known.get(str(value))
        return str(value) if word is None or language is None else str(word.words.text(language))

    return one


def _of_an_object(part: Any) -> str:
    if not isinstance(part, dict):
        return str(part)
    if "indicator" in part:
        return f"{part['indicator']} {part.get('year', '')}={part.get('value', '')}"
    return f"{part.get('source', '')} {part.get('share', '')}%"
