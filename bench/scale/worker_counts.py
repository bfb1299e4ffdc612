"""One, two and four workers with small caches, many open platforms, and people who decide at the same time."""

import asyncio
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple

from bench.scale.people import Answers, one
from bench.scale.restartable import running

WORKERS = (1, 2, 4)
CACHED = 200
CLIENTS = 8
_WARM_UP = 16
_REST = 3.0


class Working(NamedTuple):
    """What so many workers did."""

    workers: int
    answers: Answers
    per_second: float
    memory: float
    """Bytes of one worker."""
    cpu: float
    """Seconds of CPU of all workers, for a decision."""


async def with_workers(
    folder: Path,
    database: str,
    platforms: Sequence[str],
    *,
    workers: int,
    decisions: int,
    cached: int,
) -> Working:
    """Decide on platforms of which a worker has hardly any in its cache, with several clients at once."""
    async with running(folder, database, workers=workers, cached=cached) as system:
        await asyncio.sleep(_REST)
        for platform_id in platforms[:_WARM_UP]:
            await one(system.client, platform_id)
        numbers = count(_WARM_UP)
        took: list[float] = []

        async def client() -> None:
            while (number := next(numbers)) < decisions + _WARM_UP:
                platform_id = platforms[number * 7919 % len(platforms)]
                took.append(await one(system.client, platform_id))

        used, began = system.worker_cpu(), time.perf_counter()
        await asyncio.gather(*(client() for _ in range(CLIENTS)))
        rate = len(took) / (time.perf_counter() - began)
        cpu = (system.worker_cpu() - used) / len(took)
        memory = sum([await worker.resident() for worker in system.workers_now]) / workers
        return Working(workers, Answers(tuple(took)), rate, memory, cpu)
