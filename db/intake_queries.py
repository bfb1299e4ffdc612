"""What the HTTP intake asks before it lets somebody speak: whose a platform is."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.tables import platforms


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
