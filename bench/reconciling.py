"""`python -m bench.reconciling`: `audit reconcile` of ever more platforms, from the archive: rate and memory.

The platforms are copies of one that was really recorded, each sealed anew under an id of its own; archive and
register hold all that they would of a real one. Memory is the largest that the command's process ever had, and
the largest that the server process of its comparison had. Both must not grow with the register.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import psutil
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.archive.archive_contents import PostgresArchive
from audit.archive.file_archive import read_history
from audit.histories import StoredHistory
from audit.reading.runs import read_run
from bench.sections import run_alone
from db.engine import create_engine
from db.migrate import upgrade
from db.register_store import write_on
from tests.audit.forging import of_another
from worker.register_database import register_database

SIZES = (1_000, 10_000, 50_000)
QUICK = (200, 1_000)
HISTORY = Path(__file__).parents[1] / "x"
_TOGETHER = 50
_EVERY = 0.5
_HEADING = "## Comparing the whole register"


class Comparison(NamedTuple):
    """What the command took for so many platforms: seconds, and bytes at most."""

    platforms: int
    seconds: float
    cpu: float
    memory: int
    server_memory: int
    load: float
    """Average over the last five minutes, at the end."""

    @property
    def rate(self) -> float:
        """Platforms in a second."""
        return self.platforms / self.seconds


def copies(history: StoredHistory, numbers: range) -> Iterator[StoredHistory]:
    """Return copies of a platform's one history, each sealed anew as another platform's."""
    for number in numbers:
        yield of_another(history, f"bench-{number:06}", str(UUID(int=number + (1 << 100))))


async def fill(engine: AsyncEngine, history: StoredHistory, numbers: range) -> None:
    """Archive copies, and write what their activities wrote to the register."""
    archive = PostgresArchive(engine)
    for first in range(numbers.start, numbers.stop, _TOGETHER):
        part = range(first, min(first + _TOGETHER, numbers.stop))
        async with engine.begin() as connection:
            for one in copies(history, part):
                for write in read_run(one).register_writes:
                    await write_on(connection, write.batch)
                await archive.keep(one)


def compared(folder: Path, database: str, count: int) -> Comparison:
    """Compare the whole register as people do, by the command; watch its processes.

    Raises:
        RuntimeError: something does not agree.
    """
    environment = {**os.environ, "DATABASE_URL": database}
    began = time.perf_counter()
    command = [sys.executable, "-m", "worker.main", "audit", "reconcile", "--from", "archive"]
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=subprocess.STDOUT)
        watched, most, servers, cpu = psutil.Process(process.pid), 0, 0, 0.0
        while process.poll() is None:
            try:
                most = max(most, watched.memory_info().rss)
                used = watched.cpu_times()
                cpu = used.user + used.system
                servers = max(servers, _largest_server(folder))
            except psutil.Error:
                break
            time.sleep(_EVERY)
        seconds = time.perf_counter() - began
        said.seek(0)
        words = said.read()
    if process.wait():
        raise RuntimeError(f"reconcile ended with {process.returncode}: {words[:500]}")
    return Comparison(count, seconds, cpu, most, servers, os.getloadavg()[1])


def _largest_server(folder: Path) -> int:
    """The memory that the largest process of PostgreSQL at work in a folder has for itself."""
    largest = 0
    for process in psutil.process_iter():
        try:
            if process.name() == "postgres" and folder in Path(process.cwd()).parents:
                memory = process.memory_info()
                largest = max(largest, memory.rss - memory.shared)
        except psutil.Error:
            continue
    return largest


async def measured(folder: Path, sizes: Sequence[int]) -> list[Comparison]:
    """Fill one register further and further, and compare it at each size."""
    found = []
    history = read_history(HISTORY)
    async with register_database(folder, embedded=True) as database:
        await upgrade(database)
        engine = create_engine(database)
        have = 0
        for size in sizes:
            await fill(engine, history, range(have, size))
            have = size
            found.append(await asyncio.to_thread(compared, folder, database, size))
            print(found[-1], flush=True)
        await engine.dispose()
    return found


def section(found: Sequence[Comparison]) -> str:
    """Return the section of the document, with its heading."""
    first, last = found[0], found[-1]
    lines = [
        "| platforms | seconds | platforms a second | CPU of the command, each (ms)"
        " | memory of the command (MB) | of PostgreSQL (MB) | load |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {one.platforms:,} | {one.seconds:,.0f} | {one.rate:.0f} | {one.cpu * 1000 / one.platforms:.1f} |"
        f" {one.memory / 1e6:.0f} | {one.server_memory / 1e6:.0f} | {one.load:.1f} |"
        for one in found
    ]
    grown = last.memory / first.memory
    table = "\n".join(lines)
    return f"""{_HEADING}

{table}

`pingtai audit reconcile --from archive` of all platforms: histories, logs and every row of the register. The
platforms are copies of one that was recorded, sealed anew: a run of 62 events, four entries, 53 kB each. Memory
is the most that the command, and the process of PostgreSQL that works for it, ever had: {grown:.2f} times
as much for {last.platforms / first.platforms:.1f} times as many platforms, since one platform is held
at a time. The rate is that under the load of the last column, on {os.cpu_count()} cores. The command and
PostgreSQL take turns: by CPU alone 100,000 such platforms take the command
{last.cpu / last.platforms * 100_000 / 60:.0f} minutes, and PostgreSQL about half as many more; one with more
histories takes longer in proportion. Repeat it with `python -m bench.reconciling` (most of the time goes
into making the platforms; `--quick` makes few).
"""


def main() -> None:
    """Measure on an embedded PostgreSQL that is thrown away, print, and write the document's section."""
    sizes = QUICK if "--quick" in sys.argv else SIZES

    def work(folder: Path) -> str:
        found = asyncio.run(measured(folder, sizes))
        return section(found)

    run_alone(work)


if __name__ == "__main__":
    main()
