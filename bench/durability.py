"""`python -m bench.durability`: what a decision costs that survives a power cut (two minutes).

Two servers, with `synchronous` 1 and 2, on the same disk, and a worker for each in one process. They take turns
at every decision, in changing order. Writes its section of docs/performance.md.
"""

import asyncio
import os
from collections import defaultdict
from collections.abc import Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from bench.round_trip import decide, end, open_case
from bench.script import GETTING_IN
from bench.sections import run_alone
from bench.sides import Ours
from bench.worker import NoRegister, Variation
from starter.client.temporal_connection import quietly
from worker.ports import free_port
from worker.search_attributes import ensure_search_attributes
from worker.temporal_server import DURABLE, temporal_server
from worker.worker_process import make_worker

LESS, WHOLE = Ours("less", "bench-less"), Ours("durable", "bench-durable")
SIDES = {LESS: 1, WHOLE: DURABLE}
_DISK = "/var/tmp"  # noqa: S108 - a disk, where /tmp may be memory; only a directory of its own is made
_LIVES = 40
_AT_ONCE = 10
_ROUNDS = 8
_WARM_UP = 4
_SETTLE = 0.05
_PORT = 7700
_PARTS = 5
_SYNCS = 200

Samples = dict[str, dict[Ours, list[float]]]
"""Milliseconds, of decisions one at a time and ten at a time."""


async def measure(folder: Path) -> Samples:
    """Send decisions, in turn."""
    quietly()
    samples: Samples = {"one": defaultdict(list), "ten": defaultdict(list)}
    clients: dict[Ours, Client] = {}
    async with AsyncExitStack() as parts:
        for side, synchronous in SIDES.items():
            own = folder / side.name
            port = free_port(_PORT)
            server = await parts.enter_async_context(
                temporal_server(own, port, synchronous=synchronous)
            )
            plugin = Variation(side.queue, sandboxed=True)
            clients[side] = await Client.connect(
                server.address, data_converter=pydantic_data_converter, plugins=[plugin]
            )
            await ensure_search_attributes(clients[side])
            await parts.enter_async_context(make_worker(clients[side], NoRegister()))
        for number in range(_LIVES + _WARM_UP):
            found = await _life(clients, number, [f"one-{number}"])
            _keep(samples["one"], found if number >= _WARM_UP else [])
        for number in range(_ROUNDS + 1):
            found = await _life(clients, number, [f"ten-{number}-{one}" for one in range(_AT_ONCE)])
            _keep(samples["ten"], found if number else [])
    return samples


async def _life(
    clients: dict[Ours, Client], number: int, names: list[str]
) -> list[tuple[Ours, float]]:
    found = []
    cases = {
        side: await asyncio.gather(*(open_case(clients[side], side, name) for name in names))
        for side in SIDES
    }
    for step in range(GETTING_IN):
        for side in SIDES if (number + step) % 2 else reversed(SIDES):
            both = zip(cases[side], names, strict=True)
            took = await asyncio.gather(*(decide(case, name, step) for case, name in both))
            found += [(side, one) for one in took]
            await asyncio.sleep(_SETTLE * len(names))
    await end([case for of_side in cases.values() for case in of_side])
    return found


def _keep(kept: dict[Ours, list[float]], found: Iterable[tuple[Ours, float]]) -> None:
    for side, took in found:
        kept[side].append(took)


def sync_time(folder: Path) -> float:
    """The milliseconds of an fsync of a page on this disk, at the median."""
    found = []
    with (folder / "page").open("wb") as file:
        for _ in range(_SYNCS):
            file.write(os.urandom(4096))
            file.flush()
            begun = perf_counter()
            os.fsync(file.fileno())
            found.append((perf_counter() - begun) * 1000)
    return median(found)


def section(samples: Samples, sync: float) -> str:
    """The section of the document."""
    rows = []
    for name, words in (("one", "one at a time"), ("ten", "ten at a time")):
        for part, percent in (("p50", 49), ("p95", 94)):
            less, whole = (quantiles(samples[name][side], n=100)[percent] for side in SIDES)
            rows.append(
                f"| decision, {words}, {part} (ms) | {less:.1f} | {whole:.1f} | {whole / less:.2f} |"
            )
    one = samples["one"]
    size = len(one[LESS]) // _PARTS
    parts = [slice(start, start + size) for start in range(0, size * _PARTS, size)]
    found = [median(one[WHOLE][part]) / median(one[LESS][part]) for part in parts]
    table = "\n".join(rows)
    return f"""## What it costs to survive a power cut

| | synchronous=1 | synchronous=2 | ratio |
| --- | ---: | ---: | ---: |
{table}

`pingtai up` uses 2: SQLite has each commit on the disk before Temporal acknowledges it. With 1 the last
moments before a power cut may be lost, also acknowledged decisions. Of each side {len(one[LESS])} decisions
one at a time and {len(samples["ten"][LESS])} of ten platforms at once, taking turns in one run, with two
servers on one disk (load average {os.getloadavg()[1]:.1f}; an fsync of a page took {sync:.2f} ms at the
median) and a register that keeps nothing. Over {_PARTS} parts of the run the ratio of the medians one at a
time was {min(found):.2f} to {max(found):.2f}. Repeat it with `python -m bench.durability` (two minutes).
"""


if __name__ == "__main__":
    run_alone(lambda folder: section(asyncio.run(measure(folder)), sync_time(folder)), _DISK)
