"""The layout 总体建设布局 (§四) is replaced as a whole; `db.layout_queries` reads it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.programme_rows import Direction
from db.reading import AnyRow
from db.tables import directions
from workflows.model import Record


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


def _direction(row: AnyRow) -> Direction:
    return Direction(
        field=row.field,
        direction=row.direction,
        priority=row.priority,
        districts=tuple(row.districts),
    )
