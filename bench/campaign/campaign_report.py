"""What a campaign has done and found, as a page for people and as JSON for programs."""

import json
import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.campaign.call_history import CallHistory, Result
from bench.campaign.campaign_plan import Plan
from bench.campaign.checker import promises
from bench.campaign.faults import Fault
from bench.campaign.nemesis import Nemesis
from bench.campaign.system import System
from bench.campaign.trees import PLANTS, commit_of_tree

_SHOWN = 20


@dataclass(frozen=True)
class Outcome:
    """A campaign that is over."""

    plan: Plan
    seconds: float
    checks: Mapping[str, list[str]]
    nemesis: Nemesis
    history: CallHistory
    system: System
    left_out: Mapping[Fault, str]

    @property
    def found(self) -> list[str]:
        """Everything that does not hold."""
        return [line for lines in self.checks.values() for line in lines]

    @property
    def as_expected(self) -> bool:
        """Whether all holds; of a fault that was put in on purpose, whether it was found."""
        if self.plan.plant is None:
            return not self.found
        return any(line.startswith(PLANTS[self.plan.plant].found_as) for line in self.found)

    def summary(self) -> Iterator[str]:
        """The last lines at a terminal."""
        for check, lines in self.checks.items():
            yield f"{'✗' if lines else '✓'} {check}"
            yield from (f"    {line}" for line in lines[:_SHOWN])
        kept = f"{self.history.acknowledged} acknowledgements, {self.nemesis.kills} kills"
        yield f"{kept}: {len(self.found)} violations." if self.found else f"{kept}: all hold."
        if self.plan.plant:
            found = "found" if self.as_expected else "NOT FOUND"
            yield f"The fault put in on purpose, {self.plan.plant}: {found}."


def write_report(outcome: Outcome, folder: Path) -> None:
    """Write `report.json` and `report.md`."""
    told = _told(outcome)
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    (folder / "report.json").write_text(text, encoding="utf-8")
    (folder / "report.md").write_text("\n".join(_page(told)) + "\n", encoding="utf-8")


def _told(outcome: Outcome) -> dict[str, Any]:
    history, nemesis = outcome.history, outcome.nemesis
    acknowledged = history.acknowledged
    return {
        "seed": outcome.plan.seed,
        "plant": outcome.plan.plant,
        "release": version("pingtai"),
        "commit": commit_of_tree(),
        "ended_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}",
        "minutes": round(outcome.seconds / 60, 1),
        "kills": nemesis.kills,
        "faults": {
            fault: {"times": nemesis.done[fault], "meaning": fault.meaning}
            for fault in Fault
            if fault not in outcome.left_out
        },
        "done": dict(sorted(nemesis.at.items())),
        "left_out": dict(outcome.left_out),
        "restarts": dict(sorted(outcome.system.restarts.items())),
        "platforms": len({call.platform_id for call in history.calls}),
        "calls": len(history.calls),
        "acknowledged": acknowledged,
        "exposed": acknowledged - len(promises(history.calls, history.losses)),
        "answers": dict(sorted(history.answers().items())),
        "longest_without_acknowledgement": round(longest_pause(history), 1),
        "checks": dict(outcome.checks),
        "holds": not outcome.found,
    }


def longest_pause(history: CallHistory) -> float:
    """The longest time, in seconds, in which no call was acknowledged."""
    moments = sorted(c.answered for c in history.calls if c.result is Result.ACKNOWLEDGED)
    return max((after - before for before, after in pairwise(moments)), default=0.0)


def _page(told: dict[str, Any]) -> Iterator[str]:
    yield f"# Fault campaign, seed {told['seed']}"
    yield ""
    yield (
        f"Release {told['release']}, commit {told['commit']}, ended {told['ended_at']},"
        f" {told['minutes']} minutes on {told['machine']}."
    )
    yield ""
    yield "| check | |"
    yield "| --- | --- |"
    for check, lines in told["checks"].items():
        yield f"| {check} | {f'**{len(lines)} violations**' if lines else 'holds'} |"
    yield ""
    yield "| fault | times | |"
    yield "| --- | ---: | --- |"
    for fault, about in told["faults"].items():
        yield f"| {fault} | {about['times']} | {about['meaning']} |"
    for fault, why in told["left_out"].items():
        yield f"| {fault} | – | left out: {why} |"
    yield ""
    yield "| | |"
    yield "| --- | ---: |"
    yield f"| platforms | {told['platforms']} |"
    yield f"| calls | {told['calls']} |"
    yield f"| acknowledged | {told['acknowledged']} |"
    yield f"| of these in Temporal alone when its data was taken away | {told['exposed']} |"
    yield f"| longest time without an acknowledgement (s) | {told['longest_without_acknowledgement']} |"
    for answer, number in told["answers"].items():
        yield f"| {answer} | {number} |"
    for check, lines in told["checks"].items():
        if lines:
            yield ""
            yield f"## Violations: {check}"
            yield ""
            yield from (f"- {line}" for line in lines)
