"""The command `pingtai` as a process, and what is left of it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from tests.memory import place
from tests.warm_process import Started, Warm

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
PINGTAI = (sys.executable, "-m", "worker.main")
MAIN = "from worker.main import main; main()"
"""What the command `pingtai` does."""
WARM = Warm(
    "worker.main",
    "worker.operator_commands",
    "worker.serve",
    "starter.service.serving",
    "starter.commands.decision_command",
    "starter.commands.show",
    "db.direct",
)
"""Has imported what most commands need."""
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
    # Most tests are not about signatures; whose are set it otherwise.
    return clean | {"TMPDIR": place(), "PINGTAI_EXAMPLES": "no"} | more


def pingtai(home: Path, *args: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return WARM.run(MAIN, args, environment(home, **more), ROOT)


@contextmanager
def started(
    home: Path, *args: str, ready: str, program: str = MAIN, **more: str
) -> Iterator[Started]:
    """A command at work; its output goes to a file, which is read until it says that it is ready."""
    process, log = begun(home, *args, program=program, **more)
    await_word(ready, process, log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def begun(home: Path, *args: str, program: str = MAIN, **more: str) -> tuple[Started, Path]:
    """A command that is not waited for, and the file of its output."""
    log = home / f"{args[0]}-{time.monotonic_ns()}.log"
    with log.open("w") as out, Path(os.devnull).open() as nothing:
        files = (nothing.fileno(), out.fileno(), out.fileno())
        return WARM.start(program, args, environment(home, **more), ROOT, files), log


def await_word(word: str, process: Started, log: Path) -> None:
    """Wait until it says a word."""
    deadline = time.monotonic() + PATIENCE
    while word not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)


def stop(process: Started, number: int = signal.SIGTERM) -> int:
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


def listeners(pid: int) -> list[tuple[str, int]]:
    """Where a process and its children listen."""
    process = psutil.Process(pid)
    return [
        (one.laddr.ip, one.laddr.port)
        for each in (process, *process.children(recursive=True))
        for one in each.net_connections("inet")
        if one.status == psutil.CONN_LISTEN or one.type == socket.SOCK_DGRAM
    ]


def kill_all(home: Path, up: Started) -> None:
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
