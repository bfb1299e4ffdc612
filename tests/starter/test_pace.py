"""How many lines of a batch are under way: as many as leave the answers quick, and one at the least."""

import asyncio
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from starter.commands.batch.pace import Pace

TINY = 1e-9


class Clock:
    """A clock that stands until a test moves it."""

    now = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


async def answered(pace: Pace, clock: Clock, took: float, times: int = 1) -> None:
    """So many answers, one after another, each after so long."""
    for _ in range(times):
        async with pace.turn():
            clock.now += took


async def test_it_begins_with_one_and_grows_while_answers_are_quick() -> None:
    """Never beyond the most."""
    clock = Clock()
    pace = Pace(8, clock)
    assert 1 == pace.allowed
    await answered(pace, clock, 0.02, 100)
    assert 8 == pace.allowed


async def test_slower_answers_make_room() -> None:
    """Three times the idle answer: down to one; quick again: up again."""
    clock = Clock()
    pace = Pace(8, clock)
    await answered(pace, clock, 0.02, 100)
    await answered(pace, clock, 0.06, 30)
    assert 1 == pace.allowed
    await answered(pace, clock, 0.02, 100)
    assert 8 == pace.allowed


@pytest.mark.parametrize("scatter", [0.1, 0.3, 0.5])
async def test_two_processors_are_used_and_people_are_answered(scatter: float) -> None:
    """However much single answers scatter: nearly all of both, and a person waits at most thrice as long."""
    clock = Clock()
    used, waits = await worked(Pace(8, clock), clock, scatter)
    assert used > 0.9
    assert waits < 3


async def worked(pace: Pace, clock: Clock, scatter: float) -> tuple[float, float]:
    """Of two processors that share what is under way: the part that is used, and how long a person waits.

    A line waits a while, for a disk say, and then takes its part of a processor.
    """
    chance = random.Random(1)  # noqa: S311 - no secret
    lines = list[Line]()
    used = shared = 0.0
    for _ in range(1_500):
        while len(lines) < pace.allowed:
            stack = AsyncExitStack()
            await stack.enter_async_context(pace.turn())
            rest, work = (mean * chance.lognormvariate(0, scatter) for mean in (0.01, 0.03))
            lines.append(Line(stack, rest, work))
        while all(line.work > 0 for line in lines):
            running = [line for line in lines if line.rest <= 0]
            share = min(1, 2 / len(running)) if running else 0
            steps = [line.rest for line in lines if line.rest > 0]
            step = min([*steps, *(line.work / share for line in running)])
            clock.now += step
            used += step * min(2, len(running))
            shared += step * max(1, (len(running) + 1) / 2)
            for line in lines:
                line.go(step, step * share)
        for line in [line for line in lines if line.work <= 0]:
            lines.remove(line)
            await line.stack.aclose()
    return used / clock.now / 2, shared / clock.now


@dataclass(eq=False)
class Line:
    """A line under way: its turn, seconds until it needs a processor, and seconds that it needs of one."""

    stack: AsyncExitStack
    rest: float
    work: float

    def go(self, seconds: float, of_processor: float) -> None:
        """Time goes by."""
        if self.rest > 0:
            self.rest = 0.0 if self.rest - seconds < TINY else self.rest - seconds
        else:
            self.work = 0.0 if self.work - of_processor < TINY else self.work - of_processor


async def test_a_slower_system_is_not_waited_for_for_ever() -> None:
    """Where every answer takes longer than it once did, that is soon the idle one."""
    clock = Clock()
    pace = Pace(8, clock)
    await answered(pace, clock, 0.001)
    await answered(pace, clock, 0.1, 200)
    assert 8 == pace.allowed


async def test_no_more_are_under_way_than_may_be() -> None:
    """Also where one fails or is cancelled: its turn goes to the next."""
    clock = Clock()
    pace = Pace(3, clock)
    await answered(pace, clock, 0.02, 20)
    under_way, most = 0, 0

    async def line(number: int) -> None:
        nonlocal under_way, most
        async with pace.turn():
            under_way += 1
            most = max(most, under_way)
            try:
                await asyncio.sleep(0)
                if number % 3 == 0:
                    raise ValueError("it fails")
            finally:
                under_way -= 1

    lines = [asyncio.create_task(line(number)) for number in range(30)]
    lines[10].cancel()
    done = await asyncio.gather(*lines, return_exceptions=True)
    assert (3, 0) == (most, under_way)
    assert 10 == sum(isinstance(one, ValueError) for one in done)
    with pytest.raises(ValueError, match="here"):
        async with pace.turn():
            raise ValueError("here")
    await answered(pace, clock, 0.02)
