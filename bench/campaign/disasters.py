"""Losses that people must mend, with what they do about them: as docs/first-aid.md and docs/backup.md say."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from bench.campaign.call_history import CallHistory
from bench.campaign.clients import Clients
from bench.campaign.faults import Fault
from bench.campaign.listeners import Access
from bench.campaign.register_contents import known_decisions
from bench.campaign.system import OURS, System

_TRIES = 6
_PAUSE = 5.0
_DRAINED_SECONDS = 180.0
_REASON = "数据文件损坏"


class NotMended(Exception):
    """What the documents say to do has not helped."""


class Disasters:
    """Takes something away, and then does what an operator does."""

    def __init__(
        self, system: System, clients: Clients, history: CallHistory, access: Access
    ) -> None:
        """Hold the clients back where people would be told to."""
        self._system, self._clients = system, clients
        self._history, self._access = history, access
        self._backups = system.data / "backups"

    def of(self, fault: Fault) -> Callable[[], Awaitable[None]]:
        """What brings a disaster about and mends it."""
        return {
            Fault.DATABASE_LOST: self._lose_database,
            Fault.OLDER_DATABASE: self._restore_older_database,
            Fault.ENGINE_LOST: self._lose_engine,
            Fault.OLDER_ENGINE: self._restore_older_engine,
        }[fault]

    async def back_up(self) -> None:
        """Make a backup while everything runs."""
        await self._mend("backup", str(self._backups), "--keep", "1", at_home=True)

    async def _lose_database(self) -> None:
        async with self._held("database"):
            shutil.rmtree(self._system.home / "postgres")
            await self._system.start_parts("database")
            await self._mend("register", "rebuild")
            await self._system.start_parts(*OURS)
            await self._access.renew()

    async def _restore_older_database(self) -> None:
        old = await self._old_copy()
        async with self._held("database"):
            shutil.rmtree(self._system.home / "postgres")
            (old / "postgres").rename(self._system.home / "postgres")
            await self._system.start_parts("database")
            await self._mend("audit", "reconcile", "--repair")
            await self._system.start_parts(*OURS)
            await self._access.renew()
        shutil.rmtree(old)

    async def _lose_engine(self) -> None:
        async with self._held("engine"):
            shutil.rmtree(self._system.home / "temporal")
            await self._go_on_from_register()

    async def _restore_older_engine(self) -> None:
        old = await self._old_copy()
        async with self._held("engine"):
            shutil.rmtree(self._system.home / "temporal")
            (old / "temporal").rename(self._system.home / "temporal")
            await self._go_on_from_register("--end-older")
        shutil.rmtree(old)

    async def _go_on_from_register(self, *more: str) -> None:
        (self._system.home / "temporal").mkdir(exist_ok=True)
        self._history.lose(await known_decisions(self._system.database.url))
        await self._system.start_parts("engine", *OURS)
        await self._mend("recover", "--all", "--yes", "--reason", _REASON, *more)

    def _held(self, lost: str) -> "_Held":
        return _Held(self._system, self._clients, self._history, lost)

    async def _old_copy(self) -> Path:
        """Restore the newest backup into a home of its own, and then let some time go by."""
        await self.back_up()
        await asyncio.sleep(_PAUSE)
        newest = max(self._backups.glob("pingtai-*.zip"))
        scratch = self._system.data / "scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        await self._mend("restore", str(newest), home=scratch, well=(0, 1))
        return scratch

    async def _mend(
        self,
        *words: str,
        at_home: bool = False,
        home: Path | None = None,
        well: tuple[int, ...] = (0,),
    ) -> None:
        """Run a command until it says that all is well: of `restore` also that something needs attention.

        Raises:
            NotMended: it does not.
        """
        for tries in range(1, _TRIES + 1):
            code, said = await self._system.run(*words, at_home=at_home, home=home)
            if code in well:
                return
            if tries < _TRIES:
                await asyncio.sleep(_PAUSE)
        raise NotMended(f"`pingtai {' '.join(words)}` ends with {code}: …{said.strip()[-800:]}")


class _Held:
    """A lost part and all that uses it are down, and nobody sends: at the end all run."""

    def __init__(self, system: System, clients: Clients, history: CallHistory, lost: str) -> None:
        self._system, self._clients, self._history, self._lost = system, clients, history, lost
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> None:
        self._clients.allowed.clear()
        self._stack.callback(self._clients.allowed.set)
        await self._system.kill_parts(self._lost, *OURS)
        # Who waits for an answer gets none from what comes back: an older copy must not take anything.
        async with asyncio.timeout(_DRAINED_SECONDS):
            await self._history.idle.wait()

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
