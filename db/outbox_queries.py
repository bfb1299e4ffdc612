"""What staff ask of the outbox: what waits, what was given up, what became of a notice."""

from collections.abc import Sequence
from datetime import datetime

from db.asyncpg_connections import Parameters, Query, Source, connections, where
from db.reading import LARGEST_PAGE, columns, read
from workflows.model import Instant, Record
from workflows.notice_messages import Notice

WAITING, DELIVERED, DEAD = "waiting", "delivered", "dead"
"""The states of a delivery."""

OutboxCursor = tuple[int, str]
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
    def place(self) -> OutboxCursor:
        return self.number, self.delivery.recipient if self.delivery else ""


class OutboxQueries:
    """Reads the outbox."""

    def __init__(self, source: Source) -> None:
        self._connections = connections(source)

    async def counts(self) -> dict[str, int]:
        """How many deliveries are in each state that asks for attention, and notices not handed out yet."""
        found = await self._connections.fetch(_COUNTS, [WAITING, DEAD])
        return {WAITING: 0, DEAD: 0} | {row["state"]: row["number"] for row in found}

    async def oldest_waiting(self) -> datetime | None:
        """Return the moment of the entry whose notice has waited longest; None when none waits."""
        found = await self._connections.fetch(_OLDEST, WAITING)
        return found[0]["at"] if found else None

    async def page(
        self,
        *,
        state: str | None = None,
        platform_id: str | None = None,
        after: OutboxCursor | None = None,
        limit: int = 50,
    ) -> list[NoticeRow]:
        """Notices and their deliveries, the newest first; `after` is the last place of the page before."""
        query = page_query(state, platform_id, after, limit)
        return [
            read(NoticeRow, row, delivery=read(DeliveryRow, row) if row["recipient"] else None)
            for row in await self._connections.fetch(query.sql, *query.values)
        ]

    async def page_count(self, *, state: str | None = None, platform_id: str | None = None) -> int:
        """How many rows `page` would list on all its pages."""
        part = Parameters()
        query = part.query(
            "SELECT count(*)::int AS total FROM notices AS n",
            *_rows(part, state, platform_id),
        )
        rows = await self._connections.fetch(query.sql, *query.values)
        total: int = rows[0]["total"]
        return total

    async def find(self, which: str | int) -> tuple[Notice, tuple[DeliveryRow, ...]] | None:
        """A notice by its id or its number, with what became of it; None when there is none."""
        one = "number = $1" if isinstance(which, int) else "id = $1"
        async with self._connections.connect() as reading:
            rows = await reading.fetch(f"SELECT * FROM notices WHERE {one}", which)  # noqa: S608
            if not rows:
                return None
            found = await reading.fetch(_DELIVERIES, rows[0]["id"])
        return read(Notice, rows[0]), tuple(read(DeliveryRow, row) for row in found)


_COUNTS = """SELECT state, count(*)::int AS number FROM deliveries WHERE state = ANY($1) GROUP BY state
UNION ALL SELECT 'new', count(*)::int FROM notices WHERE NOT handed_out"""
_OLDEST = """SELECT n.at FROM notices AS n JOIN deliveries AS d ON d.notice_id = n.id
WHERE d.state = $1 ORDER BY d.number LIMIT 1"""
_DELIVERIES = "SELECT * FROM deliveries WHERE notice_id = $1 ORDER BY recipient"
_PAGE = f"""SELECT {columns(NoticeRow, of="n", but=("delivery",))}, {columns(DeliveryRow, of="d")}
FROM notices AS n"""  # noqa: S608 - of constants


def page_query(
    state: str | None, platform_id: str | None, after: OutboxCursor | None, limit: int
) -> Query:
    """The question for a page: it reads along an index, and no further than the page."""
    part = Parameters()
    number = "d.number" if state else "n.number"
    further = []
    if after:
        # The first condition says again what the second does, so that an index begins there.
        further.append(part(number + " <= {}", after[0]))
        further.append(part("(" + number + " < {} OR coalesce(d.recipient, '') > {})", *after))
    return part.query(
        _PAGE,
        *_rows(part, state, platform_id, further),
        f"ORDER BY {number} DESC, coalesce(d.recipient, '')",
        part("LIMIT {}", min(limit, LARGEST_PAGE)),
    )


def _rows(
    part: Parameters, state: str | None, platform_id: str | None, further: Sequence[str] = ()
) -> tuple[str, str]:
    """What joins deliveries to notices, and the condition for those that are wanted."""
    conditions = [
        *([part("d.state = {}", state)] if state else []),
        *([part("n.platform_id = {}", platform_id)] if platform_id else []),
        *further,
    ]
    join = "JOIN" if state else "LEFT JOIN"
    return f"{join} deliveries AS d ON d.notice_id = n.id", where(conditions)
