"""Signals in masses, on the real Temporal: no sender stops a case, and what a flood ended comes back."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import RawValue
from temporalio.contrib.pydantic import pydantic_data_converter

from db.engine import create_engine
from tests.histories.replayer import replayer
from tests.memory import throw_away_folder
from tests.workflows.world import Life, World
from worker.demo.clockwork import until
from worker.ports import free_port
from worker.search_attributes import ensure_search_attributes
from worker.temporal_server import TIME_SKIPPING, temporal_binary, temporal_server
from workflows import signal_queue
from workflows.case import Case
from workflows.record import BEGINNING, KEPT_REFUSALS, EntryKind, find_chain_break
from workflows.refusal import Refused

JUNK = {"x": 1}
COST_OF_A_TASK = 60
"""A fifth of what a task judges in earnest, so that a fifth of the signals is more than it judges."""
SMALL_LIMITS = (
    *TIME_SKIPPING,
    "limit.historySize.error=4000000",
    f"limit.historyCount.suggestContinueAsNew={COST_OF_A_TASK}",
)
"""As on any server, only smaller: it ends a case whose history is too large, and asks for a new run before."""


@pytest.fixture
def less_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task judges less than in earnest."""
    monkeypatch.setattr(signal_queue, "COST_OF_A_TASK", COST_OF_A_TASK)


@pytest.fixture(scope="module")
async def small(session_database_url: str) -> AsyncIterator[World]:
    """A server of its own, which soon has enough of a history."""
    folder = throw_away_folder("floods")
    engine = create_engine(session_database_url)
    async with temporal_server(folder, free_port(27533), dynamic_config=SMALL_LIMITS) as server:
        client = await Client.connect(server.address, data_converter=pydantic_data_converter)
        await ensure_search_attributes(client)
        world = World(client, engine)
        await world.work()
        yield world
        await world.rest()
    await engine.dispose()


async def send(life: Life, number: int, said: Any = JUNK, kind: str = "listing") -> None:
    """Send the same signal so many times."""
    room = asyncio.Semaphore(50)

    async def one() -> None:
        async with room:
            await life.handle.signal(kind, said)

    await asyncio.gather(*(one() for _ in range(number)))


async def refused(life: Life, number: int) -> None:
    """Wait until so many signals have been refused."""

    async def counted() -> bool:
        return (await life.view()).refusals == number

    await until(counted, f"{number} refusals")


async def test_what_came_first_is_judged_first(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """More signals than a task judges, and an update behind them: each in its turn, none lost.

    The worker's log has a line for each refusal that is kept, and one that says so of the others.
    """
    life = await world.apply()
    await life.stands("recommendation")
    case = await life.case("recommendation")
    kinds = ("recommendation", "inspection", "expert_opinion")
    way = [await life.decision(kind, case=case) for kind in kinds]
    async with world.without_worker():
        await life.handle.signal("recommendation", way[0])
        await send(life, signal_queue.COST_OF_A_TASK)
        await life.handle.signal("inspection", way[1])
        await send(life, 20)
        update = asyncio.create_task(world.client.decide(life.id, way[2]))
        await asyncio.sleep(0.2)  # the update is with the server before the worker is there
    receipt = await update
    assert "listing" == receipt.stage
    await refused(life, signal_queue.COST_OF_A_TASK + 20)
    log = await life.log()
    taken = [entry.name for entry in log if entry.kind is EntryKind.DECISION]
    assert ["recommendation", "inspection", "expert_opinion"] == taken
    assert KEPT_REFUSALS == sum(entry.kind is EntryKind.REFUSED for entry in log)
    assert find_chain_break(log, BEGINNING) is None
    lines = [record.getMessage() for record in caplog.records if "refused" in record.getMessage()]
    assert KEPT_REFUSALS + 1 == len(lines)
    assert f"more than {KEPT_REFUSALS} signals refused" in lines[-1]


@pytest.mark.usefixtures("less_a_task")
async def test_an_update_behind_a_queue_is_refused_as_ever(world: World) -> None:
    """What makes no sense is refused at once; what the rules refuse is refused in its turn."""
    life = await world.apply()
    await life.stands("recommendation")
    early = await life.decision("listing")
    async with world.without_worker():
        await send(life, COST_OF_A_TASK + 20)
        update = asyncio.create_task(world.client.decide(life.id, early))
        await asyncio.sleep(0.2)
    with pytest.raises(Refused, match="listing is not awaited"):
        await update
    await refused(life, COST_OF_A_TASK + 20)
    assert "recommendation" == (await life.decide("recommendation")).kind


@pytest.mark.usefixtures("less_a_task")
async def test_a_term_does_not_end_before_its_queue(world: World) -> None:
    """What waits behind a withdrawal is judged, too: each refusal is counted before the run closes."""
    life = await world.apply()
    await life.stands("recommendation")
    case = await life.case("withdrawal")
    withdrawal = await life.decision("withdrawal", case=case)
    async with world.without_worker():
        await life.handle.signal("withdrawal", withdrawal)
        await send(life, COST_OF_A_TASK + 20)
    assert "withdrawn" == (await life.handle.result())["stage"]
    assert COST_OF_A_TASK + 20 == (await life.view()).refusals
    await replayer().replay_workflow(await life.handle.fetch_history())


async def test_a_queue_is_the_same_for_a_worker_without_memory(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signals and updates go on coming while the queue is judged, and every task is replayed."""
    monkeypatch.setattr(signal_queue, "COST_OF_A_TASK", 3)
    async with world.with_worker(world.register, max_cached=0):
        life = await world.apply()
        await life.stands("recommendation")
        early = await life.decision("listing")
        answers = (world.client.decide(life.id, early) for _ in range(2))
        flood = send(life, 24)
        _, *refusals = await asyncio.gather(flood, *answers, return_exceptions=True)
        assert [Refused] * 2 == [type(refusal) for refusal in refusals]
        await refused(life, 24)
        assert "inspection" == (await life.decide("recommendation")).stage
        events = await life.events()
        assert "WORKFLOW_TASK_FAILED" not in events
        assert events.count("TIMER_FIRED") > 5
        await replayer().replay_workflow(await life.handle.fetch_history())


@pytest.mark.usefixtures("less_a_task")
async def test_a_flood_ends_in_a_new_run(small: World) -> None:
    """The server asks for a new run: it begins when the queue is judged, with all that was refused."""
    life = await small.apply()
    await life.stands("recommendation")
    first = (await life.handle.describe()).run_id
    async with small.without_worker():
        await send(life, 2 * COST_OF_A_TASK + 20)
    await refused(life, 2 * COST_OF_A_TASK + 20)

    async def renewed() -> bool:
        return (await life.handle.describe()).run_id != first

    await until(renewed, "a new run begins")
    assert 2 * COST_OF_A_TASK + 20 == (await life.view()).refusals
    assert "inspection" == (await life.decide("recommendation")).stage


async def test_what_a_flood_ended_goes_on_after_a_reset(small: World) -> None:
    """The server ends a case whose history is too large; reset without the signals, it is as it was."""
    life = await small.apply()
    await life.decide("recommendation")
    await life.stands("inspection")
    log = await life.log()
    async with small.without_worker():
        with pytest.raises(Exception, match=r"exceeds limit|already completed"):
            await send(life, 4, {"x": "大" * 600_000})
        status = (await life.handle.describe()).status
        assert WorkflowExecutionStatus.TERMINATED == status
        reset(small, life)
    assert log == await life.log()
    assert "expert_review" == (await life.decide("inspection")).stage


def reset(world: World, life: Life) -> None:
    """The remedy of docs/decisions/0002-signals-in-masses.md, as it stands there."""
    command = ["workflow", "reset", "--workflow-id", life.handle.id, "--type", "LastWorkflowTask"]
    command += ["--reapply-exclude", "Signal", "--reason", "flooded"]
    address = world.temporal.service_client.config.target_host
    subprocess.run(
        [temporal_binary(), *command, "--address", address], check=True, capture_output=True
    )


async def test_signals_that_are_no_json_stop_nothing(world: World) -> None:
    """What cannot be read is refused, each; the decision behind them is taken."""
    life = await world.apply()
    await life.stands("recommendation")
    raw = await life.decision("recommendation", case=await life.case("recommendation"))
    nonsense = RawValue(Payload(metadata={"encoding": b"json/plain"}, data=b"[" * 300))
    async with world.without_worker():
        await send(life, 30, nonsense)
        await life.handle.signal("recommendation", raw)
    await life.stands("inspection")
    assert 30 == (await life.view()).refusals


async def test_a_fault_of_ours_behind_the_first_task(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails the workflow task, and loses no signal: when it is mended, each is judged."""
    monkeypatch.setattr(signal_queue, "COST_OF_A_TASK", 3)
    life = await world.apply()
    await life.stands("recommendation")
    whole, faults = Case.refuse, [1, 2]

    def refuse(case: Case[Any], *given: Any) -> None:
        if case.refusals == 4 and faults:
            faults.pop()
            raise ZeroDivisionError("a fault of ours")
        whole(case, *given)

    async def met() -> bool:
        return not faults

    monkeypatch.setattr(Case, "refuse", refuse)
    async with world.without_worker():
        await send(life, 7)
    # Nobody asks meanwhile: a worker with a query beside a fault may never end (the SDK's core).
    await until(met, "the fault was met")
    await refused(life, 7)
    assert 7 == sum(entry.kind is EntryKind.REFUSED for entry in await life.log())
