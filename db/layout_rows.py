"""The layout 总体建设布局 (§四): field × direction with priority and districts, and who stands where in it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, and_, any_, delete, func, insert, or_, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncEngine

from db.programme_rows import Direct, Direction, Layout, Standing
from db.reading import AnyRow
from db.tables import directions, platforms, terms
from db.text import SafeText
from workflows.model import Record

SHOWN = 20
"""So many platforms of a direction and a stage are named; the others are counted."""


class Change(Record):
    """What a new layout changes of the one before."""

    added: tuple[Direction, ...]
    changed: tuple[Direction, ...]
    removed: tuple[Direction, ...]
    same: int


async def replace_layout(
    engine: AsyncEngine, new: Sequence[Direction], *, by: str, at: datetime, dry_run: bool = False
) -> Change:
    """Put a new layout in the place of the one before, in one transaction; says what that changes.

    What stays the same keeps the day and the name of whoever brought it. `dry_run` changes nothing.
    """
    async with engine.begin() as connection:
        if not dry_run:  # two imports at the same time follow each other
            await connection.execute(text("LOCK TABLE directions IN SHARE ROW EXCLUSIVE MODE"))
        rows = await connection.execute(select(directions))
        before = {(row.field, row.direction): _direction(row) for row in rows}
        after = {(one.field, one.direction): one for one in new}
        change = Change(
            added=tuple(one for key, one in after.items() if key not in before),
            changed=tuple(one for key, one in after.items() if before.get(key, one) != one),
            removed=tuple(one for key, one in before.items() if key not in after),
            same=sum(before.get(key) == one for key, one in after.items()),
        )
        if not dry_run:
            for one in (*change.removed, *change.changed):
                await connection.execute(
                    delete(directions).where(
                        directions.c.field == one.field, directions.c.direction == one.direction
                    )
                )
            rows_to_write = [
                one.model_dump() | {"imported_at": at, "imported_by": by}
                for one in (*change.added, *change.changed)
            ]
            if rows_to_write:
                await connection.execute(insert(directions), rows_to_write)
    return change


async def layout(
    engine: AsyncEngine, *, field: str | None = None, district: str | None = None
) -> Layout:
    """The layout with its platforms by stage: by field and priority; a district's own and open ones."""
    d, p = directions.c, platforms.c
    of_direction = and_(p.field == d.field, p.direction == d.direction)
    if district is not None:
        of_direction = and_(of_direction, p.district == district)
    newest = and_(terms.c.platform_id == p.platform_id, terms.c.term == p.term)
    inside = (
        select(d.field, d.direction, d.priority, d.districts, *_standing())
        .join_from(directions, platforms, of_direction, isouter=True)
        .join(terms, newest, isouter=True)
        .group_by(d.field, d.direction, terms.c.stage)
        .order_by(d.field, d.priority, d.direction, terms.c.stage)
    )
    known = select(d.field).where(d.field == p.field, d.direction == p.direction)
    outside = (
        select(p.field, p.direction, *_standing())
        .join_from(platforms, terms, newest)
        .where(~known.exists())
        .group_by(p.field, p.direction, terms.c.stage)
        .order_by(p.field, p.direction.nulls_last(), terms.c.stage)
    )
    if district is not None:
        inside = inside.where(
            or_(func.cardinality(d.districts) == 0, any_(d.districts) == district)
        )
        outside = outside.where(p.district == district)
    if field is not None:
        inside, outside = inside.where(d.field == field), outside.where(p.field == field)
    async with engine.connect() as connection:
        return Layout(
            directions=_gathered(await connection.execute(inside)),
            outside=_gathered(await connection.execute(outside)),
        )


def _standing() -> tuple[Any, ...]:
    ids: Any = func.array_agg(
        aggregate_order_by(platforms.c.platform_id, platforms.c.platform_id),
        type_=ARRAY(SafeText()),
    )
    return (
        terms.c.stage,
        func.count(platforms.c.platform_id).label("platforms"),
        ids[1:SHOWN].label("first"),
    )


def _gathered(rows: Iterable[AnyRow]) -> tuple[Direct, ...]:
    """Rows of one direction, a stage each, together."""
    found: dict[tuple[str, str | None], Direct] = {}
    for row in rows:
        key = (row.field, row.direction)
        before = found.get(key)
        if before is None:
            priority = row._mapping.get("priority")
            districts = tuple(row._mapping.get("districts", ()))
            before = Direct(
                field=row.field, direction=row.direction, priority=priority, districts=districts
            )
        if row.stage is not None:
            standing = Standing(stage=row.stage, platforms=row.platforms, first=tuple(row.first))
            before = before.model_copy(update={"stages": (*before.stages, standing)})
        found[key] = before
    return tuple(found.values())


def _direction(row: AnyRow) -> Direction:
    return Direction(
        field=row.field,
        direction=row.direction,
        priority=row.priority,
        districts=tuple(row.districts),
    )
