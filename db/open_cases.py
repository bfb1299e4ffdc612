"""The cases that the register holds open: terms, and the assessments that their platforms say are open."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import SmallInteger, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from db.tables import log_entries, terms
from workflows.contract import assessment_workflow_id, platform_workflow_id
from workflows.log_id import LogId
from workflows.vocabulary import Happening

_KEYS_AT_ONCE = 1_000


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


async def ends_of_validity(engine: AsyncEngine) -> dict[tuple[str, int], datetime]:
    """Return when the validity of each open term ends, by platform and term, where it is valid."""
    c = terms.c
    query = select(c.platform_id, c.term, c.valid_until).where(
        c.ended_at.is_(None), c.valid_until.is_not(None)
    )
    async with engine.connect() as connection:
        rows = await connection.execute(query)
        return {(row.platform_id, row.term): row.valid_until for row in rows}


async def has_recovery(engine: AsyncEngine, recovery_id: str) -> bool:
    """Whether a platform's own log says that it went on by this recovery."""
    c = log_entries.c
    query = select(c.seq).where(
        c.name == Happening.RECOVERED, c.said["recovery_id"].astext == recovery_id, c.year == 0
    )
    async with engine.connect() as connection:
        return (await connection.execute(query.limit(1))).first() is not None


class HeldLog(NamedTuple):
    """How much of a log the register has: the number of its last entry, and how many there are."""

    last: int
    entries: int


async def held_logs(engine: AsyncEngine) -> dict[tuple[str, LogId], HeldLog]:
    """Count the entries of every log in the register: fewer than the last says, where one is missing."""
    c = log_entries.c
    key = c.platform_id, c.term, c.year, c.opening
    query = select(*key, func.max(c.seq), func.count()).group_by(*key)
    async with engine.connect() as connection:
        rows = await connection.execute(query)
        return {
            (platform, LogId(term, year, opening)): HeldLog(last, entries)
            for platform, term, year, opening, last, entries in rows
        }


async def held_hashes(
    engine: AsyncEngine, wanted: Sequence[tuple[str, LogId, int]]
) -> dict[tuple[str, LogId, int], str]:
    """Find the hashes of entries; those that the register does not have are left out."""
    c = log_entries.c
    key = c.platform_id, c.term, c.year, c.opening, c.seq
    found = {}
    async with engine.connect() as connection:
        for begin in range(0, len(wanted), _KEYS_AT_ONCE):
            asked = [(one, *log, seq) for one, log, seq in wanted[begin : begin + _KEYS_AT_ONCE]]
            rows = await connection.execute(select(*key, c.hash).where(tuple_(*key).in_(asked)))
            for platform, term, year, opening, seq, sealed in rows:
                found[platform, LogId(term, year, opening), seq] = sealed
    return found
