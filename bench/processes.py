"""What the measurements run on: one server, one PostgreSQL, and a worker process for each side."""

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from bench.sides import Side
from worker.register_database import register_database
from worker.search_attributes import ensure_search_attributes
from worker.temporal_server import TIME_SKIPPING, free_port, temporal_server

_PORT = 7400
_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Weight:
    """Of a worker process: resident bytes, and seconds of CPU since it began."""

    rss: int
    cpu: float


class WorkerProcess:
    """A worker process at work."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Speak to it through its pipes."""
        self._process = process

    async def weight(self) -> Weight:
        """What it weighs now."""
        assert self._process.stdin
        self._process.stdin.write(b"weigh\n")
        return Weight(**json.loads(await self.line()))

    async def line(self) -> bytes:
        """The next line that it says."""
        assert self._process.stdout
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("a worker process of the bench ended; see its log")
        return line


@dataclass(frozen=True)
class Ground:
    """The servers that all sides share."""

    folder: Path
    address: str
    database: str
    client: Client

    @asynccontextmanager
    async def worker(
        self, side: Side, *, cached: int = 1000, sandboxed: bool = True
    ) -> AsyncIterator[WorkerProcess]:
        """Run a worker process of a side; it logs as it would in earnest, to a file."""
        sandbox = "sandboxed" if sandboxed else "unsandboxed"
        with (self.folder / f"{side.name}.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bench.worker"),
                *(side.name, self.address, self.database, str(cached), sandbox),
                cwd=_ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        worker = WorkerProcess(process)
        try:
            await worker.line()
            yield worker
        finally:
            assert process.stdin
            process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), 30)
            except TimeoutError:
                process.kill()

    @asynccontextmanager
    async def workers(self, *sides: Side) -> AsyncIterator[None]:
        """Run a worker process for each side."""
        async with AsyncExitStack() as stack:
            for side in sides:
                await stack.enter_async_context(self.worker(side))
            yield


@asynccontextmanager
async def ground() -> AsyncIterator[Ground]:
    """Start both servers in a throw-away folder."""
    folder = Path(tempfile.mkdtemp(prefix="pingtai-bench-"))
    try:
        async with (
            register_database(folder) as database,
            temporal_server(
                folder / "temporal", free_port(_PORT), dynamic_config=TIME_SKIPPING
            ) as server,
        ):
            client = await Client.connect(server.address, data_converter=pydantic_data_converter)
            await ensure_search_attributes(client)
            yield Ground(folder, server.address, database, client)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
