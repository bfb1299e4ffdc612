"""A register that is rebuilt from histories is the register that was lost."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.histories import StoredHistory
from audit.reconciling.rebuilding import Rebuilt, rebuild
from audit.reconciling.reconciling import reconcile
from db.tables import notices
from starter.errors import BadInput
from tests.audit.lives import (
    BROUGHT_IN,
    CORRECTED,
    FLEX,
    MUCH,
    RELEASES,
    SHORT,
    TWICE,
    Given,
    edited,
    recorded,
    write_register,
)
from tests.register.content import everything


async def rebuilt(engine: AsyncEngine, histories: Any, **how: Any) -> list[Rebuilt]:
    """What came of all platforms."""
    return [one async for one in rebuild(engine, Given(histories), **how)]


@pytest.mark.parametrize("release", [path.name for path in RELEASES])
async def test_all_tables_come_out_equal(
    engine: AsyncEngine, second: AsyncEngine, release: str
) -> None:
    """Every row of every derived table, for some of the demo's platforms; what notices say, too.

    And the register that was rebuilt agrees with its histories.
    """
    histories = lived(release)
    await write_register(engine, histories)
    found = await rebuilt(second, histories)
    assert [] == [(one.platform_id, one.problems) for one in found if not one.written]
    assert {one.platform_id for one in histories} == {one.platform_id for one in found}
    assert await everything(engine) == await everything(second)
    assert await told(engine) == await told(second)
    agree = [one async for one in reconcile(second, Given(histories))]
    assert [] == [(one.platform_id, one.problems) for one in agree if not one.agrees]
    assert len(histories) == sum(one.runs for one in agree)


def lived(release: str) -> tuple[StoredHistory, ...]:
    """Lives in which every table is written; of older releases some, that are written in the older way."""
    newer = (BROUGHT_IN, FLEX, SHORT) if release == RELEASES[-1].name else ()
    return tuple(
        h for name in sorted((CORRECTED, MUCH, TWICE, *newer)) for h in recorded(name, release)
    )


async def test_a_register_that_has_something_is_not_rebuilt(engine: AsyncEngine) -> None:
    """Nothing is written over; the table that has rows is named."""
    await write_register(engine, recorded(SHORT))
    before = await everything(engine)
    with pytest.raises(BadInput, match="platforms has rows"):
        await rebuilt(engine, recorded(MUCH))
    assert before == await everything(engine)


async def test_a_platform_whose_histories_do_not_hold_is_left_out(engine: AsyncEngine) -> None:
    """It is named, and the others are written; asked for, what is whole of it is written too."""
    without_child = [h for h in recorded(MUCH) if h.year != 1]
    one, other = await rebuilt(engine, [*without_child, *recorded(SHORT)])
    assert (False, True) == (one.written, other.written)
    assert any(
        "assessment-1, which is its child, is missing" in problem.words.en
        for problem in one.problems
    )
    assert {SHORT} == {row[0] for row in (await everything(engine))["platforms"]}


async def test_what_is_whole_of_it_can_be_written(second: AsyncEngine) -> None:
    """Asked for, the logs that hold are written, and the one that does not is left out."""
    broken = [edited(h, lambda events: events.pop(4)) if h.year == 1 else h for h in recorded(MUCH)]
    [one] = await rebuilt(second, broken, with_problems=True)
    assert one.written and one.problems
    years = {row[2] for row in (await everything(second))["log_entries"]}
    assert {0, 2, 3} == years


async def told(engine: AsyncEngine) -> list[Any]:
    """What the notices say."""
    async with engine.connect() as connection:
        rows = await connection.execute(select(notices.c.id, notices.c.content).order_by("id"))
        return [tuple(row) for row in rows]
