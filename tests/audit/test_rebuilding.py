"""A register is rebuilt from histories: what is refused, and what is left out.

That it is the register that was lost, `tests/histories/test_releases.py` shows for every release.
"""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.erasing.erased_file import left_of
from audit.reconciling.rebuilding import Rebuilt, rebuild
from audit.reconciling.reconciling import reconcile
from db.erasure_store import ErasureStore
from starter.errors import BadInput
from tests.audit.erased_lives import erased_term, of_term
from tests.audit.lives import (
    MUCH,
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


async def test_an_erased_term_is_restored_from_what_is_left(
    engine: AsyncEngine, second: AsyncEngine
) -> None:
    """With its stages, days and hashes, and the log of its erasure; altered, or without that, it is named."""
    left = erased_term(TWICE, 1, "0.4.0")
    _, kept = of_term(TWICE, 1, "0.4.0")
    other = left.model_copy(update={"entries": left.entries[:-1]})
    own, term = await rebuilt(second, kept, erased=[other])
    assert (own.written, term.written, term.entries) == (True, False, 0)
    assert any("not what the erasure sealed" in one.words.en for one in term.problems)
    own, term = await rebuilt(engine, kept, erased=[left])
    assert (own.problems, term.problems) == ([], [])
    assert (own.platform_id, term.platform_id) == (TWICE, f"{TWICE}, term 1")
    again = await left_of(engine, left.of)
    assert (again.entries, again.erasure) == (left.entries, left.erasure)
    rows = await everything(engine)
    stages = {row[1]: row for row in rows["terms"]}
    assert {1, 2} == set(stages)
    assert "expired" in stages[1]
    assert not await ErasureStore(engine).preview(left.of), "nothing is left to be erased"
    [found] = [one async for one in reconcile(engine, Given(kept), [TWICE])]
    assert (found.problems, found.differences) == ([], [])


async def test_what_is_whole_of_it_can_be_written(second: AsyncEngine) -> None:
    """Asked for, the logs that hold are written, and the one that does not is left out."""
    broken = [edited(h, lambda events: events.pop(4)) if h.year == 1 else h for h in recorded(MUCH)]
    [one] = await rebuilt(second, broken, with_problems=True)
    assert one.written and one.problems
    years = {row[2] for row in (await everything(second))["log_entries"]}
    assert {0, 2, 3} == years
