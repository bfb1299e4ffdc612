"""Subscriptions as their owners administer them: made, shown, moved, resumed, deleted."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.feed import Cursor
from db.intake_tables import api_keys, subscriptions
from db.reading import AnyRow, read
from db.subscription_queries import ACTIVE, PAUSED
from db.tables import log_entries
from workflows.errors import BadInput
from workflows.model import Instant, Record

MOST_PER_KEY = 20
OLD_SECRET_FOR = timedelta(hours=24)


class TooMany(BadInput):
    """A key has as many subscriptions as one may have."""

    def __init__(self) -> None:
        super().__init__(
            f"the key already has {MOST_PER_KEY} subscriptions, the most it may have: delete one",
            f"此密钥已有 {MOST_PER_KEY} 个订阅，请先删除",
        )


class SubscriptionRow(Record):
    """A subscription without its secret, which is shown once, when it is made."""

    id: str
    key_id: str
    url: str
    events: tuple[str, ...]
    districts: tuple[str, ...]
    platforms: tuple[str, ...]
    state: str
    position: int
    attempts: int
    next_at: Instant
    last_error: str | None
    last_delivered_at: Instant | None
    old_secret_until: Instant | None
    created_at: Instant


class Troubles(Record):
    """What the operator of the system should know."""

    active: int
    paused: tuple[tuple[str, str], ...]
    """The id and the last error of each that is paused; at most ten."""
    waiting_since: Instant | None
    """When that was noted which an active one has waited for longest; None when nothing waits."""


class SubscriptionAdmin:
    """The subscriptions of the register, each for its own key only."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def make(
        self,
        subscription_id: str,
        key_id: str,
        *,
        url: str,
        secret: str,
        after: Cursor,
        events: Sequence[str] = (),
        districts: Sequence[str] = (),
        platforms: Sequence[str] = (),
    ) -> SubscriptionRow:
        """Make one that begins after a place in the feed.

        Raises:
            TooMany: the key has `MOST_PER_KEY` already.
        """
        made = (
            insert(subscriptions)
            .values(
                id=subscription_id,
                key_id=key_id,
                url=url,
                secret=secret,
                events=list(events),
                districts=list(districts),
                platforms=list(platforms),
                state=ACTIVE,
                position=after.position,
                attempts=0,
                next_at=func.now(),
                created_at=func.now(),
            )
            .returning(*_c)
        )
        async with self._engine.begin() as connection:
            # The key's row is held, so that two at once do not both find room.
            await connection.execute(
                select(api_keys.c.id).where(api_keys.c.id == key_id).with_for_update()
            )
            count = select(func.count()).where(_c.key_id == key_id)
            if (await connection.execute(count)).scalar_one() >= MOST_PER_KEY:
                raise TooMany
            return _row((await connection.execute(made)).one())

    async def of_key(self, key_id: str) -> tuple[SubscriptionRow, ...]:
        """All of a key, the oldest first."""
        query = select(subscriptions).where(_c.key_id == key_id).order_by(_c.created_at, _c.id)
        async with self._engine.connect() as connection:
            return tuple(_row(row) for row in await connection.execute(query))

    async def one(self, key_id: str, subscription_id: str) -> SubscriptionRow | None:
        """One of a key; None when the key has none of this id."""
        query = select(subscriptions).where(_c.id == subscription_id, _c.key_id == key_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return _row(row) if row else None

    async def secret(self, key_id: str, subscription_id: str) -> str | None:
        """The newest secret of one of a key; None when the key has none of this id."""
        query = select(_c.secret).where(_c.id == subscription_id, _c.key_id == key_id)
        async with self._engine.connect() as connection:
            secret: str | None = await connection.scalar(query)
        return secret.partition(" ")[0] if secret else None

    async def end(self, key_id: str, subscription_id: str) -> bool:
        """End one; whether there was one."""
        statement = delete(subscriptions).where(_c.id == subscription_id, _c.key_id == key_id)
        async with self._engine.begin() as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def replay(
        self, key_id: str, subscription_id: str, after: Cursor
    ) -> SubscriptionRow | None:
        """Go on after another place. Whoever delivers it just now stops; one that is paused stays so."""
        return await self._change(
            key_id, subscription_id, position=after.position, attempts=0, next_at=func.now()
        )

    async def resume(self, key_id: str, subscription_id: str) -> SubscriptionRow | None:
        """Try the next event now, with fresh patience: of one that is paused, or waits for its next try."""
        return await self._change(
            key_id, subscription_id, state=ACTIVE, attempts=0, next_at=func.now()
        )

    async def new_secret(
        self, key_id: str, subscription_id: str, secret: str
    ) -> SubscriptionRow | None:
        """Sign with a new secret, and for a day with the newest of before as well."""
        return await self._change(
            key_id,
            subscription_id,
            secret=secret + " " + func.split_part(_c.secret, " ", 1),
            old_secret_until=func.now() + OLD_SECRET_FOR,
        )

    async def troubles(self) -> Troubles:
        """How many are active, which are paused, and since when the slowest waits."""
        paused = select(_c.id, _c.last_error).where(_c.state == PAUSED).order_by(_c.id).limit(10)
        of = log_entries.c
        beyond = (
            select(of.at).where(of.position > _c.position).order_by(of.position).limit(1)
        ).scalar_subquery()
        unnumbered = select(func.min(of.at)).where(of.position.is_(None)).scalar_subquery()
        oldest = func.min(func.least(beyond, unnumbered))
        active = select(func.count(), oldest).where(_c.state == ACTIVE)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(paused)).all()
            count, since = (await connection.execute(active)).one()
        listed = tuple((row.id, row.last_error or "") for row in rows)
        return Troubles(active=count, paused=listed, waiting_since=since)

    async def _change(
        self, key_id: str, subscription_id: str, **values: Any
    ) -> SubscriptionRow | None:
        statement = (
            update(subscriptions)
            .where(_c.id == subscription_id, _c.key_id == key_id)
            .values(**values)
            .returning(*_c)
        )
        async with self._engine.begin() as connection:
            row = (await connection.execute(statement)).first()
        return _row(row) if row else None


_c = subscriptions.c


def _row(row: AnyRow) -> SubscriptionRow:
    lists = ("events", "districts", "platforms")
    return read(SubscriptionRow, row, **{name: tuple(getattr(row, name)) for name in lists})
