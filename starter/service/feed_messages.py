"""What the calls about events take and answer."""

from difflib import get_close_matches
from typing import Annotated

from pydantic import AfterValidator, Field

from db.subscription_admin import SubscriptionRow
from starter.service.parameter_words import in_words
from starter.value_names import terms_beside
from workflows.cloud_events import EVENT_NAMES, Event
from workflows.model import Identifier, Instant, Message, Record, wrong
from workflows.vocabulary import District, Happening, Kind
from workflows.words import Words

CURSOR = r"[a-z0-9]{1,32}\.[0-9]{1,18}"
_URL = r"^https?://[^\s@\\]+$"


def _known(name: str) -> str:
    if name in EVENT_NAMES:
        return name
    for near in get_close_matches(name, EVENT_NAMES, 1):
        [named] = terms_beside([near], Kind, Happening)
        raise wrong(f"no event is called so. Did you mean {near}?", f"没有此事项。是否为{named}？")
    raise wrong(
        "no event is called so: the names are in /openapi.json",
        "没有此事项，事项名称见 /openapi.json",
    )


EventName = Annotated[
    str, AfterValidator(_known), Field(json_schema_extra={"enum": list(EVENT_NAMES)})
]
_PLACE = in_words(
    f"^(beginning|now|{CURSOR})$",
    Words(
        "write beginning, now, or `next` of an answer, unchanged",
        "应写作 beginning、now，或原样取自应答的 next",
    ),
)
FeedCursor = Annotated[str, Field(pattern=_PLACE)]
"""A cursor as it was given out, or `beginning`, or `now`."""


class EventPage(Record):
    """A stretch of the feed. `next` is where to go on, whatever `events` holds; `more`: there is more now."""

    events: tuple[Event, ...]
    next: str
    more: bool


class NewSubscription(Message):
    """Who wants which events, and from where on. What is left out does not matter."""

    url: Annotated[str, Field(pattern=_URL, max_length=2000)]
    """https; http only to hosts that the operator names."""
    events: Annotated[tuple[EventName, ...], Field(max_length=len(EVENT_NAMES))] = ()
    districts: Annotated[tuple[District, ...], Field(max_length=len(District))] = ()
    platforms: Annotated[tuple[Identifier, ...], Field(max_length=100)] = ()
    after: FeedCursor = "now"


class Replay(Message):
    """The place from which deliveries are repeated, or up to which they are passed over."""

    after: FeedCursor


class SubscriptionView(Record):
    """How a subscription stands, without its secret."""

    id: str
    url: str
    events: tuple[str, ...]
    districts: tuple[str, ...]
    platforms: tuple[str, ...]
    state: str
    """`active`, or `paused` until it is resumed."""
    cursor: str
    """All up to here is through."""
    attempts: int
    """At the event after the cursor, in vain."""
    next_at: Instant | None
    """When that is tried next."""
    last_error: str | None
    last_delivered_at: Instant | None
    old_secret_until: Instant | None
    """So long the secret of before signs as well."""
    created_at: Instant


class SubscriptionSecret(SubscriptionView):
    """The same with its secret: told once, when it is made."""

    secret: str


class SubscriptionList(Record):
    """All subscriptions of a key."""

    subscriptions: tuple[SubscriptionView, ...]


def view_of(row: SubscriptionRow, feed: str) -> SubscriptionView:
    """A subscription as it is shown."""
    known = row.model_dump(exclude={"key_id", "position", "next_at"})
    return SubscriptionView(
        **known,
        cursor=f"{feed}.{row.position}",
        next_at=row.next_at if row.attempts and row.state == "active" else None,
    )
