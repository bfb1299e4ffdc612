"""A run of the tests that is killed leaves nothing: neither processes nor data."""

import subprocess
import sys
import time
from pathlib import Path

import psutil

from tests.system.processes import ROOT

RUN = """
import subprocess, sys
from tests.memory import begin_run, place, throw_away_folder
end = begin_run()
by_name = subprocess.Popen(["sleep", "600"], start_new_session=True)
by_place = subprocess.Popen(["sleep", "600"], start_new_session=True, cwd=throw_away_folder("x"), env={})
print(place(), by_name.pid, by_place.pid, flush=True)
sys.stdin.read()
"""
"""Two that would outlive it: one knows the run by its environment, one works in the run's folder."""


def test_a_run_that_is_killed_leaves_nothing() -> None:
    """After kill -9 what it had started ends, and its folder goes."""
    with subprocess.Popen(
        [sys.executable, "-c", RUN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as run:
        assert run.stdout
        folder, *pids = run.stdout.readline().split()
        assert Path(folder).is_dir()
        assert all(psutil.pid_exists(int(pid)) for pid in pids)
        run.kill()
    deadline = time.monotonic() + 60
    while Path(folder).exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert not any(alive(int(pid)) for pid in pids)


def alive(pid: int) -> bool:
    """Whether a process runs; where nobody reaps it, it stays a zombie."""
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
