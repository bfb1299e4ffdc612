"""How platforms run themselves (§五): their newest operating mechanisms, listed and counted by the database.

A platform's newest are those of its plan, or those of the last yearly report that stated them, if that
came later and was not set aside.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from db.asyncpg_connections import Row, Source, connections
from db.programme_rows import Counted, Mechanisms, PlatformMechanisms
from db.reading import read

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
        WHERE (CAST($1 AS text) IS NULL OR p.field = $1)
          AND (CAST($2 AS text) IS NULL OR p.district = $2)
          AND (t.stage = $3 OR CAST($3 AS text) IS NULL AND t.ended_at IS NULL)
    ), dated AS (
        SELECT *, stated ->> 'legal_form' = 'separately_managed'
                  AND (stated ->> 'independent_by')::date < CAST($4 AS date) IS TRUE AS past_date
        FROM current WHERE stated IS NOT NULL
    ), chosen AS (
        SELECT * FROM dated
        WHERE (CAST($5 AS text) IS NULL OR stated ->> 'legal_form' = $5)
          AND (past_date OR NOT CAST($6 AS boolean))
    )
"""

_COUNTS = (
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
    FROM chosen, jsonb_array_elements_text(
        coalesce(stated -> 'governance', '[]') || coalesce(stated -> 'other_bodies', '[]')
    ) AS body GROUP BY 2
    UNION ALL
    SELECT 'transfer', practice, count(DISTINCT platform_id)::int, NULL
    FROM chosen, jsonb_array_elements_text(coalesce(stated -> 'transfer', '[]')) AS practice
    GROUP BY 2
    """
)

_LIST = (
    _CURRENT  # noqa: S608 - of constants
    + """
    SELECT platform_id, name, district, field, stage, year, stated ->> 'legal_form' AS legal_form,
           (stated ->> 'independent_by')::date AS independent_by, past_date,
           (stated ->> 'lead_unit_funding_wan')::numeric AS lead_unit_funding_wan,
           ARRAY(SELECT jsonb_array_elements_text(
               coalesce(stated -> 'governance', '[]') || coalesce(stated -> 'other_bodies', '[]')
           )) AS governance,
           ARRAY(SELECT jsonb_array_elements_text(coalesce(stated -> 'transfer', '[]'))) AS transfer
    FROM chosen WHERE platform_id > $7 ORDER BY platform_id LIMIT $8
    """
)


async def mechanisms(
    source: Source,
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
    asked = field, district, stage, today, legal_form, past_date
    async with connections(source).connect(snapshot=True) as reading:
        counts = await reading.fetch(_COUNTS, *asked)
        rows = await reading.fetch(_LIST, *asked, after or "", limit)
    whole = next(row for row in counts if row["what"] == "all")
    return Mechanisms(
        platforms=whole["platforms"],
        past_date=next(row["platforms"] for row in counts if row["what"] == "past_date"),
        average_lead_unit_funding_wan=_number(whole["average"]),
        legal_forms=_counted(counts, "legal_form"),
        funding=_counted(counts, "funding"),
        governance=_counted(counts, "governance"),
        transfer=_counted(counts, "transfer"),
        page=tuple(
            read(
                PlatformMechanisms,
                row,
                governance=tuple(row["governance"]),
                transfer=tuple(row["transfer"]),
            )
            for row in rows
        ),
    )


def _counted(rows: Sequence[Row], what: str) -> tuple[Counted, ...]:
    """The most common first."""
    found = [
        Counted(word=row["word"], platforms=row["platforms"], average_share=_number(row["average"]))
        for row in rows
        if row["what"] == what
    ]
    return tuple(sorted(found, key=lambda one: (-one.platforms, one.word)))


def _number(given: Any) -> float | None:
    return None if given is None else round(float(given), 1)
