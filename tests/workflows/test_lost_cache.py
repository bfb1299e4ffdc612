"""What a worker that has lost its cache writes can be replayed (docs/decisions/0005-tasks-without-commands.md).

In each test a task in which nothing is commanded follows on another; then the case is evicted, as by a
worker's death, and a decision comes.
"""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from temporalio.client import WorkflowHandle

from tests.histories.replayer import replayer
from tests.workflows.test_crashes import Away
from tests.workflows.world import Life, World
from worker.demo.clockwork import until

Before = Callable[[Life], Awaitable[object]]


async def refused_signal(life: Life) -> None:
    """Handed in; the answer changes nothing."""
    await life.signal("listing")


async def cancel_request(life: Life) -> None:
    """Passed over."""
    await life.handle.cancel()


async def nothing(life: Life) -> None:
    """Only what the life itself did before."""


@pytest.fixture
async def slow(world: World) -> AsyncIterator[Away]:
    """A register that is slow enough for more to happen while something is handed in."""
    register = Away(world)
    async with world.with_worker(register):
        yield register


async def quiet(world: World, *handles: WorkflowHandle[object, object]) -> None:
    """Let a task without commands be the last one: a signal that nobody hears, and what was handed in."""
    for handle in handles:
        await handle.signal("no-such-signal")
        await until(lambda of=handle: world.clockwork.at_rest(of), f"{handle.id} is at rest")  # type: ignore[misc]


async def replays(*handles: WorkflowHandle[object, object]) -> None:
    """The code that wrote a history can replay it."""
    for handle in handles:
        history = await handle.fetch_history()
        result = await replayer().replay_workflow(history, raise_on_replay_failure=False)
        assert result.replay_failure is None, result.replay_failure


@pytest.mark.parametrize("before", [nothing, refused_signal, cancel_request])
async def test_a_decision_after_the_cache_was_lost(
    world: World, slow: Away, before: Before
) -> None:
    """While something was handed in a signal came that nobody hears."""
    life = await world.apply()
    await life.stands("recommendation")
    slow.slow = 0.4
    await before(life)
    await quiet(world, life.handle)
    raw = await life.decision("recommendation")
    await life.state()  # a direct query evicts
    await world.client.decide(life.id, raw)
    await replays(life.handle)


async def test_a_decision_after_an_assessment_was_opened(world: World, slow: Away) -> None:
    """Of the platform, whose last task noted that its child has started, and of the child."""
    slow.slow = 0.2
    life = await world.in_its_first_year()
    assert life.assessment
    await quiet(world, life.handle, life.assessment)
    day = (await life.state()).listed_on
    support = await life.decision("support", given_on=str(day))
    report = await life.decision("self_report")
    for raw in (support, report):
        await life.state()
        await world.client.assessment_state(life.id, 1, 1)
        await world.client.decide(life.id, raw)
    await replays(life.handle, life.assessment)
