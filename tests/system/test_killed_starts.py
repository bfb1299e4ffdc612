"""`pingtai up` killed at any moment of its start, and started several times at once: one server to a file."""

import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.system.processes import PATIENCE, await_word, begun, of_home, stop

READY = "Ctrl-C stops it."
MOMENTS: tuple[Callable[[Path], bool], ...] = (
    lambda home: (home / "postgres.new").exists(),
    lambda home: (home / "postgres" / "postmaster.pid").exists(),
    lambda home: bool(temporal_servers(home)),
)
"""When it makes the database, starts PostgreSQL, and starts Temporal."""


def test_killed_at_any_moment_of_its_start_and_several_at_once(home: Path) -> None:
    """Kill -9 of `up` alone, whatever it had started: the next one works, with one server of each kind.

    Of several next ones that start at the same moment one runs; the others say so, and touch nothing.
    """
    for moment in MOMENTS:
        while temporal_servers(home):
            time.sleep(0.02)  # that of the one before ends with it
        killed, log = begun(home, "up")
        while not moment(home):
            assert killed.poll() is None, log.read_text()
        killed.kill()
        assert -signal.SIGKILL == killed.wait(PATIENCE)
        assert len(temporal_servers(home)) <= 1
    others = [begun(home, "up") for _ in range(2)]
    deadline = time.monotonic() + PATIENCE
    while len(running := [one for one in others if one[0].poll() is None]) > 1:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    ((up, log),) = running
    await_word(READY, up, log)
    assert 1 == len(temporal_servers(home))
    assert 1 == len(postmasters(home))
    assert [2] == [one.returncode for one, _ in others if one is not up]
    assert 0 == stop(up, signal.SIGINT)
    for one, said in others:
        assert ("already running" in said.read_text()) == (one is not up)
    assert [] == of_home(home)


def temporal_servers(home: Path) -> list[psutil.Process]:
    """The Temporal servers on the home's file."""
    return [one for one in of_home(home) if "start-dev" in words(one)[:3]]


def postmasters(home: Path) -> list[psutil.Process]:
    """The PostgreSQL servers on the home's data: their children have their parent in the list."""
    found = [one for one in of_home(home) if "postgres" in Path((words(one) or [""])[0]).name]
    return [one for one in found if "-k" in words(one)]


def words(process: psutil.Process) -> list[str]:
    """A process's command line; empty when it has ended."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []
