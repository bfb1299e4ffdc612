"""How many await each decision: kept beside the inbox, in the transaction that changes it.

Triggers of `awaiting` keep them (`db/migrations/versions/r0019_inbox_counts.py`), so that whoever writes there
cannot forget them: workers of an older release, a rebuilt register, a repair, an erasure, a hand. Nothing in
them depends on the day: an inbox is overdue from the entry of the log that says so.

Decisions for the same office come at the same moment, and none may wait for another, let alone in two orders.
So a count may be the sum of several rows: who finds a row locked by another transaction takes another one,
or begins one. There are never more than transactions have been at work on one count at once.
"""

from collections.abc import Sequence

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
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from db.count_comparison import Comparison, WrongCount
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


_COMPARISON = Comparison(inbox_counts, "waiting", CELL)


async def wrong_counts(connection: AsyncConnection) -> Sequence[WrongCount]:
    """Return the counts that are not those of the rows, by one statement: as of one moment."""
    return await _COMPARISON.wrong(connection, awaiting)


async def recount(connection: AsyncConnection) -> None:
    """Count the rows anew, while nobody writes to the inbox; the caller ends the transaction."""
    await connection.execute(text(f"LOCK TABLE {awaiting.name} IN SHARE ROW EXCLUSIVE MODE"))
    await connection.execute(delete(inbox_counts))
    cell = [awaiting.c[name] for name in CELL]
    rows = select(*cell, func.count()).group_by(*cell)
    await connection.execute(insert(inbox_counts).from_select([*CELL, "waiting"], rows))
