"""`python -m bench.encryption`: what encryption costs a decision, with and without in one run (a minute).

One server, one process with both workers and both clients, so that all that is encrypted or decrypted on the
way counts. The two take turns at every decision, in changing order. Writes its section of docs/performance.md.
"""

import asyncio
import os
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median, quantiles
from time import process_time

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter

from bench.round_trip import decide, end, open_case
from bench.script import GETTING_IN
from bench.sections import run_alone
from bench.sides import Ours
from bench.worker import NoRegister, Variation
from starter.client.temporal_connection import quietly
from starter.encryption.encrypted_converter import default_directory, encrypting_converter
from starter.encryption.master_keys import FileMasterKeys, add_master_key
from starter.encryption.term_keys import TermKeys
from worker.ports import free_port
from worker.search_attributes import ensure_search_attributes
from worker.temporal_server import temporal_server
from worker.worker_process import make_worker

CLEAR, ENCRYPTED = Ours("in-the-clear", "bench-clear"), Ours("encrypted", "bench-encrypted")
SIDES = (CLEAR, ENCRYPTED)
_LIVES = 50
_WARM_UP = 5
_SETTLE = 0.05
_PORT = 7600
_PARTS = 5

Samples = dict[Ours, list[tuple[float, float]]]
"""Of each decision the milliseconds, and those of CPU, with what follows its receipt."""


def _converters(folder: Path) -> dict[Ours, DataConverter]:
    path = folder / "keys.json"
    add_master_key(path, "bench")
    keys = TermKeys(FileMasterKeys.read(path), default_directory(path))
    return {CLEAR: pydantic_data_converter, ENCRYPTED: encrypting_converter(keys)}


async def measure(folder: Path) -> Samples:
    """Send decisions, in turn."""
    quietly()
    samples: Samples = {side: [] for side in SIDES}
    clients: dict[Ours, Client] = {}
    async with AsyncExitStack() as parts:
        server = await parts.enter_async_context(temporal_server(folder, free_port(_PORT)))
        for side, converter in _converters(folder).items():
            plugin = Variation(side.queue, sandboxed=True)
            clients[side] = await Client.connect(
                server.address, data_converter=converter, plugins=[plugin]
            )
            await ensure_search_attributes(clients[side])
            await parts.enter_async_context(make_worker(clients[side], NoRegister()))
        for number in range(_LIVES + _WARM_UP):
            name = f"one-{number}"
            cases = {side: await open_case(clients[side], side, name) for side in SIDES}
            for step in range(GETTING_IN):
                for side in SIDES if (number + step) % 2 else SIDES[::-1]:
                    begun = process_time()
                    took = await decide(cases[side], name, step)
                    await asyncio.sleep(_SETTLE)
                    if number >= _WARM_UP:
                        samples[side].append((took, (process_time() - begun) * 1000))
            await end(cases.values())
    return samples


def section(samples: Samples) -> str:
    """The section of the document."""
    took = {side: [one for one, _ in samples[side]] for side in SIDES}
    cpu = {side: median(one for _, one in samples[side]) for side in SIDES}
    figures = {
        side: (quantiles(took[side], n=4)[0], median(took[side]), cpu[side]) for side in SIDES
    }
    ratios = [ours / clear for ours, clear in zip(figures[ENCRYPTED], figures[CLEAR], strict=True)]
    table = "\n".join(
        f"| {side.name} | " + " | ".join(f"{one:.1f}" for one in figures[side]) + " |"
        for side in SIDES
    )
    size = len(took[CLEAR]) // _PARTS
    parts = [slice(start, start + size) for start in range(0, size * _PARTS, size)]
    found = [median(took[ENCRYPTED][one]) / median(took[CLEAR][one]) for one in parts]
    return f"""## What encryption costs a decision

| | p25 (ms) | p50 (ms) | CPU, p50 (ms) |
| --- | ---: | ---: | ---: |
{table}
| ratio | {" | ".join(f"{one:.2f}" for one in ratios)} |

Of each {len(samples[CLEAR])} decisions, one at a time, taking turns in one run with one server (load average
{os.getloadavg()[1]:.1f}), with a register that keeps nothing; client and worker are in one process. CPU is that
of this process, with what follows the receipt. Over {_PARTS} parts of the run the ratio of the medians was
{min(found):.2f} to {max(found):.2f}. Repeat it with `python -m bench.encryption` (a minute).
"""


if __name__ == "__main__":
    run_alone(lambda folder: section(asyncio.run(measure(folder))))
