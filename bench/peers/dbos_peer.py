"""DBOS beside us: its program, on a PostgreSQL of the same kind as ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.peers.contestants import Contestant, Cpu, messages, postgres_cpu
from bench.peers.peer_process import PeerProcess, peer_program
from bench.processes import Ground
from worker.register_database import register_database

NAME = "DBOS"


class OnDbos(Contestant):
    """It measures its decisions itself: client and workflows are one process."""

    def __init__(self, program: PeerProcess, home: Path) -> None:
        """Speak to the program; its PostgreSQL is that of `home`."""
        super().__init__(NAME)
        self._program, self._home = program, home

    async def open(self, platform_ids: list[str]) -> None:
        """Start workflows."""
        await self._program.ask("open", cases=[(name, messages(name)[0]) for name in platform_ids])

    async def decide(self, platform_ids: list[str], step: int) -> list[float]:
        """By a message, and an event that answers it."""
        sent = [(name, messages(name)[1][0][step]) for name in platform_ids]
        return [float(one) for one in await self._program.ask("decide", decisions=sent)]

    async def end(self, platform_ids: list[str]) -> None:
        """Cancel them."""
        await self._program.ask("end", ids=platform_ids)

    async def live(self, platform_ids: list[str], at_once: int) -> None:
        """With short years."""
        lives = []
        for name in platform_ids:
            form, decisions = messages(name)
            lives.append({"id": name, "application": form, "decisions": decisions})
        await self._program.ask("live", lives=lives, at_once=at_once)

    def cpu(self) -> Cpu:
        """Of the program and PostgreSQL."""
        return {"workflows": self._program.cpu(), "database": postgres_cpu(self._home)}


@asynccontextmanager
async def dbos_peer(ground: Ground, peers: Path) -> AsyncIterator[OnDbos]:
    """Start its PostgreSQL and its program, of the environment under `peers`."""
    home = ground.folder / "dbos"
    async with register_database(home, embedded=True) as url:
        database = url.replace("postgresql+asyncpg:", "postgresql:", 1)
        command = [str(peers / "dbos/bin/python"), "-m", "bench.peers.dbos_app", database]
        log = ground.folder / "dbos.log"
        async with peer_program(command, log, ground.environment()) as program:
            yield OnDbos(program, home)
