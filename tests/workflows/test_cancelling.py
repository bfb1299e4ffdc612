"""`temporal workflow cancel` ends no platform: only what the rules name does."""

import pytest
from temporalio.client import WorkflowExecutionStatus

from tests.histories.replayer import replayer
from tests.workflows.world import Life, World
from worker.demo.clockwork import until


async def cancelled(life: Life) -> None:
    """Ask to cancel, and wait until the case has heard of it."""
    before = (await life.handle.describe()).history_length
    await life.handle.cancel()

    async def heard() -> bool:
        return (await life.handle.describe()).history_length >= before + 4

    await until(heard, "the request was handled")


async def test_a_platform_lives_on(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Asked twice on its way, a platform takes the next decisions, is listed, and begins its next run."""
    life = await world.apply()
    await life.decide("recommendation")
    await life.stands("inspection")
    await cancelled(life)
    await life.handle.cancel()  # Temporal keeps one request of a run
    assert WorkflowExecutionStatus.RUNNING == (await life.handle.describe()).status
    history = await life.handle.fetch_history()
    for kind in ("inspection", "expert_opinion", "listing"):
        await life.decide(kind)
    await life.stands("valid")
    assert "a request to cancel was passed over" in caplog.text
    await replayer().replay_workflow(history)


async def test_an_open_assessment_lives_on_with_it(world: World) -> None:
    """The request to the platform goes no further: the year is assessed as it was begun."""
    async with world.with_worker(world.register, max_cached=0):
        life = await world.in_its_first_year()
        await life.decide("self_report")
        await cancelled(life)
        for kind in ("district_review", "evaluation"):
            await life.decide(kind)
        await life.over()
        assert ["effective"] == [year.result for year in (await life.state()).assessments]


async def test_a_cancelled_platform_can_be_withdrawn(world: World) -> None:
    """It ends as ever when the rules end it."""
    life = await world.apply()
    await life.stands("recommendation")
    await cancelled(life)
    await life.decide("withdrawal")
    assert "withdrawn" == (await life.handle.result())["stage"]
