"""How many lines of a batch are under way: as many as leave the answers quick, and one at the least."""

import asyncio

import pytest

from starter.commands.batch.pace import Pace


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
    await answered(pace, clock, 0.06, 4)
    assert 1 == pace.allowed
    await answered(pace, clock, 0.02, 100)
    assert 8 == pace.allowed


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
