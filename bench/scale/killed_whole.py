"""`pingtai up` killed whole under load, and started again: how long until a decision is answered."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from bench.campaign.part import family
from bench.scale.people import one
from db.embedded import EmbeddedPostgres
from db.postmaster import postmaster
from worker.ports import LOOPBACK, free_port

ROUNDS = 3
_PORT = 8100
_CLIENTS = 4
_UNDER_LOAD = 8.0
_PATIENCE = 300.0
_ROOT = Path(__file__).parents[2]


async def restarts(home: Path, platforms: Sequence[str]) -> list[float]:
    """Kill all parts of a stack several times while people decide; the seconds of each start."""
    port, log = free_port(_PORT), home / "up.log"
    found = []
    for number in range(ROUNDS + 1):
        began = time.perf_counter()
        with log.open("ab") as out:
            stack = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "worker.main", "up"),
                cwd=_ROOT,
                env=_environment(home, port),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        try:
            client = await _answered(
                f"{LOOPBACK}:{port}", platforms[number % len(platforms)], stack
            )
            if number:  # the first was no restart
                found.append(time.perf_counter() - began)
            await _under_load(client, platforms)
        finally:
            await _kill_whole(stack, home)
    return found


def _environment(home: Path, port: int) -> dict[str, str]:
    others = ("PINGTAI_", "TEMPORAL_", "DATABASE_", "PG")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    ours = {"PINGTAI_HOME": str(home), "PINGTAI_TEMPORAL_PORT": str(port), "PINGTAI_EXAMPLES": "no"}
    # As of an installed program: without its bytecode all that is loaded would be compiled each time.
    clean.pop("PYTHONDONTWRITEBYTECODE", None)
    ours["PYTHONPYCACHEPREFIX"] = str(home / "bytecode")
    return clean | ours | {"XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home)}


async def _answered(address: str, platform_id: str, stack: asyncio.subprocess.Process) -> Client:
    """Ask until the engine listens, then decide; a decision waits for the worker by itself."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and stack.returncode is None:
        with suppress(RuntimeError):
            client = await Client.connect(address, data_converter=pydantic_data_converter)
            await asyncio.wait_for(one(client, platform_id), _PATIENCE)
            return client
        await asyncio.sleep(0.05)
    raise RuntimeError("the stack does not answer: see up.log")


async def _under_load(client: Client, platforms: Sequence[str]) -> None:
    async def decide(start: int) -> None:
        for number in range(start, 10**6, _CLIENTS):
            await one(client, platforms[number % len(platforms)])

    deciding = [asyncio.create_task(decide(start)) for start in range(_CLIENTS)]
    await asyncio.wait(deciding, timeout=_UNDER_LOAD)
    for task in deciding:
        task.cancel()
    await asyncio.gather(*deciding, return_exceptions=True)


async def _kill_whole(stack: asyncio.subprocess.Process, home: Path) -> None:
    found = postmaster(EmbeddedPostgres(home).data)
    parts = family(stack.pid) + (family(found.pid) if found else [])
    for process in parts:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
    await stack.wait()
