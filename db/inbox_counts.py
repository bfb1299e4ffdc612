"""How many await each decision: kept beside the inbox, in the transaction that changes it.

Triggers of `awaiting` keep them (`db/migrations/versions/r0019_inbox_counts.py`), so that whoever writes there
cannot forget them: workers of an older release, a rebuilt register, a repair, an erasure, a hand. Nothing in
them depends on the day: an inbox is overdue from the entry of the log that says so.

Decisions for the same office come at the same moment, and none may wait for another, let alone in two orders.
So a count may be the sum of several rows: who finds a row locked by another transaction takes another one,
or begins one. There are never more than transactions have been at work on one count at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    SmallInteger,
    Table,
    delete,
    func,
    insert,
    literal_column,
    select,
    text,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import awaiting, metadata, texts

inbox_counts = Table(
    "inbox_counts",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    *texts("role", "district", "kind", "field"),
    Column("year", SmallInteger, nullable=False, comment="0: the platform itself"),
    Column("overdue", Boolean, nullable=False),
    Column("waiting", BigInteger, nullable=False, comment="rows of awaiting; several add up"),
    Index(None, "role", "district", "kind", "field", "year", "overdue"),
    # Room for the next version of a row in its page, where no index need know of it.
    postgresql_with={"fillfactor": 50},
    comment="How many rows of the inbox await each decision; kept by triggers of awaiting",
)
CELL = ("role", "district", "kind", "field", "year", "overdue")
"""What a count is of."""


@dataclass(frozen=True)
class WrongCount:
    """A count that is not the number of its rows: in which table, and in which column of it."""

    cell: dict[str, Any]
    """What it counts: a value for each column of the table's `CELL`."""
    counted: int
    rows: int
    table: str = "inbox_counts"
    column: str = "waiting"


async def wrong_counts(connection: AsyncConnection) -> Sequence[WrongCount]:
    """Return the counts that are not those of the rows, by one statement: as of one moment."""
    rows = select(
        *(awaiting.c[name] for name in CELL),
        literal_column("0").label("counted"),
        literal_column("1").label("rows"),
    )
    kept = select(
        *(inbox_counts.c[name] for name in CELL),
        inbox_counts.c.waiting.label("counted"),
        literal_column("0").label("rows"),
    )
    each = union_all(rows, kept).subquery("each").c
    counted, present = func.sum(each.counted), func.sum(each.rows)
    cell = [each[name] for name in CELL]
    query = select(*cell, counted.label("counted"), present.label("rows")).group_by(*cell)
    query = query.having(counted != present).order_by(*cell)
    found = (await connection.execute(query)).mappings()
    return [
        WrongCount({name: row[name] for name in CELL}, int(row["counted"]), int(row["rows"]))
        for row in found
    ]


async def recount(connection: AsyncConnection) -> None:
    """Count the rows anew, while nobody writes to the inbox; the caller ends the transaction."""
    await connection.execute(text(f"LOCK TABLE {awaiting.name} IN SHARE ROW EXCLUSIVE MODE"))
    await connection.execute(delete(inbox_counts))
    cell = [awaiting.c[name] for name in CELL]
    rows = select(*cell, func.count()).group_by(*cell)
    await connection.execute(insert(inbox_counts).from_select([*CELL, "waiting"], rows))
