"""The versions that a log of the roster has put in force, with the digests by which dossiers name them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workflows.record import LogEntry
from workflows.roster_state import RosterState, moved
from workflows.signed_roots import SignedRoot


@dataclass(frozen=True)
class MadeVersion:
    """A version, and the entry of the log that put it in force."""

    seq: int
    signed: SignedRoot

    @property
    def number(self) -> int:
        return self.signed.root.version

    @property
    def digest(self) -> str:
        return self.signed.root.digest()


def versions_of(log: Iterable[LogEntry]) -> Iterator[MadeVersion]:
    """Return the versions of a log that holds, the oldest first."""
    state = RosterState()
    for entry in log:
        before, state = state.root, moved(state, entry)
        if state.root and state.root != before:
            yield MadeVersion(entry.seq, state.root)
