"""All of a case, as it is carried to its next run."""

from typing import Any

from pydantic import Field

from workflows.credit_codes import is_none
from workflows.model import Record, Sha256
from workflows.record import LogEntry
from workflows.states import Receipt
from workflows.vocabulary import Role


class PlanVersion(Record):
    """A version of a platform's plan, as it was filed."""

    version: int
    sha256: str
    plan: dict[str, Any]


class OlderEntries(Record):
    """The first entries of a log, by reference: the register has them, and the hash of the last binds all."""

    entries: int = Field(ge=1)
    log_hash: Sha256


class CaseRecord(Record):
    """All of a case, as it is carried to its next run; a long one without its older entries."""

    before: str
    log: tuple[LogEntry, ...]
    receipts: tuple[Receipt, ...]
    plans: tuple[PlanVersion, ...] = ()
    next_application: dict[str, Any] | None = None
    """The application for the next term, as it was handed in."""
    refusals: int = 0
    roles: dict[str, Role] = Field(default_factory=dict)
    """In which role people acted in cases of the same platform outside this log, by their ids."""
    older: OlderEntries | None = Field(default=None, exclude_if=is_none)
    """The entries before `log`, and the receipts that follow from them: the next run reads them back."""
