"""A certificate number belongs to one platform (§四(四)), however many are listed at the same moment."""

import asyncio
from datetime import timedelta

import pytest

from tests.workflows.test_crashes import Away
from tests.workflows.world import Life, World
from worker.demo.clockwork import until
from workflows import number_claims
from workflows.activity_messages import NumberClaim
from workflows.record import EntryKind
from workflows.refusal import Refused

KINDS = ("recommendation", "inspection", "expert_opinion")


def number_of(life: Life) -> dict[str, str]:
    """A number that no other test uses."""
    return {"certificate_number": f"BJPT-{life.id}"}


async def about_to_be_listed(world: World) -> Life:
    life = await world.apply()
    for kind in KINDS:
        await life.decide(kind)
    return life


async def test_one_of_two_that_are_listed_at_once_is_refused(world: World) -> None:
    """By update or by signal; and whoever came second may have a number of its own."""
    lives = [await about_to_be_listed(world) for _ in range(2)]
    same = number_of(lives[0])
    answers = await asyncio.gather(
        *(life.decide("listing", **same) for life in lives), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [True] == ["belongs to platform" in str(one) for one in refused]
    second = lives[answers.index(refused[0])]
    await second.signal("listing", **same)

    async def logged() -> bool:
        return (await second.log())[-1].kind is EntryKind.REFUSED

    await until(logged, "the signal is refused")
    assert "valid" == (await second.decide("listing")).stage
    for life in lives:
        await life.stands("valid")


async def test_a_number_that_was_not_used_is_free_again(world: World) -> None:
    """A listing that was refused for another reason leaves nothing claimed; a sealed one is for ever."""
    one, other = [await about_to_be_listed(world) for _ in range(2)]
    same = number_of(one)
    with pytest.raises(Refused):
        await one.decide("listing", decided_on="2031-01-01", **same)
    receipt = await other.decide("listing", **same)
    await other.set_aside(receipt.decision_id)
    with pytest.raises(Refused, match="belongs to platform"):
        await one.decide("listing", **same)
    assert "valid" == (await other.decide("listing", **same)).stage
    await other.stands("valid")
    released = NumberClaim(number=same["certificate_number"], platform_id=other.id, release=True)
    assert other.id == await world.register.claim_number(released), "what is sealed is not released"


async def test_without_the_register_nobody_is_listed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal says so after a while; what comes meanwhile waits no longer than that."""
    monkeypatch.setattr(number_claims, "PATIENCE", timedelta(seconds=1))
    register = Away(world)
    async with world.with_worker(register):
        life = await about_to_be_listed(world)
        same = number_of(life)
        await life.stands("listing")
        register.open = False
        listing = asyncio.create_task(life.decide("listing", **same))
        with pytest.raises(Refused, match="does not say whether certificate number"):
            await listing
        register.open = True
        assert "valid" == (await life.decide("listing", **same)).stage
