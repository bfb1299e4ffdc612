"""Subscriptions on their way: whose turn it is, how far each has got, and which were paused.

A lease is the moment until which one is held (`next_at`): whoever holds it writes under that moment
only, so a lease that ran out, or an owner who replays, is noticed with the next word.
"""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.feed import Feed
from db.intake_tables import api_keys, feeds, subscriptions
from workflows.cloud_events import Wanted
from workflows.subscription_messages import Parcel

ACTIVE, PAUSED = "active", "paused"
KEY_ENDED = "its key was revoked, or has expired"
_QUESTIONS = 3
"""Maximum at the same time, of all that are served: the worker's own writing has the same few connections."""


class PostgresSubscriptions:
    """What the activity delivers from (`activities.event_delivery.Subscriptions`)."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._feed = Feed(engine)
        self._turn = asyncio.Semaphore(_QUESTIONS)

    async def due(self, limit: int) -> Collection[str]:
        """Subscriptions for which there may be something, those that have waited longest first."""
        async with self._turn:
            async with self._engine.connect() as connection:
                if not (await connection.execute(_SOMEBODY)).scalar_one():
                    return ()  # nobody asks: nothing is numbered either
            await self._feed.end()
            async with self._engine.connect() as connection:
                rows = await connection.execute(_DUE.limit(limit))
                return tuple(row.id for row in rows)

    async def take(self, subscription: str, lease: timedelta, limit: int) -> Parcel | None:
        """The next events for one, kept from others for a while; None when there is nothing to do.

        One whose key has ended is paused.
        """
        async with self._turn:
            async with self._engine.begin() as connection:
                row = (await connection.execute(_taken(subscription, lease))).first()
                if row is None:
                    return None
                key = (await connection.execute(_key(row.key_id))).first()
                if key is None:
                    await _pause(connection, subscription)
                    return None
            end = await self._feed.end()
            wanted = Wanted(
                events=tuple(row.events),
                districts=tuple(row.districts),
                platforms=tuple(row.platforms),
                within=key.district,
            )
            page = await self._feed.read(end.moved(row.position), end, wanted, limit)
        return Parcel(
            subscription=subscription,
            url=row.url,
            secrets=tuple(row.secret.split()),
            position=row.position,
            attempts=row.attempts,
            events=page.events,
            through=page.next.position,
            held_until=row.next_at,
        )

    async def moved(
        self, parcel: Parcel, position: int, sent: int, lease: timedelta | None
    ) -> Parcel | None:
        """All up to a position is through. Keep it for another while, or let go of it (no lease).

        Answers with the parcel as it is held now; None when it is not ours any longer, or its key ended.
        """
        more: dict[str, Any] = {}
        if sent:
            more = {"attempts": 0, "last_error": None, "last_delivered_at": func.now()}
        statement = (
            update(subscriptions)
            .where(_held(parcel), exists().where(api_keys.c.id == _c.key_id, _ALIVE))
            .values(position=position, next_at=func.now() + (lease or timedelta()), **more)
            .returning(subscriptions.c.next_at, subscriptions.c.attempts)
        )
        async with self._turn, self._engine.begin() as connection:
            row = (await connection.execute(statement)).first()
        if row is None:
            return None
        now = {"position": position, "attempts": row.attempts, "held_until": row.next_at}
        return parcel.model_copy(update=now)

    async def failed(
        self, parcel: Parcel, position: int, why: str, attempts: int, pause: timedelta | None
    ) -> None:
        """The event after a position was not taken; again after a pause, or never (None): it is paused."""
        statement = (
            update(subscriptions)
            .where(_held(parcel))
            .values(
                state=ACTIVE if pause else PAUSED,
                position=position,
                attempts=attempts,
                next_at=func.now() + (pause or timedelta()),
                last_error=why,
            )
        )
        async with self._turn, self._engine.begin() as connection:
            await connection.execute(statement)


_c = subscriptions.c
_LAST = select(feeds.c.position).scalar_subquery()
_WAITING = and_(_c.state == ACTIVE, _c.next_at <= func.now())
_ALIVE = and_(api_keys.c.revoked_at.is_(None), api_keys.c.expires_at > func.now())
_SOMEBODY = select(exists().where(_WAITING))
_DUE = select(_c.id).where(_WAITING, _c.position < _LAST).order_by(_c.next_at)


def _held(parcel: Parcel) -> ColumnElement[bool]:
    return and_(_c.id == parcel.subscription, _c.state == ACTIVE, _c.next_at == parcel.held_until)


def _taken(subscription: str, lease: timedelta) -> Any:
    """Hold one that is due; an old secret whose time is over is dropped on the way."""
    newest = func.split_part(_c.secret, " ", 1)
    return (
        update(subscriptions)
        .where(_c.id == subscription, _WAITING, _c.position < _LAST)
        .values(
            next_at=func.now() + lease,
            secret=case((_c.old_secret_until <= func.now(), newest), else_=_c.secret),
            old_secret_until=case(
                (_c.old_secret_until <= func.now(), None), else_=_c.old_secret_until
            ),
        )
        .returning(*_c)
    )


def _key(key_id: str) -> Any:
    return select(api_keys.c.district).where(api_keys.c.id == key_id, _ALIVE)


async def _pause(connection: AsyncConnection, subscription: str) -> None:
    await connection.execute(
        update(subscriptions)
        .where(_c.id == subscription)
        .values(state=PAUSED, next_at=func.now(), last_error=KEY_ENDED)
    )
