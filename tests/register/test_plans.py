"""The versions of a plan in the register: by their entries, with texts that the log binds, and compared."""

from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.plan_queries import PlanQueries
from db.register_store import PostgresRegister
from db.tables import plan_versions
from starter.errors import NoSuchPlatform, PingtaiError, Unreachable
from starter.plans import plan_view as viewing
from starter.plans.plan_view import LAST_TWO, PlanView, plan_view, text_of
from tests.rules.builders import DISTRICT, OPERATOR, plan
from workflows.model import sha256

from .cases import NUL, Told, application, batch, opened, set_aside


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for twice."""
    monkeypatch.setattr(viewing, "_UNTIL_RECORDED", (0.0, None))


def returned(times: int = 1) -> Told:
    """A platform whose plan came back, and was handed in again."""
    told = opened()
    for number in range(1, times + 1):
        told.decide("recommendation", DISTRICT, outcome="returned", opinion="请修改")
        told.decide("plan_revision", OPERATOR, plan=plan(f"改{number}"), changes=f"修改{number}")
    return told


def last_revision(told: Told) -> str:
    filed = [entry for entry in told.case.log if entry.name == "plan_revision"]
    return str(filed[-1].decision_id)


async def view(engine: AsyncEngine, **wanted: Any) -> PlanView:
    found = await plan_view(PlanQueries(engine), "p-1", **wanted)
    assert found
    return found


async def test_versions_are_those_of_the_log(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """Each names its entry, who filed it and when; the text is the one that the entry binds."""
    told = returned(2)
    await register.write(batch(told))
    found = await view(engine)
    filed = [entry for entry in told.case.log if "plan_sha256" in entry.said]
    assert [(one.version, one.entry, one.sha256, one.filed_at) for one in found.versions] == [
        (number, entry.seq, entry.said["plan_sha256"], entry.at)
        for number, entry in enumerate(filed, start=1)
    ]
    assert [one.changes for one in found.versions] == [None, "修改1", "修改2"]
    assert found.shown.version == told.case.state.plan_version == 3
    assert found.shown.plan
    assert sha256(found.shown.plan) == found.shown.sha256
    assert found.difference is None
    first = await view(engine, version=1, term=1)
    assert (first.shown.number, text_of(first.shown)) == ("1.1", plan())


async def test_what_changed(register: PostgresRegister, engine: AsyncEngine) -> None:
    """Between the last two that count, between one and another, in either direction."""
    await register.write(batch(returned(2)))
    last = await view(engine, diff=LAST_TWO)
    assert last.before
    assert (last.before.version, last.shown.version) == (2, 3)
    assert last.difference
    assert {piece.text for piece in last.difference[0].pieces if piece.change != "same"} == {
        "1",
        "2",
    }
    from_first = await view(engine, diff=(1,))
    assert from_first.before
    assert (from_first.before.version, from_first.shown.version) == (1, 3)
    back = await view(engine, diff=(3, 1))
    assert back.shown.version == 1
    same = await view(engine, diff=(2, 2))
    assert same.difference == ()


async def test_versions_that_were_set_aside(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """They stay and say so; their numbers are not used again, and what is shown is what counts."""
    told = returned()
    set_aside(told, last_revision(told))
    told.decide("plan_revision", OPERATOR, plan=plan("再改"), changes="再改")
    told.decide("recommendation", DISTRICT, outcome="returned", opinion="请修改")
    told.decide("plan_revision", OPERATOR, plan=plan("三改"), changes="三改")
    set_aside(told, last_revision(told))
    await register.write(batch(told))
    found = await view(engine, diff=LAST_TWO)
    marks = [one.version for one in found.versions if one.set_aside_by]
    assert marks == [2, 4]
    assert found.before
    assert (found.before.version, found.shown.version) == (1, 3)
    assert told.case.state.plan_version == 3
    assert found.shown.plan == plan("再改")


async def test_a_text_that_was_changed_is_not_shown(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """Whoever can write to the register cannot make anybody decide on another text than the one filed."""
    await register.write(batch(returned()))
    async with engine.begin() as connection:
        forged = plan("伪造")
        change = update(plan_versions).where(plan_versions.c.version == 2)
        await connection.execute(change.values(plan=forged, sha256=sha256(forged)))
    found = await view(engine, diff=LAST_TWO)
    assert (found.shown.text, found.shown.plan, found.difference) == ("changed", None, None)
    with pytest.raises(PingtaiError, match=found.shown.sha256):
        text_of(found.shown)
    assert (await view(engine, version=1)).shown.text == "whole"


async def test_a_text_that_is_not_there_yet(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """It is waited for a moment, and then it is said; so is a version that the register has not heard of."""
    await register.write(batch(returned()))
    async with engine.begin() as connection:
        await connection.execute(delete(plan_versions).where(plan_versions.c.version == 2))
    found = await view(engine)
    assert found.shown.text == "absent"
    with pytest.raises(Unreachable, match=r"version 2 \(entry 1\.4\)"):
        text_of(found.shown)
    for wanted in ({"version": 3}, {"diff": (1, 9)}, {"diff": (9, 1)}):
        with pytest.raises(NoSuchPlatform, match="it has 1 to 2"):
            await view(engine, **wanted)


async def test_what_is_filed_meanwhile_is_waited_for(
    register: PostgresRegister, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks for the version of the receipt just received does not hear that it does not exist."""
    told = returned()
    await register.write(batch(opened()))

    async def arrive(_: float) -> None:
        await register.write(batch(told))

    # Of this module alone: servers of other tests sleep in the same loop.
    monkeypatch.setattr("starter.plans.plan_view.asyncio", SimpleNamespace(sleep=arrive))
    assert (await view(engine, version=2)).shown.plan == plan("改1")


async def test_what_there_is_none_of(register: PostgresRegister, engine: AsyncEngine) -> None:
    """No platform, no such term, nothing to compare with."""
    await register.write(batch(opened()))
    plans = PlanQueries(engine)
    assert await plan_view(plans, "p-2") is None
    with pytest.raises(NoSuchPlatform, match="no term 2"):
        await plan_view(plans, "p-1", term=2)
    with pytest.raises(NoSuchPlatform, match="no version before 1"):
        await plan_view(plans, "p-1", diff=LAST_TWO)


async def test_a_text_that_postgresql_cannot_hold(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """A NUL is escaped in the register, and the text is whole all the same."""
    odd = plan(f"前{NUL}后")
    await register.write(batch(opened(application(plan=odd))))
    assert (await view(engine)).shown.plan == odd
