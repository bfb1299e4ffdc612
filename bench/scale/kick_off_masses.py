"""Kick-offs in masses: so many a minute as after pacing, and so many that an outage held up."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from bench.scale.brought_in import Window, within
from bench.scale.people import Answers, decide
from bench.scale.restartable import Running, bring_in, running
from bench.scale.scale_sizes import Sizes
from workflows.contract import ASSESSMENT_TYPE
from workflows.deadlines import CATCHING_UP, HELD_UP

_A_SECOND = 2_000 / CATCHING_UP.total_seconds()
"""Kick-offs: two thousand in the time that pacing gives to them."""
_BROUGHT_IN_A_SECOND = 4
_FIRST = timedelta(minutes=1)
_TO_STOP = timedelta(seconds=20)
_SETTLE = 0.4
"""Between two decisions: in half an hour no platform takes more than its share of them."""
_LOOK = 0.5
_PATIENCE = 3_600.0


class Mass(NamedTuple):
    """What kick-offs in a mass did."""

    number: int
    opened: int
    took: float
    """Seconds until the last of those was open, since the first was due, or the outage ended."""
    first: Answers
    """Of people, in the first minute."""
    rest: Answers
    """Of people, after it."""


async def spread(folder: Path, database: str, sizes: Sizes, people: list[str]) -> Mass:
    """Let kick-offs come as pacing spreads them, while a worker runs and people decide."""
    length = timedelta(seconds=sizes.kick_offs / _A_SECOND)
    async with running(folder, database) as system:
        window = await _bring_in(system, "spread", sizes.kick_offs, length)
        await _sleep_until(window.first)
        return await _opened(system, window.first, sizes.kick_offs, people, whole=True)


async def after_outage(folder: Path, database: str, sizes: Sizes, people: list[str]) -> Mass:
    """Let all kick-offs fall into a minute in which nothing runs, and start again."""
    async with running(folder, database) as system:
        before = await _count(system)
        window = await _bring_in(system, "held-up", sizes.kick_offs, timedelta(seconds=30))
        await _sleep_until(
            window.first - _TO_STOP
        )  # until then each comes to wait for its kick-off
    await _sleep_until(window.last + HELD_UP)
    async with running(folder, database) as system:
        whole = sizes.until_all_open
        return await _opened(
            system, datetime.now(UTC), sizes.kick_offs, people, whole=whole, before=before
        )


async def _bring_in(system: Running, mark: str, count: int, length: timedelta) -> Window:
    now = datetime.now(UTC)
    wait = timedelta(seconds=60 + count / _BROUGHT_IN_A_SECOND)
    window = Window.after(now, wait, length)
    await bring_in(system.client, islice(within(window, mark, now), count))
    if datetime.now(UTC) > window.first:
        raise RuntimeError(f"bringing in took longer than {wait}: the first kick-offs have passed")
    return window


async def _opened(
    system: Running,
    since: datetime,
    count: int,
    people: list[str],
    *,
    whole: bool,
    before: int | None = None,
) -> Mass:
    before = await _count(system) if before is None else before
    async with _watched(system, before + count) as all_open:
        end = time.monotonic() + _FIRST.total_seconds()
        first = await decide(
            system.client,
            people,
            lambda: all_open.is_set() or time.monotonic() > end,
            1,
            settle=_SETTLE,
        )
        rest = Answers(())
        if whole and not all_open.is_set():
            rest = await decide(system.client, people, all_open.is_set, 1, settle=_SETTLE)
    query = f"WorkflowType = '{ASSESSMENT_TYPE}' AND StartTime >= '{since.isoformat()}'"
    starts = [one.start_time async for one in system.client.list_workflows(query)]
    took = max(((start - since).total_seconds() for start in starts), default=0.0)
    return Mass(count, len(starts), took, first, rest)


@asynccontextmanager
async def _watched(system: Running, count: int) -> AsyncIterator[asyncio.Event]:
    """An event that is set once so many assessments were opened."""
    found = asyncio.Event()

    async def watch() -> None:
        for _ in range(int(_PATIENCE / _LOOK)):
            if await _count(system) >= count:
                break
            await asyncio.sleep(_LOOK)
        found.set()

    watching = asyncio.create_task(watch())
    try:
        yield found
    finally:
        watching.cancel()


async def _count(system: Running) -> int:
    return (await system.client.count_workflows(f"WorkflowType = '{ASSESSMENT_TYPE}'")).count


async def _sleep_until(moment: datetime) -> None:
    await asyncio.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))
