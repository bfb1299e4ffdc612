"""Which support was given to which platform, on what day: the ledger of §四, last paragraph."""

from datetime import date

from db.asyncpg_connections import Parameters, Query, Reading, where
from db.reading import columns, read
from db.row_types import SupportRow

After = tuple[date, str, int, int]
"""Where a page ended: the day, the platform, the term and the number of its last row."""

_SUPPORT = columns(SupportRow, of="s", but=("name", "district", "set_aside_by"))
_WITH_PLATFORM = """, p.name, p.district, log.set_aside_by
FROM support AS s JOIN platforms AS p ON p.platform_id = s.platform_id
LEFT JOIN log_entries AS log ON log.platform_id = s.platform_id AND log.term = s.term
    AND log.year = 0 AND log.opening = 0 AND log.seq = s.seq"""
_ORDER = "ORDER BY s.given_on, s.platform_id, s.term, s.seq"


def place(row: SupportRow) -> After:
    """Where a row stands in the ledger, for the page after it."""
    return row.given_on, row.platform_id, row.term, row.seq


async def support_of(
    reading: Reading,
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
    part = Parameters()
    wanted = (
        ("s.platform_id = {}", platform_id),
        ("s.support = {}", kind),
        ("p.district = {}", district),
        ("s.given_on >= {}", first_day),
        ("s.given_on <= {}", last_day),
    )
    conditions = [part(sql, value) for sql, value in wanted if value is not None]
    if after is not None:
        place = "(s.given_on, s.platform_id, s.term, s.seq) > ({}, {}, {}, {})"
        conditions.append(part(place, *after))
    query: Query = part.query(
        "SELECT", _SUPPORT, _WITH_PLATFORM, where(conditions), _ORDER, part("LIMIT {}", limit)
    )
    return [read(SupportRow, row) for row in await reading.fetch(query.sql, *query.values)]
