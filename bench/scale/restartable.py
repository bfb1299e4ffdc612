"""An engine and its workers, stopped and started again on the same data; the register stays."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from bench.processes import Ground, WorkerProcess
from bench.sides import OURS
from starter.client.temporal_client import PingtaiClient
from worker.ports import free_port
from worker.search_attributes import ensure_search_attributes
from worker.temporal_server import temporal_server
from workflows.application import PlatformApplication
from workflows.model import parse

_PORT = 7900
_CLIENTS = 16
Form = dict[str, Any]


class Running(Ground):
    """The servers at work, and the worker processes."""

    workers_now: tuple[WorkerProcess, ...] = ()

    def worker_cpu(self) -> float:
        """Seconds of CPU that the worker processes have used."""
        return sum(worker.cpu() for worker in self.workers_now)


@asynccontextmanager
async def running(
    folder: Path, database: str, *, workers: int = 1, cached: int = 1000
) -> AsyncIterator[Running]:
    """Start the engine on the data in a folder, and workers."""
    async with AsyncExitStack() as parts:
        server = await parts.enter_async_context(
            temporal_server(folder / "temporal", free_port(_PORT))
        )
        client = await Client.connect(server.address, data_converter=pydantic_data_converter)
        await ensure_search_attributes(client)
        ground = Running(folder, server.address, server.pid, database, client)
        made = [
            await parts.enter_async_context(ground.worker(OURS, cached=cached))
            for _ in range(workers)
        ]
        object.__setattr__(ground, "workers_now", tuple(made))
        yield ground


async def bring_in(client: Client, forms: Iterable[Form]) -> list[str]:
    """Bring platforms in, several at a time; return their ids."""
    ours = PingtaiClient(client)
    limit = asyncio.Semaphore(_CLIENTS)

    async def apply(form: Form) -> str:
        async with limit:
            await ours.apply(parse(PlatformApplication, form))
            return str(form["platform_id"])

    return list(await asyncio.gather(*(apply(form) for form in forms)))
