"""The whole system of a campaign: an engine, a database, two workers and `serve`, and who restarts them."""

import asyncio
import os
import random
import socket
import sys
import time
from collections import Counter
from pathlib import Path

from bench.campaign.database import Database
from bench.campaign.part import Part, Program
from worker.ports import LOOPBACK
from worker.temporal_server import temporal_binary

_ROOT = Path(__file__).parents[2]
_READY_SECONDS = 300.0
_POLL = 0.5
_PORTS = range(20_000, 30_000)
"""Below those that the system gives to outgoing connections: a killed part gets its port again."""


class System:
    """Parts, by name in the order of their start; all listen on loopback only."""

    def __init__(self, folder: Path, data: Path, pingtai: Path | None) -> None:
        """Log to `folder` and keep data in `data`; `pingtai` is another checkout's program, to compare."""
        self.address, self.http = (f"{LOOPBACK}:{port}" for port in _free_ports(2))
        self.database = Database(data / "register")
        self.restarts: Counter[str] = Counter()
        self._folder, self._data = folder, data
        self._command = [str(pingtai)] if pingtai else [sys.executable, "-m", "worker.main"]
        self._cwd_path = "" if pingtai else str(_ROOT)
        self.parts: dict[str, Part] = {"engine": self._engine(), "database": self.database}
        self.stopping = False

    def environment(self) -> dict[str, str]:
        """What every `pingtai` of the campaign is started with; nobody's own settings."""
        ours = ("PINGTAI_", "TEMPORAL_", "DATABASE_", "PG")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return clean | {
            "PINGTAI_HOME": str(self._data / "home"),
            "PINGTAI_LANG": "en",
            "PYTHONPATH": self._cwd_path,
            "TEMPORAL_ADDRESS": self.address,
            "DATABASE_URL": self.database.url,
            "PINGTAI_HTTP_ADDRESS": self.http,
        }

    async def start(self) -> None:
        """Start the parts, one after the other."""
        for name in ("engine", "database", "worker-1", "worker-2", "serve"):
            if name not in self.parts:
                self.parts[name] = self._pingtai(name)
            await asyncio.to_thread(self.parts[name].start)
            await self.until_ready(name)

    async def until_ready(self, *names: str) -> None:
        """Wait until parts work, by default all.

        Raises:
            TimeoutError: one does not.
        """
        deadline = time.monotonic() + _READY_SECONDS
        for name in names or tuple(self.parts):
            while not await asyncio.to_thread(self.parts[name].ready):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{name} is not ready: see its log in {self._folder}")
                await asyncio.sleep(_POLL)

    async def supervise(self) -> None:
        """Start again whatever has ended, as systemd would, until the campaign stops."""
        while not self.stopping:
            for name, part in self.parts.items():
                if not await asyncio.to_thread(part.alive) and not self.stopping:
                    self.restarts[name] += 1
                    await asyncio.to_thread(part.start)
            await asyncio.sleep(2 * _POLL)

    def stop(self) -> None:
        """End all parts in order, the last one first."""
        self.stopping = True
        for part in reversed(self.parts.values()):
            part.stop()

    async def run(self, *words: str) -> tuple[int, str]:
        """Run a command of `pingtai` to its end; its exit code and what it said."""
        process = await asyncio.create_subprocess_exec(
            *(*self._command, *words),
            env=self.environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        return process.returncode or 0, said.decode(errors="replace")

    def _engine(self) -> Program:
        (self._data / "temporal").mkdir(parents=True, exist_ok=True)
        host, _, port = self.address.partition(":")
        command = [temporal_binary(), "server", "start-dev", "--headless", "--ip", host]
        command += ["--port", port, "--log-level", "warn"]
        command += ["--db-filename", str(self._data / "temporal" / "temporal.sqlite")]
        command += ["--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=1"]
        log = self._folder / "engine.log"
        return Program("engine", command, os.environ, log, lambda _: _listens(host, int(port)))

    def _pingtai(self, name: str) -> Program:
        role, ready = (
            ("serve", "answers at") if name == "serve" else ("worker", "worker is running")
        )
        return Program(
            name,
            [*self._command, role],
            self.environment(),
            self._folder / f"{name}.log",
            lambda said: ready in said,
        )


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens at, by chance, so that campaigns beside each other do not meet."""
    found: set[int] = set()
    while len(found) < count:
        port = random.SystemRandom().choice(_PORTS)
        if not _listens(LOOPBACK, port):
            found.add(port)
    return list(found)


def _listens(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0
