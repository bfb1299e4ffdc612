"""What the roster sends to its activity."""

from workflows.model import Record
from workflows.record import LogEntry


class RosterBatch(Record):
    """New entries of the roster's log for the register. It may be sent again."""

    entries: tuple[LogEntry, ...]


class RosterNotice(Record):
    """A version that takes something away: open cases are to hear of it at once."""

    version: int
