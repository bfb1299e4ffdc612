"""What a cached workflow weighs in a worker process: memory and CPU, with the sandbox and without."""

import asyncio
from dataclasses import dataclass

from bench.lives import at_rest
from bench.processes import Ground, WorkerProcess
from bench.sides import Side

_FEW = 30
_CLIENTS = 20
_SETTLE = 0.5
_IDLE = 0.03
"""Seconds of CPU in that time that an idle worker may use."""


@dataclass(frozen=True)
class Footprint:
    """Of one workflow that has been started and is cached: bytes resident and seconds of CPU."""

    rss: float
    cpu: float

    def __sub__(self, other: "Footprint") -> "Footprint":
        """What this one costs more."""
        return Footprint(self.rss - other.rss, self.cpu - other.cpu)


async def footprint(ground: Ground, side: Side, many: int, *, sandboxed: bool) -> Footprint:
    """Start many workflows in a fresh worker process and see what each adds to it."""
    async with ground.worker(side, cached=2 * many, sandboxed=sandboxed) as worker:
        mark = f"{side.name}-{'in' if sandboxed else 'out'}"
        await _start(ground, side, worker, f"few-{mark}", _FEW)
        few, begun = await worker.resident(), worker.cpu()
        await _start(ground, side, worker, f"many-{mark}", many)
        used = worker.cpu() - begun
        return Footprint((await worker.resident() - few) / many, used / many)


async def _start(ground: Ground, side: Side, worker: WorkerProcess, mark: str, count: int) -> None:
    """Start workflows, and wait until each has done its first tasks and the process is idle."""
    limit = asyncio.Semaphore(_CLIENTS)

    async def start(number: int) -> None:
        async with limit:
            handle = await side.start(ground.client, f"{mark}-{number}")
            await at_rest(handle)

    await asyncio.gather(*(start(number) for number in range(count)))
    used = 0.0
    while worker.cpu() - used > _IDLE:
        used = worker.cpu()
        await asyncio.sleep(_SETTLE)
