"""How platforms run themselves (§五): their newest operating mechanisms, listed and counted by the database.

A platform's newest are those of its plan, or those of the last yearly report that stated them, if that
came later and was not set aside.
"""

from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Date, Integer, Numeric, String, text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.programme_rows import Counted, Mechanisms, PlatformMechanisms
from db.reading import read
from db.text import SafeText

# Of the sources of funding the twenty most common are counted.
# Each platform's mechanisms once, as JSON; the plans themselves never leave the database.
_CURRENT = """
    WITH current AS (
        SELECT p.platform_id, p.name, p.district, p.field, t.stage,
               CASE WHEN report.at > coalesce(filed.at, '-infinity') THEN report.mechanisms
                    ELSE coalesce(v.plan -> 'mechanisms', report.mechanisms) END AS stated,
               CASE WHEN report.at > coalesce(filed.at, '-infinity') THEN report.year
                    ELSE 0 END AS year
        FROM platforms p
        JOIN terms t ON t.platform_id = p.platform_id AND t.term = p.term
        LEFT JOIN plan_versions v ON v.platform_id = p.platform_id AND v.term = p.term
                                 AND v.version = t.plan_version
        LEFT JOIN LATERAL (
            SELECT max(l.at) AS at FROM log_entries l
            WHERE l.platform_id = p.platform_id AND l.term = p.term AND l.year = 0
              AND l.name IN ('applied', 'plan_revision') AND l.kind <> 'refused'
              AND l.set_aside_by IS NULL
        ) filed ON true
        LEFT JOIN LATERAL (
            SELECT l.at, l.year, l.said -> 'mechanisms' AS mechanisms FROM log_entries l
            WHERE l.platform_id = p.platform_id AND l.term = p.term AND l.year > 0
              AND l.name = 'self_report' AND l.kind = 'decision' AND l.set_aside_by IS NULL
              AND jsonb_typeof(l.said -> 'mechanisms') = 'object'
            ORDER BY l.at DESC, l.seq DESC LIMIT 1
        ) report ON true
        WHERE (CAST(:field AS text) IS NULL OR p.field = :field)
          AND (CAST(:district AS text) IS NULL OR p.district = :district)
          AND (t.stage = :stage OR CAST(:stage AS text) IS NULL AND t.ended_at IS NULL)
    ), dated AS (
        SELECT *, stated ->> 'legal_form' = 'separately_managed'
                  AND (stated ->> 'independent_by')::date < CAST(:today AS date) IS TRUE AS past_date
        FROM current WHERE stated IS NOT NULL
    ), chosen AS (
        SELECT * FROM dated
        WHERE (CAST(:legal_form AS text) IS NULL OR stated ->> 'legal_form' = :legal_form)
          AND (past_date OR NOT CAST(:past_date AS boolean))
    )
"""

_COUNTS = text(
    _CURRENT  # noqa: S608 - of constants
    + """
    SELECT 'all' AS what, '' AS word, count(*)::int AS platforms,
           avg((stated ->> 'lead_unit_funding_wan')::numeric) AS average FROM chosen
    UNION ALL
    SELECT 'past_date', '', count(*)::int, NULL FROM chosen WHERE past_date
    UNION ALL
    SELECT 'legal_form', stated ->> 'legal_form', count(*)::int, NULL FROM chosen GROUP BY 2
    UNION ALL
    (SELECT 'funding', source ->> 'source', count(DISTINCT platform_id)::int,
            sum((source ->> 'share')::numeric) / count(DISTINCT platform_id)
     FROM chosen, jsonb_array_elements(stated -> 'funding') AS source
     GROUP BY 2 ORDER BY 3 DESC, 2 LIMIT 20)
    UNION ALL
    SELECT 'governance', body, count(DISTINCT platform_id)::int, NULL
    FROM chosen, jsonb_array_elements_text(coalesce(stated -> 'governance', '[]')) AS body GROUP BY 2
    UNION ALL
    SELECT 'transfer', practice, count(DISTINCT platform_id)::int, NULL
    FROM chosen, jsonb_array_elements_text(coalesce(stated -> 'transfer', '[]')) AS practice
    GROUP BY 2
    """
).columns(what=String, word=SafeText(), platforms=Integer, average=Numeric)

_LIST = text(
    _CURRENT  # noqa: S608 - of constants
    + """
    SELECT platform_id, name, district, field, stage, year, stated ->> 'legal_form' AS legal_form,
           (stated ->> 'independent_by')::date AS independent_by, past_date,
           (stated ->> 'lead_unit_funding_wan')::int AS lead_unit_funding_wan,
           ARRAY(SELECT jsonb_array_elements_text(coalesce(stated -> 'governance', '[]'))) AS governance,
           ARRAY(SELECT jsonb_array_elements_text(coalesce(stated -> 'transfer', '[]'))) AS transfer
    FROM chosen WHERE platform_id > :after ORDER BY platform_id LIMIT :limit
    """
).columns(
    name=SafeText(), independent_by=Date, governance=ARRAY(SafeText()), transfer=ARRAY(SafeText())
)


async def mechanisms(
    engine: AsyncEngine,
    today: date,
    *,
    field: str | None = None,
    district: str | None = None,
    stage: str | None = None,
    legal_form: str | None = None,
    past_date: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> Mechanisms:
    """The mechanisms of the platforms whose newest term has not ended, or is in `stage`.

    `past_date`: only those that promised to be independent by a day that has passed.
    """
    asked = {
        "field": field,
        "district": district,
        "stage": stage,
        "legal_form": legal_form,
        "past_date": past_date,
        "today": today,
    }
    snapshot = engine.execution_options(isolation_level="REPEATABLE READ")
    async with snapshot.connect() as connection:
        counts = (await connection.execute(_COUNTS, asked)).all()
        rows = await connection.execute(_LIST, asked | {"after": after or "", "limit": limit})
        page = tuple(
            read(
                PlatformMechanisms,
                row,
                governance=tuple(row.governance),
                transfer=tuple(row.transfer),
            )
            for row in rows
        )
    whole = next(row for row in counts if row.what == "all")
    return Mechanisms(
        platforms=whole.platforms,
        past_date=next(row.platforms for row in counts if row.what == "past_date"),
        average_lead_unit_funding_wan=_number(whole.average),
        legal_forms=_counted(counts, "legal_form"),
        funding=_counted(counts, "funding"),
        governance=_counted(counts, "governance"),
        transfer=_counted(counts, "transfer"),
        page=page,
    )


def _counted(rows: Any, what: str) -> tuple[Counted, ...]:
    """The most common first."""
    found = [
        Counted(word=row.word, platforms=row.platforms, average_share=_number(row.average))
        for row in rows
        if row.what == what
    ]
    return tuple(sorted(found, key=lambda one: (-one.platforms, one.word)))


def _number(given: Any) -> float | None:
    return None if given is None else round(float(given), 1)
