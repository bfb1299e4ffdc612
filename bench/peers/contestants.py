"""What every engine is asked to do in turn, and both sides of the project's own bench by that measure."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bench.lives import live
from bench.peers.life_plan import YEARS
from bench.processes import Ground, WorkerProcess
from bench.round_trip import decide, end, open_case
from bench.script import application, decided
from bench.sides import OURS, Handle, Side
from db.postmaster import postmaster

Cpu = dict[str, float]
"""Seconds of CPU that were used so far, by which part of the engine."""
Decisions = tuple[dict[str, object], ...]


class Contestant(ABC):
    """An engine that lives the life."""

    def __init__(self, name: str) -> None:
        """Name it as the document does."""
        self.name = name

    @abstractmethod
    async def open(self, platform_ids: list[str]) -> None:
        """Start cases whose years are not skipped, and wait until each waits for its first decision."""

    @abstractmethod
    async def decide(self, platform_ids: list[str], step: int) -> list[float]:
        """Send each its next decision at the same moment; the milliseconds until it was taken and answered."""

    @abstractmethod
    async def end(self, platform_ids: list[str]) -> None:
        """Leave no sleepers behind."""

    @abstractmethod
    async def live(self, platform_ids: list[str], at_once: int) -> None:
        """Live whole lives, so many at a time."""

    @abstractmethod
    def cpu(self) -> Cpu:
        """The CPU of all its processes so far."""


class OnTemporal(Contestant):
    """Ours in full, or the bare workflow, as the rest of the bench has them."""

    def __init__(self, name: str, side: Side, ground: Ground, worker: WorkerProcess) -> None:
        """Speak to the side's worker process through Temporal."""
        super().__init__(name)
        self._side, self._ground, self._worker = side, ground, worker
        self._cases: dict[str, Handle] = {}

    async def open(self, platform_ids: list[str]) -> None:
        """As `bench.round_trip` does."""
        opened = (open_case(self._ground.client, self._side, name) for name in platform_ids)
        self._cases.update(zip(platform_ids, await asyncio.gather(*opened), strict=True))

    async def decide(self, platform_ids: list[str], step: int) -> list[float]:
        """By update."""
        return await asyncio.gather(
            *(decide(self._cases[name], name, step) for name in platform_ids)
        )

    async def end(self, platform_ids: list[str]) -> None:
        """Terminate them."""
        await end([self._cases.pop(name) for name in platform_ids])

    async def live(self, platform_ids: list[str], at_once: int) -> None:
        """With time skipped."""

        async def one(platform_id: str) -> None:
            await live(self._side, self._ground.client, platform_id)

        await at_most(at_once, one, platform_ids)

    def cpu(self) -> Cpu:
        """Of this process as the client, the worker, Temporal, and for ours PostgreSQL."""
        found = {"client": own_cpu(), "workflows": self._worker.cpu()}
        found["server"] = self._ground.server_cpu()
        if self._side is OURS:
            found["database"] = postgres_cpu(self._ground.folder)
        return found


def messages(platform_id: str) -> tuple[dict[str, object], list[Decisions]]:
    """The application of a life, and what is decided in it: until it is valid, and in each year."""
    now = datetime.now(UTC)
    return application(platform_id), [decided(platform_id, year, now) for year in (0, *YEARS)]


async def at_most(
    at_once: int, do: Callable[[str], Awaitable[None]], platform_ids: Iterable[str]
) -> None:
    """Do it for each platform, so many at a time."""
    places = asyncio.Semaphore(at_once)

    async def in_its_place(platform_id: str) -> None:
        async with places:
            await do(platform_id)

    await asyncio.gather(*map(in_its_place, platform_ids))


def own_cpu() -> float:
    """Seconds of CPU of this process."""
    times = psutil.Process().cpu_times()
    return float(times.user + times.system)


def postgres_cpu(home: Path) -> float:
    """Seconds of CPU of the embedded PostgreSQL of a home."""
    found = postmaster(home / "postgres")
    if not found:
        raise RuntimeError("the embedded PostgreSQL does not run: measure without DATABASE_URL")
    return tree_cpu(found.pid)


def tree_cpu(pid: int) -> float:
    """Seconds of CPU of a server, of the processes that it started, and of those of them that have ended."""
    used = 0.0
    server = psutil.Process(pid)
    for process in (server, *server.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:  # it ended just now, and the server's own figure has it
            continue
        used += times.user + times.system
        used += times.children_user + times.children_system
    return float(used)
