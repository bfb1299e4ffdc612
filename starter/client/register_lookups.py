"""What the register is asked about terms and decisions, as the clients of Temporal want to know it.

They speak to Temporal and need no database; who reads the register needs no Temporal.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

from db.row_types import AppliedBefore
from workflows.application import PreviousTerm
from workflows.model import Record
from workflows.record import LogEntry
from workflows.states import Receipt

if TYPE_CHECKING:  # it brings the whole case with it, which no question to the register needs
    from workflows.run_io import CarriedPlatform


class KnownTerm(PreviousTerm):
    """A platform's last term as the register knows it, and whether it has ended by the rules."""

    ended: bool = False


class DecidedBefore(Record):
    """A decision that was taken: in which case, and as which entry."""

    term: int
    year: int | None
    entry: LogEntry


LastTerm = Callable[[str], Awaitable[PreviousTerm | None]]
"""Answers a platform's last ended term, when Temporal no longer keeps its history."""

EndedTerm = Callable[[str], Awaitable["CarriedPlatform | None"]]
"""Reads a platform's newest term, to be started again."""

TermAppliedFor = Callable[[str, str], Awaitable[AppliedBefore | None]]
"""Answers which term of a platform an application asked for, however long ago."""

FindDecided = Callable[[str, str], Awaitable[list[DecidedBefore]]]
"""Answers the decisions of an id that a platform's cases have taken."""

FindDue = Callable[[Receipt], Awaitable[datetime | None]]
"""Answers when what is awaited after a decision is due; waits a moment for it."""
