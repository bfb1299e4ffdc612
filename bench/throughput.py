"""Whole lives per second: so many at once, the sides block by block in turn."""

import asyncio
import time
from dataclasses import dataclass
from statistics import median

from bench.lives import live
from bench.processes import Ground, WorkerProcess
from bench.sides import BARE, OURS, Side


@dataclass(frozen=True)
class Block:
    """Lives per second, and the CPU seconds of a life in the worker and in the Temporal server."""

    rate: float
    worker: float
    server: float


Throughput = dict[Side, list[Block]]


async def throughput(
    ground: Ground, workers: dict[Side, WorkerProcess], blocks: int, at_once: int
) -> Throughput:
    """Live blocks of lives on each side; the first pair, not counted, warms up."""
    found: Throughput = {OURS: [], BARE: []}
    for number in range(blocks + 1):
        for side in (OURS, BARE) if number % 2 else (BARE, OURS):
            names = [f"life-{number}-{one}" for one in range(at_once)]
            worker, server, begun = workers[side].cpu(), ground.server_cpu(), time.perf_counter()
            await asyncio.gather(*(live(side, ground.client, name) for name in names))
            took = time.perf_counter() - begun
            block = Block(
                at_once / took,
                (workers[side].cpu() - worker) / at_once,
                (ground.server_cpu() - server) / at_once,
            )
            if number:
                found[side].append(block)
    return found


def ratios(found: Throughput) -> list[float]:
    """Lives per second, ours to bare, of the blocks that stood beside each other."""
    return [ours.rate / bare.rate for ours, bare in zip(found[OURS], found[BARE], strict=True)]


def rate(found: Throughput, side: Side) -> float:
    """Lives per second of the middle block."""
    return median(block.rate for block in found[side])
