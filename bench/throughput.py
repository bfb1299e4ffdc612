"""Whole lives per second: so many at once, the sides block by block in turn."""

import asyncio
import time
from dataclasses import dataclass

from bench.lives import live
from bench.processes import Ground
from bench.sides import BARE, OURS


@dataclass(frozen=True)
class Throughput:
    """Lives per second of each block, in the order they were lived."""

    ours: list[float]
    bare: list[float]

    @property
    def ratios(self) -> list[float]:
        """Ours to bare, of the blocks that stood beside each other."""
        return [ours / bare for ours, bare in zip(self.ours, self.bare, strict=True)]


async def throughput(ground: Ground, blocks: int, at_once: int) -> Throughput:
    """Live blocks of lives on each side; the first pair, not counted, warms up."""
    rates: dict[str, list[float]] = {OURS.name: [], BARE.name: []}
    for block in range(blocks + 1):
        for side in (OURS, BARE) if block % 2 else (BARE, OURS):
            names = [f"life-{block}-{one}" for one in range(at_once)]
            begun = time.perf_counter()
            await asyncio.gather(*(live(side, ground.client, name) for name in names))
            rates[side.name].append(at_once / (time.perf_counter() - begun))
    return Throughput(ours=rates[OURS.name][1:], bare=rates[BARE.name][1:])
