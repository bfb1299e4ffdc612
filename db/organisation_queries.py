"""Which organisations the register has heard of: operators of platforms, and whom decisions were taken for."""

from db.asyncpg_connections import Reading
from workflows.vocabulary import Role

MOST = 50_000
_OPERATORS = f"SELECT DISTINCT operator AS name, NULL AS district FROM platforms LIMIT {MOST}"  # noqa: S608 - of a constant
_OFFICES = f"""
SELECT DISTINCT actor->>'organisation' AS name, actor->>'district' AS district FROM log_entries
WHERE actor->>'role' = $1 LIMIT {MOST}
"""  # noqa: S608 - of a constant

Known = tuple[str, str | None]
"""An organisation's name, and the district for which it acts, if it is a district's."""


async def organisations_of(reading: Reading, role: str) -> list[Known]:
    """The organisations for which people have acted in a role, or which operate a platform; in no order."""
    if role == Role.OPERATOR:
        rows = await reading.fetch(_OPERATORS)
    else:
        rows = await reading.fetch(_OFFICES, role)
    return [(row["name"], row["district"]) for row in rows]
