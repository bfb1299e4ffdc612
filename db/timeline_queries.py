"""The logs of a platform and its assessments as one, by moment, a page at a time."""

from typing import NamedTuple

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from db.reading import LARGEST_PAGE, log_line
from db.row_types import LogLine
from db.tables import log_entries

_c = log_entries.c


class TimelineCursor(NamedTuple):
    """An entry of a platform: in which term, year and opening, and its number there."""

    term: int
    year: int
    opening: int
    seq: int


def place_of(line: LogLine) -> TimelineCursor:
    """Where a line stands."""
    return TimelineCursor(line.term, line.year, line.opening, line.entry.seq)


async def timeline(
    engine: AsyncEngine, platform_id: str, *, after: TimelineCursor | None = None, limit: int = 100
) -> list[LogLine]:
    """The lines of a platform by their moments, the oldest first; the next page goes on `after` one.

    Of one moment the platform's own come first. A place that is not there has nothing after it.
    """
    order = (_c.at, _c.term, _c.year, _c.opening, _c.seq)
    query = (
        select(log_entries)
        .where(_c.platform_id == platform_id)
        .order_by(*order)
        .limit(max(0, min(limit, LARGEST_PAGE)))
    )
    if after is not None:
        at = (
            select(_c.at)
            .where(_c.platform_id == platform_id)
            .where(tuple_(_c.term, _c.year, _c.opening, _c.seq) == tuple_(*after))
            .scalar_subquery()
        )
        query = query.where(tuple_(*order) > func.row(at, *after))
    async with engine.connect() as connection:
        return [log_line(row) for row in await connection.execute(query)]
