"""The feed of events: every entry of every log, in one order that only grows at its end.

Nobody numbers entries as they are written: transactions commit out of order, and whoever had read up
to 7 would never see a 5 that commits later. So entries are written without a position, and whoever
reads gives those it can see the next ones, one at a time (the feed's row is locked). A position is
visible only when all before it are; an entry that commits later comes later.
"""

import re
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from db.intake_tables import feeds
from db.notice_queries import NOTICE_FACTS
from db.reading import LARGEST_PAGE, AnyRow, log_entry, read
from db.register_errors import CursorOfAnotherFeed, NoCursor
from db.tables import log_entries, platforms
from workflows.cloud_events import (
    REFUSED,
    TYPE_PREFIX,
    Event,
    EventActor,
    EventData,
    Wanted,
    event_name,
)
from workflows.record import EntryKind
from workflows.subscription_messages import Numbered

SPAN = 20_000
"""So far is looked for what a filter wants, at once: one that wants next to nothing keeps nobody waiting."""
_AT_ONCE = 2_000
_LONGEST_SECONDS = 5.0

_CURSOR = re.compile(r"([a-z0-9]{1,32})\.([0-9]{1,18})", re.ASCII)
_KEY = tuple(log_entries.c[column.name] for column in log_entries.primary_key)


class Cursor(NamedTuple):
    """A place in a feed: everything up to the position has been seen. Opaque to whoever holds it."""

    feed: str
    position: int

    def __str__(self) -> str:
        """As it is given out."""
        return f"{self.feed}.{self.position}"

    def moved(self, position: int) -> "Cursor":
        """Another place in the same feed."""
        return Cursor(self.feed, position)


def cursor_of(text: str) -> Cursor:
    """A cursor as it was given out.

    Raises:
        NoCursor: it is none.
    """
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise NoCursor("not a cursor of this feed", "不是此事件流的游标")
    return Cursor(found[1], int(found[2]))


class Page(NamedTuple):
    """A stretch of the feed. `next` is the place after it; `more`: the feed goes on beyond."""

    events: tuple[Numbered, ...]
    next: Cursor
    more: bool


class Feed:
    """Reads the feed of a register."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def end(self) -> Cursor:
        """The place after the last event there is; entries that are new have their positions by then.

        A register that nobody has read before is numbered bit by bit, by one call after the other.
        """
        until = time.monotonic() + _LONGEST_SECONDS
        while await self._number_some() and time.monotonic() < until:
            pass
        async with self._engine.connect() as connection:
            return Cursor._make((await connection.execute(_END)).one())

    async def read(self, after: Cursor, end: Cursor, wanted: Wanted, limit: int) -> Page:
        """The wanted events after a place, up to an end that `end` has given; at most so many.

        Where the filter leaves out all, the next place is beyond what it left out.

        Raises:
            CursorOfAnotherFeed: the place is in no part of this feed.
        """
        if after.feed != end.feed or after.position > end.position:
            raise CursorOfAnotherFeed("the cursor belongs to another feed", "游标属于另一事件流")
        limit = max(1, min(limit, LARGEST_PAGE))
        until = min(end.position, after.position + SPAN)
        query = _events(wanted, after.position, until).limit(limit)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        events = tuple(
            Numbered(position=row.position, event=event_of(row, str(end.moved(row.position))))
            for row in rows
        )
        through = events[-1].position if len(events) == limit else until
        return Page(events, end.moved(through), through < end.position)

    async def _number_some(self) -> bool:
        """Give entries that have none the next positions; whether there may be more of them."""
        async with self._engine.connect() as connection:
            if (await connection.execute(_SOMETHING_NEW)).first() is None:
                return False
        async with self._engine.begin() as connection:
            last = (await connection.execute(_END.with_for_update())).one().position
            # A statement of its own: what it sees begins after the lock, and so after all numbering before.
            numbered = await connection.execute(_NUMBER, {"last": last, "at_once": _AT_ONCE})
            await connection.execute(update(feeds).values(position=last + numbered.rowcount))
            return numbered.rowcount == _AT_ONCE


_END = select(feeds.c.id, feeds.c.position)

# Ordered, so that the index of what is unnumbered is used also where the planner believes that to be much.
_SOMETHING_NEW = (
    select(log_entries.c.at)
    .where(log_entries.c.position.is_(None))
    .order_by(log_entries.c.at)
    .limit(1)
)


_fresh = (
    select(log_entries.c.at, *_KEY)
    .where(log_entries.c.position.is_(None))
    .order_by(log_entries.c.at, *_KEY)
    .limit(bindparam("at_once"))
    # Rows that a setting aside, or a log that is sent again, holds just now get their turn after it:
    # waiting for rows in another order than theirs could be a deadlock.
    .with_for_update(skip_locked=True)
    .cte("fresh")
)
_in_turn = select(
    *(_fresh.c[column.name] for column in _KEY),
    func.row_number()
    .over(order_by=(_fresh.c.at, *(_fresh.c[column.name] for column in _KEY)))
    .label("turn"),
).cte("in_turn")
_NUMBER = (
    update(log_entries)
    .values(position=bindparam("last", type_=BigInteger) + _in_turn.c.turn)
    .where(*(column == _in_turn.c[column.name] for column in _KEY))
)


_DAYS = ("decided_on", "listed_on", "last_day")
"""A consumer has no other place to look up on which day it was decided."""


def event_of(row: AnyRow, cursor: str) -> Event:
    """Return the event of an entry, read with its platform's name, operator, district and field."""
    entry = log_entry(row)
    facts = {name: entry.said[name] for name in (*NOTICE_FACTS, *_DAYS) if name in entry.said}
    actor = EventActor.model_validate(entry.actor.model_dump(mode="json")) if entry.actor else None
    key = (row.platform_id, row.term, row.year, row.opening, entry.seq)
    return Event(
        id=":".join(map(str, key)),
        type=TYPE_PREFIX + event_name(entry),
        subject=row.platform_id,
        time=entry.at,
        cursor=cursor,
        data=read(EventData, row, kind=entry.kind, actor=actor, said=facts),
    )


def _events(wanted: Wanted, after: int, until: int) -> Select[Any]:
    log, of = log_entries.c, platforms.c
    query = (
        select(log_entries, of.name.label("platform_name"), of.operator, of.district, of.field)
        .join_from(log_entries, platforms, of.platform_id == log.platform_id)
        .where(log.position > after, log.position <= until)
        .order_by(log.position)
    )
    if wanted.events:
        query = query.where(_named(wanted.events))
    if wanted.districts:
        query = query.where(of.district.in_(wanted.districts))
    if wanted.platforms:
        query = query.where(log.platform_id.in_(wanted.platforms))
    if wanted.within is not None:
        query = query.where(of.district == wanted.within)
    return query


def _named(names: Sequence[str]) -> ColumnElement[bool]:
    """As `workflows.cloud_events.event_name` names them."""
    log = log_entries.c
    done = and_(log.kind != EntryKind.REFUSED, log.name.in_(names))
    return or_(done, log.kind == EntryKind.REFUSED) if REFUSED in names else done
