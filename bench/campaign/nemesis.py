"""Who carries out a schedule of faults, and writes down what was done."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench.campaign.disasters import Disasters, NotMended
from bench.campaign.fault_proxy import Mode
from bench.campaign.fault_schedule import Act
from bench.campaign.faults import Fault
from bench.campaign.part import kill, pause
from bench.campaign.surroundings import faketime_library, fill, wrong_clock
from bench.campaign.system import System

_CUTS = 4
_IN_PEACE = 1.0


class Nemesis:
    """Does one act after the other; an act that comes late comes as soon as the one before is over."""

    def __init__(self, system: System, disasters: Disasters, log: Path) -> None:
        """Write what is done to `log`."""
        self._system, self._disasters, self._log = system, disasters, log
        self.done: Counter[str] = Counter()
        """How often each kind was done."""
        self.at: Counter[str] = Counter()
        """How often what was done to whom."""
        self.failures: list[str] = []
        """Disasters that could not be mended."""

    @property
    def kills(self) -> int:
        """How many processes were killed by a kill of the schedule."""
        return self.done[Fault.KILL]

    def count(self, fault: Fault, part: str = "") -> None:
        """Count what was done."""
        self.done[fault] += 1
        self.at[f"{fault} {part}".strip()] += 1

    async def run(self, acts: Sequence[Act]) -> None:
        """Do all of it; then leave the system in peace."""
        begun = time.monotonic()
        for act in acts:
            await asyncio.sleep(max(0.0, act.at - (time.monotonic() - begun)))
            await self._do(act)

    async def _do(self, act: Act) -> None:
        started = time.time()
        done = True
        match act.fault:
            case Fault.KILL:
                done = await self._kill(act.part)
            case Fault.PAUSE:
                done = await asyncio.to_thread(pause, self._system.parts[act.part], act.seconds)
            case Fault.FULL_DISK:
                await fill(self._system.data, act.seconds)
                await self._system.until_ready()
            case Fault.CLOCK:
                await self._move_clock(act)
            case Fault.CUT | Fault.DELAY | Fault.REFUSE | Fault.SILENCE:
                await self._disturb(act)
            case _:
                await self._strike(act)
        if done:
            self.count(act.fault, act.part)
        self._note(act, started, done=done)

    async def _kill(self, name: str) -> bool:
        """Kill a part that runs; one that is just coming up is waited for, so that the count holds."""
        await self._system.until_ready(name)
        return await asyncio.to_thread(kill, self._system.parts[name])

    async def _disturb(self, act: Act) -> None:
        """Let a proxy misbehave for a while."""
        proxy = self._system.proxies[act.part]
        try:
            if act.fault is Fault.DELAY:
                proxy.delay = act.amount
            elif act.fault is not Fault.CUT:
                proxy.turn(Mode.REFUSE if act.fault is Fault.REFUSE else Mode.SILENCE)
            for _ in range(_CUTS):
                if act.fault is Fault.CUT:
                    proxy.cut()
                await asyncio.sleep(act.seconds / _CUTS)
        finally:
            proxy.delay = 0.0
            proxy.turn(Mode.PASS)

    async def _move_clock(self, act: Act) -> None:
        """Let a part start again with a wrong clock, and after a while with the right one."""
        library = faketime_library()
        assert library
        self._system.extra[act.part] = wrong_clock(library, act.amount)
        for _ in range(2):
            await self._system.kill_parts(act.part)
            await self._system.start_parts(act.part)
            if self._system.extra.pop(act.part, None):
                await asyncio.sleep(act.seconds)

    async def _strike(self, act: Act) -> None:
        await self._system.until_ready()
        try:
            await self._disasters.of(act.fault)()
        except NotMended as why:
            self.failures.append(f"not mended: {act.fault}: {why}")
        await asyncio.sleep(_IN_PEACE)

    def _note(self, act: Act, started: float, *, done: bool) -> None:
        line = {
            "at": started,
            "until": time.time(),
            "did": act.fault,
            "to": act.part,
            "seconds": act.seconds,
            "amount": act.amount,
            "done": done,
        }
        with self._log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
