"""Which support was given to which platform, on what day: the ledger of §四, last paragraph."""

from datetime import date

from sqlalchemy import and_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from db.reading import read
from db.rows import SupportRow
from db.tables import log_entries, platforms, support

After = tuple[date, str, int, int]
"""Where a page ended: the day, the platform, the term and the number of its last row."""


def place(row: SupportRow) -> After:
    """Where a row stands in the ledger, for the page after it."""
    return row.given_on, row.platform_id, row.term, row.seq


async def support_of(
    connection: AsyncConnection,
    *,
    platform_id: str | None = None,
    kind: str | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    district: str | None = None,
    after: After | None = None,
    limit: int | None = None,
) -> list[SupportRow]:
    """Support by the day it was given, both days included; the next page goes on `after` a row's place.

    What was set aside stays in it, and says so.
    """
    s, log = support.c, log_entries.c
    entry = and_(
        log.platform_id == s.platform_id,
        log.term == s.term,
        log.year == 0,
        log.opening == 0,
        log.seq == s.seq,
    )
    key = (s.given_on, s.platform_id, s.term, s.seq)
    query = (
        select(support, platforms.c.name, platforms.c.district, log.set_aside_by)
        .join_from(support, platforms, platforms.c.platform_id == s.platform_id)
        .join(log_entries, entry, isouter=True)
        .order_by(*key)
        .limit(limit)
    )
    for column, wanted in (
        (s.platform_id, platform_id),
        (s.support, kind),
        (platforms.c.district, district),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if first_day is not None:
        query = query.where(s.given_on >= first_day)
    if last_day is not None:
        query = query.where(s.given_on <= last_day)
    if after is not None:
        query = query.where(tuple_(*key) > after)
    return [read(SupportRow, row) for row in await connection.execute(query)]
