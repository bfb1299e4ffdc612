"""The states that a log leads to, where it is the log of a case."""

from collections.abc import Sequence

from workflows.record import LogEntry
from workflows.rules import CaseState
from workflows.state_folding import states

NO_LOG = (LookupError, ValueError, TypeError, AttributeError)
"""What working out states raises where no case can have a log."""


def states_of(log: Sequence[LogEntry]) -> list[CaseState]:
    """The state after each entry; none where a log is no log of a case, which is said elsewhere."""
    try:
        return states(log) if log else []
    except NO_LOG:
        return []
