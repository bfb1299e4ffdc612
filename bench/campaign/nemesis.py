"""Who takes parts away: kill -9, or stopped for some seconds, at moments that the seed decides."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from bench.campaign.part import kill, pause
from bench.campaign.system import System

_EVENLY = 0.6
"""How often the part that was hit least is the next."""
_PAUSED = 0.2
_LONGEST_PAUSE = 8.0


class Nemesis:
    """Kills `kills` times in `seconds`, and pauses parts in between."""

    def __init__(
        self,
        system: System,
        random_: random.Random,
        log: Path,
        targets: Collection[str],
        both: float,
    ) -> None:
        """Hit the parts named by `targets`, or all if none is; write what is done to `log`.

        `both` is how often (0 to 1) a second part is killed with the first.
        """
        self._both = both
        self._system, self._random, self._log = system, random_, log
        self._targets = [name for name in system.parts if not targets or name in targets]
        self.done: Counter[str] = Counter()
        self.kills = 0

    async def run(self, kills: int, seconds: float) -> None:
        """Hit parts until there were enough kills; then leave them in peace."""
        begun = time.monotonic()
        while self.kills < kills:
            left = max(seconds - (time.monotonic() - begun), 0) / (kills - self.kills)
            await asyncio.sleep(max(1.0, left * self._random.uniform(0.5, 1.3)))
            name = self._next()
            if self._random.random() < _PAUSED:
                await self._pause(name)
                continue
            await self._kill(name)
            others = [other for other in self._targets if other != name]
            if others and self._random.random() < self._both and self.kills < kills:
                await self._kill(self._random.choice(others))

    def _next(self) -> str:
        if self._random.random() < _EVENLY:
            return min(
                self._targets, key=lambda name: (self.done[f"kill {name}"], self._random.random())
            )
        return self._random.choice(self._targets)

    async def _kill(self, name: str) -> None:
        if await asyncio.to_thread(kill, self._system.parts[name]):
            self.kills += 1
            self._note("kill", name)

    async def _pause(self, name: str) -> None:
        seconds = self._random.uniform(2, _LONGEST_PAUSE)
        self._note("pause", name)
        await asyncio.to_thread(pause, self._system.parts[name], seconds)

    def _note(self, what: str, name: str) -> None:
        self.done[f"{what} {name}"] += 1
        with self._log.open("a", encoding="utf-8") as log:
            log.write(json.dumps({"at": time.time(), "did": what, "to": name}) + "\n")
