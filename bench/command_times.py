"""`python -m bench.command_times`: whole processes of `pingtai`, timed beside `temporal workflow list`.

All commands take turns in each round, so that other load falls on all alike; what counts is the least
disturbed quarter. The second column is without bytecode of our own modules, as in a container image that
was built with PYTHONDONTWRITEBYTECODE.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

import click

from bench.attack.commands import Commands
from bench.attack.keys import make_keys
from bench.attack.system import ROOT, System, system
from bench.attack.valid_messages import application
from bench.sections import write as write_section
from starter.client.http_client import PingtaiHttpClient
from workflows.application import PlatformApplication
from workflows.model import parse

BESIDE = "temporal workflow list"
HEADING = "## How long a command takes"
_PACKAGES = ("workflows", "activities", "db", "starter", "audit", "worker")
_ROUNDS = 15
_TWICE = 2.0
_SHOWN = "speed-shown"


@dataclass(frozen=True)
class Measured:
    """A command, and how many seconds of its quicker quarter it may take."""

    name: str
    words: tuple[str, ...]
    most: float | None = None
    more: tuple[tuple[str, str], ...] = ()
    """Of its environment."""


Found = dict[Measured, tuple[list[float], list[float]]]
"""The seconds of each: with bytecode, and without."""


def commands(at: System) -> list[Measured]:
    """All that are measured; PLATFORM stands for another platform in each round."""
    temporal = str(Path(sys.executable).with_name("temporal"))
    by_http = (("PINGTAI_URL", at.url), ("PINGTAI_KEY", at.keys["all"]))
    tab = (
        ("_PINGTAI_COMPLETE", "bash_complete"),
        ("COMP_WORDS", "pingtai reg"),
        ("COMP_CWORD", "1"),
    )
    who = (
        "--actor",
        "kw-01",
        "--organisation",
        "海淀区科技主管部门",
        "--district",
        "haidian",
        "--yes",
    )
    decide = ("recommend", "PLATFORM", "--outcome", "recommended", "--opinion", "同意推荐。", *who)
    return [
        Measured(BESIDE, (temporal, "workflow", "list", "--address", at.stack.temporal_address)),
        Measured("pingtai --help", ("--help",), 0.15),
        Measured("TAB", (), 0.15, tab),
        Measured("pingtai inbox", ("inbox",), 0.35),
        Measured("pingtai show", ("show", _SHOWN), 0.35),
        Measured("pingtai register", ("register",), 0.35),
        Measured("pingtai valid", ("valid", _SHOWN), 0.35),
        Measured("pingtai recommend", decide, 0.6),
        Measured("pingtai inbox", ("inbox",), 0.4, by_http),
        Measured("pingtai recommend", decide, 0.4, by_http),
    ]


async def measure(rounds: int) -> Found:
    """The seconds of each command in every round, with bytecode and without."""
    async with system() as at:
        child = Commands(at.environment, at.home / "keys.log")
        at.keys = await make_keys(child)
        await child.close()
        measured = commands(at)
        found: Found = {one: ([], []) for one in measured}
        with tempfile.TemporaryDirectory() as bare:
            for package in _PACKAGES:
                shutil.copytree(
                    ROOT / package,
                    Path(bare) / package,
                    ignore=shutil.ignore_patterns("__pycache__"),
                )
            await _apply(at, _SHOWN)
            for number in range(-1, rounds):
                for mode, path in enumerate((str(ROOT), bare)):
                    for place, one in enumerate(measured):
                        platform = f"speed-{number + 1}-{mode}-{place}"
                        if "PLATFORM" in one.words:
                            await _apply(at, platform)
                        seconds = await asyncio.to_thread(_run, one, platform, path, at)
                        if number >= 0:  # the first round makes the bytecode
                            found[one][mode].append(seconds)
    return found


async def _apply(at: System, platform_id: str) -> None:
    """Start a platform that waits for its recommendation."""
    form = application(platform_id) | {"district": "haidian"}
    async with PingtaiHttpClient(at.url, at.keys["all"]) as client:
        applied = await client.apply(parse(PlatformApplication, form))
        await client.taken_up(applied, 20)


def _run(one: Measured, platform: str, path: str, at: System) -> float:
    """The seconds of a process, from its start to its end.

    Raises:
        RuntimeError: it failed; with what it said.
    """
    words: Sequence[str] = [word.replace("PLATFORM", platform) for word in one.words]
    if one.name != BESIDE:
        words = [str(Path(sys.executable).with_name("pingtai")), *words]
    environment = at.environment | {"PYTHONPATH": path} | dict(one.more)
    if path != str(ROOT):
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
    began = time.perf_counter()
    ended = subprocess.run(
        words, env=environment, cwd=path, capture_output=True, stdin=subprocess.DEVNULL, check=False
    )
    seconds = time.perf_counter() - began
    if ended.returncode not in (0, 1):
        said = (ended.stdout + ended.stderr).decode(errors="replace")
        raise RuntimeError(f"{one.name}: exit code {ended.returncode}: {said[-500:]}")
    return seconds


def section(found: Found) -> str:
    """The section of docs/performance.md."""
    lines = []
    beside = next(_quarter(usual) for one, (usual, _) in found.items() if one.name == BESIDE)
    for one, (with_it, without) in found.items():
        usual, bare = _quarter(with_it), _quarter(without)
        name = f"`{one.name}`" + (", by HTTP" if "PINGTAI_URL" in dict(one.more) else "")
        line = f"| {name} | {usual:.2f} | {usual / beside:.1f} | {bare:.2f} | {bare / usual:.1f} |"
        if one.most:
            reached = usual <= one.most and bare <= _TWICE * usual
            line += f" ≤ {one.most:g} s | {'reached' if reached else '**missed**'} |"
        else:
            line += " | |"
        lines.append(line)
    table, rounds, load = "\n".join(lines), len(with_it), os.getloadavg()[1]
    return f"""{HEADING}

| command | seconds | to the first | without bytecode | to with it | to reach | |
| --- | ---: | ---: | ---: | ---: | ---: | --- |
{table}

Whole processes, from their start to their end, at a system of their own with its embedded parts. All take
turns in each of {rounds} rounds, and the figure is the quicker quarter (load average {load:.1f}). "Without
bytecode" is a copy of our packages that no bytecode was ever written for; it may take twice as long. TAB is
what the shell asks while a command's name is completed. Repeat it with `python -m bench.command_times`.
"""


def _quarter(seconds: list[float]) -> float:
    return quantiles(seconds, n=4)[0]


@click.command()
@click.option("--rounds", default=_ROUNDS, show_default=True, type=click.IntRange(2, 200))
@click.option("--write/--no-write", default=True, help="Into docs/performance.md.")
def main(rounds: int, write: bool) -> None:
    """Measure commands as whole processes."""
    found = asyncio.run(measure(rounds))
    text = section(found)
    click.echo(text)
    if write:
        write_section(text)
    sys.stdout.flush()
    os._exit(0)  # the SDK's threads may abort an ordinary exit (sdk-python#300)


if __name__ == "__main__":
    main()
