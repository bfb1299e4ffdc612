"""Which support was given to which platform, on what day: the ledger of §四, last paragraph."""

from datetime import date
from typing import TypedDict, Unpack

from db.asyncpg_connections import Parameters, Query, Reading, where
from db.reading import columns, read
from db.row_types import SupportRow

After = tuple[date, str, int, int]
"""Where a page ended: the day, the platform, the term and the number of its last row."""


class SupportFilter(TypedDict, total=False):
    """Which support: that which fits every part that is given; both days are included."""

    platform_id: str | None
    kind: str | None
    first_day: date | None
    last_day: date | None
    district: str | None


_SUPPORT = columns(SupportRow, of="s", but=("name", "district", "set_aside_by"))
_FROM = "FROM support AS s JOIN platforms AS p ON p.platform_id = s.platform_id"
_WITH_PLATFORM = f""", p.name, p.district, log.set_aside_by {_FROM}
LEFT JOIN log_entries AS log ON log.platform_id = s.platform_id AND log.term = s.term
    AND log.year = 0 AND log.opening = 0 AND log.seq = s.seq"""
_ORDER = "ORDER BY s.given_on, s.platform_id, s.term, s.seq"


def place(row: SupportRow) -> After:
    """Where a row stands in the ledger, for the page after it."""
    return row.given_on, row.platform_id, row.term, row.seq


async def support_of(
    reading: Reading,
    *,
    after: After | None = None,
    limit: int | None = None,
    **wanted: Unpack[SupportFilter],
) -> list[SupportRow]:
    """Support by the day it was given, both days included; the next page goes on `after` a row's place.

    What was set aside stays in it, and says so.
    """
    part = Parameters()
    conditions = _conditions(part, wanted)
    if after is not None:
        place = "(s.given_on, s.platform_id, s.term, s.seq) > ({}, {}, {}, {})"
        conditions.append(part(place, *after))
    query: Query = part.query(
        "SELECT", _SUPPORT, _WITH_PLATFORM, where(conditions), _ORDER, part("LIMIT {}", limit)
    )
    return [read(SupportRow, row) for row in await reading.fetch(query.sql, *query.values)]


async def support_count(reading: Reading, **wanted: Unpack[SupportFilter]) -> int:
    """How many rows `support_of` would list on all its pages."""
    part = Parameters()
    query = part.query("SELECT count(*)::int AS total", _FROM, where(_conditions(part, wanted)))
    rows = await reading.fetch(query.sql, *query.values)
    total: int = rows[0]["total"]
    return total


def _conditions(part: Parameters, wanted: SupportFilter) -> list[str]:
    each = (
        ("s.platform_id = {}", wanted.get("platform_id")),
        ("s.support = {}", wanted.get("kind")),
        ("p.district = {}", wanted.get("district")),
        ("s.given_on >= {}", wanted.get("first_day")),
        ("s.given_on <= {}", wanted.get("last_day")),
    )
    return [part(sql, value) for sql, value in each if value is not None]
