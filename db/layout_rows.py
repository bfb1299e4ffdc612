"""Writing the layout 总体建设布局 (§四): each one adopted is a new version; `db.layout_queries` reads them."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine_connections import OnConnection
from db.layout_queries import directions_of, versions_of
from db.programme_rows import Direction, LayoutChange, LayoutVersion, in_force, layout_change
from db.tables import layout_directions, layout_versions
from workflows.actors import Document
from workflows.errors import BadInput
from workflows.model import Record


class Adoption(Record):
    """On which day a layout was adopted, by which document, and which districts have agreed."""

    adopted_on: date
    document: Document | None = None
    agreed: tuple[str, ...] = ()


class NewLayout(Record):
    """What a layout changes of the version in force on its day (`base`), and the version that it is.

    `version` None: nothing was written. `repeated`: it had been imported before.
    """

    base: int | None
    change: LayoutChange
    version: int | None = None
    repeated: bool = False


async def compare_layout(
    engine: AsyncEngine, new: Sequence[Direction], adopted_on: date
) -> NewLayout:
    """Say what a layout would change; nothing is written."""
    async with engine.connect() as connection:
        return await _compared(connection, new, adopted_on)


async def adopt_layout(
    engine: AsyncEngine,
    new: Sequence[Direction],
    adoption: Adoption,
    *,
    by: str,
    at: datetime,
    base: int | None,
) -> NewLayout:
    """Add a version of the layout, in one transaction; the versions before stay as they are.

    `base` is what it was compared with: what people have agreed to is what is written. A direction that
    stays the same keeps the day and the name of whoever brought it.

    Raises:
        BadInput: another version has been added since.
    """
    async with engine.begin() as connection:
        # Two imports at the same time follow each other.
        await connection.execute(text("LOCK TABLE layout_versions IN SHARE ROW EXCLUSIVE MODE"))
        found = await _compared(connection, new, adoption.adopted_on)
        if await _is_same(connection, found, adoption):
            return found.model_copy(update={"version": found.base, "repeated": True})
        if found.base != base:
            raise BadInput(
                f"version {found.base} of the layout was added meanwhile; nothing was written:"
                " compare again",
                f"布局第 {found.base} 版已于此间导入，未作任何更改：请重新比较",
            )
        newest = (await connection.execute(select(func.max(layout_versions.c.number)))).scalar()
        number = (newest or 0) + 1
        await connection.execute(
            insert(layout_versions).values(
                number=number,
                adopted_on=adoption.adopted_on,
                document=adoption.document and adoption.document.model_dump(mode="json"),
                agreed=list(adoption.agreed),
                imported_at=at,
                imported_by=by,
            )
        )
        kept = await _brought(connection, found.base)
        rows = [
            one.model_dump()
            | {"version": number, "imported_at": at, "imported_by": by}
            | kept.get(one, {})
            for one in new
        ]
        if rows:
            await connection.execute(insert(layout_directions), rows)
    return found.model_copy(update={"version": number})


async def complete_version(
    engine: AsyncEngine,
    number: int,
    *,
    adopted_on: date | None,
    document: Document | None,
    agreed: Sequence[str],
) -> LayoutVersion:
    """Add what a version does not say yet: its day, its document, districts that have agreed since.

    Raises:
        BadInput: there is no such version, or it says something else already.
    """
    async with engine.begin() as connection:
        await connection.execute(text("LOCK TABLE layout_versions IN SHARE ROW EXCLUSIVE MODE"))
        versions = await versions_of(OnConnection(connection))
        version = next((one for one in versions if one.number == number), None)
        if version is None:
            raise BadInput(f"The layout has no version {number}", f"布局没有第 {number} 版")
        said = {"adopted_on": adopted_on, "document": document}
        for name, value in said.items():
            known = getattr(version, name)
            if value is not None and known is not None and known != value:
                shown = known.name if isinstance(known, Document) else known
                raise BadInput(
                    f"version {number} says already: {shown}. What was adopted is not changed",
                    f"第 {number} 版已记载：{shown}，不得更改",
                )
        after = version.model_copy(
            update={
                "adopted_on": version.adopted_on or adopted_on,
                "document": version.document or document,
                "agreed": tuple(dict.fromkeys((*version.agreed, *agreed))),
            }
        )
        await connection.execute(
            update(layout_versions)
            .where(layout_versions.c.number == number)
            .values(
                adopted_on=after.adopted_on,
                document=after.document and after.document.model_dump(mode="json"),
                agreed=list(after.agreed),
            )
        )
    return after


async def _compared(
    connection: AsyncConnection, new: Sequence[Direction], adopted_on: date
) -> NewLayout:
    reading = OnConnection(connection)
    base = in_force(await versions_of(reading), adopted_on)
    before = await directions_of(reading, base.number) if base else []
    return NewLayout(base=base.number if base else None, change=layout_change(before, new))


async def _is_same(connection: AsyncConnection, found: NewLayout, adoption: Adoption) -> bool:
    """Whether the version that a layout was compared with says all this already."""
    if found.change.added or found.change.changed or found.change.removed:
        return False
    versions = await versions_of(OnConnection(connection))
    base = next((one for one in versions if one.number == found.base), None)
    wanted = (adoption.adopted_on, adoption.document)
    return base is not None and wanted == (base.adopted_on, base.document)


async def _brought(
    connection: AsyncConnection, base: int | None
) -> dict[Direction, dict[str, object]]:
    """Who brought each direction of a version, and when."""
    rows = await connection.execute(
        select(layout_directions).where(layout_directions.c.version == base)
    )
    return {
        Direction(
            field=row.field,
            direction=row.direction,
            priority=row.priority,
            districts=tuple(row.districts),
        ): {"imported_at": row.imported_at, "imported_by": row.imported_by}
        for row in rows
    }
