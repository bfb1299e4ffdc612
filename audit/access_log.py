"""Who looked: each view and each export of a record is noted before it is shown."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.audit_tables import access_log
from db.reading import LARGEST_PAGE, read
from starter.desk.user_name import who
from workflows.model import Instant, Record

_LETTERS = 500


class AccessRow(Record):
    """One look: who looked at what of which platform (None: all), when."""

    number: int
    at: Instant
    actor_id: str
    what: str
    platform_id: str | None
    details: str | None


async def note(
    engine: AsyncEngine, what: str, platform_id: str | None = None, details: str | None = None
) -> None:
    """Note that somebody looks. Called before anything is shown: what cannot be noted is not shown.

    `what` is a word such as `dossier`; `platform_id` None is all of them. Who looks is asked here.
    """
    row = {
        "at": datetime.now(UTC),
        "actor_id": who(),
        "what": what,
        "platform_id": platform_id,
        "details": details[:_LETTERS] if details else None,
    }
    async with engine.begin() as connection:
        await connection.execute(insert(access_log).values(row))


async def list_accesses(
    engine: AsyncEngine,
    *,
    platform_id: str | None = None,
    actor_id: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Sequence[AccessRow]:
    """Who looked, the last first; the next page is asked for with `before`: the last number of this one.

    Those of a platform include the looks at all platforms.
    """
    c = access_log.c
    query = select(access_log).order_by(c.number.desc()).limit(max(0, min(limit, LARGEST_PAGE)))
    if platform_id is not None:
        query = query.where((c.platform_id == platform_id) | c.platform_id.is_(None))
    if actor_id is not None:
        query = query.where(c.actor_id == actor_id)
    if before is not None:
        query = query.where(c.number < before)
    async with engine.connect() as connection:
        return [read(AccessRow, row) for row in await connection.execute(query)]
