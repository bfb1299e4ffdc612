"""How many platforms the register has of each kind: kept in the transaction that changes it.

Triggers of `platforms` and `terms` keep them (`db/migrations/versions/r0020_register_counts.py`), as those of
the inbox are kept (`db.inbox_counts`), and for the same reasons. As what a platform was counted is noted beside
it: what it is depends on two tables, and one statement may change both.
"""

from collections.abc import Sequence

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    SmallInteger,
    Table,
    and_,
    delete,
    extract,
    func,
    insert,
    select,
    text,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from db.count_comparison import Comparison, WrongCount
from db.tables import metadata, platforms, terms, texts
from db.text import SafeText

CELL = ("district", "field", "stage", "listed_year")
"""What a count is of."""


def _year() -> Column[int]:
    return Column("listed_year", SmallInteger, nullable=False, comment="0: not listed")


counted_platforms = Table(
    "counted_platforms",
    metadata,
    Column("platform_id", SafeText(), primary_key=True),
    *texts("district", "field", "stage"),
    _year(),
    postgresql_with={"fillfactor": 70},
    comment="As what each platform is counted in register_counts; kept by triggers",
)
register_counts = Table(
    "register_counts",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    *texts("district", "field", "stage"),
    _year(),
    Column("platforms", BigInteger, nullable=False, comment="several rows add up"),
    Index(None, *CELL),
    postgresql_with={"fillfactor": 50},
    comment="How many platforms there are, by their newest terms; kept by triggers",
)

_newest = (
    select(
        platforms.c.platform_id,
        platforms.c.district,
        platforms.c.field,
        terms.c.stage,
        func.coalesce(extract("year", terms.c.listed_on), 0)
        .cast(SmallInteger)
        .label("listed_year"),
    )
    .join_from(
        platforms,
        terms,
        and_(terms.c.platform_id == platforms.c.platform_id, terms.c.term == platforms.c.term),
    )
    .cte("newest")
)


_COMPARISON = Comparison(register_counts, "platforms", CELL)


async def wrong_platform_counts(connection: AsyncConnection) -> Sequence[WrongCount]:
    """Return the counts that are not those of the register, by one statement: as of one moment.

    Also those of which a platform is noted as another than it is: its next change would be counted wrongly.
    """
    noted = select(counted_platforms)
    actual = select(_newest)
    strayed = union_all(noted.except_(actual), actual.except_(noted)).subquery("strayed")
    return await _COMPARISON.wrong(connection, _newest, strayed)


async def recount_platforms(connection: AsyncConnection) -> None:
    """Count the platforms anew, while nobody writes to them; the caller ends the transaction."""
    names = f"{platforms.name}, {terms.name}"
    await connection.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))
    for table in (counted_platforms, register_counts):
        await connection.execute(delete(table))
    noted = ["platform_id", *CELL]
    await connection.execute(insert(counted_platforms).from_select(noted, select(_newest)))
    cell = [counted_platforms.c[name] for name in CELL]
    rows = select(*cell, func.count()).group_by(*cell)
    await connection.execute(insert(register_counts).from_select([*CELL, "platforms"], rows))
