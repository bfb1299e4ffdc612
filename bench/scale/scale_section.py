"""What was found, as a section of docs/performance.md."""

import os
from statistics import median

from bench.scale.carried_life import MANY
from bench.scale.kick_off_masses import Mass
from bench.scale.open_costs import Costs
from bench.scale.people import Answers
from bench.scale.scale_runs import Found
from bench.scale.worker_counts import CLIENTS
from workflows.deadlines import CATCHING_UP
from workflows.older_entries import CARRIED_BYTES

AT_MOST = 3.0
"""Times the idle answer that a decision may take meanwhile."""
RESTART_SECONDS = 10.0
_QUICK = """Measured with `--quick` while
others used the machine, and differently from row to row: events, bytes and CPU hold, but its times and ratios
do not, neither those that are reached nor those that are missed. Repeat it with `python -m bench.scale` (about
an hour) on a quiet machine."""
PAPER = (20_000, 50_000, 100_000)
YEAR_DAYS = 365


def section(found: Found) -> str:
    """The section, with its tables."""
    minutes = CATCHING_UP.total_seconds() / 60
    spread, held_up = found.spread, found.held_up
    worst = max(found.restarts)
    return f"""## How far one machine goes

| | p50 (ms) | p95 (ms) | worst (ms) | to idle, p50 | to reach | |
| --- | ---: | ---: | ---: | ---: | ---: | --- |
{_row("a decision, nothing else happens", found.idle, None)}
{_row("while kick-offs come, 2,000 in 15 minutes", _both(spread), found.idle)}
{_row("the first minute after an outage that held kick-offs up", held_up.first, found.idle)}
{_rest(found)}

Each decision is on another platform, which no worker has in its cache at first. {spread.number:,} kick-offs
came while a worker ran: {spread.opened:,} had opened {spread.took:.0f} s after the first was due.
{held_up.number:,} more fell into an outage of all but the register: {_held_up(held_up)}.
Without pacing 2,000 took 214 s, and the one decision made meanwhile waited 42.7 s (on 0.4.0). Each that was
held up now waits for a turn within {minutes:.0f} minutes that its platform's id fixes. What stays is the first
moment: all wake together, find that they are late, and set a timer.

| {found.open.number:,} open platforms | each | {" | ".join(f"{count:,}" for count in PAPER)} |
| --- | ---: | {" | ".join("---:" for _ in PAPER)} |
{_costs(found)}

Real workflows on the embedded engine, brought in by messages of real size; larger numbers are reckoned from
the measured cost of each. An idle decision took {found.open.few.half:.1f} ms at the median with few open,
{found.open.many.half:.1f} ms with all. Memory of a worker is bounded by its cache, not by what is open.

| workers | cached by each | decisions a second | p50 (ms) | p95 (ms) | CPU of a decision (ms) | a worker (MB) |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{_workers(found)}

{CLIENTS} clients at once on {os.cpu_count()} cores, on platforms of which hardly any is cached: each decision
replays its case first. CPU and memory are those of the workers.

`pingtai up` was killed whole while people decided, and started again {len(found.restarts)} times: a decision
was answered {median(found.restarts):.1f} s after the start at the median, {worst:.1f} s at most (to reach:
under {RESTART_SECONDS:.0f} s; {"reached" if worst < RESTART_SECONDS else "**missed**"}).
Loading the program takes a second or two of CPU; the recovery of PostgreSQL and Temporal's start run beside
each other; a case whose worker was killed may wait up to 5 s for it. Beside other programs each takes longer.

{_carried(found)}

Load average over the last five minutes {os.getloadavg()[1]:.1f}. {_how(found)}
"""


def _carried(found: Found) -> str:
    one = found.carried
    return f"""A case carries its log to its next run, once a year; where that takes more than {CARRIED_BYTES:,}
bytes the older entries go by reference ([0027](decisions/0027-older-entries-by-reference.md)). A term of
{MANY:,} entries, of which {one.decisions:,} are decisions of one kind and the rest notes of the clock, would
take {one.whole:,} bytes of the engine's 2,097,152; {one.size:,} are handed on, most of them the application.
More of that kind was refused ([limits](architecture.md#limits)), and `pingtai doctor` names a case from two
thirds on."""


def _row(what: str, answers: Answers, idle: Answers | None) -> str:
    figures = f"{answers.half:.1f} | {answers.most:.1f} | {answers.worst:.1f}"
    if idle is None:
        return f"| {what} | {figures} | 1.00 | | |"
    ratio = answers.half / idle.half
    reached = "reached" if ratio <= AT_MOST else "**missed**"
    return f"| {what} | {figures} | {ratio:.2f} | ≤ {AT_MOST:g}× | {reached} |"


def _rest(found: Found) -> str:
    if not found.held_up.rest.took:
        return "| after that minute, until all are open | not measured | | | | | |"
    return _row("after that minute, until all are open", found.held_up.rest, found.idle)


def _both(mass: Mass) -> Answers:
    return Answers(mass.first.took + mass.rest.took)


def _held_up(mass: Mass) -> str:
    if mass.opened == mass.number:
        return f"none was lost, and the last was open {mass.took:.0f} s after it"
    return f"{mass.opened:,} were open when the measurement stopped"


def _costs(found: Found) -> str:
    each, history = found.open.each, found.open.history
    year, year_history = found.year
    rows = [
        ("memory of the engine (kB)", each.engine_memory / 1000),
        ("bytes of the engine's files (kB)", each.engine_bytes / 1000),
        ("bytes of the register (kB)", each.register_bytes / 1000),
        ("events, brought in", history.events),
        ("history, brought in (kB)", history.size / 1000),
        ("CPU to bring in, engine and worker (ms)", _cpu(each)),
        ("events, with a year of assessment", year_history.events),
        ("history, with a year of assessment (kB)", year_history.size / 1000),
        ("CPU of the decisions of a year, engine and worker (ms)", _cpu(year)),
    ]
    lines = []
    for what, one in rows:
        many = " | ".join(f"{one * count:,.0f}" for count in PAPER)
        lines.append(f"| {what} | {one:,.1f} | {many} |")
    return "\n".join(lines)


def _cpu(costs: Costs) -> float:
    return (costs.engine_cpu + costs.worker_cpu) * 1000


def _workers(found: Found) -> str:
    return "\n".join(
        f"| {one.workers} | {found.cached} | {one.per_second:.1f} | {one.answers.half:.1f} |"
        f" {one.answers.most:.1f} | {one.cpu * 1000:.1f} | {one.memory / 1e6:.0f} |"
        for one in found.working
    )


def _how(found: Found) -> str:
    if found.sizes.until_all_open:
        return "Repeat it with `python -m bench.scale` (about an hour)."
    return _QUICK
