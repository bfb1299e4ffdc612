"""From rows of the register's tables to what the register answers with."""

from typing import Any, TypeVar

from sqlalchemy import Row

from db.rows import LogLine
from workflows.actors import Actor
from workflows.model import Record
from workflows.record import EntryKind, LogEntry

R = TypeVar("R", bound=Record)
AnyRow = Row[*tuple[Any, ...]]


def read(model: type[R], row: AnyRow, **changed: Any) -> R:
    """A row as a model: the columns that it knows, and `changed` instead of them."""
    known = {name: value for name, value in row._mapping.items() if name in model.model_fields}
    return model(**(known | changed))


def log_line(row: AnyRow) -> LogLine:
    """A row of `log_entries`."""
    return read(LogLine, row, entry=log_entry(row))


def log_entry(row: AnyRow) -> LogEntry:
    """The entry in a row of `log_entries`."""
    actor = Actor.model_validate(row.actor, strict=False) if row.actor else None
    return read(LogEntry, row, kind=EntryKind(row.kind), actor=actor)
