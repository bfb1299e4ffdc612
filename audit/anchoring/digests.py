"""The daily digests in the register: made, listed, read.

A digest says how all logs stood at the end of a day in Beijing. It is made once and never again; those
of missed days are made later, in their order, by the moments of the entries.
"""

import gzip
import io
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta

from pydantic import Field
from sqlalchemy import exists, func, insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.anchoring.leaves import ROSTER, Head, LogLeaf, erasure_of, line_of
from db.audit_tables import digests
from db.erasure_tables import erasure_log
from db.reading import read
from db.roster_tables import roster_log
from db.tables import log_entries
from starter.errors import BadInput
from workflows.merkle import Root
from workflows.model import Instant, Record, Sha256
from workflows.periods import end_of
from workflows.record import BEGINNING

_LOCK = 0x70696E67_64696765
"""PostgreSQL's number for one digest at a time."""
_AT_ONCE = 2_000
_NO_LIMIT = text("SET LOCAL statement_timeout = 0")
"""All logs are gone through."""


def _is_none(value: object) -> bool:
    """Left out where there is none: an unsigned digest is exported as before."""
    return value is None


class Digest(Record):
    """The digest of a day. `leaves` counts the logs; `previous` is the root of the digest before."""

    day: date
    root: Sha256
    leaves: int
    previous: Sha256
    made_at: Instant
    signature: str | None = Field(default=None, exclude_if=_is_none)
    """The office's own, of its statement (`audit.anchoring.digest_signing`): SSHSIG, in base64."""


async def make_missing(engine: AsyncEngine, today: date) -> list[Digest]:
    """Make the digests of the days that are over and have none: up to yesterday, in their order.

    The very first is that of yesterday: what was before it cannot be vouched for.
    """
    last = await _last(engine)
    yesterday = today - timedelta(days=1)
    day = last.day + timedelta(days=1) if last else yesterday
    made = []
    while day <= yesterday:
        made.append(await make(engine, day))
        day += timedelta(days=1)
    return made


async def is_over(engine: AsyncEngine, day: date, today: date) -> bool:
    """Whether a day is over in Beijing; where time is skipped, when some case has lived beyond it."""
    if day < today:
        return True
    async with engine.connect() as connection:
        beyond = select(exists().where(log_entries.c.at >= end_of(day)))
        return bool((await connection.execute(beyond)).scalar())


async def make(engine: AsyncEngine, day: date) -> Digest:
    """Make the digest of a day that is over; one that is there already is kept as it is.

    Raises:
        BadInput: a later day has a digest, and this one has none: the chain cannot be changed.
    """
    async with engine.begin() as connection:
        # Each statement after this sees what whoever held the lock before has written.
        await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        await connection.execute(_NO_LIMIT)
        there = await _of(connection, day)
        if there:
            return there
        before = await _newest(connection)
        if before and before.day > day:
            raise BadInput(
                f"The digest of {before.day} exists: none of {day} can be made before it.",
                f"{before.day} 的摘要已存在，不能再补作 {day} 的摘要",
            )
        previous = before.root if before else BEGINNING
        content, root = io.BytesIO(), Root()
        with gzip.GzipFile(fileobj=content, mode="wb", mtime=0) as file:
            first = line_of(Head(day=day, previous=previous))
            root.add(first)
            file.write(first + b"\n")
            async for leaf in last_entries(connection, day):
                line = line_of(leaf)
                root.add(line)
                file.write(line + b"\n")
        digest = Digest(
            day=day,
            root=root.hash().hex(),
            leaves=root.leaves - 1,
            previous=previous,
            made_at=datetime.now(UTC),
        )
        row = digest.model_dump() | {"content": content.getvalue()}
        await connection.execute(insert(digests).values(row))
    return digest


async def last_entries(connection: AsyncConnection, day: date) -> AsyncIterator[LogLeaf]:
    """How each log stood at the end of a day: its last entry then, by platform, term, year, opening.

    The roster's comes first, where there is one.
    """
    of_roster = roster_log.c
    newest = (
        select(of_roster.seq, of_roster.hash)
        .where(of_roster.at < end_of(day))
        .order_by(of_roster.seq.desc())
        .limit(1)
    )
    if (last := (await connection.execute(newest)).first()) is not None:
        yield LogLeaf(platform_id=ROSTER, term=0, year=0, opening=0, seq=last.seq, hash=last.hash)
    c = log_entries.c
    key = (c.platform_id, c.term, c.year, c.opening)
    query = (
        select(*key, c.seq, c.hash)
        .where(c.at < end_of(day))
        .ext(distinct_on(*key))
        .order_by(*key, c.seq.desc())
    )
    erasures = await _erasures(connection, day)
    async with connection.stream(query, execution_options={"yield_per": _AT_ONCE}) as rows:
        async for row in rows:
            leaf = read(LogLeaf, row)
            while erasures and erasures[0].key < leaf.key:
                yield erasures.pop(0)
            yield leaf
    for one in erasures:
        yield one


async def _erasures(connection: AsyncConnection, day: date) -> list[LogLeaf]:
    """How the log of each erasure stood, in the order of leaves."""
    c = erasure_log.c
    query = (
        select(c.platform_id, c.term, c.seq, c.hash)
        .where(c.at < end_of(day))
        .ext(distinct_on(c.platform_id, c.term))
        .order_by(c.platform_id, c.term, c.seq.desc())
    )
    return [
        LogLeaf(
            platform_id=erasure_of(row.platform_id),
            term=row.term,
            year=0,
            opening=0,
            seq=row.seq,
            hash=row.hash,
        )
        for row in await connection.execute(query)
    ]


async def listed(
    engine: AsyncEngine,
    *,
    first: date | None = None,
    last: date | None = None,
    limit: int | None = None,
) -> Sequence[Digest]:
    """Digests by day, the newest first, without their leaves; all of them without a limit."""
    query = select(*_HEAD).order_by(digests.c.day.desc()).limit(limit)
    if first is not None:
        query = query.where(digests.c.day >= first)
    if last is not None:
        query = query.where(digests.c.day <= last)
    async with engine.connect() as connection:
        return [read(Digest, row) for row in await connection.execute(query)]


async def digest_of(engine: AsyncEngine, day: date) -> tuple[Digest, bytes] | None:
    """The digest of a day, and its leaves as JSON Lines; None when there is none."""
    async with engine.connect() as connection:
        found = await connection.execute(select(digests).where(digests.c.day == day))
        row = found.first()
    return (read(Digest, row), gzip.decompress(row.content)) if row else None


async def known_digest(engine: AsyncEngine, day: date | None) -> tuple[Digest, bytes]:
    """Return the digest of a day and its leaves.

    Raises:
        BadInput: there is none (None: of any day).
    """
    found = await digest_of(engine, day) if day else None
    if found is None:
        en, zh = (f" of {day}", f" {day} 的") if day else ("", "")
        raise BadInput(
            f"No digest{en}. See: pingtai audit digest list",
            f"没有{zh}摘要：可用 pingtai audit digest list 查看",
        )
    return found


async def last_day_with_digest(engine: AsyncEngine) -> date | None:
    """The newest day that has a digest."""
    last = await _last(engine)
    return last.day if last else None


async def _last(engine: AsyncEngine) -> Digest | None:
    async with engine.connect() as connection:
        return await _newest(connection)


async def _newest(connection: AsyncConnection) -> Digest | None:
    query = select(*_HEAD).order_by(digests.c.day.desc()).limit(1)
    row = (await connection.execute(query)).first()
    return read(Digest, row) if row else None


async def _of(connection: AsyncConnection, day: date) -> Digest | None:
    row = (await connection.execute(select(*_HEAD).where(digests.c.day == day))).first()
    return read(Digest, row) if row else None


_HEAD = tuple(digests.c[name] for name in Digest.model_fields)
