"""A batch gives way to people: as many lines under way as leave the answers nearly as quick as when idle.

All lines and all people share the workers. What a batch has under way stands in front of a person's
decision, so their answers slow down together, and the batch can tell by its own: additive increase,
multiplicative decrease, as TCP does. Temporal's task queue priorities are no way: a case that is started
with a low priority keeps it until somebody gives it another, and the decisions in it would wait behind all
others' for years. Only while somebody waits for long a case goes first (`starter.client.people_first`).
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

SLOWER = 1.5
"""If answers take this many times as long as on an idle system, fewer lines are sent at once."""
_LESS = 0.5
_TOGETHER = 12
_QUICK_ONES = 0.25
"""Of so many last answers a quarter may be quick for other reasons; the others say how long one takes now.

A single one says little: where answers scatter, every other one takes so long on an idle system, and a batch
that heeds each of them leaves up to two fifths of the processors unused (`tests/starter/test_pace.py`).
"""
_REMEMBERED = 200
_QUICKEST = 10
"""The idle answer is what a tenth of the last answers did not take: not the one that was quickest of all."""


class Pace:
    """How many lines may be under way, at most `most`."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with one; `clock` gives seconds."""
        self._most = most
        self._clock = clock
        self._allowed = 1.0
        self._under_way = 0
        self._changed = asyncio.Condition()
        self._answers: deque[float] = deque(maxlen=_REMEMBERED)
        self._last: deque[float] = deque(maxlen=_TOGETHER)
        """The answers to what was sent since fewer are sent."""
        self._lowered_at = float("-inf")

    @property
    def allowed(self) -> int:
        """How many may be under way now."""
        return max(1, min(self._most, int(self._allowed)))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until one more may be under way; inside it is, and how long that takes is noted."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._under_way < self.allowed)
            self._under_way += 1
        began = self._clock()
        try:
            yield
            self._note(began, self._clock())
        finally:
            self._under_way -= 1
            async with self._changed:
                self._changed.notify_all()

    def _note(self, began: float, ended: float) -> None:
        took = ended - began
        self._answers.append(took)
        if began < self._lowered_at:
            return  # what was under way then has been answered for
        self._last.append(took)
        idle = sorted(self._answers)[len(self._answers) // _QUICKEST]
        now = sorted(self._last)[int(len(self._last) * _QUICK_ONES)]
        if now <= SLOWER * idle:
            self._allowed = min(self._most, self._allowed + 1 / self._allowed)
        elif len(self._last) >= _TOGETHER // 2:
            self._allowed = max(1.0, self._allowed * _LESS)
            self._lowered_at = ended
            self._last.clear()
