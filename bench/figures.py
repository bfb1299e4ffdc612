"""Figures made of the findings, each beside the bare one, and the targets they are held to."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import quantiles

from bench.findings import Findings
from bench.round_trip import Samples
from bench.sides import BARE, OURS, Side
from bench.throughput import rate

LIVES = "whole lives"
EVENTS = "history of a whole life"
SANDBOX = "the sandbox's part"
A_HAIR = 1.1
"""`That of the bare one` is measured to about a tenth: two differences of two measurements each."""


@dataclass(frozen=True)
class Target:
    """What a figure is to reach: at most (or at least) a limit, of the ratio or of our own value."""

    limit: float
    of_ratio: bool = True
    at_least: bool = False

    def __str__(self) -> str:
        """As it stands in a table."""
        bound = "≥" if self.at_least else "≤"
        return f"{bound} {self.limit:g}" + ("×" if self.of_ratio else "")


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    unit: str
    ours: float
    bare: float
    target: Target | None = None

    @property
    def ratio(self) -> float:
        """Ours to bare."""
        return self.ours / self.bare

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached; None where there is none."""
        if self.target is None:
            return None
        value = self.ratio if self.target.of_ratio else self.ours
        return value >= self.target.limit if self.target.at_least else value <= self.target.limit


def percentiles(samples: Samples, side: Side) -> tuple[float, float]:
    """The median and the 95th percentile."""
    cuts = quantiles(samples[side], n=20)
    return cuts[9], cuts[18]


def quicker_quarter(samples: Samples, side: Side) -> float:
    """The 25th percentile: where the load of other programs disturbs least."""
    return quantiles(samples[side], n=4)[0]


def figures(found: Findings) -> list[Figure]:
    """The whole table."""
    return [*_of_decisions(found), *_of_lives(found), *_of_workflows(found)]


def _of_decisions(found: Findings) -> Iterator[Figure]:
    for how, samples, target in (
        ("one", found.single, Target(1.15)),
        ("ten", found.ten, Target(1.3)),
    ):
        (ours, ours_95), (bare, bare_95) = (percentiles(samples, side) for side in (OURS, BARE))
        yield Figure(f"decision, {how} at a time, p50", "ms", ours, bare, target)
        yield Figure(f"decision, {how} at a time, p95", "ms", ours_95, bare_95)


def _of_lives(found: Findings) -> Iterator[Figure]:
    ours, bare = (rate(found.lives, side) for side in (OURS, BARE))
    yield Figure(LIVES, "per second", ours, bare, Target(0.85, at_least=True))
    for how, events in (("update", found.by_update), ("signal", found.by_signal)):
        ours, bare = (events[side].total() for side in (OURS, BARE))
        yield Figure(f"{EVENTS}, by {how}", "events", ours, bare, Target(260, of_ratio=False))


def _of_workflows(found: Findings) -> Iterator[Figure]:
    whole = found.sandboxed
    part = {side: whole[side] - found.unsandboxed[side] for side in (OURS, BARE)}
    for what, of, target in (
        ("a cached workflow", whole, Target(2)),
        (f"a cached workflow, {SANDBOX}", part, Target(A_HAIR)),
    ):
        ours, bare = of[OURS], of[BARE]
        yield Figure(f"memory of {what}", "kB", ours.rss / 1000, bare.rss / 1000, target)
        yield Figure(f"CPU to start {what}", "ms", ours.cpu * 1000, bare.cpu * 1000, target)
