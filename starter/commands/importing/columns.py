"""The columns of a table of applications: read off the message, so that none is forgotten.

A column is named as the field is, dotted where fields are nested. What repeats within a nested part is
counted from one: `brought_in.assessments.1.result` is the result of the first year.
"""

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum, auto
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from workflows.actors import Document
from workflows.application import FundingSource, PlatformApplication
from workflows.bringing_in import PastAssessment
from workflows.vocabulary import AssessmentStage
from workflows.vocabulary import Field as TechnologyField

YEARS = 10
"""So many years of assessments may be brought in."""
LEFT_TO_US = ("term", "previous", "policy.decisions_name_case", "brought_in.case")
"""Fields of an application that are filled in when it is started."""


class Holds(Enum):
    """What a cell of a column holds."""

    TEXT = auto()
    DAY = auto()
    NUMBER = auto()
    WORD = auto()
    WORDS = auto()
    TEXTS = auto()
    NUMBERS = auto()
    DOCUMENTS = auto()
    SHARES = auto()


_MADE = ("brought_in.decision_id",)
"""What a row need not say, for it is made of the rest."""
_ALSO_NEEDED = ("brought_in.documents",)
"""What a rule of the message asks for, and its type does not."""


@dataclass(frozen=True)
class Column:
    """A column: where its value goes, and what its cells hold."""

    name: str
    holds: Holds
    required: bool
    """Whether its cell is needed, where anything of its group is said."""
    group: str
    """The part of the message that may be left out as a whole; empty for the message itself."""
    vocabulary: tuple[StrEnum, ...] = ()
    is_open: bool = False
    """Whether other words than those of the vocabulary may stand there: a policy may add fields."""
    default: Any = None
    """What holds where the cell is empty."""
    longest: int | None = None
    """So many characters, or entries, at most."""


_LISTS = {Document: Holds.DOCUMENTS, FundingSource: Holds.SHARES, int: Holds.NUMBERS}
_PLAIN = {str: Holds.TEXT, int: Holds.NUMBER, date: Holds.DAY}


def _columns(model: type[BaseModel], prefix: str, group: str) -> Iterator[Column]:
    for field, info in model.model_fields.items():
        if f"{prefix}{field}" not in LEFT_TO_US:
            yield from _of_field(info, f"{prefix}{field}", group)


def _of_field(info: FieldInfo, name: str, group: str) -> Iterator[Column]:
    kind, may_lack = _stripped(info.annotation)
    may_lack = may_lack or not info.is_required()
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from _columns(kind, f"{name}.", name if may_lack else group)
        return
    inner = get_args(kind)
    if get_origin(kind) is dict:
        for word in inner[0]:
            yield from _of_field(
                FieldInfo.from_annotation(inner[1]), f"{name}.{word}", name if may_lack else group
            )
    elif get_origin(kind) is tuple and inner[0] is PastAssessment:
        for year in range(1, YEARS + 1):
            part = f"{name}.{year}"
            inside = _columns(PastAssessment, f"{part}.", part)
            yield from (column for column in inside if column.name != f"{part}.year")
    elif get_origin(kind) is Literal and len(inner) == 1:
        return  # it says nothing, and is filled in
    else:
        yield _column(info, kind, name, group, required=not may_lack)


def _column(info: FieldInfo, kind: Any, name: str, group: str, *, required: bool) -> Column:
    vocabulary: tuple[StrEnum, ...] = ()
    is_open = False
    if get_origin(kind) is tuple:
        inner, _ = _stripped(get_args(kind)[0])
        vocabulary = tuple(inner) if issubclass(inner, StrEnum) else ()
        holds = Holds.WORDS if vocabulary else _LISTS.get(inner, Holds.TEXTS)
    elif get_origin(kind) is Literal:
        vocabulary, holds = tuple(AssessmentStage(word) for word in get_args(kind)), Holds.WORD
    elif issubclass(kind, StrEnum):
        vocabulary, holds = tuple(kind), Holds.WORD
    else:
        holds = _PLAIN[kind]
    if name in ("field", "policy.fields"):
        vocabulary, is_open = tuple(TechnologyField), True
        holds = Holds.WORD if name == "field" else Holds.WORDS
    required = (required or name in _ALSO_NEEDED) and name not in _MADE
    default = None if info.default in (PydanticUndefined, None, ()) else info.default
    longest = next((m.max_length for m in _bounds(info) if hasattr(m, "max_length")), None)
    return Column(name, holds, required, group, vocabulary, is_open, default, longest)


def _stripped(annotation: Any) -> tuple[Any, bool]:
    """A type without its bounds and without None, and whether it may be None."""
    if get_origin(annotation) is Annotated:
        return _stripped(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [one for one in get_args(annotation) if one is not type(None)]
        return _stripped(inner[0])[0], True
    return annotation, False


def _bounds(info: FieldInfo) -> Iterator[Any]:
    yield from info.metadata
    for part in (info.annotation, *get_args(info.annotation)):
        for bound in getattr(part, "__metadata__", ()):
            yield from bound.metadata if isinstance(bound, FieldInfo) else (bound,)


COLUMNS: Mapping[str, Column] = {
    column.name: column for column in _columns(PlatformApplication, "", "")
}
"""All columns by their names, in the order of the message."""


def lacking(message: Any) -> Iterator[Column]:
    """The columns whose values a message (plain data) lacks, though they are needed."""
    for column in COLUMNS.values():
        needed = column.required and (not column.group or at(message, column.group) is not None)
        if needed and at(message, column.name) in (None, ""):
            yield column


def at(message: Any, name: str) -> Any:
    """What stands in a message (plain data) where a column's value goes; None when nothing does."""
    for part in name.split("."):
        if isinstance(message, list) and part.isdecimal():
            index = int(part) - 1
            message = message[index] if index < len(message) else None
        elif isinstance(message, dict):
            message = message.get(part)
        else:
            return None
    return message
