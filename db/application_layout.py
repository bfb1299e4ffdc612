"""Which version of the layout 总体建设布局 (§四) was in force when a platform was applied for."""

from db.asyncpg_connections import Reading
from db.reading import read
from db.row_types import ApplicationLayout

_APPLIED_ON = """CASE WHEN t.brought_in_on IS NOT NULL THEN t.listed_on
    ELSE (t.applied_at AT TIME ZONE INTERVAL '+08:00')::date END"""
"""The day in Beijing by which the version of an application is found."""
LAYOUT_VERSION = f"""(SELECT v.number FROM layout_versions v
    WHERE {_APPLIED_ON} IS NOT NULL AND (v.adopted_on IS NULL OR v.adopted_on <= {_APPLIED_ON})
    ORDER BY v.adopted_on DESC NULLS LAST, v.number DESC LIMIT 1)"""  # noqa: S608 - of constants
"""As `db.programme_rows.in_force`, of term `t`: a test holds the two together."""
_OF_APPLICATION = f"""SELECT v.number AS version, v.adopted_on, v.document ->> 'name' AS document,
    log.said ->> 'direction' AS direction, d.priority
    FROM terms t JOIN layout_versions v ON v.number = {LAYOUT_VERSION}
    LEFT JOIN log_entries log ON log.platform_id = t.platform_id AND log.term = t.term
        AND log.year = 0 AND log.opening = 0 AND log.seq = 1
    LEFT JOIN layout_directions d ON d.version = v.number AND d.field = log.said ->> 'field'
        AND d.direction = log.said ->> 'direction'
    WHERE t.platform_id = $1 AND t.term = $2"""  # noqa: S608 - of constants


async def application_layout(
    reading: Reading, platform_id: str, term: int
) -> ApplicationLayout | None:
    """The version that was in force when a term was applied for; None: there was none."""
    rows = await reading.fetch(_OF_APPLICATION, platform_id, term)
    return read(ApplicationLayout, rows[0]) if rows else None
