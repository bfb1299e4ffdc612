"""Marks of what was set aside, as the register has them."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.tables import log_entries
from workflows.folding import fallen
from workflows.state import AssessmentState

from .cases import Told


async def mark(engine: AsyncEngine, told: Told) -> None:
    """Mark what no longer counts of a case's log."""
    state = told.case.state
    year, opening = (state.year, state.opening) if isinstance(state, AssessmentState) else (0, 0)
    log = log_entries.c
    async with engine.begin() as connection:
        for seq, by in fallen(told.case.log).items():
            await connection.execute(
                update(log_entries)
                .where(
                    log.platform_id == state.facts.platform_id,
                    log.term == state.facts.term,
                    log.year == year,
                    log.opening == opening,
                    log.seq == seq,
                )
                .values(set_aside_by=by)
            )
