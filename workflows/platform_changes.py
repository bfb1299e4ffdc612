"""What an open assessment takes over from its platform: changed facts, a suspension, its end. Pure.

The assessment believes the run that opened it, of whose signals the server says that it sent them, and else
only the register. What it has noted stands in its own log, by the number of the platform's entry: so it is
noted once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from workflows.case import Case
from workflows.case_changes import CHANGEABLE
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.model import InvalidMessage, instant, record_from
from workflows.record import EntryKind, LogEntry
from workflows.state_folding import fold
from workflows.states import AssessmentState
from workflows.vocabulary import Happening, Stage


class FromPlatform(NamedTuple):
    """What a signal in the platform's name says."""

    entry: str | None
    """The hash of the platform's last entry that it is about."""
    ended: Happening = Happening.PLATFORM_WITHDRAWN
    """How the platform has ended, where it has."""
    changes: tuple[LogEntry, ...] | None = None
    """What is to be followed; None where the platform goes on without the assessment."""


def closing_said(said: tuple[Any, ...]) -> FromPlatform:
    """Read the signal by which a platform closes its assessment; whatever was sent."""
    given = said[0] if said and isinstance(said[0], dict) else {}
    entry = given.get("closing")
    ended = PLATFORM.followed_as(str(given.get("by", ""))) or Happening.PLATFORM_WITHDRAWN
    return FromPlatform(entry if isinstance(entry, str) else None, ended)


def changes_said(said: tuple[Any, ...]) -> FromPlatform:
    """Read the signal by which a platform lets its assessment follow; whatever was sent."""
    given = said[0] if said and isinstance(said[0], dict) else {}
    raw = given.get("changes")
    try:
        entries = [record_from(LogEntry, one) for one in raw] if isinstance(raw, list) else []
    except InvalidMessage:  # not from a platform, or from one of a later release
        entries = []
    return FromPlatform(entries[-1].hash if entries else None, changes=tuple(entries))


def changes_after(log: Sequence[LogEntry], seq: int) -> list[LogEntry]:
    """Return the entries of a platform's log after one that an open assessment must follow."""
    return [
        entry
        for entry in log
        if entry.seq > seq and entry.kind is EntryKind.DECISION and PLATFORM.lasting(entry.name)
    ]


def changes_to_follow(
    log: Sequence[LogEntry], before: str, noted: Sequence[LogEntry]
) -> list[LogEntry]:
    """Return the entries of a platform's log that its assessment has still to note.

    `before` is the hash of the entry by which the assessment was opened, `noted` the assessment's own log.
    None where the platform's log has no such entry: then it is another platform's, or not all has come.
    """
    opened = next((entry.seq for entry in log if entry.hash == before), None)
    if opened is None:
        return []
    return changes_after(log, max([opened, *(seq for seq, _ in _followed(noted))]))


def is_noted(noted: Sequence[LogEntry], claimed: str | None) -> bool:
    """Whether an assessment has noted an entry of its platform, by the entry's hash."""
    return any(known == claimed for _, known in _followed(noted))


def note_changes(case: Case[AssessmentState], changes: Sequence[LogEntry], at: datetime) -> None:
    """Note what the platform decided of itself, each once; nothing where the assessment has ended.

    One that is opened again hears then what it has missed.
    """
    known = max((seq for seq, _ in _followed(case.log)), default=0)
    for entry in changes:
        happening = PLATFORM.followed_as(entry.name)
        if case.ended or happening is None or entry.seq <= known:
            continue
        case.record_event(happening, noted_content(entry), at)


def noted_content(entry: LogEntry) -> dict[str, Any]:
    """Return what an assessment's log says of an entry of its platform's that it follows."""
    told = {name: entry.said[name] for name in _TOLD if name in entry.said}
    return {"entry": entry.seq, "hash": entry.hash, "at": instant(entry.at), **told}


def changes_noted(noted: Sequence[LogEntry]) -> list[LogEntry]:
    """Return the entries of an assessment's log that note what its platform decided of itself."""
    return [
        entry
        for entry in noted
        if entry.kind is EntryKind.HAPPENING
        and ASSESSMENT.lasting(entry.name)
        and entry.name not in _ITS_OWN
    ]


def closing_happening(log: Sequence[LogEntry], closing: str) -> Happening:
    """Return what an assessment notes of the entry by which its platform closed it."""
    ended_at = next(n for n, entry in enumerate(log, 1) if entry.hash == closing)
    stage = fold(log[:ended_at]).stage
    ended_by = PLATFORM.step(Stage(stage)).ended_by
    return PLATFORM.followed_as(ended_by) or Happening.PLATFORM_WITHDRAWN


_ITS_OWN = (Happening.ROSTER_LEARNED, Happening.RECOVERED)
"""What lasts, and is no change of its platform's: it hears of that for itself."""
_TOLD = (*CHANGEABLE, "authorship", "second_signature", "roster", "replaced")


def _followed(noted: Sequence[LogEntry]) -> list[tuple[int, str]]:
    """The platform's entries that an assessment's log has noted, by their numbers and hashes."""
    return [(entry.said["entry"], entry.said["hash"]) for entry in changes_noted(noted)]
