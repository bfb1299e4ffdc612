"""A query comes with a workflow task that waits for a local activity, and an update comes next."""

import asyncio
from collections import Counter
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle, WorkflowQueryFailedError
from temporalio.worker import Worker

from bench.query_race.asking import Asking, look
from bench.query_race.counting import QUEUE
from bench.query_race.race import PATIENCE
from worker.query_isolation import make_isolating_worker


async def split_tasks(
    address: str, flows: int, *, isolated: bool, settle: float = 1.0
) -> Counter[str]:
    """Let a signal and a query wait for a worker, and send an update; count what cannot be replayed as it was.

    `settle` is how many seconds the workers and the server are given.
    """
    client = await Client.connect(address)
    handles = [
        await client.start_workflow(Asking.run, id=uuid4().hex, task_queue=QUEUE)
        for _ in range(flows)
    ]
    async with await _worker(address, isolated=isolated):
        await asyncio.sleep(2 * settle)
    for handle in handles:
        await handle.signal(Asking.send)
    queries = [asyncio.create_task(h.query(Asking.clock, rpc_timeout=PATIENCE)) for h in handles]
    await asyncio.sleep(settle)
    async with await _worker(address, isolated=isolated):
        await asyncio.sleep(settle / 4)
        updates = [
            asyncio.create_task(h.execute_update(Asking.note, rpc_timeout=PATIENCE))
            for h in handles
        ]
        await asyncio.gather(*queries, *updates, return_exceptions=True)
        for handle in handles:
            await handle.signal(Asking.end)
        lived = await asyncio.gather(
            *(asyncio.wait_for(h.result(), 10) for h in handles), return_exceptions=True
        )
    async with await _worker(address, isolated=isolated):  # it has none of them in its cache
        return sum(
            [await _outcome(handle, was) for handle, was in zip(handles, lived, strict=True)],
            Counter(),
        )


async def _worker(address: str, *, isolated: bool) -> Worker:
    """A worker with a client of its own: two on one client are refused."""
    make = make_isolating_worker if isolated else Worker
    client = await Client.connect(address)
    return make(client=client, task_queue=QUEUE, workflows=[Asking], activities=[look])


async def _outcome(
    handle: WorkflowHandle[Asking, list[str]], lived: list[str] | BaseException
) -> Counter[str]:
    if isinstance(lived, BaseException):
        await handle.terminate()
        return Counter({"stuck": 1})
    try:
        replayed = await handle.query(Asking.clock, rpc_timeout=PATIENCE)
    except WorkflowQueryFailedError:
        return Counter({"not replayable": 1})
    return Counter({"as it was" if replayed == lived else "otherwise": 1})
