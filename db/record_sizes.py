"""How much of its record each open case has filled, reckoned from its log in the register."""

from typing import NamedTuple

from sqlalchemy import Text, cast, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.tables import log_entries, terms
from workflows.model import MAX_RECORD_BYTES, MAX_TERM_BYTES
from workflows.record_shares import RECEIPT_BYTES

_OF_AN_ENTRY = 450
"""Bytes of an entry besides what was said and by whom: names, moments, two hashes."""


class RecordSize(NamedTuple):
    """A case, and about how many bytes its log and receipts take; `year` 0 is the platform itself."""

    platform_id: str
    year: int
    entries: int
    size: int

    @property
    def limit(self) -> int:
        """How many bytes they may take: a platform's older entries go by reference."""
        return MAX_RECORD_BYTES if self.year else MAX_TERM_BYTES

    @property
    def filled(self) -> float:
        """Which part of that is taken."""
        return self.size / self.limit


async def largest_records(engine: AsyncEngine, filled: float) -> list[RecordSize]:
    """Return the logs of open terms that have filled such a part of what they may, the fullest first."""
    c = log_entries.c
    said = func.octet_length(cast(c.said, Text))
    actor = func.coalesce(func.octet_length(cast(c.actor, Text)) + RECEIPT_BYTES, 0)
    size = func.sum(said + actor + _OF_AN_ENTRY)
    of_open = (terms.c.platform_id == c.platform_id) & (terms.c.term == c.term)
    query = (
        select(c.platform_id, c.year, func.count(), size)
        .join(terms, of_open & terms.c.ended_at.is_(None))
        .where((c.year == 0) | (c.year == terms.c.open_assessment))
        .group_by(c.platform_id, c.term, c.year, c.opening)
        .having(size >= MAX_RECORD_BYTES * filled)
    )
    async with engine.connect() as connection:
        found = [RecordSize._make(row) for row in await connection.execute(query)]
    full = [one for one in found if one.filled >= filled]
    return sorted(full, key=lambda one: one.filled, reverse=True)
