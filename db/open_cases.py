"""The cases that the register holds open: terms, and the assessments that their platforms say are open."""

from typing import NamedTuple

from sqlalchemy import SmallInteger, literal, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.tables import terms
from workflows.contract import assessment_workflow_id, platform_workflow_id


class OpenCase(NamedTuple):
    """A case whose workflow must be running; `year` 0 is the platform itself."""

    platform_id: str
    term: int
    year: int

    @property
    def workflow_id(self) -> str:
        """Whose id it has at Temporal."""
        if self.year:
            return assessment_workflow_id(self.platform_id, self.term, self.year)
        return platform_workflow_id(self.platform_id)


async def open_cases(engine: AsyncEngine) -> list[OpenCase]:
    c = terms.c
    own = select(c.platform_id, c.term, literal(0, SmallInteger).label("year")).where(
        c.ended_at.is_(None), c.log_seq > 0
    )
    yearly = select(c.platform_id, c.term, c.open_assessment).where(
        c.ended_at.is_(None), c.open_assessment.is_not(None)
    )
    query = own.union_all(yearly).order_by("platform_id", "term", "year")
    async with engine.connect() as connection:
        return [OpenCase._make(row) for row in await connection.execute(query)]
