"""What the roster sends to its activities, and what they answer; and what it hands to its next run."""

from workflows.model import Record, Sha256
from workflows.record import LogEntry
from workflows.roster_log import RosterLog, RosterReceipt
from workflows.roster_state import RosterState

PAGE_BYTES = 700_000
"""Of an answer with entries, or a batch of them. Temporal's own limit is 2 MB."""


class RosterBatch(Record):
    """New entries of the roster's log for the register. It may be sent again."""

    entries: tuple[LogEntry, ...]


class RosterNotice(Record):
    """A version that takes something away: open cases are to hear of it at once."""

    version: int


class CarriedRoster(Record):
    """The roster on its way to the next run; the register has its log."""

    state: RosterState
    seq: int
    last_hash: Sha256
    content_hash: Sha256
    receipts: tuple[RosterReceipt, ...]


def roster_of(taken: CarriedRoster) -> RosterLog:
    """Return the roster that goes on from what is carried."""
    return RosterLog(taken.state, taken.seq, taken.last_hash, taken.receipts, taken.content_hash)
