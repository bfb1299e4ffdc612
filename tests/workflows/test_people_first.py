"""While somebody waits for an answer, the case goes before others; afterwards it is one of many again."""

import asyncio
from datetime import date, timedelta

import pytest
from temporalio.api.enums.v1 import EventType

from starter.client import people_first
from tests.workflows.world import Life, World
from worker.demo.clockwork import until

_CHANGED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED


async def priorities(life: Life) -> list[int]:
    """Which priorities a case was given, in order; 0 is the usual one."""
    return [
        event.workflow_execution_options_updated_event_attributes.priority.priority_key
        for event in [one async for one in life.handle.fetch_history_events()]
        if event.event_type == _CHANGED
        and event.workflow_execution_options_updated_event_attributes.HasField("priority")
    ]


async def test_a_case_goes_first_while_somebody_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody answers at first: the case gets the first priority, and the usual one with the answer."""
    life = await world.valid(days=20)
    support = await life.decision("support", given_on=str(date.today()))
    await life.settled(life.handle)
    await world.client.decide(life.id, support)
    assert [] == await priorities(life)
    monkeypatch.setattr(people_first, "PATIENCE", timedelta(seconds=0.1))
    async with world.without_worker():
        again = support | {"decision_id": "support-again"}
        waiting = asyncio.create_task(world.client.decide(life.id, again))

        async def raised() -> bool:
            return await priorities(life) == [people_first.FIRST]

        await until(raised, "the case goes first")
        assert not waiting.done()
    assert "support" == (await waiting).kind
    given = await priorities(life)
    assert [people_first.FIRST, 0] == given[:2]
