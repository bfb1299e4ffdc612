"""What the register refused, because another history has written the same log: noted, so that people look.

Two histories write one log when somebody starts the term of a platform a second time without our
client, or opens an assessment without its platform. The first that came stays.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.projection import LOG, Row, log_rows
from db.reading import read
from db.tables import conflicts, log_entries
from workflows.activity_messages import RegisterBatch
from workflows.model import Record


class ConflictRow(Record):
    """A history that was refused. `last_at` is when it was last tried."""

    platform_id: str
    term: int
    year: int
    opening: int
    seq: int
    workflow_id: str
    second_life: bool
    began_at: datetime
    first_at: datetime
    last_at: datetime
    times: int


def _note_conflict() -> Any:
    new = insert(conflicts).values(first_at=func.now(), last_at=func.now(), times=1)
    return new.on_conflict_do_update(
        index_elements=list(conflicts.primary_key),
        set_={"last_at": func.now(), "times": conflicts.c.times + 1},
    )


NOTE_CONFLICT = _note_conflict()


def conflict_row(batch: RegisterBatch, seq: int, second_life: bool) -> Row:
    """The row of a batch that was refused at an entry; a second life is one row, however far it went."""
    rows = log_rows(batch)
    refused = next((row for row in rows if row["seq"] == (1 if second_life else seq)), rows[0])
    return {
        **{name: refused[name] for name in (*LOG, "seq", "workflow_id")},
        "entry_hash": refused["hash"],
        "second_life": second_life,
        "began_at": rows[0]["at"],
    }


async def is_second_life(connection: AsyncConnection, batch: RegisterBatch) -> bool:
    """Whether the log of a batch begins with another entry than the one that the register has."""
    first = log_rows(batch)[0]
    if first["seq"] != 1:
        return False
    own = and_(*(log_entries.c[name] == first[name] for name in LOG), log_entries.c.seq == 1)
    stored = (await connection.execute(select(log_entries.c.hash).where(own))).scalar_one_or_none()
    return stored is not None and stored != first["hash"]


async def noted_conflicts(engine: AsyncEngine, limit: int = 500) -> list[ConflictRow]:
    """What was refused, the last first."""
    query = select(conflicts).order_by(conflicts.c.last_at.desc()).limit(limit)
    async with engine.connect() as connection:
        return [read(ConflictRow, row) for row in await connection.execute(query)]
