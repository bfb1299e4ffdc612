"""A campaign from its start to its verdict."""

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from bench.campaign.batch_client import BatchClient
from bench.campaign.call_history import CallHistory
from bench.campaign.campaign_plan import Plan
from bench.campaign.campaign_report import Outcome, write_report
from bench.campaign.clients import Case, Clients
from bench.campaign.disasters import Disasters
from bench.campaign.fault_schedule import schedule
from bench.campaign.faults import DISASTERS, Fault
from bench.campaign.listeners import Access, Follower, Receiver
from bench.campaign.nemesis import Nemesis
from bench.campaign.release_before import ReleaseBefore
from bench.campaign.surroundings import data_folder, faketime_library
from bench.campaign.system import System
from bench.campaign.trees import PLANTS, planted_tree, release_tree
from bench.campaign.verdict import Heard, verdict
from starter.client.temporal_client import PingtaiClient

_EVERY = 30.0
_GRACE = 600.0
"""How long clients may take to finish what they have begun, and the nemesis its last act."""


async def campaign(plan: Plan, say: Callable[[str], None]) -> Outcome:
    """Run a campaign, say how it went, and write its report."""
    with data_folder() as (data, own_file_system):
        system = System(plan.out, data, plan.pingtai)
        left_out = dict(_left_out(plan, system, own_file_system=own_file_system))
        say(f"Seed {plan.seed}; logs and the report are in {plan.out}.")
        for fault, why in left_out.items():
            say(f"  left out: {fault} ({why})")
        try:
            await system.start()
            outcome = await _run(plan, system, left_out, say)
        finally:
            await system.stop()
    write_report(outcome, plan.out)
    for line in outcome.summary():
        say(line)
    return outcome


def _left_out(plan: Plan, system: System, *, own_file_system: bool) -> list[tuple[Fault, str]]:
    """Faults that cannot be made here, and why; prepares the trees of the others."""
    found = [(fault, "not asked for") for fault in Fault if fault not in plan.kinds]
    if not own_file_system:
        found.append((Fault.FULL_DISK, "no tmpfs may be mounted"))
    if faketime_library() is None:
        found.append((Fault.CLOCK, "libfaketime is not installed"))
    if plan.plant:
        system.tree = planted_tree(system.data / "planted", PLANTS[plan.plant])
        disasters = (Fault.UPGRADE, *DISASTERS)
        found += [(fault, "a fault is put in on purpose") for fault in disasters]
    elif Fault.UPGRADE in plan.kinds and not plan.pingtai:
        tree = release_tree(system.data / "before", plan.before)
        if tree:
            system.tree = tree
        else:
            found.append((Fault.UPGRADE, f"the repository has no release {plan.before}"))
    if plan.pingtai:
        found.append((Fault.UPGRADE, "another checkout's program"))
    return found


async def _run(
    plan: Plan, system: System, left_out: dict[Fault, str], say: Callable[[str], None]
) -> Outcome:
    temporal = await Client.connect(system.address, data_converter=pydantic_data_converter)
    client, history = PingtaiClient(temporal), CallHistory(plan.out / "history.jsonl")
    receiver = Receiver(system.receiver_port, _chance(plan, plan.clients + 1))
    await receiver.start()
    async with httpx.AsyncClient(
        base_url=f"http://{system.http}", timeout=20, trust_env=False
    ) as http:
        access, follower = Access(system, http), Follower(http)
        clients = Clients(temporal, client, http, history)
        disasters = Disasters(system, clients, history, access)
        nemesis = Nemesis(system, disasters, plan.out / "nemesis.jsonl")
        if Fault.UPGRADE not in left_out:
            before = ReleaseBefore(system, history, plan.seed)
            clients.cases += [Case(platform_id) for platform_id in await before.until_upgraded()]
            nemesis.count(Fault.UPGRADE)
        await access.renew()
        for number in range(plan.platforms):
            await clients.apply(f"kills-{plan.seed}-{number:02}")
        kinds = [fault for fault in plan.kinds if fault not in left_out]
        acts = schedule(plan.seed, plan.seconds, plan.kills, kinds, plan.targets)
        begun, supervisor = time.monotonic(), asyncio.create_task(system.supervise())
        following = asyncio.create_task(follower.run())
        batches = BatchClient(system, clients, history)
        working = [
            asyncio.create_task(clients.work(_chance(plan, number)))
            for number in range(plan.clients)
        ]
        working.append(asyncio.create_task(batches.work(_chance(plan, plan.clients))))
        striking = asyncio.create_task(nemesis.run(acts))
        while time.monotonic() - begun < plan.seconds or not striking.done():
            await asyncio.wait([*working, supervisor], timeout=_EVERY)
            _raise_if_failed(*working, supervisor, striking, following)
            passed = time.monotonic() - begun
            done = sum(nemesis.done.values())
            say(
                f"  {passed / 60:.1f} min: {nemesis.kills} kills, {done - nemesis.kills} other faults,"
                f" {history.acknowledged} acknowledged"
            )
            if passed > plan.seconds + _GRACE:
                break
        clients.stopping = True
        clients.allowed.set()
        if not striking.done():
            striking.cancel()
            nemesis.failures.append("the nemesis did not come to its end")
        await asyncio.wait_for(asyncio.gather(*working), _GRACE)
        lasted = time.monotonic() - begun
        await system.until_ready()
        say("  waiting until all is recorded and delivered, then checking")
        heard = Heard(temporal, client, receiver, follower)
        checks = await verdict(system, clients.cases, history, heard)
        checks["every loss is mended as the documents say"] = nemesis.failures
        _raise_if_failed(supervisor)
        following.cancel()
        receiver.stop()
        history.close()
    return Outcome(plan, lasted, checks, nemesis, history, system, left_out)


def _chance(plan: Plan, number: int) -> random.Random:
    return random.Random(plan.seed * 1000 + number)  # noqa: S311


def _raise_if_failed(*tasks: "asyncio.Task[None]") -> None:
    """A campaign whose own tasks fail proves nothing."""
    for task in tasks:
        if task.done() and not task.cancelled():
            task.result()


def default_kills(seconds: float) -> int:
    """Two in a minute."""
    return max(3, round(seconds / 30))


def prepared(out: Path) -> Path:
    """The folder for logs, made if missing."""
    out.mkdir(parents=True, exist_ok=True)
    return out.resolve()
