"""The listings that count (§四(四)): which platforms are in a list, in which term, under which certificate."""

from datetime import date

from db.asyncpg_connections import Parameters, Source, connections, where
from db.reading import LARGEST_PAGE, columns, read
from workflows.model import Record


class ListingRow(Record):
    """A listing of a platform, that of a term that has ended included."""

    platform_id: str
    term: int
    list_number: str
    certificate_number: str
    listed_on: date


_LISTINGS = f"SELECT {columns(ListingRow, of='g')} FROM listings AS g"  # noqa: S608 - of constants


async def listings_of(
    source: Source,
    *,
    list_number: str,
    district: str | None = None,
    after: str = "",
    limit: int = LARGEST_PAGE,
) -> list[ListingRow]:
    """The listings of a list, by platform id; `after`: the last platform of the page before."""
    part = Parameters()
    conditions = [
        part("g.list_number = {}", list_number),
        part("g.platform_id > {}", after),
    ]
    if district:
        of_district = "SELECT p.platform_id FROM platforms AS p WHERE p.district = {}"
        conditions.append(part(f"g.platform_id IN ({of_district})", district))
    end = part("ORDER BY g.platform_id, g.term LIMIT {}", max(0, min(limit, LARGEST_PAGE)))
    query = part.query(_LISTINGS, where(conditions), end)
    rows = await connections(source).fetch(query.sql, *query.values)
    return [read(ListingRow, row) for row in rows]
