"""From a row of the feed to the event that others are told."""

from typing import Any

from db.notice_queries import TOLD_FACTS
from db.reading import AnyRow, log_entry
from workflows.cloud_events import TYPE_PREFIX, Event, EventActor, EventData, event_name

_DAYS = ("decided_on", "listed_on", "last_day")
"""A consumer has no other place to look up on which day it was decided."""


def event_of(row: AnyRow, cursor: str) -> Event:
    """The event of an entry, read with its platform's name, operator, district and field."""
    entry = log_entry(row)
    facts: dict[str, Any] = {
        name: entry.said[name] for name in (*TOLD_FACTS, *_DAYS) if name in entry.said
    }
    key = (row.platform_id, row.term, row.year, row.opening, entry.seq)
    return Event(
        id=":".join(map(str, key)),
        type=TYPE_PREFIX + event_name(entry),
        subject=row.platform_id,
        time=entry.at,
        cursor=cursor,
        data=EventData(
            kind=entry.kind,
            name=entry.name,
            outcome=entry.outcome,
            stage=entry.stage,
            platform_id=row.platform_id,
            platform_name=row.platform_name,
            operator=row.operator,
            district=row.district,
            field=row.field,
            term=row.term,
            year=row.year,
            opening=row.opening,
            seq=entry.seq,
            hash=entry.hash,
            decision_id=entry.decision_id,
            actor=EventActor.model_validate(entry.actor.model_dump(mode="json"))
            if entry.actor
            else None,
            set_aside_by=row.set_aside_by,
            said=facts,
            reason=entry.reason,
        ),
    )
