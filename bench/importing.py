"""`python -m bench.importing`: what an application costs that is imported, in each process at work for it."""

import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import psutil

from bench.events import runs_of
from bench.scale.open_costs import measure
from bench.scale.restartable import Running, running
from bench.script import application
from bench.sections import run_alone
from db.migrate import upgrade
from worker.register_database import register_database
from workflows.contract import platform_workflow_id

COUNT = 600
WARM = 50
TO_REACH = 60
_HEADING = "## Importing applications"


class Imported(NamedTuple):
    """Applications in a second, and milliseconds of CPU of each; `events` until its case rests."""

    rate: float
    engine: float
    worker: float
    client: float
    postgres: float
    events: int

    @property
    def cpu(self) -> float:
        """Milliseconds of CPU of an application in all processes together."""
        return self.engine + self.worker + self.client + self.postgres


async def imported(system: Running, mark: str, count: int) -> Imported:
    """Import so many applications by the command, and wait until all cases rest.

    Raises:
        RuntimeError: they were not all started.
    """
    file = system.folder / f"{mark}.jsonl"
    forms = (application(f"{mark}-{n}") | {"application_id": f"a-{mark}-{n}"} for n in range(count))
    file.write_text("".join(json.dumps(one) + "\n" for one in forms), encoding="utf-8")
    environment = {
        **os.environ,
        "DATABASE_URL": system.database,
        "TEMPORAL_ADDRESS": system.address,
        "PINGTAI_HOME": str(system.folder / "home"),
    }
    command = [sys.executable, "-m", "worker.main", "import", str(file), "--yes"]
    before, postgres, client = await measure(system), _postgres(system.folder), _children()
    began = time.perf_counter()
    done = await asyncio.to_thread(
        subprocess.run, command, env=environment, capture_output=True, text=True, check=False
    )
    took, client = time.perf_counter() - began, _children() - client
    if done.returncode:
        raise RuntimeError(done.stderr[-500:])
    each = (await measure(system)).each(before, count)
    (history,) = await runs_of(system.client, platform_workflow_id(f"{mark}-0"))
    return Imported(
        count / took,
        each.engine_cpu * 1000,
        each.worker_cpu * 1000,
        client / count * 1000,
        (_postgres(system.folder) - postgres) / count * 1000,
        len(history),
    )


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _postgres(folder: Path) -> float:
    """Seconds of CPU that the processes of PostgreSQL in a folder have used; of those that live."""
    total = 0.0
    for process in psutil.process_iter():
        try:
            if process.name() == "postgres" and folder in Path(process.cwd()).parents:
                used = process.cpu_times()
                total += used.user + used.system
        except psutil.Error:
            continue
    return total


async def measured(folder: Path) -> Imported:
    """Import on servers of their own, once to warm up."""
    async with register_database(folder, embedded=True) as database:
        await upgrade(database)
        async with running(folder, database) as system:
            await imported(system, "warm", WARM)
            return await imported(system, "imported", COUNT)


def section(found: Imported, load: float) -> str:
    """Return the section of the document, with its heading."""
    cores, at_best = os.cpu_count() or 1, (os.cpu_count() or 1) * 1000 / found.cpu
    each = cores * 1000 / TO_REACH
    verdict = "reached" if found.rate >= TO_REACH else "**missed**"
    return f"""{_HEADING}

| CPU of an application (ms) | |
| --- | ---: |
| Temporal's server | {found.engine:.1f} |
| worker | {found.worker:.1f} |
| command | {found.client:.1f} |
| PostgreSQL | {found.postgres:.1f} |
| all | {found.cpu:.1f} |

`pingtai import` of {COUNT} applications with a register beside it: {found.rate:.1f} a second
(to reach: {TO_REACH}; {verdict}), at a load average of {load:.1f} over the last five minutes on {cores}
cores; CPU until all cases rest. Where nothing but this CPU limits it, it is {at_best:.0f} a second.
{TO_REACH} a second leave each application {each:.0f} ms, and Temporal's server alone takes
{found.engine:.0f}. What it is asked to do for one is at its floor: a case begins with {found.events} events,
two workflow tasks (it begins; it learns when its first step is due, and sets the timer) and one
activity, which writes the
register and works out the date. Of the command's part reading, checking and judging an application are
0.5 ms; the rest is the process itself, two calls to Temporal and the questions to the register, among them
whether the worker keeps up: the longer that takes, the more of them. Repeat it with
`python -m bench.importing` (a minute).
"""


def main() -> None:
    """Measure on servers that are thrown away, print, and write the document's section."""

    def work(folder: Path) -> str:
        found = asyncio.run(measured(folder))
        return section(found, os.getloadavg()[1])

    run_alone(work)


if __name__ == "__main__":
    main()
