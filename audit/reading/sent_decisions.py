"""What a message of a history says, as a log would have it; and which message an entry came of."""

from collections.abc import Mapping, Sequence
from typing import Any

from audit.reading.runs import Message
from workflows.decision import ADDED_BY_LOG
from workflows.decision_reading import decision_of
from workflows.model import InvalidMessage
from workflows.record import EntryKind, LogEntry
from workflows.states import content_of
from workflows.vocabulary import Kind

Said = tuple[Any, ...]
_NOT_OWN = frozenset({*ADDED_BY_LOG, "roster"})


def said_by(name: str, raw: Any) -> Said:
    """What a message says: kind, outcome, content and actor; empty where it is no decision."""
    try:
        decision = decision_of(raw, Kind(name) if name in tuple(Kind) else None)
    except InvalidMessage:
        return ()
    return decision.kind, decision.result, _own(content_of(decision)), decision.actor


def said_in(entry: LogEntry) -> Said:
    """What an entry has of it."""
    said = _own(entry.said) if entry.kind is EntryKind.DECISION else entry.said
    return entry.name, entry.outcome, said, entry.actor


def _own(content: Mapping[str, Any]) -> dict[str, Any]:
    """Of a decision, without what the log adds, and the roster's versions, which have an entry of their own."""
    return {key: value for key, value in content.items() if key not in _NOT_OWN}


def message_of(messages: Sequence[Message], entry: LogEntry, held_in: int) -> Message | None:
    """The message, before the event `held_in`, that an entry came of; None where there is none of its id.

    A decision that was refused may be sent anew under its id with another content: then it is the message
    that says what the entry has.
    """
    if entry.decision_id is None:
        return None
    sent = [m for m in messages if m.decision_id == entry.decision_id and m.event_id < held_in]
    if len(sent) > 1:
        said = said_in(entry)
        sent = [m for m in sent if said_by(m.name, m.content) == said] or sent
    return sent[0] if sent else None
