"""What the register holds at a moment, as the checker needs it."""

from sqlalchemy import select

from bench.campaign.checker import Entry
from db.engine import create_engine
from db.tables import assessments, log_entries, notices, terms
from workflows.contract import assessment_workflow_id

_COLUMNS = [
    *("platform_id", "term", "year", "opening", "seq", "kind", "decision_id"),
    *("previous", "hash", "position"),
]


async def entries_of(database: str) -> list[Entry]:
    """All entries of all logs."""
    columns = [log_entries.c[name] for name in _COLUMNS]
    engine = create_engine(database)
    try:
        async with engine.connect() as connection:
            rows = await connection.execute(select(*columns, log_entries.c.said))
            return [
                Entry(
                    **dict(zip(_COLUMNS, row[:-1], strict=True)), note=(row[-1] or {}).get("note")
                )
                for row in rows
            ]
    finally:
        await engine.dispose()


async def notices_of(database: str) -> set[str]:
    """The ids of all notices."""
    engine = create_engine(database)
    try:
        async with engine.connect() as connection:
            return set((await connection.execute(select(notices.c.id))).scalars())
    finally:
        await engine.dispose()


async def ended_assessments(database: str) -> set[str]:
    """The workflows of assessments that have ended by the register."""
    engine = create_engine(database)
    ended = select(assessments.c.platform_id, assessments.c.term, assessments.c.year).where(
        assessments.c.ended_at.is_not(None)
    )
    try:
        async with engine.connect() as connection:
            return {assessment_workflow_id(*row) for row in await connection.execute(ended)}
    finally:
        await engine.dispose()


async def known_decisions(database: str) -> frozenset[tuple[str, str]]:
    """All decisions and applications that the register knows, by platform and id."""
    engine = create_engine(database)
    decided = select(log_entries.c.platform_id, log_entries.c.decision_id)
    applied = select(terms.c.platform_id, terms.c.application_id)
    try:
        async with engine.connect() as connection:
            rows = [*await connection.execute(decided), *await connection.execute(applied)]
            return frozenset((row[0], row[1]) for row in rows if row[1])
    finally:
        await engine.dispose()
