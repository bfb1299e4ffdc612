"""`pingtai up` killed at any moment of its start, and started several times at once: one server to a file."""

import subprocess
import time
from pathlib import Path

import psutil

from tests.system.processes import PATIENCE, PINGTAI, environment, of_home, started, stop

READY = "Ctrl-C stops it."
MOMENTS = (1.0, 1.6, 2.6)
"""Seconds after which it is killed: making the database, starting PostgreSQL, starting Temporal, ready."""


def test_killed_at_any_moment_of_its_start(home: Path) -> None:
    """Kill -9 of `up` alone, whatever it had started: the next one works, with one server of each kind."""
    for moment in MOMENTS:
        up = subprocess.Popen(
            [*PINGTAI, "up"],
            env=environment(home),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        time.sleep(moment)
        up.kill()
        up.wait()
        assert len(temporal_servers(home)) <= 1
    with started(home, "up", ready=READY) as up:
        assert 1 == len(temporal_servers(home))
        assert 1 == len(postmasters(home))
        assert 0 == stop(up)
    assert [] == of_home(home)


def test_several_at_once(home: Path) -> None:
    """Of those that start at the same moment one runs; the others say so, and touch nothing."""
    others = [
        subprocess.Popen(
            [*PINGTAI, "up"],
            env=environment(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    deadline = time.monotonic() + PATIENCE
    while len(running := [one for one in others if one.poll() is None]) > 1:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    (up,) = running
    assert up.stdout
    while READY not in (line := up.stdout.readline()):
        assert line
    assert 1 == len(temporal_servers(home))
    assert [2] == [one.returncode for one in others if one is not up]
    assert 0 == stop(up)
    for one in others:
        said = one.communicate()[0]
        assert ("already running" in said) == (one is not up)
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
