"""Answers to calls with an Idempotency-Key, kept so that the same call again gets the same answer.

A row without a status is a claim: somebody is answering. A claim that is older than `ABANDONED` was
left behind by a process that died, and whoever asks next takes it over.
"""

from datetime import timedelta
from enum import Enum

from sqlalchemy import ColumnElement, and_, delete, false, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from db.intake_tables import kept_answers
from db.reading import read
from workflows.model import Record

ABANDONED = timedelta(seconds=30)
KEPT_FOR = timedelta(days=30)
MOST_PER_KEY = 10_000
"""Maximum answers that are kept for a key, apart from those since the last sweep; the oldest are deleted."""
_LEFT_BEHIND = timedelta(hours=1)
"""A claim that nobody has come back for is dropped after that."""
_SWEPT = 200
"""Maximum answers that one sweep deletes, so that no call waits long for it."""

_c = kept_answers.c


class KeptAnswer(Record):
    """What was answered."""

    status: int
    content_type: str
    location: str | None
    body: bytes


class Claim(Enum):
    """How it stands with a call, where there is no answer to it yet."""

    OURS = "ours"
    """We answer it."""
    ANOTHERS = "another's"
    """Somebody is answering it now."""
    OTHER_CALL = "other call"
    """The Idempotency-Key was used for another call, or another body."""


class KeptAnswers:
    """The answers that are kept for the repeats of one key's calls."""

    def __init__(self, engine: AsyncEngine, key_id: str, idempotency_key: str) -> None:
        """For one call: the key that calls, and the Idempotency-Key that it gave."""
        self._engine = engine
        self._key = {"key_id": key_id, "idempotency_key": idempotency_key}
        self._same = and_(_c.key_id == key_id, _c.idempotency_key == idempotency_key)
        self._ours: ColumnElement[bool] = false()
        """Our claim, and not that of whoever took it over when we were too slow."""

    async def claim(self, request_sha256: str) -> Claim | KeptAnswer:
        """Claim the call, or learn what was answered to it."""
        fresh = {"request_sha256": request_sha256, "claimed_at": func.now()}
        answerless = {"status": None, "content_type": None, "location": None, "body": None}
        left = and_(
            _c.status.is_(None),
            _c.request_sha256 == request_sha256,
            _c.claimed_at < func.now() - ABANDONED,
        )
        taken = insert(kept_answers).values(**self._key, **fresh)
        taken = taken.on_conflict_do_update(
            index_elements=[_c.key_id, _c.idempotency_key],
            set_=fresh | answerless,
            where=or_(left, _c.claimed_at < func.now() - KEPT_FOR),
        )
        async with self._engine.begin() as connection:
            ours = (await connection.execute(taken.returning(_c.claimed_at))).first()
            if ours:
                self._ours = and_(self._same, _c.status.is_(None), _c.claimed_at == ours.claimed_at)
                return Claim.OURS
            row = (await connection.execute(select(kept_answers).where(self._same))).first()
        if row is None:  # given up between the two statements: it is free again
            return Claim.ANOTHERS
        if row.request_sha256 != request_sha256:
            return Claim.OTHER_CALL
        return Claim.ANOTHERS if row.status is None else read(KeptAnswer, row)

    async def keep(self, answer: KeptAnswer) -> None:
        """Keep the answer to a call that was claimed; one that is kept already stays."""
        values = answer.model_dump()
        async with self._engine.begin() as connection:
            await connection.execute(update(kept_answers).where(self._ours).values(**values))

    async def give_up(self) -> None:
        """Claim it no longer: there is no answer that may be kept."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(kept_answers).where(self._ours))


async def sweep(engine: AsyncEngine, key_id: str) -> int:
    """Take some of what need not be kept away, and answer how many.

    That is what has been kept long enough, what was left behind, and what a key has beyond its share.
    """
    old = or_(
        _c.claimed_at < func.now() - KEPT_FOR,
        and_(_c.status.is_(None), _c.claimed_at < func.now() - _LEFT_BEHIND),
    )
    oldest_kept = (
        select(_c.claimed_at)
        .where(_c.key_id == key_id)
        .order_by(_c.claimed_at.desc())
        .offset(MOST_PER_KEY - 1)
        .limit(1)
        .scalar_subquery()
    )
    beyond = and_(_c.key_id == key_id, _c.status.is_not(None), _c.claimed_at < oldest_kept)
    going = (
        select(_c.key_id, _c.idempotency_key)
        .where(or_(old, beyond))
        .limit(_SWEPT)
        .with_for_update(skip_locked=True)
        .cte("going")
    )
    gone = (
        delete(kept_answers)
        .where(_c.key_id == going.c.key_id, _c.idempotency_key == going.c.idempotency_key)
        .returning(_c.key_id)
    )
    async with engine.begin() as connection:
        return len((await connection.execute(gone)).all())
