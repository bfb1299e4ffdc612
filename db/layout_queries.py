"""The layout 总体建设布局 (§四): field × direction with priority and districts, and who stands where in it."""

from collections.abc import Iterable
from datetime import date

from db.asyncpg_connections import Reading, Row, Source, connections
from db.programme_rows import (
    Direction,
    DirectionWithPlatforms,
    Layout,
    LayoutVersion,
    Standing,
    in_force,
)
from db.reading import read
from workflows.actors import Document

SHOWN = 20
"""Maximum platforms of a direction and a stage that are named; the others are counted."""

_STANDING = f"""t.stage, count(p.platform_id)::int AS platforms,
    (array_agg(p.platform_id ORDER BY p.platform_id))[1:{SHOWN}] AS first"""

_INSIDE = f"""
    SELECT d.field, d.direction, d.priority, d.districts, {_STANDING}
    FROM layout_directions d
    LEFT JOIN platforms p ON p.field = d.field AND p.direction = d.direction
                         AND (CAST($2 AS text) IS NULL OR p.district = $2)
    LEFT JOIN terms t ON t.platform_id = p.platform_id AND t.term = p.term
    WHERE d.version = $3 AND (CAST($1 AS text) IS NULL OR d.field = $1)
      AND (CAST($2 AS text) IS NULL OR cardinality(d.districts) = 0 OR $2 = ANY(d.districts))
    GROUP BY d.version, d.field, d.direction, t.stage
    ORDER BY d.field, d.priority, d.direction, t.stage
"""  # noqa: S608 - of constants

_OUTSIDE = f"""
    SELECT p.field, p.direction, {_STANDING}
    FROM platforms p JOIN terms t ON t.platform_id = p.platform_id AND t.term = p.term
    WHERE NOT EXISTS (SELECT 1 FROM layout_directions d
                      WHERE d.version = $3 AND d.field = p.field AND d.direction = p.direction)
      AND (CAST($1 AS text) IS NULL OR p.field = $1)
      AND (CAST($2 AS text) IS NULL OR p.district = $2)
    GROUP BY p.field, p.direction, t.stage
    ORDER BY p.field, p.direction NULLS LAST, t.stage
"""  # noqa: S608 - of constants


_VERSIONS = """SELECT v.*,
    (SELECT count(*)::int FROM layout_directions d WHERE d.version = v.number) AS directions
    FROM layout_versions v ORDER BY v.number"""
_DIRECTIONS = """SELECT field, direction, priority, districts FROM layout_directions WHERE version = $1
    ORDER BY field, priority, direction"""


async def layout(
    source: Source,
    *,
    day: date,
    field: str | None = None,
    district: str | None = None,
    version: int | None = None,
) -> Layout | None:
    """A version of the layout, by default the one in force on a day, with its platforms by stage.

    By field and priority; of a district: its own directions and open ones. None: there is no such version.
    """
    async with connections(source).connect(snapshot=True) as reading:
        versions = await versions_of(reading)
        wanted = (
            in_force(versions, day)
            if version is None
            else next((one for one in versions if one.number == version), None)
        )
        if version is not None and wanted is None:
            return None
        number = wanted.number if wanted else 0
        return Layout(
            version=wanted,
            directions=_gathered(await reading.fetch(_INSIDE, field, district, number)),
            outside=_gathered(await reading.fetch(_OUTSIDE, field, district, number)),
        )


async def layout_versions(source: Source) -> list[LayoutVersion]:
    """All versions, by number."""
    async with connections(source).connect() as reading:
        return await versions_of(reading)


async def versions_of(reading: Reading) -> list[LayoutVersion]:
    """All versions, by number, on a connection that is open."""
    return [
        read(
            LayoutVersion,
            row,
            agreed=tuple(row["agreed"]),
            document=Document.model_validate(row["document"]) if row["document"] else None,
        )
        for row in await reading.fetch(_VERSIONS)
    ]


async def directions_of(reading: Reading, version: int) -> list[Direction]:
    """The directions of a version."""
    rows = await reading.fetch(_DIRECTIONS, version)
    return [read(Direction, row, districts=tuple(row["districts"])) for row in rows]


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
