"""All of a case, as it is carried to its next run."""

from typing import Any

from pydantic import Field

from workflows.model import Record
from workflows.record import LogEntry
from workflows.states import Receipt
from workflows.vocabulary import Role


class PlanVersion(Record):
    """A version of a platform's plan, as it was filed."""

    version: int
    sha256: str
    plan: dict[str, Any]


class CaseRecord(Record):
    """All of a case, as it is carried to its next run."""

    before: str
    log: tuple[LogEntry, ...]
    receipts: tuple[Receipt, ...]
    plans: tuple[PlanVersion, ...] = ()
    next_application: dict[str, Any] | None = None
    """The application for the next term, as it was handed in."""
    refusals: int = 0
    roles: dict[str, Role] = Field(default_factory=dict)
    """In which role people acted in cases of the same platform outside this log, by their ids."""
