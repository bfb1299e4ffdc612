"""The section of docs/performance.md on DBOS and Restate: the prose; the figures come from the run."""

import os
from collections.abc import Mapping
from statistics import mean, median
from typing import NamedTuple

from bench.peers.life_plan import ASSESSMENT_STEPS, PLATFORM_STEPS, SKIPPED_YEAR, YEARS
from bench.peers.measure_peers import TEN, Found, Results, Size

OURS, BARE, DBOS, RESTATE = "ours", "bare Temporal", "DBOS", "Restate"
ENGINES = (OURS, BARE, DBOS, RESTATE)
PARTS = ("client", "workflows", "server", "database")
_BLOCKS_OF_SAMPLES = 5

LEFT_OUT = {
    "rules": (
        "each decision judged by the guideline's",
        "any is taken",
        "any is taken",
        "any is taken",
    ),
    "log": ("an entry for each event, sealed in a chain of hashes", "none", "none", "none"),
    "register": (
        "PostgreSQL: state, log, inbox, notices, numbers claimed once",
        "none",
        "none",
        "none",
    ),
    "history": (
        "every event, kept; code is replayed against it",
        "every event, kept; code is replayed against it",
        "results of steps; a recovery runs the code anew on them",
        "a journal, kept for a day after the end by default; a recovery runs the code anew on it",
    ),
    "runs": (
        "a new one for each part of the life",
        "a new one for each part of the life",
        "one for all years",
        "one for all years",
    ),
    "signatures": ("switched off here", "none", "none", "none"),
    "a year": (
        "skipped",
        "skipped",
        f"slept: {SKIPPED_YEAR * 1000:.0f} ms",
        f"slept: {SKIPPED_YEAR * 1000:.0f} ms",
    ),
    "a decision is sent by": (
        "update",
        "update",
        "a message; answered by an event",
        "a handler that resolves one promise, and waits for another",
    ),
    "client": (
        "another process, by gRPC",
        "another process, by gRPC",
        "the same process: it is a library",
        "another process, by HTTP",
    ),
    "on the disk before it is acknowledged": (
        "SQLite, synchronous=2; the register follows",
        "SQLite, synchronous=2",
        "PostgreSQL as ours, its commits synchronous",
        "its own store (RocksDB), each batch of its log synced",
    ),
}
"""What each does, and what it leaves out, in the order of `ENGINES`."""


def section(found: Found, size: Size, versions: Mapping[str, str]) -> str:
    """The section of the document."""
    installed = ", ".join(f"`{name}` {version}" for name, version in versions.items())
    single, ten = len(found[OURS].single), len(found[OURS].ten)
    milliseconds = f"{SKIPPED_YEAR * 1000:.0f} ms"
    return f"""## Beside DBOS and Restate

{_figures(found)}

{_steadiness(found)}

Where the CPU of a life goes, in milliseconds of all processes, and what of it a decision takes:

{_cpu(found)}

What each does, and what it leaves out:

{_left_out()}

The same life and the same messages of a real example: four decisions until it is valid, three years with a
child of three decisions each, the end; a timer for each step's due date. All take turns in one run, on one
disk, each with one process for its workflows and as durable as it is by default (last line of the table).
Decisions: of each {single} one at a time, and {ten} of {TEN} platforms at the same moment, from the client's
call until the workflow has taken it and answered. Lives: {size.lives} in a block, {size.at_once} at a time;
the middle one of {size.blocks} counts. Load average {os.getloadavg()[1]:.1f}. Versions: {installed}.

Read with it: ours and the bare one skip their years, and the calls for that, the new runs and the waiting until
a clock may be moved are in their lives and their CPU; the others sleep {milliseconds} for each year. DBOS
collects the notices of its events for 10 ms by default. "Client" is the process of the measurement, where the
client is not in the same process as the workflows. The CPU of a decision has no skipping in it: it is that of
ten at a time, with what follows the answers.

{_missed(found)}

{_distance(found)}

Repeat it with `make peers` (about ten minutes; `python -m bench.peers --quick` takes one).
"""


def _steadiness(found: Found) -> str:
    ratios = {
        (engine, kind): _span(found, engine, kind)
        for engine in (DBOS, RESTATE)
        for kind in ("single", "ten")
    }
    return f"""How steady they are: over parts of the run the ratio of a decision's medians, ours to DBOS, was
{ratios[DBOS, "single"]} one at a time and {ratios[DBOS, "ten"]} ten at a time; ours to Restate
{ratios[RESTATE, "single"]} and {ratios[RESTATE, "ten"]}. Over the blocks the ratio of lives per second was
{_blocks(found, DBOS)} to DBOS and {_blocks(found, RESTATE)} to Restate."""


def _distance(found: Found) -> str:
    """What the distance to Restate is made of, by this run's own figures."""
    restate = found[RESTATE]
    bare_ratio, ours_ratio = (
        median(found[name].single) / median(restate.single) for name in (BARE, OURS)
    )
    ours, bare, theirs = (_part(found[name], "server") for name in (OURS, BARE, RESTATE))
    return f"""**The distance to Restate.** One at a time a decision takes bare Temporal {bare_ratio:.2f} times
as long as Restate, ours {ours_ratio:.2f} times: the first is between the two engines, the rest is what
ours does besides. Restate keeps a stream open to the handler that waits, writes the decision to its log and
pushes it into that stream. Temporal writes an update's acceptance and its completion into a history, and hands
it over as a task that the worker polls for. For a life its server takes {bare:.0f} ms of CPU for the bare one
and {ours:.0f} ms for ours, Restate's {theirs:.0f} ms. That history is what replay and dossiers are checked
against, so ours keeps it."""


def _missed(found: Found) -> str:
    """Why ours is behind DBOS where it is, and the floor of it: the engine alone."""
    behind = [line.what for line in _lines(found) if not line.ahead]
    if not behind:
        return "Nothing is missed."
    engines = (OURS, BARE, DBOS)
    ours, bare, dbos = (sum(_cpu_of(found[name]).values()) for name in engines)
    one, one_bare, one_dbos = (_decision_cpu(found[name]) for name in engines)
    count = PLATFORM_STEPS + len(YEARS) * ASSESSMENT_STEPS
    return f"""**Missed: {"; ".join(behind)}.** Of CPU a life takes {ours:.0f} ms of
ours, {bare:.0f} ms of the bare one and {dbos:.0f} ms of DBOS. Its {count} decisions are {count * one:.0f},
{count * one_bare:.0f} and {count * one_dbos:.0f} ms of that, by the last column; the rest are starts, new runs,
and clocks that are skipped where DBOS sleeps. The floor is the engine: the bare one takes {bare / dbos:.2f}
times DBOS's CPU for a life and {one_bare / one_dbos:.2f} times for a decision, before a rule is judged or a row
written. What is above it are the rules, the sealed log and the register, of which DBOS's life has none."""


def _decision_cpu(results: Results) -> float:
    """Milliseconds of CPU of a decision, with what follows its answer."""
    return mean(results.ten_cpu) / TEN * 1000


class Line(NamedTuple):
    """A figure of each engine, and whether ours is ahead of DBOS in it."""

    what: str
    values: dict[str, float]
    ahead: bool


def _lines(found: Found) -> list[Line]:
    rates = {name: median(block.rate for block in found[name].blocks) for name in ENGINES}
    lines = [Line("whole lives (per second)", rates, rates[OURS] > rates[DBOS])]
    for what in ("single", "ten"):
        words = {"single": "one at a time", "ten": "ten at a time"}[what]
        times = {name: median(getattr(found[name], what)) for name in ENGINES}
        lines.append(Line(f"decision, {words}, p50 (ms)", times, times[OURS] < times[DBOS]))
    return lines


def _figures(found: Found) -> str:
    head = f"| | {' | '.join(ENGINES)} | ours to DBOS | ours to Restate | to reach | |"
    rows = [head, "| --- | " + "---: | " * (len(ENGINES) + 2) + "--- | --- |"]
    for what, values, ahead in _lines(found):
        cells = " | ".join(f"{values[name]:.1f}" for name in ENGINES)
        ratios = " | ".join(f"{values[OURS] / values[name]:.2f}" for name in (DBOS, RESTATE))
        reached = "reached" if ahead else "**missed**"
        rows.append(f"| {what} | {cells} | {ratios} | ahead of DBOS | {reached} |")
    return "\n".join(rows)


def _cpu(found: Found) -> str:
    rows = [f"| | {' | '.join(PARTS)} | all | of a decision |"]
    rows.append("| --- |" + " ---: |" * (len(PARTS) + 2))
    for name in ENGINES:
        parts = _cpu_of(found[name])
        cells = " | ".join(f"{used:.0f}" if used else "" for used in parts.values())
        whole, decision = sum(parts.values()), _decision_cpu(found[name])
        rows.append(f"| {name} | {cells} | {whole:.0f} | {decision:.1f} |")
    return "\n".join(rows)


def _cpu_of(results: Results) -> dict[str, float]:
    return {part: _part(results, part) for part in PARTS}


def _part(results: Results, part: str) -> float:
    """Milliseconds of CPU of a life in one part."""
    return mean(block.cpu.get(part, 0.0) for block in results.blocks) * 1000


def _left_out() -> str:
    rows = [f"| {what} | {' | '.join(cells)} |" for what, cells in LEFT_OUT.items()]
    return "\n".join((f"| | {' | '.join(ENGINES)} |", "| --- |" + " --- |" * len(ENGINES), *rows))


def _span(found: Found, engine: str, kind: str) -> str:
    """The smallest and the largest ratio of the medians, ours to theirs, over parts of the run."""
    ours, theirs = (getattr(found[name], kind) for name in (OURS, engine))
    size = max(1, len(ours) // _BLOCKS_OF_SAMPLES)
    parts = [slice(start, start + size) for start in range(0, len(ours) - size + 1, size)]
    return _least_and_most([median(ours[part]) / median(theirs[part]) for part in parts])


def _blocks(found: Found, engine: str) -> str:
    both = zip(found[OURS].blocks, found[engine].blocks, strict=True)
    return _least_and_most([ours.rate / theirs.rate for ours, theirs in both])


def _least_and_most(ratios: list[float]) -> str:
    return f"{min(ratios):.2f} to {max(ratios):.2f}"
