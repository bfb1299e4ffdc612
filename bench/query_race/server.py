"""A dev server of any version, in memory of a throw-away folder."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.client import Client

from worker.ports import LOOPBACK, free_port
from worker.temporal_server import temporal_binary

_TRIES = 100


@asynccontextmanager
async def dev_server(folder: Path, binary: Path | None) -> AsyncIterator[str]:
    """Run a dev server (ours, or another `temporal`) and yield its address."""
    port = free_port(7460)
    with (folder / "temporal.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(str(binary or temporal_binary()), "server", "start-dev", "--headless"),
            *("--ip", LOOPBACK, "--port", str(port)),
            *("--db-filename", str(folder / "temporal.sqlite"), "--log-level", "error"),
            stdout=log,
            stderr=log,
        )
    try:
        await _until_ready(f"{LOOPBACK}:{port}")
        yield f"{LOOPBACK}:{port}"
    finally:
        process.terminate()
        await process.wait()


async def _until_ready(address: str) -> None:
    for _ in range(_TRIES):
        try:
            await Client.connect(address)
        except RuntimeError:
            await asyncio.sleep(0.2)
        else:
            return
    raise RuntimeError(f"no Temporal server answers at {address}")
