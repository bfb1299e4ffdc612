"""A worker process of one side: `python -m bench.worker SIDE ADDRESS DATABASE CACHED SANDBOXED`.

Says `ready`, then collects its garbage for each line of its standard input, and ends with the input.
"""

import asyncio
import contextlib
import gc
import os
import sys
from collections.abc import AsyncIterator

from temporalio import activity
from temporalio.client import Client, GrpcCompression
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.plugin import SimplePlugin
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkerConfig

from bench.bare import BareAssessment, BarePlatform
from bench.bare_and import BareAndActivity, BareAndAttribute
from bench.sides import OURS, SIDES, Ours, Side
from worker.log_setup import set_up_logs
from worker.settings import Settings
from worker.worker_process import make_worker
from worker.worker_run import worker_running
from workflows.activity_messages import CaseLog, LogRequest, NumberClaim, RegisterBatch
from workflows.known_roster import RosterVersions
from workflows.record import LogEntry
from workflows.roster_batches import CarriedRoster, RosterBatch


class Variation(SimplePlugin):
    """Another task queue than the contract's, and where it is asked for no sandbox."""

    def __init__(self, queue: str, *, sandboxed: bool) -> None:
        runner = None if sandboxed else UnsandboxedWorkflowRunner()
        super().__init__("bench", workflow_runner=runner)
        self._queue = queue

    def configure_worker(self, config: WorkerConfig) -> WorkerConfig:
        """Put the queue in."""
        config["task_queue"] = self._queue
        return super().configure_worker(config)


class NoRegister:
    """A register that takes everything and keeps nothing."""

    async def write(self, batch: RegisterBatch) -> None:
        """Do nothing."""

    async def read_log(self, request: LogRequest) -> tuple[LogEntry, ...]:
        """Nothing was kept."""
        return ()

    async def known_roster(self) -> CarriedRoster:
        """None is set up here."""
        raise NotImplementedError

    async def roster_page(self, after: int) -> tuple[LogEntry, ...]:
        """None is set up here."""
        return ()

    async def term_to_recover(self, platform_id: str) -> CaseLog:
        """Nothing was kept."""
        return CaseLog(entries=())

    async def write_roster(self, batch: RosterBatch) -> None:
        """None is set up here."""

    async def roster_news(self) -> tuple[tuple[str, ...], RosterVersions | None]:
        """No case is known."""
        return (), None

    async def claim_number(self, claim: NumberClaim) -> str:
        """Every number is free."""
        return claim.platform_id

    async def platform_log(self, platform_id: str, term: int | None) -> tuple[LogEntry, ...]:
        """Nothing was kept."""
        return ()


@activity.defn
async def nothing() -> None:
    """Do nothing."""


@contextlib.asynccontextmanager
async def _working(
    side: Side, client: Client, database: str, settings: Settings
) -> AsyncIterator[None]:
    """The side's worker at work: ours is the project's own, with its register and its search attributes."""
    if side is OURS:
        async with worker_running(client, database, settings):
            yield
        return
    cached = settings.max_cached_workflows
    if isinstance(side, Ours):
        worker = make_worker(client, NoRegister(), max_cached=cached)
    else:
        worker = Worker(
            client,
            task_queue=side.queue,
            workflows=[BarePlatform, BareAssessment, BareAndActivity, BareAndAttribute],
            activities=[nothing],
            max_cached_workflows=cached,
        )
    async with worker:
        yield


async def main(name: str, address: str, database: str, cached: str, sandboxed: str) -> None:
    """Work until the standard input ends."""
    side = SIDES[name]
    settings = Settings(max_cached_workflows=int(cached))
    set_up_logs(settings)
    plugin = Variation(side.queue, sandboxed=sandboxed == "sandboxed")
    client = await Client.connect(
        address,
        data_converter=pydantic_data_converter,
        grpc_compression=GrpcCompression.NONE,  # as ours does within a machine; here for either side
        plugins=[plugin],
    )
    async with _working(side, client, database, settings):
        print("ready", flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            gc.collect()
            print("collected", flush=True)


if __name__ == "__main__":
    gc.set_threshold(200_000, 20, 20)  # as `worker.main` sets it; here for either side
    asyncio.run(main(*sys.argv[1:]))
    sys.stdout.flush()
    os._exit(0)  # the SDK's threads may abort an ordinary exit (sdk-python#300)
