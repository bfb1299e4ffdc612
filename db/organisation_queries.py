"""Which organisations the register has heard of: operators of platforms, and whom decisions were taken for."""

from db.asyncpg_connections import Reading
from workflows.vocabulary import Role

MOST = 50_000
_OPERATORS = f"SELECT DISTINCT operator AS name FROM platforms LIMIT {MOST}"  # noqa: S608 - of a constant
_OFFICES = f"""
SELECT DISTINCT actor->>'organisation' AS name FROM log_entries
WHERE actor->>'role' = $1 AND (CAST($2 AS text) IS NULL OR actor->>'district' = $2) LIMIT {MOST}
"""  # noqa: S608 - of a constant


async def organisations_of(reading: Reading, role: str, district: str | None) -> list[str]:
    """The organisations for which people have acted in a role, or which operate a platform; in no order."""
    if role == Role.OPERATOR:
        rows = await reading.fetch(_OPERATORS)
    else:
        rows = await reading.fetch(_OFFICES, role, district)
    return [row["name"] for row in rows]
