"""Absences: who acts for whom on which days. People enter them here; no log holds them.

Whether somebody may act for another is looked up when a decision is sent, and the decision then names
the principal and the days itself: what was taken stays true after a row here is withdrawn.
"""

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.reading import LARGEST_PAGE, read
from db.substitution_queries import SubstitutionQueries, SubstitutionRow
from db.tables import substitutions
from workflows.actors import Actor


class Substitutions(SubstitutionQueries):
    """Names substitutes, withdraws them, and finds them. Every call may be repeated."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self._engine = engine

    async def name(
        self,
        principal: Actor,
        substitute_id: str,
        days: tuple[date, date],
        *,
        reason: str | None,
        named_by: str,
        at: datetime,
    ) -> tuple[SubstitutionRow, bool]:
        """Name a substitute for the first to the last of some days; the same again is the same.

        Answers the row, and whether it was there before. Who may name is for the caller to see to.
        """
        row = {
            "principal_id": principal.id,
            "substitute_id": substitute_id,
            "role": str(principal.role),
            "organisation": principal.organisation,
            "district": str(principal.district) if principal.district else None,
            "first_day": days[0],
            "last_day": days[1],
        }
        same = [_C[name].is_not_distinct_from(value) for name, value in row.items()]
        async with self._engine.begin() as connection:
            # One at a time, so that two who name at the same moment do not both find nothing.
            await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            before = await _found(connection, and_(_C.withdrawn_at.is_(None), *same))
            if before:
                return before[0], True
            row |= {"reason": reason, "named_by": named_by, "named_at": at}
            made = await connection.execute(
                insert(substitutions).values(row).returning(substitutions)
            )
            return read(SubstitutionRow, made.one()), False

    async def withdraw(self, number: int, at: datetime) -> SubstitutionRow | None:
        """Let a substitution count no more; what was decided under it stays. None: there is none."""
        async with self._engine.begin() as connection:
            await connection.execute(
                update(substitutions)
                .where(_C.number == number, _C.withdrawn_at.is_(None))
                .values(withdrawn_at=at)
            )
            found = await _found(connection, _C.number == number)
        return found[0] if found else None


_C = substitutions.c
_LOCK = 0x70696E67_73756273
"""Any number that nobody else locks by."""


async def _found(connection: AsyncConnection, where: ColumnElement[bool]) -> list[SubstitutionRow]:
    query = select(substitutions).where(where).order_by(_C.number.desc()).limit(LARGEST_PAGE)
    return [read(SubstitutionRow, row) for row in await connection.execute(query)]
