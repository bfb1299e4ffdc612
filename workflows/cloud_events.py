"""Events for other systems: an entry of a log as a CloudEvent 1.0.

The feed and the webhooks of subscriptions say the same, made once from this model.
"""

from typing import Any, Literal

from pydantic import Field

from workflows.model import Instant, Record
from workflows.record import EntryKind, LogEntry
from workflows.vocabulary import Happening, Kind

SOURCE = "/pingtai"
TYPE_PREFIX = "cn.pingtai."
REFUSED = "refused"
"""The event of every signal that was refused, whichever it was: who asks for `listing` gets no refused one."""
EVENT_NAMES = tuple(sorted({REFUSED, *map(str, Kind), *map(str, Happening)}))
"""By these a consumer narrows what it gets; `type` is one of them behind `cn.pingtai.`."""


class EventActor(Record):
    """Who decided."""

    id: str
    role: str
    organisation: str


class EventData(Record):
    """The entry, and whose it is. What people wrote at length is not in it: the timeline has it."""

    kind: EntryKind
    name: str
    """A decision's kind or a happening; of a refused signal, what it wanted to be."""
    outcome: str
    stage: str
    """The stage of the platform, or of its assessment, after the entry."""
    platform_id: str
    platform_name: str
    operator: str
    district: str
    field: str
    term: int
    year: int
    """0: the platform's own log; 1, 2, 3: that of its assessment in this year of the term."""
    opening: int
    """2 and more: the assessment was opened again after it had been broken off from outside."""
    seq: int
    hash: str
    decision_id: str | None = None
    actor: EventActor | None = None
    set_aside_by: int | None = None
    """The `seq` of the entry by which this one no longer counts, if there was one when it was read."""
    said: dict[str, Any] = Field(default_factory=dict)
    """Of what was said, the facts to act on."""
    reason: str | None = None
    """Why a signal was refused, in English and Chinese."""


class Event(Record):
    """One entry of a log as a CloudEvent. `cursor` is an extension: the place in the feed right after it."""

    specversion: Literal["1.0"] = "1.0"
    id: str
    """`{platform}:{term}:{year}:{opening}:{seq}`, the same however often it is sent."""
    source: str = SOURCE
    type: str
    subject: str
    """The platform's id."""
    time: Instant
    datacontenttype: Literal["application/json"] = "application/json"
    cursor: str
    data: EventData


class Wanted(Record):
    """Which events somebody wants. Empty: any."""

    events: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    within: str | None = None
    """The district that a key is held to."""


def event_name(entry: LogEntry) -> str:
    return REFUSED if entry.kind is EntryKind.REFUSED else entry.name
