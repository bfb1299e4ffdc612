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
from bench.campaign.fault_proxy import FaultProxy, Streams, by_port
from bench.campaign.part import Part, Program, kill
from db.register_errors import EmbeddedPostgresError
from worker.ports import LOOPBACK
from worker.server_limits import LIMITS
from worker.temporal_server import temporal_binary

ROOT = Path(__file__).parents[2]
OURS = ("worker-1", "worker-2", "serve")
"""The parts that are programs of ours."""
_ORDER = ("engine", "database", *OURS)
_READY_SECONDS = 300.0
_POLL = 0.5
_PORTS = range(20_000, 30_000)
"""Below those that the system gives to outgoing connections: a killed part gets its port again."""
_SECRET = "whsec_" + 8 * "QUJD"
"""Of the campaign's own receiver."""


class System:
    """Parts, by name in the order of their start; all listen on loopback only."""

    def __init__(self, folder: Path, data: Path, pingtai: Path | None = None) -> None:
        """Log to `folder` and keep data in `data`; `pingtai` is another checkout's program, to compare."""
        ports = _free_ports(7)
        self._engine_port, self._http_port, self.receiver_port = ports[:3]
        names = ("engine", "serve", "receiver", "database")
        self.ports = dict(zip(names, ports[3:], strict=True))
        """Of the proxies, by the part that is behind each."""
        self.home = data / "home"
        self.database = Database(self.home)
        self.restarts: Counter[str] = Counter()
        self.tree = ROOT
        """The source that our parts run at their next start."""
        self.extra: dict[str, dict[str, str]] = {}
        """What a part's environment has besides, by its name."""
        self.held: set[str] = set()
        """The parts that nobody starts again until they are released."""
        self.folder, self.data = folder, data
        self._command = [str(pingtai)] if pingtai else [sys.executable, "-m", "worker.main"]
        self._installed = pingtai is not None
        self.parts: dict[str, Part] = {"engine": self._engine(), "database": self.database}
        self.parts |= {name: self._pingtai(name) for name in OURS}
        reached = {
            "engine": by_port(self._engine_port),
            "serve": by_port(self._http_port),
            "receiver": by_port(self.receiver_port),
            "database": self._reach_database,
        }
        self.proxies = {
            name: FaultProxy(self.ports[name], reach) for name, reach in reached.items()
        }
        self.stopping = False
        self._write_notices()

    @property
    def address(self) -> str:
        """The engine, by its proxy."""
        return f"{LOOPBACK}:{self.ports['engine']}"

    @property
    def http(self) -> str:
        """The HTTP service, by its proxy."""
        return f"{LOOPBACK}:{self.ports['serve']}"

    @property
    def receiver(self) -> str:
        """Where notices and events are sent, by its proxy."""
        return f"http://{LOOPBACK}:{self.ports['receiver']}"

    def environment(self, name: str = "") -> dict[str, str]:
        """What every `pingtai` of the campaign is started with; nobody's own settings."""
        return self.at_home() | {
            "TEMPORAL_ADDRESS": self.address,
            "DATABASE_URL": f"postgresql://postgres@{LOOPBACK}:{self.ports['database']}/pingtai",
            "PINGTAI_HTTP_ADDRESS": f"{LOOPBACK}:{self._http_port}",
            "PINGTAI_NOTICES": str(self.data / "notices.toml"),
            "PINGTAI_ARCHIVE": str(self.data / "archive"),
            "PINGTAI_WEBHOOK_HOSTS": f"public, {LOOPBACK}",
            "CAMPAIGN_SECRET": _SECRET,
            **self.extra.get(name, {}),
        }

    def at_home(self) -> dict[str, str]:
        """The environment of a command that is for the home itself, as `backup`: no addresses."""
        ours = ("PINGTAI_", "TEMPORAL_", "DATABASE_", "PG", "XDG_")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return clean | {
            "PINGTAI_HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.data / "settings"),
            "PINGTAI_LANG": "en",
            "PYTHONPATH": "" if self._installed else str(self.tree),
        }

    async def start(self) -> None:
        """Start the proxies, then the parts, one after the other."""
        for proxy in self.proxies.values():
            await proxy.start()
        await self.start_parts(*_ORDER)

    async def start_parts(self, *names: str) -> None:
        """Start parts that were held, one after the other."""
        for name in names:
            await asyncio.to_thread(self.parts[name].start)
            await self.until_ready(name)
            self.held.discard(name)

    async def kill_parts(self, *names: str) -> None:
        """Kill parts and hold them: nobody starts them until `start_parts`."""
        self.held |= set(names)
        for name in names:
            part = self.parts[name]
            while await asyncio.to_thread(part.alive):
                await asyncio.to_thread(kill, part)
                await asyncio.sleep(0.1)

    async def until_ready(self, *names: str) -> None:
        """Wait until parts work, by default all.

        Raises:
            TimeoutError: one does not.
        """
        deadline = time.monotonic() + _READY_SECONDS
        for name in names or tuple(self.parts):
            while not await asyncio.to_thread(self.parts[name].ready):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{name} is not ready: see its log in {self.folder}")
                if name in self.held and not await asyncio.to_thread(self.parts[name].alive):
                    await asyncio.to_thread(self.parts[name].start)
                await asyncio.sleep(_POLL)

    async def supervise(self) -> None:
        """Start again whatever has ended, as systemd would, until the campaign stops."""
        while not self.stopping:
            for name, part in self.parts.items():
                if name in self.held or await asyncio.to_thread(part.alive):
                    continue
                if name not in self.held and not self.stopping:
                    self.restarts[name] += 1
                    try:
                        await asyncio.to_thread(part.start)
                    except (EmbeddedPostgresError, OSError):  # as on a full disk: again in a moment
                        self.restarts[f"{name} in vain"] += 1
            await asyncio.sleep(2 * _POLL)

    async def stop(self) -> None:
        """End all parts in order, the last one first."""
        self.stopping = True
        for part in reversed(self.parts.values()):
            await asyncio.to_thread(part.stop)
        for proxy in self.proxies.values():
            await proxy.stop()

    async def run(
        self, *words: str, at_home: bool = False, home: Path | None = None
    ) -> tuple[int, str]:
        """Run a command of `pingtai` to its end; its exit code and what it said.

        `at_home`: it is for the home's own parts; `home`: for another home.
        """
        environment = self.at_home() if at_home or home else self.environment()
        if home:
            environment["PINGTAI_HOME"] = str(home)
        process = await asyncio.create_subprocess_exec(
            *(*self._command, *words),
            env=environment,
            cwd=None if self._installed else self.tree,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            said, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        with (self.folder / "commands.log").open("a", encoding="utf-8") as log:
            log.write(f"$ pingtai {' '.join(words)}\n{said.decode(errors='replace')}")
            log.write(f"→ {process.returncode}\n")
        return process.returncode or 0, said.decode(errors="replace")

    async def _reach_database(self) -> Streams:
        return await asyncio.open_unix_connection(self.database.socket())

    def _write_notices(self) -> None:
        (self.data / "notices.toml").write_text(
            "[patience]\nlongest_seconds = 5\n"
            '[[recipients]]\nname = "receiver"\nsecret_env = "CAMPAIGN_SECRET"\n'
            f'webhook = "{self.receiver}/notices"\n',
            encoding="utf-8",
        )

    def _engine(self) -> Program:
        folder = self.home / "temporal"
        folder.mkdir(parents=True, exist_ok=True)
        port = self._engine_port
        command = [temporal_binary(), "server", "start-dev", "--headless", "--ip", LOOPBACK]
        command += ["--port", str(port), "--log-level", "warn"]
        command += ["--db-filename", str(folder / "temporal.sqlite")]
        command += ["--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=2"]
        for limit in LIMITS:
            command += ["--dynamic-config-value", limit]
        log = self.folder / "engine.log"
        return Program(
            "engine", command, lambda: os.environ, log, lambda _: _listens(LOOPBACK, port)
        )

    def _pingtai(self, name: str) -> Program:
        role, ready = (
            ("serve", "answers at") if name == "serve" else ("worker", "worker is running")
        )
        return Program(
            name,
            [*self._command, role],
            lambda: self.environment(name),
            self.folder / f"{name}.log",
            lambda said: ready in said,
            folder=lambda: None if self._installed else self.tree,
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
