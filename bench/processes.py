"""What the measurements run on: one server, one PostgreSQL, and a worker process for each side."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from temporalio.client import Client, GrpcCompression
from temporalio.contrib.pydantic import pydantic_data_converter

from bench.sides import Side
from worker.ports import free_port
from worker.register_database import register_database
from worker.search_attributes import ensure_search_attributes
from worker.temporal_server import TIME_SKIPPING, temporal_server

_PORT = 7400
_ROOT = Path(__file__).parents[1]


class WorkerProcess:
    """A worker process at work."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Speak to it through its pipes."""
        self._process = process
        self._about = psutil.Process(process.pid)

    async def resident(self) -> int:
        """How many bytes of memory it holds, after it has collected its garbage."""
        assert self._process.stdin
        self._process.stdin.write(b"collect\n")
        await self.line()
        return int(self._about.memory_info().rss)

    def cpu(self) -> float:
        """How many seconds of CPU it has used."""
        return _cpu(self._about)

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
    server_pid: int
    database: str
    client: Client

    def environment(self) -> dict[str, str]:
        """That of this process, but with bytecode kept: the sandbox loads modules for every workflow."""
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(self.folder / "bytecode")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        return environment

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
                env=self.environment(),
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
    async def workers(self, *sides: Side) -> AsyncIterator[dict[Side, WorkerProcess]]:
        """Run a worker process for each side."""
        async with AsyncExitStack() as stack:
            yield {side: await stack.enter_async_context(self.worker(side)) for side in sides}

    async def run(self, module: str) -> str:
        """Run a module of the bench to its end in a process of its own; what it said."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module),
            cwd=_ROOT,
            env=self.environment(),
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await process.communicate()
        if process.returncode:
            raise RuntimeError(f"{module} ended with {process.returncode}")
        return said.decode()

    def server_cpu(self) -> float:
        """How many seconds of CPU the Temporal server has used."""
        return _cpu(psutil.Process(self.server_pid))


@asynccontextmanager
async def ground(place: str | None = None) -> AsyncIterator[Ground]:
    """Start both servers in a throw-away folder in `place`, by default where the machine has such."""
    folder = Path(tempfile.mkdtemp(prefix="pingtai-bench-", dir=place))
    try:
        async with (
            register_database(folder) as database,
            temporal_server(
                folder / "temporal", free_port(_PORT), dynamic_config=TIME_SKIPPING
            ) as server,
        ):
            client = await Client.connect(
                server.address,
                data_converter=pydantic_data_converter,
                grpc_compression=GrpcCompression.NONE,
            )
            await ensure_search_attributes(client)
            yield Ground(folder, server.address, server.pid, database, client)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
