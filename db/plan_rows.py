"""Versions of a plan: what the log says of each, and the text that the register keeps beside it."""

from typing import Any, Literal

from workflows.actors import Actor
from workflows.model import Instant, Record
from workflows.vocabulary import Happening, Kind

FILES_A_PLAN = (Happening.APPLIED, Kind.PLAN_REVISION)
"""Entries of a platform that bring a version of the plan, each the next one."""
TextState = Literal["whole", "absent", "changed", "erased"]
"""`whole`: it is the text that the log binds by its SHA-256. `absent`: the register does not have it (yet).
`changed`: it has another one."""


class PlanVersion(Record):
    """A version of a plan, as the entry of the log that filed it says; versions count from 1 in a term."""

    term: int
    version: int
    sha256: str
    """Of the plan's canonical JSON; the entry's own hash seals it."""
    entry: int
    """The entry's number in the platform's own log of the term; entry 1 is the application."""
    filed_at: Instant
    filed_by: Actor | None
    decision_id: str | None
    changes: str | None
    """What the operator said of the changes."""
    set_aside_by: int | None
    """The entry by which this one no longer counts."""

    @property
    def number(self) -> str:
        """The entry as timelines name it: `1.7`."""
        return f"{self.term}.{self.entry}"


class PlanText(PlanVersion):
    """A version with its text; `plan` is None unless the text is whole."""

    text: TextState
    plan: dict[str, Any] | None


class PlanHistory(Record):
    """All versions of the plan of a term, the oldest first."""

    platform_id: str
    name: str
    """As the platform's newest term has it."""
    term: int
    versions: tuple[PlanVersion, ...]
