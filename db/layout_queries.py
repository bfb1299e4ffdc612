"""The layout 总体建设布局 (§四): field × direction with priority and districts, and who stands where in it."""

from collections.abc import Iterable

from db.asyncpg_connections import Row, Source, connections
from db.programme_rows import DirectionWithPlatforms, Layout, Standing

SHOWN = 20
"""Maximum platforms of a direction and a stage that are named; the others are counted."""

_STANDING = f"""t.stage, count(p.platform_id)::int AS platforms,
    (array_agg(p.platform_id ORDER BY p.platform_id))[1:{SHOWN}] AS first"""

_INSIDE = f"""
    SELECT d.field, d.direction, d.priority, d.districts, {_STANDING}
    FROM directions d
    LEFT JOIN platforms p ON p.field = d.field AND p.direction = d.direction
                         AND (CAST($2 AS text) IS NULL OR p.district = $2)
    LEFT JOIN terms t ON t.platform_id = p.platform_id AND t.term = p.term
    WHERE (CAST($1 AS text) IS NULL OR d.field = $1)
      AND (CAST($2 AS text) IS NULL OR cardinality(d.districts) = 0 OR $2 = ANY(d.districts))
    GROUP BY d.field, d.direction, t.stage
    ORDER BY d.field, d.priority, d.direction, t.stage
"""  # noqa: S608 - of constants

_OUTSIDE = f"""
    SELECT p.field, p.direction, {_STANDING}
    FROM platforms p JOIN terms t ON t.platform_id = p.platform_id AND t.term = p.term
    WHERE NOT EXISTS (SELECT 1 FROM directions d WHERE d.field = p.field AND d.direction = p.direction)
      AND (CAST($1 AS text) IS NULL OR p.field = $1)
      AND (CAST($2 AS text) IS NULL OR p.district = $2)
    GROUP BY p.field, p.direction, t.stage
    ORDER BY p.field, p.direction NULLS LAST, t.stage
"""  # noqa: S608 - of constants


async def layout(
    source: Source, *, field: str | None = None, district: str | None = None
) -> Layout:
    """The layout with its platforms by stage: by field and priority; a district's own and open ones."""
    async with connections(source).connect() as reading:
        return Layout(
            directions=_gathered(await reading.fetch(_INSIDE, field, district)),
            outside=_gathered(await reading.fetch(_OUTSIDE, field, district)),
        )


def _gathered(rows: Iterable[Row]) -> tuple[DirectionWithPlatforms, ...]:
    """Rows of one direction, a stage each, together."""
    found: dict[tuple[str, str | None], DirectionWithPlatforms] = {}
    for row in rows:
        key = (row["field"], row["direction"])
        before = found.get(key) or DirectionWithPlatforms(
            field=row["field"],
            direction=row["direction"],
            priority=row.get("priority"),
            districts=tuple(row.get("districts", ())),
        )
        if row["stage"] is not None:
            standing = Standing(
                stage=row["stage"], platforms=row["platforms"], first=tuple(row["first"])
            )
            before = before.model_copy(update={"stages": (*before.stages, standing)})
        found[key] = before
    return tuple(found.values())
