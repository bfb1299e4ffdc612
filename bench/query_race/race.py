"""The race itself: a query and a refused update wait, two workers start, one goes away, signals come."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.worker import Replayer, Worker

from bench.query_race.counting import QUEUE, Counting, note
from worker.query_isolation import make_isolating_worker

_SIGNALS = ("first", "second", "third")
PATIENCE = timedelta(seconds=25)
Flow = WorkflowHandle[Counting, list[str]]


async def race(address: str, flows: int, *, isolated: bool, settle: float = 1.0) -> Counter[str]:
    """Run the race once for each of `flows` workflows; count what became of their signals.

    `settle` is how many seconds each step is given before the next.
    """
    client = await Client.connect(address)
    handles: list[Flow] = [
        await client.start_workflow(Counting.run, id=uuid4().hex, task_queue=QUEUE)
        for _ in range(flows)
    ]
    async with await _worker(address, isolated=isolated):
        await asyncio.sleep(2 * settle)
    asked = await _waiting(handles, settle)
    async with await _worker(address, isolated=isolated):
        async with await _worker(address, isolated=isolated):
            answers = await asyncio.gather(*asked, return_exceptions=True)
        for signal in _SIGNALS:
            for handle in handles:
                await handle.signal(Counting.send, signal)
            await asyncio.sleep(settle)
        for handle in handles:
            await handle.signal(Counting.end)
        found = Counter({"queries unanswered": sum(isinstance(a, RPCError) for a in answers)})
        for handle in handles:
            found += await _outcome(handle)
    for handle in handles:
        found["not replayable"] += await _diverges(handle)
    return found


async def lagging_clocks(address: str, flows: int, *, isolated: bool, settle: float = 1.0) -> int:
    """Let a query and a signal wait for a worker; count in how many workflows `now()` differs in replay."""
    client = await Client.connect(address)
    handles: list[Flow] = [
        await client.start_workflow(Counting.run, id=uuid4().hex, task_queue=QUEUE)
        for _ in range(flows)
    ]
    async with await _worker(address, isolated=isolated):
        await asyncio.sleep(2 * settle)
    asked = [asyncio.create_task(h.query(Counting.clock, rpc_timeout=PATIENCE)) for h in handles]
    await asyncio.sleep(2 * settle)
    for handle in handles:
        await handle.signal(Counting.send, "late")
    async with await _worker(address, isolated=isolated):
        await asyncio.gather(*asked, return_exceptions=True)
        await asyncio.sleep(settle)
        lived = [await handle.query(Counting.clock) for handle in handles]
    async with await _worker(address, isolated=isolated):
        replayed = [await handle.query(Counting.clock) for handle in handles]
    for handle in handles:
        await handle.terminate()
    return sum(one != other for one, other in zip(lived, replayed, strict=True))


async def _waiting(handles: list[Flow], settle: float) -> list[asyncio.Task[Any]]:
    """Queries, and then refused updates, that wait for a worker."""
    queries = [asyncio.create_task(h.query(Counting.state, rpc_timeout=PATIENCE)) for h in handles]
    await asyncio.sleep(settle)
    updates = [
        asyncio.create_task(h.execute_update(Counting.refuse, rpc_timeout=PATIENCE))
        for h in handles
    ]
    await asyncio.sleep(settle)
    return [*queries, *updates]


async def _worker(address: str, *, isolated: bool) -> Worker:
    """A worker with a client of its own: two on one client are refused."""
    make = make_isolating_worker if isolated else Worker
    client = await Client.connect(address)
    return make(client=client, task_queue=QUEUE, workflows=[Counting], activities=[note])


async def _outcome(handle: Flow) -> Counter[str]:
    try:
        seen = await asyncio.wait_for(handle.result(), 10)
    except TimeoutError:
        return Counter({"stuck": 1})
    return Counter({"lost": len(set(_SIGNALS) - set(seen)), "seen": len(set(seen))})


async def _diverges(handle: Flow) -> bool:
    """Whether the code that wrote a history cannot replay it."""
    history = await handle.fetch_history()
    result = await Replayer(workflows=[Counting]).replay_workflow(
        history, raise_on_replay_failure=False
    )
    return result.replay_failure is not None
