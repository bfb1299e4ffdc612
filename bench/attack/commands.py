"""Commands of `pingtai` in a child process, watched: how they end, how long they take, how much they hold."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.attack.system import ROOT

MOST_SECONDS = 30.0
MOST_BYTES = 1_000_000_000
_GRACE_SECONDS = 5.0
_LOOK_SECONDS = 0.1
_LINE_BYTES = 1_000_000
_FRESH_AFTER = 400
_FRESH_BYTES = 400_000_000
"""A child is replaced after so many commands, or when it holds so much: what the next one takes is its own."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    words: tuple[str, ...]
    code: int
    output: str
    traceback: str
    seconds: float
    most_bytes: int
    """The most memory that it held, with its children."""

    @property
    def fault(self) -> str:
        """What a command must never do; empty: it did none of it."""
        if self.most_bytes > MOST_BYTES:
            return "takes more than 1 GB of memory"
        if self.seconds > MOST_SECONDS:
            return "takes longer than 30 seconds"
        if self.traceback or "Traceback (most recent call last)" in self.output:
            return "traceback"
        return ""

    @property
    def line(self) -> str:
        """The command as one would type it."""
        return "pingtai " + " ".join(self.words)


class Commands:
    """Runs commands one after the other in a child that is started anew when it is stopped."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        """Commands in this environment; what the child writes besides goes to a file."""
        self._environment = environment
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._run = 0
        self._alone = asyncio.Lock()

    async def run(self, *words: str, seconds: float = MOST_SECONDS) -> Ended:
        """Run a command to its end, or stop it when it takes too much."""
        async with self._alone:
            process = await self._child()
            began = time.monotonic()
            assert process.stdin
            assert process.stdout
            process.stdin.write(json.dumps(words).encode() + b"\n")
            reading = asyncio.create_task(process.stdout.readline())
            held = await self._watched(process, reading, began + seconds)
            took = time.monotonic() - began
            if not reading.done():
                await self.close()
                await asyncio.gather(reading, return_exceptions=True)
                return Ended(words, -9, "", "", took, held)
            line = reading.result()
            if not line:
                await self.close()
                return Ended(words, -1, "", "the process ended", took, held)
            said = json.loads(line)
            return Ended(words, said["code"], said["output"], said["traceback"], took, held)

    async def _watched(
        self, process: asyncio.subprocess.Process, reading: asyncio.Task[bytes], late: float
    ) -> int:
        """Wait for the answer, and return the most memory held meanwhile; stop watching when too much."""
        most = 0
        while True:
            done, _ = await asyncio.wait({reading}, timeout=_LOOK_SECONDS)
            if done:
                return most
            most = max(most, await asyncio.to_thread(_resident, process.pid))
            if most > MOST_BYTES or time.monotonic() > late + _GRACE_SECONDS:
                return most

    async def _child(self) -> asyncio.subprocess.Process:
        if self._process and (
            self._process.returncode is not None
            or self._run >= _FRESH_AFTER
            or await asyncio.to_thread(_resident, self._process.pid) > _FRESH_BYTES
        ):
            await self.close()
        if self._process is None:
            self._run = 0
            with self._log.open("ab") as log:
                self._process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "bench.attack.command_child"),
                    cwd=ROOT,
                    env=self._environment,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=log,
                    limit=_LINE_BYTES,
                )
        self._run += 1
        return self._process

    async def close(self) -> None:
        """End the child with its own children."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        with suppress(psutil.Error):
            for child in psutil.Process(process.pid).children(recursive=True):
                with suppress(psutil.Error):
                    child.kill()
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@asynccontextmanager
async def commands(environment: dict[str, str], log: Path) -> AsyncIterator[Commands]:
    """Commands, with their child ended at the end."""
    running = Commands(environment, log)
    try:
        yield running
    finally:
        await running.close()


def _resident(pid: int) -> int:
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        family = (process, *process.children(recursive=True))
        return sum(one.memory_info().rss for one in family)
    return 0
