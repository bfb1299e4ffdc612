"""When archiving was done, how much it took, and what was in the way: rows of `archivings`."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.audit_tables import archivings
from workflows.model import Instant, Record

_CLOCKS_DIFFER = timedelta(minutes=5)


class Noted(Record):
    """One time that archiving was done, or is at work (no end yet)."""

    number: int
    began_at: Instant
    ended_at: Instant | None
    whole: bool
    looked: int
    kept: int
    gone: int
    trouble: str | None


class ArchivingNotes:
    """Notes of archiving in the register's database."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Work through an engine of `db.engine.create_engine`."""
        self._engine = engine

    async def begin(self, *, whole: bool) -> int:
        """Note that archiving begins; answers the number that `end` takes."""
        row = {"began_at": datetime.now(UTC), "whole": whole, "looked": 0, "kept": 0, "gone": 0}
        statement = insert(archivings).values(row).returning(archivings.c.number)
        async with self._engine.begin() as connection:
            return int((await connection.execute(statement)).scalar_one())

    async def end(
        self, number: int, looked: int, kept: int, gone: int, trouble: str | None = None
    ) -> Noted:
        """Note that it is done, or (with `trouble`) that it was broken off."""
        row = {
            "ended_at": None if trouble else datetime.now(UTC),
            "looked": looked,
            "kept": kept,
            "gone": gone,
            "trouble": trouble,
        }
        statement = update(archivings).where(archivings.c.number == number).values(row)
        async with self._engine.begin() as connection:
            return _noted((await connection.execute(statement.returning(archivings))).one())

    async def last(self, *, whole: bool = False, ended: bool = True) -> Noted | None:
        """The last time: by default the last that ended well; perhaps of those alone that took everything.

        One that lies ahead was noted by a clock that was wrong: it would count for years as just done.
        """
        query = select(archivings).order_by(archivings.c.began_at.desc()).limit(1)
        query = query.where(archivings.c.began_at <= datetime.now(UTC) + _CLOCKS_DIFFER)
        if ended:
            query = query.where(archivings.c.ended_at.is_not(None))
        if whole:
            query = query.where(archivings.c.whole)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else _noted(row)


def _noted(row: Row[*tuple[object, ...]]) -> Noted:
    return Noted(**row._mapping)
