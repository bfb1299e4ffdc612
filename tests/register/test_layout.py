"""The layout: replaced as a whole, and who stands where in it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.as_of import register_on
from db.layout_queries import layout, layout_versions
from db.layout_rows import Adoption, NewLayout, adopt_layout, compare_layout, complete_version
from db.programme_rows import Direction, DirectionChange, Layout, Standing, in_force
from db.queries import RegisterQueries
from db.register_store import PostgresRegister
from db.tables import layout_directions
from workflows.actors import Document
from workflows.errors import BadInput
from workflows.periods import BEIJING

from .cases import application, batch, listed, opened

AT = datetime(2026, 11, 24, tzinfo=UTC)
AI = "artificial_intelligence"
MODELS = Direction(field=AI, direction="大模型", priority=1)
DRIVING = Direction(field=AI, direction="自动驾驶", priority=2, districts=("haidian", "shunyi"))
CHIPS = Direction(field="integrated_circuits", direction="封装", priority=1, districts=("shunyi",))


DAY = date(2026, 11, 24)
TODAY = date(2031, 1, 1)
PAPER = Document(name="布局通知", sha256="0" * 64)


async def brought(
    engine: AsyncEngine, *new: Direction, on: date = DAY, by: str = "kw-1", **more: Any
) -> NewLayout:
    """What a layout that is adopted changes."""
    base = (await compare_layout(engine, new, on)).base
    adoption = Adoption(adopted_on=on, document=PAPER, **more)
    return await adopt_layout(engine, new, adoption, by=by, at=AT, base=base)


async def shown(engine: AsyncEngine, **wanted: Any) -> Layout:
    """The layout in force long after."""
    found = await layout(engine, day=TODAY, **wanted)
    assert found
    return found


async def kept(engine: AsyncEngine, version: int | None = None) -> list[Direction]:
    """The directions of the layout, without platforms."""
    found = (await shown(engine, version=version)).directions
    return [
        Direction.model_validate(one.model_dump(exclude={"stages"}), strict=False) for one in found
    ]


async def test_a_new_layout_deletes_nothing(engine: AsyncEngine) -> None:
    """It says what it adds, changes and drops, and is a version; the one before can still be read."""
    first = (await brought(engine, MODELS, DRIVING)).change
    assert ((MODELS, DRIVING), (), (), 0) == (first.added, first.changed, first.removed, first.same)
    last = MODELS.model_copy(update={"priority": 3})
    done = await brought(engine, last, CHIPS, on=date(2027, 1, 1), by="kw-2", agreed=("shunyi",))
    assert (1, 2, False) == (done.base, done.version, done.repeated)
    change = done.change
    assert ((CHIPS,), (DirectionChange(old=MODELS, new=last),), (DRIVING,), 0) == (
        change.added,
        change.changed,
        change.removed,
        change.same,
    )
    assert [last, CHIPS] == await kept(engine)
    assert [MODELS, DRIVING] == await kept(engine, version=1)
    one, two = await layout_versions(engine)
    assert (DAY, PAPER, (), 2, "kw-1") == (
        one.adopted_on,
        one.document,
        one.agreed,
        one.directions,
        one.imported_by,
    )
    assert (date(2027, 1, 1), ("shunyi",)) == (two.adopted_on, two.agreed)
    assert await layout(engine, day=TODAY, version=3) is None


async def test_the_same_again_is_the_same(engine: AsyncEngine) -> None:
    """Same directions, day and document: no new version. Adopted again on another day, it is one."""
    await brought(engine, MODELS)
    again = await brought(engine, MODELS)
    assert (1, True) == (again.version, again.repeated)
    other = await brought(engine, MODELS, on=date(2027, 1, 1), by="kw-2")
    assert (2, 1) == (other.version, other.change.same)
    async with engine.connect() as connection:
        by = set(await connection.scalars(select(layout_directions.c.imported_by)))
    assert {"kw-1"} == by  # what stays keeps the name of whoever brought it


async def test_what_people_agreed_to_is_what_is_written(engine: AsyncEngine) -> None:
    """A version that was added since the comparison stops it."""
    adoption = Adoption(adopted_on=DAY, document=PAPER)
    await brought(engine, MODELS)
    with pytest.raises(BadInput, match="version 1 of the layout was added meanwhile"):
        await adopt_layout(engine, [CHIPS], adoption, by="kw-1", at=AT, base=None)
    assert [MODELS] == await kept(engine)


async def test_a_comparison_changes_nothing(engine: AsyncEngine) -> None:
    """It says the same and writes nothing."""
    await brought(engine, MODELS)
    change = (await compare_layout(engine, [DRIVING], DAY)).change
    assert ((DRIVING,), (MODELS,)) == (change.added, change.removed)
    assert [MODELS] == await kept(engine)


async def test_what_a_version_does_not_say_is_added_once(engine: AsyncEngine) -> None:
    """Districts may agree later; what is said already is not changed."""
    await brought(engine, MODELS, agreed=("haidian",))
    more: dict[str, Any] = {"adopted_on": None, "document": None}
    done = await complete_version(engine, 1, agreed=("shunyi", "haidian"), **more)
    assert ("haidian", "shunyi") == done.agreed
    assert [done] == await layout_versions(engine)
    with pytest.raises(BadInput, match="says already"):
        await complete_version(engine, 1, adopted_on=TODAY, document=None, agreed=())
    with pytest.raises(BadInput, match="no version 7"):
        await complete_version(engine, 7, agreed=(), **more)


@pytest.mark.parametrize(
    ("applied", "version"),
    [
        (datetime(2024, 1, 8, 1, 30, tzinfo=UTC), None),
        (datetime(2024, 2, 29, 15, 59, tzinfo=UTC), None),
        (datetime(2024, 2, 29, 16, 0, tzinfo=UTC), 1),
        (datetime(2025, 1, 1, 1, 30, tzinfo=UTC), 3),
        (datetime(2026, 1, 1, 1, 30, tzinfo=UTC), 2),
    ],
)
async def test_an_application_keeps_its_version(
    engine: AsyncEngine, register: PostgresRegister, applied: datetime, version: int | None
) -> None:
    """The one in force on its day in Beijing, also where it was entered later; the same by every reader."""
    await brought(engine, MODELS, on=date(2024, 3, 1))
    await brought(engine, CHIPS, on=date(2026, 1, 1))
    await brought(engine, DRIVING, on=date(2025, 1, 1))
    app = application("p-1", direction="大模型")
    await register.write(batch(opened(app, applied)))
    queries = RegisterQueries(engine)
    card = await queries.platform("p-1")
    assert card
    (row,) = await queries.register()
    (past,) = (await register_on(engine, TODAY)).rows
    versions = await layout_versions(engine)
    by_rule = in_force(versions, applied.astimezone(BEIJING).date())
    assert {version} == {
        row.layout_version,
        past.layout_version,
        card.terms[0].layout_version,
        card.layout and card.layout.version,
        by_rule and by_rule.number,
    }
    if card.layout:
        assert ("大模型", 1 if version == 1 else None) == (
            card.layout.direction,
            card.layout.priority,
        )


@pytest.fixture
async def failing(engine: AsyncEngine) -> AsyncIterator[AsyncEngine]:
    """The database goes away when new directions are written."""

    def fail(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("INSERT INTO layout_directions"):
            raise ConnectionError("gone")

    event.listen(engine.sync_engine, "before_cursor_execute", fail)
    yield engine
    event.remove(engine.sync_engine, "before_cursor_execute", fail)


async def test_all_or_nothing(engine: AsyncEngine, failing: AsyncEngine) -> None:
    """An import that is broken off in the middle leaves the layout as it was."""
    with pytest.raises(ConnectionError):
        await brought(failing, CHIPS)
    assert [] == await kept(engine)
    assert [] == await layout_versions(engine)


async def test_two_at_the_same_time(engine: AsyncEngine) -> None:
    """Of two imports at once one is written, and the other is told to compare again."""
    made = await asyncio.gather(
        *(
            adopt_layout(engine, [one], Adoption(adopted_on=DAY), by="kw", at=AT, base=None)
            for one in (MODELS, DRIVING)
        ),
        return_exceptions=True,
    )
    assert [BadInput, NewLayout] == sorted(map(type, made), key=lambda kind: kind.__name__)
    assert 1 == len(await layout_versions(engine))


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
    found = await shown(engine)
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
    miyun = await shown(engine, district="miyun")
    assert ["大模型"] == [one.direction for one in miyun.directions]
    assert ("p-1",) == miyun.directions[0].stages[0].first
    shunyi = await shown(engine, district="shunyi", field="integrated_circuits")
    assert ["封装"] == [one.direction for one in shunyi.directions]
    assert () == (await shown(engine, field="integrated_circuits")).outside


async def test_many_are_counted_and_the_first_named(
    engine: AsyncEngine, register: PostgresRegister
) -> None:
    """Of many platforms the first twenty are named; all are counted."""
    await brought(engine, MODELS)
    names = [f"p-{number:02}" for number in range(22)]
    for name in reversed(names):
        await register.write(batch(opened(application(name, direction="大模型"))))
    (standing,) = (await shown(engine)).directions[0].stages
    assert (22, tuple(names[:20])) == (standing.platforms, standing.first)
