"""What the HTTP intake asks before it lets somebody speak: whose a platform is, and what was decided."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.reading import log_line
from db.rows import LogLine
from db.tables import log_entries, platforms


class Whose(NamedTuple):
    """Whose a platform is, by its newest term."""

    district: str
    operator: str


async def whose(engine: AsyncEngine, platform_id: str) -> Whose | None:
    """Whose a platform is; None when the register does not know it."""
    c = platforms.c
    async with engine.connect() as connection:
        found = await connection.execute(
            select(c.district, c.operator).where(c.platform_id == platform_id)
        )
        row = found.first()
    return Whose._make(row) if row else None


async def decided(engine: AsyncEngine, platform_id: str, decision_id: str) -> list[LogLine]:
    """The entries of a platform's logs that have a decision's id, of all terms."""
    c = log_entries.c
    query = select(log_entries).where(c.platform_id == platform_id, c.decision_id == decision_id)
    async with engine.connect() as connection:
        return [log_line(row) for row in await connection.execute(query)]
