"""What all attackers have: the system, their own randomness, their pace, and where they report."""

import traceback
from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import Random

from temporalio.client import Client

from bench.attack.findings import Findings
from bench.attack.pace import Pace
from bench.attack.system import System


@dataclass
class Attacker:
    """An attacker at work."""

    name: str
    system: System
    random: Random
    pace: Pace
    findings: Findings
    lane: int = 0
    lanes: int = 1
    """Of several that do the same side by side: which one, and how many."""
    step: int = 0

    @property
    def client(self) -> Client:
        """The connection to Temporal."""
        return self.system.client

    async def turns(self) -> AsyncIterator[int]:
        """Number the steps; no two lanes have the same."""
        async for turn in self.pace.turns():
            self.step = turn * self.lanes + self.lane
            yield self.step

    def broke(self, error: Exception) -> None:
        """Note that the attacker itself made a mistake; it goes on."""
        told = "".join(traceback.format_exception(error))[-1_800:]
        self.fail("the attacker itself broke down", told)

    def count(self, outcome: str) -> None:
        """Count an action by how it ended."""
        self.findings.count(self.name, outcome)

    def fail(self, what: str, detail: str, reproduce: str = "") -> None:
        """Note a failure of this step."""
        self.findings.fail(self.name, what, detail, step=self.step, reproduce=reproduce)
