"""All that a register holds, to be compared with another's."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db import audit_tables, inbox_counts, intake_tables, register_counts  # noqa: F401 - their tables are of the same metadata
from db.tables import metadata

_BY_ORDER = {
    "notices": ("number", "at", "content"),
    "log_entries": ("position",),
}
"""What tells when a row was written, and not what: a notice, say, keeps what was known then."""
_COUNTS = (
    (inbox_counts.inbox_counts, inbox_counts.CELL, "waiting"),
    (register_counts.register_counts, register_counts.CELL, "platforms"),
)


async def everything(engine: AsyncEngine) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every table, in the order of their keys, but for what tells the order of writing."""
    async with engine.connect() as connection:
        counts: dict[str, list[tuple[Any, ...]]] = {}
        for table, names, counted in _COUNTS:
            cell = [table.c[name] for name in names]
            total = func.sum(table.c[counted])
            # In how many rows a count is kept depends on who wrote at once.
            kept = select(*cell, total).group_by(*cell).having(total != 0).order_by(*cell)
            counts[table.name] = [tuple(row) for row in await connection.execute(kept)]
        return counts | {
            table.name: [
                tuple(row)
                for row in await connection.execute(
                    select(
                        *(c for c in table.c if c.name not in _BY_ORDER.get(table.name, ()))
                    ).order_by(*table.primary_key)
                )
            ]
            for table in metadata.sorted_tables
            # Each register has a feed of its own, and notes what it refused.
            if table.name not in ("feeds", "conflicts", *counts)
        }
