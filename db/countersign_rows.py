"""Keeping decisions that wait for a second signature (`db.countersign_queries`)."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from db.countersign_queries import of_one_matter
from db.countersign_tables import countersign_drafts
from workflows.decision import Decision
from workflows.model import as_sent


async def keep_countersign_draft(engine: AsyncEngine, decision: Decision, at: datetime) -> int:
    """Keep a decision with its first signature; return its number. It names its case, and what it answers.

    It takes the place of what its person left of the same id, or on the same matter, before.
    """
    case = decision.case
    assert case is not None  # noqa: S101 - what is signed names its case
    row = {
        "platform_id": case.platform_id,
        "term": case.term,
        "year": case.year or 0,
        "kind": decision.kind,
        "outcome": str(decision.result),
        "person_id": decision.actor.id,
        "decision_id": decision.decision_id,
        "answers": case.answers,
        "decision": as_sent(decision),
        "left_at": at,
    }
    made = insert(countersign_drafts).values(row)
    kept = made.on_conflict_do_update(
        index_elements=["platform_id", "person_id", "decision_id"],
        set_={name: made.excluded[name] for name in row},
    ).returning(countersign_drafts.c.number)
    async with engine.begin() as connection:
        number = int((await connection.execute(kept)).scalar_one())
        left = await connection.execute(
            select(countersign_drafts.c.number, countersign_drafts.c.decision).where(
                *(countersign_drafts.c[name] == row[name] for name in _SAME),
                countersign_drafts.c.number != number,
            )
        )
        said = as_sent(decision)
        before = [one.number for one in left if of_one_matter(said, one.decision)]
        if before:
            await connection.execute(
                delete(countersign_drafts).where(countersign_drafts.c.number.in_(before))
            )
        return number


_SAME = ("platform_id", "term", "year", "kind", "person_id")


async def drop_countersign_draft(engine: AsyncEngine, number: int) -> bool:
    """Drop one; False where there is none."""
    dropped = delete(countersign_drafts).where(countersign_drafts.c.number == number)
    async with engine.begin() as connection:
        return bool(
            (await connection.execute(dropped.returning(countersign_drafts.c.number))).all()
        )
