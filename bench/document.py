"""docs/performance.md: its prose stands here, its figures come from the run."""

import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from statistics import mean, median

import psutil

from bench import replay_figures, round_trip, throughput
from bench.desk_figures import section
from bench.figures import A_HAIR, Figure, figures, quicker_quarter
from bench.findings import BLOCKS, CACHED, LIVES_AT_ONCE, Findings
from bench.reasons import reason
from bench.sides import (
    BARE,
    BARE_AND_ACTIVITY,
    BARE_AND_ATTRIBUTE,
    OURS,
    OURS_WITHOUT_DATABASE,
    Side,
)

_WORDS = {
    OURS: "ours",
    OURS_WITHOUT_DATABASE: "ours, with a register that keeps nothing",
    BARE: "bare",
    BARE_AND_ACTIVITY: "bare, and an empty activity after each answer",
    BARE_AND_ATTRIBUTE: "bare, and a search attribute changed with each answer",
}


def document(found: Findings) -> str:
    """The whole document."""
    table = figures(found)
    missed = [figure for figure in table if figure.reached is False]
    single, ten = round_trip.ratios(found.single), round_trip.ratios(found.ten)
    lives = throughput.ratios(found.lives)
    one_by_one, in_tens = len(found.single[OURS]), len(found.ten[OURS])
    about = (
        f"{psutil.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB, {platform.system()},"
        f" Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d},"
        f" load average over the last five minutes {os.getloadavg()[1]:.1f}"
    )
    return f"""# Performance

Measured beside a bare workflow (`bench/bare.py`): the same waits, timers, children and runs as a platform's
three-year life, and nothing else in it: no rules, no log, no register, no search attributes, no activities.
Both on the same Temporal server (the embedded one, SQLite), each with one worker process of its own and the
default cache, taking turns in the same run, and neither compresses what it sends within the machine (the SDK
would by itself); ours with the embedded PostgreSQL. Read the ratios: the times are
this machine's ({about}).

Each section says on which release and commit it was measured. Take all again with `make bench` (about eight
minutes on two cores): it writes this file. A test fails when the code has a newer release than the figures.
What depends on no machine (events, bytes, statements, modules) has budgets instead, which tests count:
[budgets.toml](../bench/budgets.toml).

## The figures

{_lines(table)}

How steady they are: over five parts of the run the ratio of the medians was {_span(single)} one at a time and
{_span(ten)} ten at a time; over {BLOCKS} pairs of blocks the ratio of lives per second was {_span(lives)}.

- **A decision** is one `execute_update`, from sending it until its receipt is there, of the four that lead from
  the application to a valid platform, with the messages of a real example. No timer is waited for. Of each
  side {one_by_one} one at a time, with a pause after each, and {in_tens} of ten platforms at the same moment.
- **Whole lives**: {LIVES_AT_ONCE} at once in each block, from the application over thirteen decisions and three
  assessments to the end of validity. Time is skipped, by the same calls on both sides, and the skipping is part
  of what is timed.
- **Events** of a life are counted in the histories of all its runs and children, with a rest before each
  decision. Two types are left out, because only time skipping makes them:
  WORKFLOW_EXECUTION_OPTIONS_UPDATED and WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED.
- **Memory and CPU** are what {CACHED} workflows that are started and stay cached add to a fresh worker
  process; the sandbox's part is the difference to a worker without sandbox. "That of the bare one" counts as
  reached up to {A_HAIR} times.

{replay_figures.section(found.replays)}
{section(found.desk)}
## What is missed, and why

{_reasons(missed, found)}

## Where the time of a decision goes

One at a time, in the same run, all five in turn; the quicker quarter is the least disturbed by other load:

{_sides(found)}

## Where the CPU of a life goes

{_cpu(found)}

## What an operator can do

Keep the bytecode of the installed package (the default). In a container image do not set
PYTHONDONTWRITEBYTECODE, or run `python -m compileall`: without bytecode each command compiles what it loads.
"""


def _span(found: Iterable[float]) -> str:
    numbers = list(found)
    return f"{min(numbers):.2f} to {max(numbers):.2f}"


def _lines(table: list[Figure]) -> str:
    lines = ["| | ours | bare | ratio | to reach | |", "| --- | ---: | ---: | ---: | ---: | --- |"]
    words = {True: "reached", False: "**missed**", None: ""}
    lines += [
        f"| {f.what} ({f.unit}) | {_number(f.ours)} | {_number(f.bare)} | {f.ratio:.2f} |"
        f" {f.target or ''} | {words[f.reached]} |"
        for f in table
    ]
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def _reasons(missed: list[Figure], found: Findings) -> str:
    """Each reason once, under all the figures that it explains."""
    of: dict[str, list[str]] = {}
    for figure in missed:
        of.setdefault(reason(figure, found), []).append(f"{figure.what} ({figure.target})")
    if not of:
        return "Nothing."
    return "\n".join(f"- **{'; '.join(whats)}.** {why}" for why, whats in of.items())


def _sides(found: Findings) -> str:
    bare, bare_quarter = median(found.single[BARE]), quicker_quarter(found.single, BARE)
    lines = ["| | p25 (ms) | ratio | p50 (ms) | ratio |", "| --- | ---: | ---: | ---: | ---: |"]
    for side, words in _WORDS.items():
        p25, p50 = quicker_quarter(found.single, side), median(found.single[side])
        lines.append(
            f"| {words} | {p25:.1f} | {p25 / bare_quarter:.2f} | {p50:.1f} | {p50 / bare:.2f} |"
        )
    return "\n".join(lines)


def _cpu(found: Findings) -> str:
    lines = ["| | worker (ms) | Temporal server (ms) |", "| --- | ---: | ---: |"]
    whole: dict[Side, float] = {}
    for side in (OURS, BARE):
        worker = mean(block.worker for block in found.lives[side]) * 1000
        server = mean(block.server for block in found.lives[side]) * 1000
        whole[side] = worker + server
        lines.append(f"| {_WORDS[side]} | {worker:.0f} | {server:.0f} |")
    lines += [
        "",
        f"Where nothing but CPU limits it, lives per second would stand at {whole[BARE] / whole[OURS]:.2f}"
        " times the bare one; what is timed above also waits: for clocks that are skipped and for other load.",
    ]
    return "\n".join(lines)
