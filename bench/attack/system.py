"""A whole system of its own for an attack: `pingtai up` and `pingtai serve` under a throw-away home."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import httpx
import psutil
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from starter.client.local_stack import LocalStack, read_stack
from worker.ports import LOOPBACK, free_port

ROOT = Path(__file__).parents[2]
PINGTAI = (sys.executable, "-m", "worker.main")
_PORT = 27_400
_READY_SECONDS = 90.0
_STOP_SECONDS = 90.0
T = TypeVar("T")


@dataclass
class System:
    """A system at work."""

    home: Path
    client: Client
    stack: LocalStack
    url: str
    environment: dict[str, str]
    logs: dict[str, Path] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    """API keys by what they may do."""


def environment(home: Path) -> dict[str, str]:
    """This environment without anybody's settings, and with a home of its own."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PINGTAI_", "TEMPORAL_", "LC_")) and name != "DATABASE_URL"
    }
    return clean | {
        "PINGTAI_HOME": str(home),
        "PINGTAI_TEMPORAL_PORT": str(free_port(_PORT)),
        "PINGTAI_EXAMPLES": "no",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
    }


@asynccontextmanager
async def system(*, keep: Path | None = None) -> AsyncIterator[System]:
    """Start everything, and stop it; with `keep` the logs are copied there at the end."""
    home = Path(tempfile.mkdtemp(prefix="pingtai-attack-"))
    home.chmod(0o711)  # noqa: ASYNC240 - PostgreSQL may run as another user
    ours = environment(home)
    logs = {part: home / f"{part}.log" for part in ("up", "serve")}
    try:
        async with AsyncExitStack() as parts:
            await parts.enter_async_context(_running("up", env=ours, log=logs["up"]))
            stack = await _until(lambda: _stack(home), "pingtai up is ready", logs["up"])
            client = await Client.connect(
                stack.temporal_address, data_converter=pydantic_data_converter
            )
            url = f"{LOOPBACK}:{free_port(_PORT + 400)}"
            serve = ("serve", "--address", url)
            await parts.enter_async_context(_running(*serve, env=ours, log=logs["serve"]))
            await _until(lambda: _answers(f"http://{url}"), "serve is ready", logs["serve"])
            yield System(home, client, stack, f"http://{url}", ours, logs)
    finally:
        if keep:
            for part, log in logs.items():
                with suppress(OSError):
                    shutil.copyfile(log, keep / f"{part}.log")
        shutil.rmtree(home, ignore_errors=True)


@asynccontextmanager
async def _running(
    *words: str, env: dict[str, str], log: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A command at work, its output in a file; asked to stop at the end, and killed when it does not."""
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *PINGTAI,
            *words,
            env=env,
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,  # or Ctrl-C would stop it before the checks are done
        )
    try:
        yield process
    finally:
        await _stop(process)


async def _stop(process: asyncio.subprocess.Process) -> None:
    family: list[psutil.Process] = []
    with suppress(psutil.Error):
        family = psutil.Process(process.pid).children(recursive=True)
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
    for child in family:  # those that a killed parent leaves behind
        with suppress(psutil.Error):
            child.kill()


async def _stack(home: Path) -> LocalStack | None:
    stack = read_stack(home)
    return stack if stack and stack.running else None


async def _answers(url: str) -> bool:
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
            return (await http.get(f"{url}/readyz")).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


async def _until(holds: Callable[[], Awaitable[T | None]], what: str, log: Path) -> T:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        found = await holds()
        if found:
            return found
        if time.monotonic() > deadline:
            said = await asyncio.to_thread(log.read_text, errors="replace")
            raise TimeoutError(f"waited in vain: {what}\n{said[-2_000:]}")
        await asyncio.sleep(0.3)
