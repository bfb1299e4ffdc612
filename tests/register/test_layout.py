"""The layout: replaced as a whole, and who stands where in it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.layout_queries import layout
from db.layout_rows import Change, replace_layout
from db.programme_rows import Direction, Standing
from db.register_store import PostgresRegister
from db.tables import directions

from .cases import application, batch, listed, opened

AT = datetime(2026, 11, 24, tzinfo=UTC)
LATER = datetime(2026, 11, 25, tzinfo=UTC)
AI = "artificial_intelligence"
MODELS = Direction(field=AI, direction="大模型", priority=1)
DRIVING = Direction(field=AI, direction="自动驾驶", priority=2, districts=("haidian", "shunyi"))
CHIPS = Direction(field="integrated_circuits", direction="封装", priority=1, districts=("shunyi",))


async def brought(engine: AsyncEngine, *new: Direction, dry_run: bool = False) -> Change:
    """What a new layout changes."""
    return await replace_layout(engine, new, by="kw-1", at=AT, dry_run=dry_run)


async def kept(engine: AsyncEngine) -> list[Direction]:
    """The directions of the layout, without platforms."""
    found = (await layout(engine)).directions
    return [
        Direction.model_validate(one.model_dump(exclude={"stages"}), strict=False) for one in found
    ]


async def test_replaced_as_a_whole(engine: AsyncEngine) -> None:
    """A new layout says what it adds, changes and removes, and is what there is afterwards."""
    first = await brought(engine, MODELS, DRIVING)
    assert ((MODELS, DRIVING), (), (), 0) == (first.added, first.changed, first.removed, first.same)
    first_of_all = MODELS.model_copy(update={"priority": 3})
    change = await replace_layout(engine, [first_of_all, CHIPS], by="kw-2", at=LATER)
    assert ((CHIPS,), (first_of_all,), (DRIVING,), 0) == (
        change.added,
        change.changed,
        change.removed,
        change.same,
    )
    assert [first_of_all, CHIPS] == await kept(engine)
    again = await brought(engine, first_of_all, CHIPS)
    assert ((), (), (), 2) == (again.added, again.changed, again.removed, again.same)
    async with engine.connect() as connection:
        by = set(await connection.scalars(select(directions.c.imported_by)))
    assert {"kw-2"} == by


async def test_a_dry_run_changes_nothing(engine: AsyncEngine) -> None:
    """It says the same and writes nothing."""
    await brought(engine, MODELS)
    change = await brought(engine, DRIVING, dry_run=True)
    assert ((DRIVING,), (MODELS,)) == (change.added, change.removed)
    assert [MODELS] == await kept(engine)


@pytest.fixture
async def failing(engine: AsyncEngine) -> AsyncIterator[AsyncEngine]:
    """The database goes away when new directions are written."""

    def fail(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("INSERT INTO directions"):
            raise ConnectionError("gone")

    event.listen(engine.sync_engine, "before_cursor_execute", fail)
    yield engine
    event.remove(engine.sync_engine, "before_cursor_execute", fail)


async def test_all_or_nothing(engine: AsyncEngine, failing: AsyncEngine) -> None:
    """An import that is broken off in the middle leaves the layout as it was."""
    async with engine.begin() as connection:
        row = {**MODELS.model_dump(), "imported_at": AT, "imported_by": "kw-1"}
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.execute(
            "INSERT INTO directions VALUES ($1, $2, $3, $4, $5, $6)",
            *(list(value) if isinstance(value, tuple) else value for value in row.values()),
        )
    with pytest.raises(ConnectionError):
        await brought(failing, CHIPS)
    assert [MODELS] == await kept(engine)


async def test_two_at_the_same_time(engine: AsyncEngine) -> None:
    """Of two imports at once one comes after the other, and the layout is one of the two."""
    await asyncio.gather(brought(engine, MODELS, CHIPS), brought(engine, DRIVING, CHIPS))
    assert await kept(engine) in ([MODELS, CHIPS], [DRIVING, CHIPS])


async def test_who_stands_where(engine: AsyncEngine, register: PostgresRegister) -> None:
    """Each direction with its platforms by stage, those with none too; and those outside of it."""
    await brought(engine, DRIVING, MODELS, CHIPS)
    for told in (
        listed(application("p-1", direction="大模型")),
        opened(application("p-2", direction="大模型")),
        opened(application("p-3", direction="大模型", district="miyun")),
        opened(application("p-4", direction="未列方向")),
        opened(application("p-5")),
        opened(application("p-6", direction="大模型", field="intelligent_equipment")),
    ):
        await register.write(batch(told))
    found = await layout(engine)
    assert ["大模型", "自动驾驶", "封装"] == [one.direction for one in found.directions]
    assert [
        Standing(stage="recommendation", platforms=2, first=("p-2", "p-3")),
        Standing(stage="valid", platforms=1, first=("p-1",)),
    ] == list(found.directions[0].stages)
    assert ((), ()) == (found.directions[1].stages, found.directions[2].stages)
    outside = [(one.field, one.direction, one.stages[0].first) for one in found.outside]
    assert [
        (AI, "未列方向", ("p-4",)),
        (AI, None, ("p-5",)),
        ("intelligent_equipment", "大模型", ("p-6",)),
    ] == outside


async def test_of_a_field_and_a_district(engine: AsyncEngine, register: PostgresRegister) -> None:
    """A district sees its own directions and those open to any, and its own platforms in them."""
    await brought(engine, DRIVING, MODELS, CHIPS)
    for name, district in (("p-1", "miyun"), ("p-2", "haidian")):
        await register.write(
            batch(opened(application(name, direction="大模型", district=district)))
        )
    miyun = await layout(engine, district="miyun")
    assert ["大模型"] == [one.direction for one in miyun.directions]
    assert ("p-1",) == miyun.directions[0].stages[0].first
    shunyi = await layout(engine, district="shunyi", field="integrated_circuits")
    assert ["封装"] == [one.direction for one in shunyi.directions]
    assert () == (await layout(engine, field="integrated_circuits")).outside


async def test_many_are_counted_and_the_first_named(
    engine: AsyncEngine, register: PostgresRegister
) -> None:
    """Of many platforms the first twenty are named; all are counted."""
    await brought(engine, MODELS)
    names = [f"p-{number:02}" for number in range(22)]
    for name in reversed(names):
        await register.write(batch(opened(application(name, direction="大模型"))))
    (standing,) = (await layout(engine)).directions[0].stages
    assert (22, tuple(names[:20])) == (standing.platforms, standing.first)
