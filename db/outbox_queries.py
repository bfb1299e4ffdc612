"""What staff ask of the outbox: what waits, what was given up, what became of a notice; and sending again."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.outbox import DEAD, WAITING, notice_of
from db.reading import read
from db.tables import deliveries, notices
from workflows.model import Instant, Record
from workflows.notice_messages import Notice

LARGEST_PAGE = 500

Place = tuple[int, str]
"""Of a row in the list: the notice's number and the recipient."""


class DeliveryRow(Record):
    """What became of a notice for one recipient."""

    recipient: str
    channel: str
    state: str
    attempts: int
    next_at: Instant
    last_error: str | None
    delivered_at: Instant | None


class NoticeRow(Record):
    """A notice for one recipient, as a list has it; without a delivery nobody was to get it."""

    number: int
    id: str
    event: str
    role: str
    platform_id: str
    district: str
    at: Instant
    delivery: DeliveryRow | None

    @property
    def place(self) -> Place:
        return self.number, self.delivery.recipient if self.delivery else ""


class OutboxQueries:
    """Reads the outbox, and puts into it again what was given up."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def counts(self) -> dict[str, int]:
        """How many deliveries are in each state that asks for attention, and notices not handed out yet."""
        not_delivered = (
            select(deliveries.c.state, func.count())
            .where(deliveries.c.state.in_((WAITING, DEAD)))
            .group_by(deliveries.c.state)
        )
        fresh = select(func.count()).select_from(notices).where(~notices.c.handed_out)
        async with self._engine.connect() as connection:
            found = {row[0]: row[1] for row in await connection.execute(not_delivered)}
            waiting = (await connection.execute(fresh)).scalar_one()
        return {WAITING: found.get(WAITING, 0), DEAD: found.get(DEAD, 0), "new": waiting}

    async def oldest_waiting(self) -> datetime | None:
        """Return the moment of the entry whose notice has waited longest; None when none waits."""
        oldest = (
            select(notices.c.at)
            .join(deliveries, deliveries.c.notice_id == notices.c.id)
            .where(deliveries.c.state == WAITING)
            .order_by(deliveries.c.number)
            .limit(1)
        )
        async with self._engine.connect() as connection:
            return (await connection.execute(oldest)).scalar_one_or_none()

    async def page(
        self,
        *,
        state: str | None = None,
        platform_id: str | None = None,
        after: Place | None = None,
        limit: int = 50,
    ) -> list[NoticeRow]:
        """Notices and their deliveries, the newest first; `after` is the last place of the page before."""
        rows = page_query(state, platform_id, after, limit)
        async with self._engine.connect() as connection:
            found = (await connection.execute(rows)).mappings().all()
        return [
            NoticeRow(
                **{
                    name: row[notices.c[name]]
                    for name in NoticeRow.model_fields
                    if name != "delivery"
                },
                delivery=DeliveryRow(
                    **{name: row[deliveries.c[name]] for name in DeliveryRow.model_fields}
                )
                if row[deliveries.c.recipient] is not None
                else None,
            )
            for row in found
        ]

    async def find(self, which: str | int) -> tuple[Notice, tuple[DeliveryRow, ...]] | None:
        """A notice by its id or its number, with what became of it; None when there is none."""
        column: ColumnElement[bool] = (
            notices.c.number == which if isinstance(which, int) else notices.c.id == which
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(notices).where(column))).first()
            if row is None:
                return None
            found = await connection.execute(
                select(deliveries)
                .where(deliveries.c.notice_id == row.id)
                .order_by(deliveries.c.recipient)
            )
            return notice_of(row), tuple(read(DeliveryRow, one) for one in found)

    async def send_again(
        self, notice_id: str | None = None, recipient: str | None = None
    ) -> list[tuple[str, str]]:
        """Put deliveries back, to be tried at once and as long as new ones: of a notice, or all that are dead.

        Answers with the ids of the notices and the recipients.
        """
        which = (
            deliveries.c.state == DEAD if notice_id is None else deliveries.c.notice_id == notice_id
        )
        again = (
            update(deliveries)
            .where(which, deliveries.c.recipient == recipient if recipient else true())
            .values(state=WAITING, attempts=0, next_at=func.now(), delivered_at=None)
            .returning(deliveries.c.notice_id, deliveries.c.recipient)
        )
        async with self._engine.begin() as connection:
            return sorted((row[0], row[1]) for row in await connection.execute(again))


def page_query(
    state: str | None, platform_id: str | None, after: Place | None, limit: int
) -> Select[Any]:
    """The question for a page: it reads along an index, and no further than the page."""
    number = deliveries.c.number if state else notices.c.number
    recipient = func.coalesce(deliveries.c.recipient, "")
    wanted: list[ColumnElement[bool]] = []
    if state:
        wanted.append(deliveries.c.state == state)
    if platform_id:
        wanted.append(notices.c.platform_id == platform_id)
    if after:
        # The first condition says again what the second does, so that an index begins there.
        wanted += [number <= after[0], or_(number < after[0], recipient > after[1])]
    return (
        select(notices, deliveries)
        .select_from(notices)
        .join(
            deliveries,
            deliveries.c.notice_id == notices.c.id,
            isouter=state is None,
        )
        .where(*wanted)
        .order_by(number.desc(), recipient)
        .limit(min(limit, LARGEST_PAGE))
    )
