"""A log that is sent again: the same entries, sealed at other moments.

A workflow's clock may lag while a query and a task reach it at once
(docs/decisions/0007-workflow-clock.md). Replayed later, the same entries come with their true moments,
and so with other hashes. So does what a reset has a case do again. The history is the truth: what it
sends replaces what the register holds, if nothing but the moments differ. Anything else is another
history, and a conflict; also the same entries from the first on where the case has ended: somebody
started it a second time.
"""

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.projection import LOG, Row, log_rows
from db.tables import assessments, log_entries, terms
from workflows.activity_messages import RegisterBatch

_CONTENT = ("workflow_id", "kind", "name", "outcome", "stage", "actor_id", "decision_id", "said")
"""What must not differ; the moment and the hashes may, and our wording of a refusal."""


async def replace_retimed_log(connection: AsyncConnection, batch: RegisterBatch) -> bool:
    """Delete the stored entries of a log that is sent again as a whole; False when they differ in content.

    Of a long log the entries are not sent that the run read back: what is sent follows them.
    """
    rows = log_rows(batch)
    first = rows[0]["seq"]
    if first != batch.read_back + 1 or not await _follows(connection, rows[0]):
        return False
    mine = _log_of(rows[0]) & (log_entries.c.seq >= first)
    stored = (
        await connection.execute(
            select(log_entries).where(mine).order_by(log_entries.c.seq).with_for_update()
        )
    ).all()
    pairs = zip((row._asdict() for row in stored), rows, strict=False)
    if len(stored) > len(rows) or not all(_has_same_content(old, new) for old, new in pairs):
        return False
    other = first == 1 and bool(stored) and stored[0].hash != rows[0]["hash"]
    if other and await _has_ended(connection, rows[0]):
        return False
    await connection.execute(delete(log_entries).where(mine))
    return True


async def _follows(connection: AsyncConnection, row: Row) -> bool:
    """Whether the stored entry before one is the one that it goes on from; the first of a log has none."""
    if row["seq"] == 1:
        return True
    before = _log_of(row) & (log_entries.c.seq == row["seq"] - 1)
    found = await connection.execute(select(log_entries.c.hash).where(before))
    return bool(found.scalar_one_or_none() == row["previous"])


async def _has_ended(connection: AsyncConnection, row: Row) -> bool:
    table = assessments if row["year"] else terms
    own = and_(*(table.c[key.name] == row[key.name] for key in table.primary_key))
    ended = await connection.execute(select(table.c.ended_at).where(own))
    return ended.scalar_one_or_none() is not None


def _has_same_content(old: Row, new: Row) -> bool:
    return old["seq"] == new["seq"] and all(old[name] == new[name] for name in _CONTENT)


def _log_of(row: Row) -> ColumnElement[bool]:
    return and_(*(log_entries.c[name] == row[name] for name in LOG))
