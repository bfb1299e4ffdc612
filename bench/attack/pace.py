"""How fast an attacker goes, and when it stops: bounded in count and in time."""

import asyncio
import time
from collections.abc import AsyncIterator
from random import Random


class Pace:
    """Turns at a rate until a moment."""

    def __init__(self, per_second: float, ends: float, most: int = 1_000_000) -> None:
        """Go until `ends` (of `time.monotonic()`), and never more than `most` times."""
        self._pause = 1 / per_second
        self._ends = ends
        self._most = most

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self._ends

    async def turns(self) -> AsyncIterator[int]:
        """Number the turns; a turn that took long is not made up for."""
        for step in range(1, self._most + 1):
            began = time.monotonic()
            if began >= self._ends:
                return
            yield step
            left = self._pause - (time.monotonic() - began)
            await asyncio.sleep(max(0.0, min(left, self._ends - time.monotonic())))


def random_of(seed: int, attacker: str) -> Random:
    """The randomness of an attacker: the same for the same seed, whatever the others do."""
    return Random(f"{seed}:{attacker}")  # noqa: S311 - repeatable is what it must be
