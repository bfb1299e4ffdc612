"""The whole attack: a system of its own, all attackers side by side, then the checks."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from bench.attack.attacker import Attacker
from bench.attack.checks import Checking, check_everything
from bench.attack.commands import Commands, commands
from bench.attack.dossiers import attack_dossiers
from bench.attack.files import attack_by_files
from bench.attack.findings import Findings
from bench.attack.floods import attack_by_floods
from bench.attack.http_calls import attack_by_http
from bench.attack.keys import make_keys
from bench.attack.messages import attack_messages
from bench.attack.pace import Pace, random_of
from bench.attack.raw_starts import Started
from bench.attack.sockets import attack_by_sockets
from bench.attack.starts import attack_by_starts
from bench.attack.system import System, system

PER_SECOND = {
    "messages": 14.0,
    "floods": 1 / 400,
    "starts": 3.0,
    "http": 14.0,
    "sockets": 2.0,
    "files": 0.7,
    "dossiers": 1.0,
}
"""How many actions a second each attacker may begin."""
LANES = 4
"""Messages and starts go side by side, because each waits for what comes of it."""
Tell = Callable[[str], None]


async def campaign(
    findings: Findings, minutes: float, out: Path, only: frozenset[str], tell: Tell
) -> None:
    """Attack for so many minutes, and check what is left."""
    began = time.monotonic()
    async with AsyncExitStack() as parts:
        whole = await parts.enter_async_context(system(keep=out))
        tell(f"A system of its own at {whole.stack.temporal_address} and {whole.url}")
        log = whole.home / "commands.log"
        running = [
            await parts.enter_async_context(commands(whole.environment, log)) for _ in range(2)
        ]
        whole.keys = await make_keys(running[0])
        tell(f"Started in {time.monotonic() - began:.0f} s; attacking for {minutes:g} minutes")
        ends = time.monotonic() + minutes * 60
        started = await _attack(whole, findings, ends, running=running, out=out, only=only)
        tell(f"{findings.counts.total():,} outcomes counted; checking what is left")
        checker = _attacker("checks", whole, findings, ends)
        await check_everything(Checking(checker, frozenset(started.unknown), running[0], out, tell))


async def _attack(
    whole: System,
    findings: Findings,
    ends: float,
    *,
    running: list[Commands],
    out: Path,
    only: frozenset[str],
) -> Started:
    """Let all attackers work side by side; one that breaks down by itself is a failure, too."""
    made = {name: _attacker(name, whole, findings, ends) for name in PER_SECOND}
    lanes = {
        name: [_attacker(name, whole, findings, ends, lane) for lane in range(LANES)]
        for name in ("messages", "starts")
    }
    works: dict[str, Callable[[], Awaitable[object]]] = {
        "messages": lambda: attack_messages(lanes["messages"]),
        "floods": lambda: attack_by_floods(made["floods"]),
        "starts": lambda: attack_by_starts(lanes["starts"]),
        "http": lambda: attack_by_http(made["http"]),
        "sockets": lambda: attack_by_sockets(made["sockets"]),
        "files": lambda: attack_by_files(made["files"], running[0], out),
        "dossiers": lambda: attack_dossiers(made["dossiers"], running[1], out),
    }
    chosen = [name for name in works if not only or name in only]
    tasks = {name: asyncio.ensure_future(works[name]()) for name in chosen}
    await asyncio.wait(tasks.values())
    started = Started()
    for name, task in tasks.items():
        error = task.exception()
        if error is not None:
            if not isinstance(error, Exception):
                raise error
            made[name].broke(error)
        elif isinstance(found := task.result(), Started):
            started = found
    return started


def _attacker(
    name: str, whole: System, findings: Findings, ends: float, lane: int | None = None
) -> Attacker:
    """An attacker, or one of several that do the same; each has its own randomness."""
    if lane is None:
        pace = Pace(PER_SECOND.get(name, 1.0), ends)
        return Attacker(name, whole, random_of(findings.seed, name), pace, findings)
    pace = Pace(PER_SECOND[name] / LANES, ends)
    random = random_of(findings.seed, f"{name}-{lane}")
    return Attacker(name, whole, random, pace, findings, lane, LANES)
