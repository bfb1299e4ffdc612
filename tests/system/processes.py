"""The command `pingtai` as a process, and what is left of it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from tests.memory import place

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
PINGTAI = (sys.executable, "-m", "worker.main")
PATIENCE = 300.0
"""Seconds that a very busy machine may take to start or to stop something."""


_OURS = ("DATABASE_URL", "PYTHONDONTWRITEBYTECODE")
"""Nor what a builder's machine says: a user's second start finds the modules compiled."""


def environment(home: Path, **more: str) -> dict[str, str]:
    """This environment without anybody's settings, and with a home of its own."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PINGTAI_", "TEMPORAL_", "LC_")) and name not in _OURS
    }
    clean |= {"PINGTAI_HOME": str(home), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    return clean | {"TMPDIR": place()} | more


def pingtai(home: Path, *args: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*PINGTAI, *args],
        env=environment(home, **more),
        capture_output=True,
        text=True,
        timeout=600,  # the demo, beside other load
        check=False,
        cwd=ROOT,
    )


@contextmanager
def started(home: Path, *args: str, ready: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """A command at work; its output goes to a file, which is read until it says that it is ready."""
    with started_with(PINGTAI, home, *args, ready=ready, **more) as process:
        yield process


@contextmanager
def started_with(
    program: tuple[str, ...], home: Path, *args: str, ready: str, **more: str
) -> Iterator[subprocess.Popen[str]]:
    """The same, run in another way than `python -m worker.main`."""
    log = home / f"{args[0]}-{time.monotonic_ns()}.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [*program, *args],
            env=environment(home, **more),
            stdout=out,
            stderr=out,
            cwd=ROOT,
            text=True,
        )
    deadline = time.monotonic() + PATIENCE
    while ready not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def stop(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> int:
    """Ask a process to stop, and say how it ended."""
    process.send_signal(number)
    return process.wait(PATIENCE)


def of_home(home: Path) -> list[psutil.Process]:
    """All processes that work on a home: they name it in their command line."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = " ".join(process.info["cmdline"] or [])
        if str(home) in words and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def kill_all(home: Path, up: subprocess.Popen[str]) -> None:
    """Kill -9: the stack, its Temporal, its PostgreSQL and all their children."""
    for process in (psutil.Process(up.pid), *of_home(home)):
        try:
            family = (*process.children(recursive=True), process)
        except psutil.NoSuchProcess:  # it went with the one before
            continue
        for child in family:
            with suppress(psutil.NoSuchProcess):
                child.kill()
    up.wait(10)


def stack_of(home: Path) -> dict[str, str]:
    """Where a running stack says that it listens."""
    said: dict[str, str] = json.loads((home / "stack.json").read_text())
    return said
