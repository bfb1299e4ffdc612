"""How many lives are replayed in a second, each way, and their section in docs/performance.md."""

from dataclasses import dataclass
from enum import StrEnum
from statistics import median

AT_LEAST = 1.6
_HEADING = "## Replay of whole lives"


class Way(StrEnum):
    """The ways to replay that are compared."""

    BARE = "the SDK's `Replayer`, bare"
    BARE_UNSANDBOXED = "the same without sandbox"
    ONE = "`audit replay`, one process"
    TWO = "`audit replay`, two processes"


@dataclass(frozen=True)
class Replays:
    """What was replayed, and the rates of each round: lives per second."""

    lives: int
    different: int
    runs: int
    events: int
    rates: dict[Way, list[float]]

    def rate(self, way: Way) -> float:
        """The median of a way."""
        return median(self.rates[way])

    @property
    def ratios(self) -> list[float]:
        """Two processes to one, round by round."""
        return [
            two / one for one, two in zip(self.rates[Way.ONE], self.rates[Way.TWO], strict=True)
        ]

    @property
    def reached(self) -> bool:
        """Whether two processes replay so many times as much as one."""
        return median(self.ratios) >= AT_LEAST


def table(found: Replays) -> str:
    """The figures, as Markdown."""
    bare, one = found.rate(Way.BARE), found.rate(Way.ONE)
    lines = [
        "| | lives per second | to bare | to one process | to reach | |",
        "| --- | ---: | ---: | ---: | --- | --- |",
    ]
    for way in Way:
        rate = found.rate(way)
        held = way is Way.TWO
        to_one = median(found.ratios) if held else rate / one
        verdict = ("reached" if found.reached else "**missed**") if held else ""
        target = f"≥ {AT_LEAST:g}× one" if held else ""
        lines.append(
            f"| {way} | {rate:.1f} | {rate / bare:.2f} | {to_one:.2f} | {target} | {verdict} |"
        )
    return "\n".join(lines)


def section(found: Replays) -> str:
    """The section of the document."""
    low, high = min(found.ratios), max(found.ratios)
    rounds = len(found.rates[Way.ONE])
    return f"""{_HEADING}

{table(found)}

{found.lives} full three-year lives in each round ({found.different} different ones, as the newest release
recorded them: {found.runs} histories, {found.events:,} events), from the application over three assessments to
the end. All ways take turns and read the same bytes of Temporal's JSON anew. Medians of
{rounds} rounds; two processes were {low:.2f} to {high:.2f} times one. Ours runs without the sandbox, and
compares besides what the histories hand over, the chains of hashes and the folds; the bare one only replays.
The processes are started before: that takes about a second, so `audit replay` starts them only for more than
eight megabytes of histories. Repeat it alone with `python -m bench.replays` (a minute).
"""
