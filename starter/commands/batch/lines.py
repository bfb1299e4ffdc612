"""What a batch is made of: lines as they were read, lines that can be sent, and what became of each.

A batch is one of decisions (`pingtai decide`) or of applications (`pingtai import`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from db.countersign_queries import CountersignDraft
from starter.client.interface import Applied
from workflows.states import Receipt
from workflows.words import Words


@dataclass(frozen=True)
class Entry:
    """A line of a file as it was read."""

    number: int
    """Which line of the file it begins in, the first being 1."""
    given: Mapping[str, Any]
    """As its format has it, to be written again."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """`platform`, and the fields of the decision; or those of the application."""
    problem: Words | None = None
    """Why it could not be read."""
    bad_cells: tuple[tuple[str, Words], ...] = ()
    """The fields of which a cell could not be read, and why."""
    headings: Mapping[str, str] | None = None
    """How the columns are called in the file, by their names; None: it is no table."""


@dataclass(frozen=True)
class Line:
    """A line that can be sent: a whole decision, or a whole application."""

    entry: Entry
    platform: str
    message: dict[str, Any]
    by_profile: bool = False
    """Whether the profile says who acts: another person may run what is set apart."""


class Outcome(StrEnum):
    """What became of a line."""

    DONE = "done"
    WAITING = "waits_for_second_signature"
    """It is signed, and not sent: another person signs it, too."""
    ALREADY = "already_done"
    BAD = "bad"
    REFUSED = "refused"
    UNANSWERED = "not_answered"
    """It may have been taken: the same line again is the same decision."""
    UNSENT = "not_sent"
    POSSIBLE = "would_be_taken"
    LATER = "comes_later"
    """Of a dry run: the rules can be asked once the line before it, of the same platform, is taken."""


@dataclass(frozen=True)
class Result:
    """What became of a line, and why."""

    entry: Entry
    outcome: Outcome
    line: Line | None = None
    receipt: Receipt | None = None
    applied: Applied | None = None
    stage: str | None = None
    """Where the case stands now, or in a dry run would stand."""
    problem: Words | None = None
    draft: CountersignDraft | None = None
    """What another person signs, too, where it waits for that."""

    @property
    def platform(self) -> str:
        """The platform that the line names, as it was written."""
        return self.line.platform if self.line else str(self.entry.fields.get("platform", ""))

    @property
    def kind(self) -> str:
        """The kind of decision that the line names, as it was written."""
        return str((self.line.message if self.line else self.entry.fields).get("kind", ""))


NOT_DONE = (Outcome.BAD, Outcome.REFUSED, Outcome.UNANSWERED, Outcome.UNSENT)
"""Results whose lines are written to a separate file, to be corrected and run again."""
