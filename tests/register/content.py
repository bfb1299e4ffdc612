"""All that a register holds, to be compared with another's."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.tables import metadata


async def everything(engine: AsyncEngine) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every table, in the order of their keys."""
    async with engine.connect() as connection:
        return {
            table.name: [
                tuple(row)
                for row in await connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in metadata.sorted_tables
        }
