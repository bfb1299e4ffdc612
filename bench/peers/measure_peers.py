"""All engines in turn, in one run: decisions one at a time and ten at a time, and whole lives."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bench.peers.contestants import Contestant, Cpu
from bench.script import GETTING_IN

TEN = 10
_WARM_UP = 2
_SETTLE = 0.03
"""Seconds after each answer, for each of so many, in which what follows it is done."""


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    single_lives: int
    """With four decisions each."""
    rounds_of_ten: int
    blocks: int
    lives: int
    """In a block."""
    at_once: int = 5


WHOLE = Size(single_lives=40, rounds_of_ten=6, blocks=5, lives=20)
QUICK = Size(single_lives=3, rounds_of_ten=1, blocks=1, lives=5)


@dataclass(frozen=True)
class Block:
    """A block of lives: so many per second, and the CPU seconds of a life, by part."""

    rate: float
    cpu: Cpu


@dataclass(frozen=True)
class Results:
    """What was found of an engine: milliseconds of decisions, seconds of CPU of each ten, blocks of lives."""

    single: list[float] = field(default_factory=list)
    ten: list[float] = field(default_factory=list)
    ten_cpu: list[float] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


class Turn(NamedTuple):
    """What an engine's turn took: milliseconds of its decisions, and seconds of CPU with what followed."""

    engine: str
    took: list[float]
    cpu: float


Found = dict[str, Results]


async def measure_peers(
    contestants: Sequence[Contestant], size: Size, tell: Callable[[str], None]
) -> Found:
    """Measure all; what warms up is not counted."""
    found = {one.name: Results() for one in contestants}
    tell("Decisions one at a time …")
    for number in range(size.single_lives + _WARM_UP):
        turns = await _getting_in(contestants, [f"one-{number}"], number)
        for turn in turns if number >= _WARM_UP else ():
            found[turn.engine].single.extend(turn.took)
    tell("Decisions ten at a time …")
    for number in range(size.rounds_of_ten + 1):
        names = [f"ten-{number}-{one}" for one in range(TEN)]
        for turn in await _getting_in(contestants, names, number):
            if number:
                found[turn.engine].ten.extend(turn.took)
                found[turn.engine].ten_cpu.append(turn.cpu)
    tell("Whole lives …")
    for number in range(size.blocks + 1):
        for one in _turn(contestants, number):
            block = await _block(one, number, size)
            if number:
                found[one.name].blocks.append(block)
    return found


async def _getting_in(
    contestants: Sequence[Contestant], names: list[str], number: int
) -> list[Turn]:
    """The engines take turns at every decision, in changing order."""
    turns = []
    for one in contestants:
        await one.open(names)
    await asyncio.sleep(_SETTLE * len(names))
    for step in range(GETTING_IN):
        for one in _turn(contestants, number + step):
            before = sum(one.cpu().values())
            took = await one.decide(names, step)
            await asyncio.sleep(_SETTLE * len(names))
            turns.append(Turn(one.name, took, sum(one.cpu().values()) - before))
    for one in contestants:
        await one.end(names)
    return turns


async def _block(one: Contestant, number: int, size: Size) -> Block:
    names = [f"life-{number}-{life}" for life in range(size.lives)]
    before, begun = one.cpu(), time.perf_counter()
    await one.live(names, size.at_once)
    took, after = time.perf_counter() - begun, one.cpu()
    return Block(
        rate=size.lives / took,
        cpu={part: (after[part] - before[part]) / size.lives for part in after},
    )


def _turn(contestants: Sequence[Contestant], number: int) -> Iterator[Contestant]:
    first = number % len(contestants)
    yield from (*contestants[first:], *contestants[:first])
