"""Restate beside us: its server with its own store, and its program; the client is this process."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from bench.peers.contestants import Contestant, Cpu, at_most, messages, own_cpu
from bench.peers.life_plan import SKIPPED_YEAR, WHOLE_YEAR, YEARS
from bench.peers.peer_process import PeerProcess, peer_program, peer_server
from bench.processes import Ground
from worker.ports import LOOPBACK, free_port

NAME = "Restate"
_PORTS = range(7410, 7450, 10)
_START_SECONDS = 60.0
_ANSWER_SECONDS = 60.0
_PAUSE = 0.1


class OnRestate(Contestant):
    """It is spoken to by HTTP, as its own client for Python does with the same library."""

    def __init__(
        self,
        ingress: httpx.AsyncClient,
        admin: httpx.AsyncClient,
        server: PeerProcess,
        program: PeerProcess,
    ) -> None:
        """Speak to its server."""
        super().__init__(NAME)
        self._ingress, self._admin = ingress, admin
        self._server, self._program = server, program
        self._invocations: dict[str, str] = {}

    async def open(self, platform_ids: list[str]) -> None:
        """Start workflows."""
        await asyncio.gather(*(self._start(name, WHOLE_YEAR) for name in platform_ids))

    async def decide(self, platform_ids: list[str], step: int) -> list[float]:
        """By a handler that answers when the workflow has taken it."""
        return await asyncio.gather(
            *(
                self._decide("Platform", name, step, messages(name)[1][0][step])
                for name in platform_ids
            )
        )

    async def end(self, platform_ids: list[str]) -> None:
        """Kill them."""
        for name in platform_ids:
            path = f"/invocations/{self._invocations.pop(name)}/kill"
            (await self._admin.patch(path)).raise_for_status()

    async def live(self, platform_ids: list[str], at_once: int) -> None:
        """With short years."""
        await at_most(at_once, self._live, platform_ids)

    def cpu(self) -> Cpu:
        """Of this process as the client, the program, and the server with its store."""
        return {
            "client": own_cpu(),
            "workflows": self._program.cpu(),
            "server": self._server.cpu(),
        }

    async def _live(self, platform_id: str) -> None:
        _, decisions = messages(platform_id)
        await self._start(platform_id, SKIPPED_YEAR)
        for step, decision in enumerate(decisions[0]):
            await self._decide("Platform", platform_id, step, decision)
        for year in YEARS:
            child = await self._post(f"/Platform/{platform_id}/opened", year)
            for step, decision in enumerate(decisions[year]):
                await self._decide("Assessment", child, step, decision)
        ended = await self._ingress.get(f"/restate/workflow/Platform/{platform_id}/attach")
        ended.raise_for_status()

    async def _start(self, platform_id: str, a_year: float) -> None:
        started = {"application": messages(platform_id)[0], "a_year": a_year}
        answer = await self._post(f"/Platform/{platform_id}/run/send", started)
        self._invocations[platform_id] = answer["invocationId"]

    async def _decide(self, workflow: str, key: str, step: int, decision: object) -> float:
        sent = {"number": step + 1, "decision": decision}
        begun = time.perf_counter()
        await self._post(f"/{workflow}/{key}/decide", sent)
        return (time.perf_counter() - begun) * 1000

    async def _post(self, path: str, body: object) -> Any:
        answer = await self._ingress.post(path, json=body)
        answer.raise_for_status()
        return answer.json()


@asynccontextmanager
async def restate_peer(ground: Ground, peers: Path) -> AsyncIterator[OnRestate]:
    """Start its server and its program, of the environments under `peers`."""
    inner, admin, ingress, program = (free_port(wanted) for wanted in _PORTS)
    folder = ground.folder / "restate"
    folder.mkdir()
    environment = {
        **ground.environment(),
        "RESTATE_BASE_DIR": str(folder),
        "RESTATE_LISTEN_MODE": "tcp",
        "RESTATE_BIND_IP": LOOPBACK,
        "RESTATE_BIND_PORT": str(inner),
        "RESTATE_ADMIN__BIND_PORT": str(admin),
        "RESTATE_INGRESS__BIND_PORT": str(ingress),
        "RESTATE_DISABLE_TELEMETRY": "true",
        "RESTATE_LOG_FILTER": "warn",
    }
    command = [str(_server_program(peers)), "--no-logo"]
    serve = [str(peers / "restate/bin/python"), "-m", "bench.peers.restate_app", str(program)]
    async with (
        peer_server(command, folder / "server.log", environment) as server,
        peer_program(serve, folder / "program.log", ground.environment()) as workflows,
        _client(ingress) as at_ingress,
        _client(admin) as at_admin,
    ):
        await _register(at_admin, f"http://{LOOPBACK}:{program}", server)
        yield OnRestate(at_ingress, at_admin, server, workflows)


def server_version(peers: Path) -> str:
    """The version of the server that is installed."""
    package = peers / "restate-server/node_modules/@restatedev/restate-server/package.json"
    return str(json.loads(package.read_text())["version"])


def _server_program(peers: Path) -> Path:
    """The server itself, and not the program of Node that starts it, whose end would not be its end."""
    packages = peers / "restate-server/node_modules/@restatedev"
    found = sorted(packages.glob("restate-server-*/bin/restate-server"))
    if not found:
        raise FileNotFoundError(f"no restate-server for this system under {packages}")
    return found[0]


def _client(port: int) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=f"http://{LOOPBACK}:{port}", timeout=_ANSWER_SECONDS, trust_env=False
    )


async def _register(admin: httpx.AsyncClient, uri: str, server: PeerProcess) -> None:
    """Tell the server where the program is, as soon as it listens."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            answer = await admin.post("/deployments", json={"uri": uri})
            if answer.is_success:
                return
            trouble = answer.text
        except httpx.TransportError as error:
            trouble = str(error)
        if server.ended or time.monotonic() > deadline:
            raise RuntimeError(f"Restate does not start: {trouble}\n{server.log_end()}")
        await asyncio.sleep(_PAUSE)
