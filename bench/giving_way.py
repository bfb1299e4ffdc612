"""`python -m bench.giving_way`: how long a person's decision takes while a batch of platforms is imported.

Idle and during the import in one run, on the same servers, with the real command in a process of its own.
What is to be reached is at most three times the idle answer.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

from temporalio.service import RPCError

from bench.processes import Ground, ground
from bench.script import GETTING_IN, application, decided
from bench.sides import OURS
from starter.client.temporal_client import PingtaiClient
from workflows.application import PlatformApplication
from workflows.contract import platform_workflow_id
from workflows.model import parse
from workflows.periods import beijing_date

PLATFORMS = 500
AT_MOST = 3.0
_IDLE_LIVES = 30
_WARM_UP = 5
_SETTLE = 0.03
"""Seconds between two decisions: people do not follow each other at once."""


class Found(NamedTuple):
    """Milliseconds of decisions, idle and during the import, and how long the import took (seconds)."""

    idle: list[float]
    during: list[float]
    took: float
    platforms: int

    @property
    def ratio(self) -> float:
        """The medians', during to idle."""
        return median(self.during) / median(self.idle)


async def giving_way(ground: Ground, platforms: int, *options: str) -> Found:
    """Measure on a worker of ours; `options` go to the command."""
    client = PingtaiClient(ground.client)
    async with ground.worker(OURS):
        people = _People(client)
        for number in range(_WARM_UP + _IDLE_LIVES):
            took = await people.get_in(f"idle-{number}")
            if number >= _WARM_UP:
                people.idle += took
        file = ground.folder / "brought-in.jsonl"
        file.write_text("".join(_lines(platforms)), encoding="utf-8")
        began = time.perf_counter()
        importing = asyncio.create_task(_run(ground, file, *options))
        number = 0
        while not importing.done():
            took = await people.get_in(f"during-{number}", importing.done)
            people.during += took
            number += 1
        return Found(people.idle, people.during, await importing - began, platforms)


class _People:
    """Who decides, one decision after another."""

    def __init__(self, client: PingtaiClient) -> None:
        self._client = client
        self.idle: list[float] = []
        self.during: list[float] = []

    async def get_in(
        self, platform_id: str, over: Callable[[], bool] = lambda: False
    ) -> list[float]:
        """Take a platform to the list; how long each decision took. What came after it was over is not told."""
        form = parse(PlatformApplication, application(platform_id))
        await self._client.apply(form)
        took = []
        for step in range(GETTING_IN):
            await asyncio.sleep(_SETTLE)
            decision = decided(platform_id, 0, datetime.now(UTC))[step]
            decision["case"] = {"platform_id": platform_id, "term": 1}
            begun = time.perf_counter()
            await _decide(self._client, platform_id, decision)
            if step and not over():  # the first waits for the case to be opened, too
                took.append((time.perf_counter() - begun) * 1000)
        return took


async def _decide(client: PingtaiClient, platform_id: str, decision: Any) -> None:
    """Send it until it is answered: on a machine that is very busy a workflow task may be given up."""
    handle = client.temporal.get_workflow_handle(platform_workflow_id(platform_id))
    for _ in range(10):
        with suppress(RPCError):
            await handle.execute_update("decide", decision, result_type=dict)
            return
    raise RuntimeError(f"{platform_id} does not answer")


def _lines(platforms: int) -> list[str]:
    """Applications of platforms that were listed last year."""
    listed = beijing_date(datetime.now(UTC)) - timedelta(days=200)
    lines = []
    for number in range(platforms):
        name = f"brought-{number}"
        brought_in = {
            "kind": "bringing_in",
            "decision_id": f"bring-{number}",
            "actor": {"id": "kw-7", "role": "commission", "organisation": "市科委、中关村管委会"},
            "decided_on": beijing_date(datetime.now(UTC)).isoformat(),
            "documents": [{"name": "名单.pdf", "sha256": "ab" * 32}],
            "listed_on": listed.isoformat(),
            "list_number": "2025-1",
            "certificate_number": f"C-{number}",
        }
        form = application(name) | {"application_id": f"a-{name}", "brought_in": brought_in}
        form.pop("submitted_by", None)
        lines.append(json.dumps(form, ensure_ascii=False) + "\n")
    return lines


async def _run(ground: Ground, file: Path, *options: str) -> float:
    """Import, by the command; when it ended."""
    environment = {
        **os.environ,
        "TEMPORAL_ADDRESS": ground.address,
        "DATABASE_URL": ground.database,
        "PINGTAI_HOME": str(ground.folder / "home"),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "worker.main", "import", str(file), *options),
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"the import ended with {process.returncode}: {told.decode()[-2000:]}")
    return time.perf_counter()


def in_words(found: Found) -> str:
    """The figures, a line each."""
    idle, during = found.idle, found.during
    tenths = quantiles(during, n=20)
    return (
        f"decisions idle: p50 {median(idle):.1f} ms, worst {max(idle):.0f} ms ({len(idle)})\n"
        f"during the import: p50 {median(during):.1f} ms, p95 {tenths[18]:.0f} ms,"
        f" worst {max(during):.0f} ms ({len(during)})\n"
        f"ratio of the medians: {found.ratio:.2f} (to reach: {AT_MOST:.0f} at most)\n"
        f"the import: {found.platforms} platforms in {found.took:.1f} s,"
        f" {found.platforms / found.took:.0f} a second"
    )


async def main(*options: str) -> None:
    """Measure and print."""
    async with ground() as shared:
        print(in_words(await giving_way(shared, PLATFORMS, *options)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
    sys.stdout.flush()
    os._exit(0)  # the SDK's threads may abort an ordinary exit (sdk-python#300)
