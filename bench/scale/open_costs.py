"""What open platforms cost: memory, events, bytes and CPU of each, and of a year of assessment."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import psutil
from temporalio.client import Client

from bench.events import runs_of
from bench.scale.brought_in import far_off
from bench.scale.people import Answers, decide
from bench.scale.restartable import Running, bring_in
from bench.script import decided
from workflows.contract import assessment_workflow_id, platform_workflow_id

_PART = 500


class Measured(NamedTuple):
    """What the parts hold and have used."""

    engine_memory: int
    worker_memory: int
    engine_bytes: int
    register_bytes: int
    engine_cpu: float
    worker_cpu: float

    def each(self, before: "Measured", count: int) -> "Costs":
        """What each of so many has cost since."""
        return Costs(*((now - then) / count for now, then in zip(self, before, strict=True)))


class Costs(NamedTuple):
    """Of one platform, or of one year of it: bytes, and seconds of CPU."""

    engine_memory: float
    worker_memory: float
    engine_bytes: float
    register_bytes: float
    engine_cpu: float
    worker_cpu: float


class Histories(NamedTuple):
    """Of one platform, or of one year of it."""

    events: float
    size: float


class OpenPlatforms(NamedTuple):
    """What was found of them."""

    number: int
    each: Costs
    history: Histories
    few: Answers
    """People's decisions while few platforms are open."""
    many: Answers
    """While all are."""


async def measure(system: Running) -> Measured:
    """Look at the parts once they rest."""
    used = -1.0
    while system.worker_cpu() - used > 0.05:
        used = system.worker_cpu()
        await asyncio.sleep(1)
    return Measured(
        psutil.Process(system.server_pid).memory_info().rss,
        sum([await worker.resident() for worker in system.workers_now]),
        _size(system.folder / "temporal"),
        _size(system.folder / "postgres"),
        system.server_cpu(),
        system.worker_cpu(),
    )


async def open_platforms(
    system: Running, count: int, people: list[str], decisions: int
) -> OpenPlatforms:
    """Bring platforms in, in parts; people decide before and after."""
    client, now = system.client, datetime.now(UTC)
    few = await decide(client, people, lambda: True, decisions)
    before = await measure(system)
    ids: list[str] = []
    for start in range(0, count, _PART):
        part = range(start, min(start + _PART, count))
        ids += await bring_in(client, (far_off(f"open-{number}", now) for number in part))
    each = (await measure(system)).each(before, count)
    many = await decide(client, people, lambda: True, decisions)
    found = [await histories(client, [platform_workflow_id(one)]) for one in ids[:5]]
    return OpenPlatforms(count, each, _middle(found), few, many)


async def year_of_life(system: Running, platforms: Sequence[str]) -> tuple[Costs, Histories]:
    """Decide the whole assessment of platforms in which it is open; what that costs each."""
    before = await measure(system)
    now = datetime.now(UTC)
    for platform_id in platforms:
        handle = system.client.get_workflow_handle(assessment_workflow_id(platform_id, 1, 1))
        for decision in decided(platform_id, 1, now):
            said = decision | {"case": {"platform_id": platform_id, "term": 1, "year": 1}}
            await handle.execute_update("decide", said)
    each = (await measure(system)).each(before, len(platforms))
    found = []
    for one in platforms[:5]:
        ids = [platform_workflow_id(one), assessment_workflow_id(one, 1, 1)]
        found.append(await histories(system.client, ids))
    return each, _middle(found)


async def histories(client: Client, workflow_ids: Sequence[str]) -> Histories:
    """Count the events and bytes of all runs of workflows."""
    runs = [run for one in workflow_ids for run in await runs_of(client, one)]
    events = [event for run in runs for event in run]
    return Histories(len(events), sum(event.ByteSize() for event in events))


def _middle(found: Sequence[Histories]) -> Histories:
    return sorted(found)[len(found) // 2]


def _size(folder: Path) -> int:
    """Bytes of all files; what goes meanwhile does not count."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total
