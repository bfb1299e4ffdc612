"""All that one run of the bench has found."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass

from bench.desk import desk
from bench.desk_figures import PageTime
from bench.events import Events, events_of_a_life
from bench.lives import by_signal, by_update
from bench.memory import Footprint, footprint
from bench.processes import Ground
from bench.replay_figures import Replays
from bench.replays import replays
from bench.round_trip import SIDES, Samples, one_at_a_time, ten_at_a_time
from bench.sides import BARE, OURS, Side
from bench.throughput import Throughput, throughput

SINGLE_LIVES = 50
"""With four decisions each."""
ROUNDS_OF_TEN = 6
BLOCKS = 4
LIVES_AT_ONCE = 16
CACHED = 350


@dataclass(frozen=True)
class Findings:
    """Raw findings; `bench.figures` makes figures of them."""

    single: Samples
    ten: Samples
    lives: Throughput
    by_update: dict[Side, Events]
    by_signal: dict[Side, Events]
    sandboxed: dict[Side, Footprint]
    unsandboxed: dict[Side, Footprint]
    making: dict[str, float]
    """Milliseconds to make the sandbox of a workflow, by its class."""
    desk: list[PageTime]
    replays: Replays


async def measure(ground: Ground, tell: Callable[[str], None]) -> Findings:
    """Measure everything, one after another, on the same servers."""
    tell("The sandbox, and memory of cached workflows …")
    making = json.loads(await ground.run("bench.sandbox"))
    sandboxed: dict[Side, Footprint] = {}
    unsandboxed: dict[Side, Footprint] = {}
    for side in (OURS, BARE):
        sandboxed[side] = await footprint(ground, side, CACHED, sandboxed=True)
        unsandboxed[side] = await footprint(ground, side, CACHED, sandboxed=False)
    desk_pages = await desk(ground.database, tell)
    replayed = await replays(tell)
    async with ground.workers(*SIDES):
        tell("Decisions one at a time …")
        single = await one_at_a_time(ground, SINGLE_LIVES)
    async with ground.workers(OURS, BARE) as workers:
        tell("Decisions ten at a time …")
        ten = await ten_at_a_time(ground, ROUNDS_OF_TEN)
        tell("Whole lives …")
        lives = await throughput(ground, workers, BLOCKS, LIVES_AT_ONCE)
        tell("Events …")
        events = await asyncio.gather(
            *(
                events_of_a_life(ground, side, say, how)
                for side in (OURS, BARE)
                for say, how in ((by_update, "update"), (by_signal, "signal"))
            )
        )
    return Findings(
        single=single,
        ten=ten,
        lives=lives,
        by_update={OURS: events[0], BARE: events[2]},
        by_signal={OURS: events[1], BARE: events[3]},
        sandboxed=sandboxed,
        unsandboxed=unsandboxed,
        making=making,
        desk=desk_pages,
        replays=replayed,
    )
