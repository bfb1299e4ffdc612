"""A campaign from its start to its verdict."""

import asyncio
import random
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from bench.campaign.clients import Case, Clients
from bench.campaign.ledger import Ledger
from bench.campaign.messages import first_application, listed_application
from bench.campaign.nemesis import Nemesis
from bench.campaign.system import System
from bench.campaign.verdict import verdict
from starter.client.temporal_client import PingtaiClient

_SCOPES = ("read", "decide:operator", "decide:district", "decide:commission")
_EVERY = 30.0
_GRACE = 300.0
"""How long clients may take to finish what they have begun, and the nemesis its last kill."""


@dataclass(frozen=True)
class Plan:
    """What is run: for how long, with how many kills, and where the logs go."""

    seconds: float
    kills: int
    seed: int
    platforms: int
    clients: int
    out: Path
    pingtai: Path | None = None
    targets: tuple[str, ...] = ()
    """Which parts are hit; empty: all."""
    both: float = 0.15
    """How often two parts are killed at once."""


async def campaign(plan: Plan, say: Callable[[str], None]) -> list[str]:
    """Run a campaign and say how it went; what does not hold is returned."""
    data = _data_folder()
    system = System(plan.out, data, plan.pingtai)
    say(f"Seed {plan.seed}; logs and the ledger are in {plan.out}.")
    try:
        await system.start()
        return await _run(plan, system, say)
    finally:
        await asyncio.to_thread(system.stop)
        shutil.rmtree(data, ignore_errors=True)


def _data_folder() -> Path:
    data = Path(tempfile.mkdtemp(prefix="pingtai-kills-"))
    data.chmod(0o755)  # PostgreSQL runs as a user of its own where we are root
    return data


async def _run(plan: Plan, system: System, say: Callable[[str], None]) -> list[str]:
    temporal = await Client.connect(system.address, data_converter=pydantic_data_converter)
    client, ledger = PingtaiClient(temporal), Ledger(plan.out / "ledger.jsonl")
    key = await _key(system)
    cases = await _apply(client, plan)
    async with httpx.AsyncClient(
        base_url=f"http://{system.http}",
        headers={"authorization": f"Bearer {key}"},
        timeout=45,
        trust_env=False,
    ) as http:
        clients = Clients(temporal, client, http, ledger)
        chance = random.Random(plan.seed)  # noqa: S311
        nemesis = Nemesis(system, chance, plan.out / "nemesis.jsonl", plan.targets, plan.both)
        supervisor = asyncio.create_task(system.supervise())
        working = [
            asyncio.create_task(clients.work(cases, random.Random(plan.seed * 1000 + number)))  # noqa: S311
            for number in range(plan.clients)
        ]
        hitting = asyncio.create_task(nemesis.run(plan.kills, plan.seconds))
        begun = time.monotonic()
        while time.monotonic() - begun < plan.seconds:
            left = plan.seconds - (time.monotonic() - begun)
            await asyncio.wait([*working, supervisor], timeout=max(0.1, min(_EVERY, left)))
            _raise_if_failed(*working, supervisor, hitting)
            say(f"  {nemesis.kills} kills, {len(ledger.acknowledged)} acknowledged")
        await asyncio.wait_for(hitting, _GRACE)
        clients.stopping = True
        await asyncio.wait_for(asyncio.gather(*working), _GRACE)
        await system.until_ready()
        found = await verdict(system, temporal, client, cases, ledger)
        _raise_if_failed(supervisor)
    _report(found, system, nemesis, ledger, say)
    return found


async def _apply(client: PingtaiClient, plan: Plan) -> list[Case]:
    """Half of the platforms begin with their application, half were listed and are assessed at once."""
    cases = []
    for number in range(plan.platforms):
        platform_id = f"kills-{plan.seed}-{number:02}"
        make = listed_application if number % 2 else first_application
        await client.apply(make(platform_id))
        cases.append(Case(platform_id))
    return cases


async def _key(system: System) -> str:
    """A key for the intake, that may say all that the clients say."""
    scopes = [word for scope in _SCOPES for word in ("--scope", scope)]
    _, said = await system.run("keys", "create", "campaign", "--district", "haidian", *scopes)
    found = re.search(r"\bptk_\S+", said)
    if not found:
        raise RuntimeError(f"no key for the intake: {said}")
    return found[0]


def _raise_if_failed(*tasks: "asyncio.Task[None]") -> None:
    """A campaign whose own tasks fail proves nothing."""
    for task in tasks:
        if task.done() and not task.cancelled():
            task.result()


def _report(
    found: list[str], system: System, nemesis: Nemesis, ledger: Ledger, say: Callable[[str], None]
) -> None:
    say(f"Done to the system: {_counts(nemesis.done)}.")
    say(f"Started again: {_counts(system.restarts)}.")
    say(f"Answers: {_counts(ledger.answers)}.")
    for line in found:
        say(f"VIOLATION {line}")
    kept = f"{len(ledger.acknowledged)} acknowledgements, {nemesis.kills} kills"
    say(f"{kept}: {len(found)} violations." if found else f"{kept}: all hold.")


def _counts(counted: "dict[str, int]") -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counted.items())) or "nothing"
