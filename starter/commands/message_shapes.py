"""How the value of a field is written outside of JSON: in a flag, in a cell, as an answer to a question."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum, auto
from functools import cached_property
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from workflows.actors import Document
from workflows.application import (
    FundingSource,
    LeadUnit,
    OperatingMechanisms,
    Organisation,
    Plan,
)
from workflows.bringing_in import PastAssessment
from workflows.decisions import Expert
from workflows.field_labels import bare
from workflows.indicators import Indicator, Target
from workflows.model import OfficialNumber
from workflows.vocabulary import AssessmentStage


class Shape(Enum):
    """What a field holds."""

    TEXT = auto()
    ID = auto()
    OFFICIAL_NUMBER = auto()
    """The number of a document, which may be Chinese."""
    DAY = auto()
    NUMBER = auto()
    """A whole number."""
    DECIMAL = auto()
    WORD = auto()
    YES_OR_NO = auto()
    BODY = auto()
    """An organisation, by its name."""
    LEAD_UNIT = auto()
    OBJECT = auto()
    PLAN = auto()
    MECHANISMS = auto()
    TEXTS = auto()
    NUMBERS = auto()
    WORDS = auto()
    OBJECTS = auto()
    DOCUMENTS = auto()
    SHARES = auto()
    PANEL = auto()
    ASSESSMENTS = auto()
    TARGETS = auto()
    CATALOGUE = auto()
    MEASURES = auto()
    """A number for each of several ids."""
    TEXT_BY_WORD = auto()
    FINDING_BY_WORD = auto()
    SCORE_BY_WORD = auto()
    """A finding that may have a score."""

    @cached_property
    def listed(self) -> bool:
        """Whether it holds several values."""
        return self.value >= Shape.TEXTS.value

    @property
    def is_file(self) -> bool:
        """Whether it is said by a file outside of JSON."""
        return self in (Shape.OBJECT, Shape.OBJECTS, Shape.PLAN, Shape.MECHANISMS)


_LISTS: dict[Any, Shape] = {
    int: Shape.NUMBERS,
    Document: Shape.DOCUMENTS,
    FundingSource: Shape.SHARES,
    Expert: Shape.PANEL,
    PastAssessment: Shape.ASSESSMENTS,
    Target: Shape.TARGETS,
    Indicator: Shape.CATALOGUE,
}
_PLAIN: dict[Any, Shape] = {
    int: Shape.NUMBER,
    bool: Shape.YES_OR_NO,
    Decimal: Shape.DECIMAL,
    date: Shape.DAY,
    Organisation: Shape.BODY,
    LeadUnit: Shape.LEAD_UNIT,
    Plan: Shape.PLAN,
    OperatingMechanisms: Shape.MECHANISMS,
}


def shape_of(field: FieldInfo) -> tuple[Shape, tuple[StrEnum, ...]]:
    """Return what a field holds, and the words that it holds or that its parts are named by."""
    kind = bare(field.annotation)
    inner = [bare(one) for one in get_args(kind)]
    if get_origin(kind) is Literal:
        return Shape.WORD, tuple(AssessmentStage(word) for word in inner)
    if get_origin(kind) is dict and inner[0] is str:
        return Shape.MEASURES, ()
    if get_origin(kind) is dict:
        return _by_word(inner[1]), tuple(inner[0])
    one, listed = (inner[0], True) if get_origin(kind) is tuple else (kind, False)
    if issubclass(one, StrEnum):
        return Shape.WORDS if listed else Shape.WORD, tuple(one)
    if listed:
        other = Shape.OBJECTS if issubclass(one, BaseModel) else Shape.TEXTS
        return _LISTS.get(one, other), ()
    # What is bounded by a pattern alone is an id.
    text = Shape.TEXT
    if longest(field) is None:
        pattern = next((bound.pattern for bound in _bounds(field) if _has_pattern(bound)), None)
        text = Shape.OFFICIAL_NUMBER if pattern == _OFFICIAL_PATTERN else Shape.ID
    return _PLAIN.get(one, Shape.OBJECT if issubclass(one, BaseModel) else text), ()


def longest(field: FieldInfo) -> int | None:
    """Return how many characters or entries a field has at most; None without such a bound."""
    return next((one.max_length for one in _bounds(field) if hasattr(one, "max_length")), None)


def _bounds(field: FieldInfo) -> Iterator[Any]:
    yield from field.metadata
    for part in (field.annotation, *get_args(field.annotation)):
        for bound in getattr(part, "__metadata__", ()):
            yield from bound.metadata if isinstance(bound, FieldInfo) else (bound,)


def _has_pattern(bound: Any) -> bool:
    return getattr(bound, "pattern", None) is not None


_OFFICIAL_PATTERN = next(
    one.pattern for one in get_args(OfficialNumber)[1].metadata if _has_pattern(one)
)


def _by_word(value: Any) -> Shape:
    parts = getattr(value, "model_fields", {})
    if "finding" not in parts:
        return Shape.TEXT_BY_WORD
    return Shape.SCORE_BY_WORD if "score" in parts else Shape.FINDING_BY_WORD
