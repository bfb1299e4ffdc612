"""The round trip of a decision: from sending the update until its receipt is there."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from statistics import median

from temporalio.client import Client
from temporalio.service import RPCError

from bench.lives import at_rest
from bench.processes import Ground
from bench.script import GETTING_IN, decided
from bench.sides import (
    BARE,
    BARE_AND_ACTIVITY,
    BARE_AND_ATTRIBUTE,
    OURS,
    OURS_WITHOUT_DATABASE,
    Handle,
    Side,
)

SIDES = (OURS, BARE, OURS_WITHOUT_DATABASE, BARE_AND_ACTIVITY, BARE_AND_ATTRIBUTE)
"""Ours and the bare one, and three more that show where the difference comes from."""

Samples = dict[Side, list[float]]
_WARM_UP = 4
_SETTLE = 0.03
"""Seconds after each answer in which what follows it is done, so that it burdens no other's figure."""


async def one_at_a_time(ground: Ground, lives: int) -> Samples:
    """Milliseconds of single decisions. The sides take turns at every decision, in changing order."""
    samples: Samples = defaultdict(list)
    for number in range(lives + _WARM_UP):
        cases = {side: await open_case(ground.client, side, f"one-{number}") for side in SIDES}
        await asyncio.sleep(_SETTLE)
        for step in range(GETTING_IN):
            turn = (number + step) % len(SIDES)
            for side in SIDES[turn:] + SIDES[:turn]:
                took = await decide(cases[side], f"one-{number}", step)
                await asyncio.sleep(_SETTLE)
                if number >= _WARM_UP:
                    samples[side].append(took)
        await end(cases.values())
    return samples


async def ten_at_a_time(ground: Ground, rounds: int) -> Samples:
    """Milliseconds of decisions of ten platforms at once. The sides take turns at every ten."""
    samples: Samples = defaultdict(list)
    for number in range(rounds + 1):
        ids = [f"ten-{number}-{one}" for one in range(10)]
        cases = {
            side: await asyncio.gather(*(open_case(ground.client, side, name) for name in ids))
            for side in (OURS, BARE)
        }
        for step in range(GETTING_IN):
            for side in (OURS, BARE) if (number + step) % 2 else (BARE, OURS):
                took = await asyncio.gather(
                    *(decide(case, name, step) for case, name in zip(cases[side], ids, strict=True))
                )
                if number:  # the first round warms up
                    samples[side] += took
                await asyncio.sleep(_SETTLE * 10)
        await end([case for of_side in cases.values() for case in of_side])
    return samples


def ratios(samples: Samples, blocks: int = 5) -> tuple[float, float]:
    """The smallest and the largest ratio of the medians, ours to bare, of so many parts of the run."""
    size = len(samples[BARE]) // blocks
    parts = [slice(start, start + size) for start in range(0, size * blocks, size)]
    found = [median(samples[OURS][part]) / median(samples[BARE][part]) for part in parts]
    return min(found), max(found)


async def open_case(client: Client, side: Side, platform_id: str) -> Handle:
    """Start a case, and wait until it has done its first tasks."""
    handle = await side.start(client, f"{side.name}-{platform_id}")
    await at_rest(handle)
    return handle


async def decide(case: Handle, platform_id: str, step: int) -> float:
    """Send a decision; return the milliseconds until its receipt is there."""
    decision = decided(platform_id, 0, datetime.now(UTC))[step]
    begun = time.perf_counter()
    await case.execute_update("decide", decision, result_type=dict)
    return (time.perf_counter() - begun) * 1000


async def end(cases: Iterable[Handle]) -> None:
    """Leave no sleepers behind; the workflow that only measures the activity has ended by itself."""
    for case in cases:
        with suppress(RPCError):
            await case.terminate()
