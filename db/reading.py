"""From rows of the register's tables to what the register answers with."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from db.row_types import LogLine
from workflows.actors import Actor
from workflows.model import Record
from workflows.record import EntryKind, LogEntry

if TYPE_CHECKING:  # who asks in SQL text needs no SQLAlchemy
    from sqlalchemy import Row

    AnyRow = Row[*tuple[Any, ...]]
else:
    AnyRow = Any

R = TypeVar("R", bound=Record)
LARGEST_PAGE = 500
"""Rows of an answer at most; what comes after is the next page."""


def read(model: type[R], row: "AnyRow | Mapping[str, Any]", **changed: Any) -> R:
    """A row as a model: the columns that it knows, and `changed` instead of them."""
    known = {name: value for name, value in _columns(row).items() if name in model.model_fields}
    return model(**(known | changed))


def log_line(row: "AnyRow | Mapping[str, Any]") -> LogLine:
    return read(LogLine, row, entry=log_entry(row))


def log_entry(row: "AnyRow | Mapping[str, Any]") -> LogEntry:
    """The entry in a row of `log_entries`."""
    said_by, kind = _columns(row)["actor"], _columns(row)["kind"]
    actor = Actor.model_validate(said_by, strict=False) if said_by else None
    return read(LogEntry, row, kind=EntryKind(kind), actor=actor)


def columns(*models: type[Record], of: str, but: tuple[str, ...] = ()) -> str:
    """The columns that models know, of a table by its alias: a list in SQL."""
    names = dict.fromkeys(name for model in models for name in model.model_fields)
    return ", ".join(f"{of}.{name}" for name in names if name not in but)


LOG_COLUMNS = columns(LogLine, LogEntry, of="log", but=("entry",))
"""Of `log_entries AS log`: what `log_line` reads."""


def _columns(row: "AnyRow | Mapping[str, Any]") -> Mapping[str, Any]:
    return row if isinstance(row, Mapping) else cast("Mapping[str, Any]", row._mapping)
