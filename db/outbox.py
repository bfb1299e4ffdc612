"""Notices on their way: which deliveries wait, what was tried, and what was given up."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import Row, Update, bindparam, func, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from db.notice_queries import NEWS
from db.outbox_queries import DEAD, DELIVERED, WAITING
from db.reading import read
from db.tables import deliveries, notices
from workflows.notice_messages import Delivery, Notice

_AT_ONCE = 200


class Recipient(Protocol):
    """What the outbox needs to know of a recipient of the configuration."""

    @property
    def name(self) -> str:
        """Under what name its deliveries are kept."""

    @property
    def channel_name(self) -> str:
        """email, webhook or file."""

    def wants(self, notice: Notice) -> bool:
        """Whether a notice is for it."""


class PostgresOutbox:
    """The outbox that the activity delivers from (`activities.notice_delivery.Outbox`)."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def hand_out(self, recipients: Sequence[Recipient]) -> int:
        """Make deliveries of the notices that have none yet, for those who want them; how many notices.

        What is older than `NEWS` goes to nobody: notices that are switched on later do not begin with the
        past.
        """
        fresh = (
            select(notices, (notices.c.at > func.now() - NEWS).label("news"))
            .where(~notices.c.handed_out)
            .order_by(notices.c.number)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        async with self._engine.begin() as connection:
            rows = (await connection.execute(fresh)).all()
            if not rows:
                return 0
            made = [
                {
                    "notice_id": row.id,
                    "recipient": recipient.name,
                    "channel": recipient.channel_name,
                    "number": row.number,
                }
                for row in rows
                if row.news
                for recipient in recipients
                if recipient.wants(notice_of(row))
            ]
            if made:
                await connection.execute(_MADE, made)
            ids = [row.id for row in rows]
            await connection.execute(
                update(notices).where(notices.c.id.in_(ids)).values(handed_out=True)
            )
        return len(rows)

    async def due(self) -> frozenset[str]:
        """The recipients for whom something is due."""
        c = deliveries.c
        query = select(c.recipient).where(c.state == WAITING, c.next_at <= func.now()).distinct()
        async with self._engine.connect() as connection:
            return frozenset(row.recipient for row in await connection.execute(query))

    async def take(self, recipient: str, lease: timedelta) -> Delivery | None:
        """The oldest that is due for a recipient, kept from others for a while; None when nothing is."""
        c = deliveries.c
        due = (
            select(c.notice_id)
            .where(c.state == WAITING, c.recipient == recipient, c.next_at <= func.now())
            .order_by(c.next_at, c.number)
            .limit(1)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        taken = (
            update(deliveries)
            .where(c.notice_id == due, c.recipient == recipient, notices.c.id == c.notice_id)
            .values(next_at=func.now() + lease)
            .returning(notices, c.channel, c.attempts)
        )
        async with self._engine.begin() as connection:
            row = (await connection.execute(taken)).first()
        if row is None:
            return None
        return Delivery(
            notice=notice_of(row),
            recipient=recipient,
            channel=row.channel,
            attempts=row.attempts,
        )

    async def delivered(self, delivery: Delivery) -> None:
        """It got there."""
        await self._write(
            _this(delivery).values(
                state=DELIVERED,
                attempts=deliveries.c.attempts + 1,
                delivered_at=func.now(),
                last_error=None,
            )
        )

    async def failed(self, delivery: Delivery, why: str, pause: timedelta | None) -> None:
        """It did not; try again after a pause, or never (None): then it is dead until it is sent again."""
        await self._write(
            _this(delivery).values(
                state=WAITING if pause else DEAD,
                attempts=deliveries.c.attempts + 1,
                next_at=func.now() + (pause or timedelta()),
                last_error=why,
            )
        )

    async def _write(self, statement: Update) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(statement)


async def send_again(
    engine: AsyncEngine, notice_id: str | None = None, recipient: str | None = None
) -> list[tuple[str, str]]:
    """Put deliveries back, to be tried at once and as long as new ones: of a notice, or all that are dead.

    Answers with the ids of the notices and the recipients.
    """
    c = deliveries.c
    again = (
        update(deliveries)
        .where(
            c.state == DEAD if notice_id is None else c.notice_id == notice_id,
            c.recipient == recipient if recipient else true(),
        )
        .values(state=WAITING, attempts=0, next_at=func.now(), delivered_at=None)
        .returning(c.notice_id, c.recipient)
    )
    async with engine.begin() as connection:
        return sorted((row[0], row[1]) for row in await connection.execute(again))


def notice_of(row: Row[*tuple[Any, ...]]) -> Notice:
    return read(Notice, row)


_MADE = (
    insert(deliveries)
    .values(
        {
            name: bindparam(name, type_=deliveries.c[name].type)
            for name in ("notice_id", "recipient", "channel", "number")
        }
        | {"state": WAITING, "attempts": 0, "next_at": func.now()}
    )
    .on_conflict_do_nothing()
)
"""A row at a time: many notices for many recipients are more parameters than one statement may have."""


def _this(delivery: Delivery) -> Update:
    c = deliveries.c
    return update(deliveries).where(
        c.notice_id == delivery.notice.id,
        c.recipient == delivery.recipient,
        # Unless another, who took it when the lease was over, has finished it meanwhile.
        c.state == WAITING,
        c.attempts == delivery.attempts,
    )
