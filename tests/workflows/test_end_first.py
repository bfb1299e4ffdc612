"""After an outage: the end of validity goes first, kick-offs that were held up one after the other.

Of several moments that pass while no worker runs a virtual clock reaches only the first; that the others
are asked for again then is in `tests/rules/test_moments.py`.
"""

from datetime import date, datetime, timedelta

import pytest

from tests.rules.builders import COMMISSION
from tests.workflows.world import Life, World
from worker.demo.clockwork import until
from workflows import deadlines
from workflows.periods import beijing_date


async def test_no_assessment_opens_after_the_end(world: World) -> None:
    """Notices and kick-offs of two years passed with the end: validity ended, and nothing else is said."""
    life = await world.apply(policy={"validity_years": 2}, submitted_by=COMMISSION)
    day = date.today() - timedelta(days=2 * 366 + 10)
    await life.get_listed(decided_on=day.isoformat())
    assert "expired" == (await life.handle.result())["stage"]
    log = await life.log()
    listed = next(entry.seq for entry in log if entry.name == "listing")
    assert ["validity_ended"] == [entry.name for entry in log[listed:]]


async def turn_waited_for(life: Life) -> datetime:
    """When the kick-off has its turn, as the history says it of the newest timer."""
    events = [event async for event in life.handle.fetch_history_events()]
    timers = [e for e in events if e.HasField("timer_started_event_attributes")]
    waits_for, _, moment = timers[-1].user_metadata.summary.data.decode().strip('"').rpartition(" ")
    assert "assessment opens in its turn, after an outage" == waits_for
    return datetime.fromisoformat(moment)


async def test_a_kick_off_that_was_held_up_waits_for_its_turn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It opens once, in its turn; what changes the platform meanwhile is heeded."""
    monkeypatch.setattr(deadlines, "HELD_UP", timedelta(seconds=1))
    monkeypatch.setattr(deadlines, "CATCHING_UP", timedelta(days=40))
    life = await world.valid(days=200)
    await life.settled(life.handle)
    opens = (await life.view()).next_assessment
    assert opens
    span = opens - await world.clockwork.now(life.handle)
    async with world.without_worker():
        await world.clockwork.forward(life.handle, span)

        async def passed() -> bool:
            return await world.clockwork.now(life.handle) > opens + timedelta(seconds=2)

        await until(passed, "the kick-off is missed")
    await life.decide("support", given_on=str(beijing_date(opens)))
    await life.settled(life.handle)
    platform = (await life.view()).platform
    assert platform
    assert platform.open_assessment is None
    await world.clockwork.move_to(life.handle, await turn_waited_for(life))
    await life.opened(1)
    names = [entry.name for entry in await life.log()]
    assert ["support", "assessment_opened"] == names[-2:]
    assert 1 == names.count("assessment_opened")
