"""The time stamps in the register: a digest has one, which is never replaced."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.anchoring.digests import Digest
from audit.anchoring.time_stamps import TimeStamp
from db.audit_tables import digest_stamps, digests
from db.reading import read


class KeptStamp(NamedTuple):
    """An authority's response, and the certificates that it was checked with when it came (PEM)."""

    response: bytes
    certificates: bytes


async def keep_stamp(engine: AsyncEngine, day: date, stamp: TimeStamp, kept: KeptStamp) -> None:
    """Keep the stamp of a day's digest; one that is there already stays."""
    row = {
        "day": day,
        "stamped_at": stamp.at,
        "authority": stamp.authority,
        "response": kept.response,
        "certificates": kept.certificates.decode(),
    }
    async with engine.begin() as connection:
        await connection.execute(insert(digest_stamps).values(row).on_conflict_do_nothing())


async def stamp_of(engine: AsyncEngine, day: date) -> KeptStamp | None:
    """Return the stamp of a day's digest."""
    c = digest_stamps.c
    query = select(c.response, c.certificates).where(c.day == day)
    async with engine.connect() as connection:
        row = (await connection.execute(query)).first()
    return KeptStamp(row.response, row.certificates.encode()) if row else None


async def last_stamped_day(engine: AsyncEngine) -> date | None:
    """Return the newest day whose digest has a stamp."""
    query = select(digest_stamps.c.day).order_by(digest_stamps.c.day.desc()).limit(1)
    async with engine.connect() as connection:
        day: date | None = (await connection.execute(query)).scalar()
    return day


async def unstamped(engine: AsyncEngine) -> list[Digest]:
    """Return the digests that are to be stamped, the oldest first.

    Those after the newest stamp; where there is none, the newest digest: it stands for those before it.
    """
    last = await last_stamped_day(engine)
    query = select(*(digests.c[name] for name in Digest.model_fields))
    if last is None:
        query = query.order_by(digests.c.day.desc()).limit(1)
    else:
        query = query.where(digests.c.day > last).order_by(digests.c.day)
    async with engine.connect() as connection:
        return [read(Digest, row) for row in await connection.execute(query)]
