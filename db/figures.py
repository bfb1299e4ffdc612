"""The programme in figures: platforms by stage, district, field and year; how long steps took; results."""

from collections.abc import Sequence

from db.asyncpg_connections import Row, Source, connections
from db.programme_rows import Count, Figures, IndicatorTotal, Results, StepTime
from db.year_results import YEAR_SET_ASIDE_BY
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.vocabulary import Kind

AWAITING = tuple(
    str(step.stage)
    for lifecycle in (PLATFORM, ASSESSMENT)
    for step in lifecycle.steps
    if step.decisions
)
"""The stages in which a decision is awaited: the steps whose time is measured."""
_SUSPENDS, _RESUMES = (
    [str(kind), str(PLATFORM.followed_as(kind))] for kind in (Kind.SUSPENSION, Kind.RESUMPTION)
)
"""What stops the clocks of a platform and of its assessment, and what lets them go on."""

_CHOSEN = """
    WITH chosen AS MATERIALIZED (
        SELECT t.platform_id, t.term, t.term = p.term AS newest, t.stage, p.district, p.field,
               extract(year FROM t.listed_on)::int AS year
        FROM terms t JOIN platforms p ON p.platform_id = t.platform_id
        WHERE t.log_seq > 0
          AND (CAST($1 AS text) IS NULL OR p.field = $1)
          AND (CAST($2 AS text) IS NULL OR p.district = $2)
          AND (CAST($3 AS int) IS NULL OR extract(year FROM t.listed_on) = $3)
    )
"""

_COUNTS = (
    _CHOSEN  # noqa: S608 - of constants
    + """
    SELECT CASE WHEN grouping(stage) = 0 THEN 'stage' WHEN grouping(district) = 0 THEN 'district'
                WHEN grouping(field) = 0 THEN 'field' ELSE 'year' END AS what,
           coalesce(stage, district, field, year::text) AS word, count(*)::int AS platforms
    FROM chosen WHERE newest
    GROUP BY GROUPING SETS ((stage), (district), (field), (year))
    """
)

# A step begins where the stage changes and lasts until it changes next; what was set aside does not
# count, so a step that was gone back to lasts from its first beginning to the decision that counts. What
# lies between a suspension and its end does not count either: the clocks stand still. An assessment stops
# when its platform did, whenever it noted that, and may have been opened suspended.
_STEPS = (
    _CHOSEN  # noqa: S608 - of constants
    + """
    , counting AS (
        SELECT l.platform_id, l.term, l.year, l.opening, l.seq, l.stage,
               CASE WHEN l.year > 0 AND l.name = ANY($5)
                    THEN coalesce((l.said ->> 'at')::timestamptz, l.at) ELSE l.at END AS at,
               CASE WHEN l.name = ANY($5) OR l.seq = 1 AND l.said ? 'suspended_since' THEN 1
                    WHEN l.name = ANY($6) THEN -1 ELSE 0 END AS stops
        FROM log_entries l JOIN chosen c ON c.platform_id = l.platform_id AND c.term = l.term
        WHERE l.kind <> 'refused' AND l.set_aside_by IS NULL
    ), spans AS (
        SELECT *, lag(stage) OVER log IS DISTINCT FROM stage AS begins,
               lead(at) OVER log - at AS span, sum(stops) OVER log > 0 AS suspended
        FROM counting
        WINDOW log AS (PARTITION BY platform_id, term, year, opening ORDER BY seq)
    ), numbered AS (
        SELECT *, count(*) FILTER (WHERE begins) OVER (
            PARTITION BY platform_id, term, year, opening ORDER BY seq) AS step
        FROM spans
    ), steps AS (
        SELECT platform_id, stage,
               coalesce(sum(span) FILTER (WHERE NOT suspended), interval '0') AS took
        FROM numbered GROUP BY platform_id, term, year, opening, step, stage
        HAVING bool_and(span IS NOT NULL)
    )
    , durations AS (
        SELECT stage, count(*)::int AS times,
               extract(epoch FROM percentile_disc(0.5) WITHIN GROUP (ORDER BY took))::float8 AS median,
               extract(epoch FROM max(took))::float8 AS worst,
               (array_agg(platform_id ORDER BY took DESC, platform_id))[1] AS platform_id
        FROM steps WHERE stage = ANY($4) GROUP BY stage
    )
    SELECT d.*, p.name FROM durations d JOIN platforms p ON p.platform_id = d.platform_id
    """
)

_RESULTS = (
    _CHOSEN  # noqa: S608 - of constants
    + """
    SELECT extract(year FROM a.ended_at AT TIME ZONE 'Asia/Shanghai')::int AS year,
           coalesce(a.result, 'open') AS result, count(*)::int AS assessments
    FROM (SELECT DISTINCT ON (platform_id, term, year) * FROM assessments
          ORDER BY platform_id, term, year, opening DESC) a
    JOIN chosen c ON c.platform_id = a.platform_id AND c.term = a.term
    WHERE """
    + YEAR_SET_ASIDE_BY
    + """ IS NULL
    GROUP BY 1, 2 ORDER BY 1 NULLS LAST, 2
    """
)


# Of each year of a term the last report counts; what an indicator is called stands in the application's policy.
_INDICATORS = (
    _CHOSEN  # noqa: S608 - of constants
    + """
    , reports AS (
        SELECT DISTINCT ON (l.platform_id, l.term, l.year)
               l.platform_id, l.term, l.at, l.said -> 'indicators' AS figures
        FROM log_entries l JOIN chosen c ON c.platform_id = l.platform_id AND c.term = l.term
        WHERE l.year > 0 AND l.name = 'self_report' AND l.kind = 'decision' AND l.set_aside_by IS NULL
          AND jsonb_typeof(l.said -> 'indicators') = 'object'
        ORDER BY l.platform_id, l.term, l.year, l.opening DESC, l.seq DESC
    )
    SELECT figure.key AS indicator, max(named.name) AS name, coalesce(named.unit, '') AS unit,
           extract(year FROM r.at AT TIME ZONE 'Asia/Shanghai')::int AS year,
           count(*)::int AS platforms, sum(figure.value::numeric) AS total
    FROM reports r
    CROSS JOIN LATERAL jsonb_each_text(r.figures) AS figure
    JOIN log_entries a ON a.platform_id = r.platform_id AND a.term = r.term AND a.year = 0
                      AND a.opening = 0 AND a.seq = 1
    CROSS JOIN LATERAL (
        SELECT one ->> 'name' AS name, one ->> 'unit' AS unit
        FROM jsonb_array_elements(a.said -> 'policy' -> 'indicators') AS one
        WHERE one ->> 'id' = figure.key
    ) AS named
    GROUP BY 1, 3, 4 ORDER BY 1, 3, 4
    """
)


async def figures(
    source: Source,
    *,
    field: str | None = None,
    district: str | None = None,
    year: int | None = None,
) -> Figures:
    """All figures, as of one moment; `year` is that of the listing."""
    asked = field, district, year
    async with connections(source).connect(snapshot=True) as reading:
        counts = await reading.fetch(_COUNTS, *asked)
        steps = {
            row["stage"]: row
            for row in await reading.fetch(_STEPS, *asked, AWAITING, _SUSPENDS, _RESUMES)
        }
        results = await reading.fetch(_RESULTS, *asked)
        indicators = await reading.fetch(_INDICATORS, *asked)
    return Figures(
        stages=_counted(counts, "stage"),
        districts=_counted(counts, "district"),
        fields=_counted(counts, "field"),
        years=_counted(counts, "year"),
        steps=tuple(
            StepTime(
                stage=stage,
                times=row["times"],
                median_days=_days(row["median"]),
                worst_days=_days(row["worst"]),
                worst_platform=row["platform_id"],
                worst_name=row["name"],
            )
            for stage in AWAITING
            if (row := steps.get(stage))
        ),
        results=tuple(Results(**row) for row in results),
        indicators=tuple(IndicatorTotal(**row) for row in indicators),
    )


def _counted(rows: Sequence[Row], what: str) -> tuple[Count, ...]:
    """The most common first; years in their order."""
    found = [
        Count(word=row["word"], platforms=row["platforms"])
        for row in rows
        if row["what"] == what and row["word"] is not None
    ]
    if what == "year":
        return tuple(sorted(found, key=lambda one: one.word))
    return tuple(sorted(found, key=lambda one: (-one.platforms, one.word)))


def _days(seconds: float) -> float:
    return round(seconds / 86_400, 1)
