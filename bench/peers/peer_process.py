"""A program of an engine's own environment, at work for a measurement."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bench.peers.contestants import tree_cpu
from worker.temporal_server import WITH_PARENT

ROOT = Path(__file__).parents[2]
_START_SECONDS = 60
_STOP_SECONDS = 15
_LONGEST_LINE = 1 << 24
_LOG_END = 2000


class PeerProcess:
    """It runs, and may answer by lines of JSON."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        """Speak to it through its pipes."""
        self._process = process
        self._log = log

    async def ask(self, what: str, **more: object) -> Any:
        """Ask for something; what it answers when that is done."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"what": what, **more}).encode() + b"\n")
        return json.loads(await self.line())

    async def line(self) -> bytes:
        """The next line that it says."""
        assert self._process.stdout
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a peer's program ended; the end of its log:\n{self.log_end()}")
        return line

    def log_end(self) -> str:
        """The end of its log."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-_LOG_END:]

    def cpu(self) -> float:
        """How many seconds of CPU it has used, with what it started."""
        return tree_cpu(self._process.pid)

    @property
    def ended(self) -> bool:
        """Whether it runs no longer."""
        return self._process.returncode is not None


@asynccontextmanager
async def peer_program(
    command: list[str], log: Path, environment: Mapping[str, str]
) -> AsyncIterator[PeerProcess]:
    """Run a program that says when it is ready, and ends with its standard input."""
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            env=dict(environment),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=output,
            limit=_LONGEST_LINE,
        )
    program = PeerProcess(process, log)
    try:
        await asyncio.wait_for(program.line(), _START_SECONDS)
        yield program
    finally:
        assert process.stdin
        process.stdin.close()
        await _ended(process)


@asynccontextmanager
async def peer_server(
    command: list[str], log: Path, environment: Mapping[str, str]
) -> AsyncIterator[PeerProcess]:
    """Run a server until it is told to stop; it ends with this process, too."""
    lock = os.open(log.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(WITH_PARENT), str(os.getpid()), str(lock)),
                *command,
                cwd=log.parent,
                env=dict(environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(lock,),
                start_new_session=True,
            )
    finally:
        os.close(lock)
    try:
        yield PeerProcess(process, log)
    finally:
        if process.returncode is None:
            process.terminate()
        await _ended(process)


async def _ended(process: asyncio.subprocess.Process) -> None:
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
