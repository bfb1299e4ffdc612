"""One run of all parts, on the same data one after the other."""

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from bench.scale.brought_in import far_off
from bench.scale.carried_life import Carried, fill
from bench.scale.kick_off_masses import Mass, after_outage, spread
from bench.scale.killed_whole import restarts
from bench.scale.open_costs import Costs, Histories, OpenPlatforms, open_platforms, year_of_life
from bench.scale.people import Answers, decide
from bench.scale.restartable import Form, bring_in, running
from bench.scale.scale_sizes import Sizes
from bench.scale.worker_counts import CACHED, WORKERS, Working, with_workers
from starter.client.temporal_connection import quietly
from worker.register_database import register_database
from workflows.contract import ASSESSMENT_TYPE

_PEOPLE = 120
_OPEN_FOR_EACH = 50
"""So many open platforms for each that a worker has in its cache."""


class Found(NamedTuple):
    """All that was measured."""

    sizes: Sizes
    open: OpenPlatforms
    working: list[Working]
    cached: int
    idle: Answers
    """People's decisions on cases in nobody's cache, after a restart, while nothing else happens."""
    spread: Mass
    held_up: Mass
    year: tuple[Costs, Histories]
    restarts: list[float]
    carried: Carried


async def measure_all(folder: Path, sizes: Sizes) -> Found:
    """Measure; `folder` is on a disk like that of the system."""
    quietly()
    async with register_database(folder, embedded=True) as database:
        async with running(folder, database) as system:
            people = await bring_in(system.client, _people())
            opened = await open_platforms(system, sizes.open_platforms, people, sizes.decisions)
        everyone = [f"open-{number}" for number in range(sizes.open_platforms)]
        cached = min(CACHED, max(10, sizes.open_platforms // _OPEN_FOR_EACH))
        working = [
            await with_workers(
                folder,
                database,
                everyone,
                workers=workers,
                decisions=sizes.decisions,
                cached=cached,
            )
            for workers in WORKERS
        ]
        async with running(folder, database) as system:
            await decide(system.client, everyone[:5], lambda: True, 5)
            idle = await decide(system.client, people, lambda: True, sizes.decisions)
        paced = await spread(folder, database, sizes, people)
        held_up = await after_outage(folder, database, sizes, people)
        async with running(folder, database) as system:
            query = f"WorkflowType = '{ASSESSMENT_TYPE}' AND ExecutionStatus = 'Running'"
            open_now = [one.id.split(":")[1] async for one in system.client.list_workflows(query)]
            year = await year_of_life(system, list(islice(open_now, sizes.years)))
    times = await restarts(folder, everyone)
    return Found(sizes, opened, working, cached, idle, paced, held_up, year, times, fill())


def _people() -> list[Form]:
    now = datetime.now(UTC)
    return [far_off(f"people-{number}", now) for number in range(_PEOPLE)]
