"""What `status` and a start believe: processes and ports that are there, and not what files say of them."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from starter.client.local_stack import LocalStack, write_stack
from starter.errors import BadInput
from worker.ports import choose_port, free_port
from worker.stack_survey import Condition, lock_file, note_starter, survey


@pytest.fixture
def other() -> Iterator[psutil.Process]:
    """A living process that has nothing to do with us."""
    process = subprocess.Popen((sys.executable, "-c", "input()"), stdin=subprocess.PIPE)
    yield psutil.Process(process.pid)
    process.communicate()


def stack_of(pid: int, started: float) -> LocalStack:
    """What a stack of this process wrote."""
    return LocalStack(
        pid=pid, started=started, temporal_address="127.0.0.1:1", ui_url="", database_url=""
    )


def test_nothing_was_ever_there(tmp_path: Path) -> None:
    """An empty home: nothing runs, nothing is left over."""
    found = survey(tmp_path)
    assert (Condition.STOPPED, None, None, None) == (
        found.condition,
        found.pid,
        found.temporal,
        found.postgres,
    )


def test_a_living_process_runs(tmp_path: Path) -> None:
    """The process that wrote the file, with its start time."""
    write_stack(tmp_path, stack_of(os.getpid(), psutil.Process().create_time()))
    found = survey(tmp_path)
    assert (Condition.RUNNING, os.getpid()) == (found.condition, found.pid)


def test_another_program_under_the_number(tmp_path: Path, other: psutil.Process) -> None:
    """A process id that was given away is nobody of ours: neither running, nor to be stopped."""
    write_stack(tmp_path, stack_of(other.pid, other.create_time() - 100))
    lock_file(tmp_path).write_text(f"{other.pid} {other.create_time() - 100}\n")
    found = survey(tmp_path)
    assert (Condition.CRASHED, None) == (found.condition, found.pid)
    assert other.name() == found.pid_taken_by()


def test_a_dead_process(tmp_path: Path) -> None:
    """After kill -9 the files are still there."""
    dead = subprocess.Popen((sys.executable, "-c", ""))
    started = psutil.Process(dead.pid).create_time()
    dead.wait()
    write_stack(tmp_path, stack_of(dead.pid, started))
    found = survey(tmp_path)
    assert (Condition.CRASHED, None, None) == (found.condition, found.pid, found.pid_taken_by())


@pytest.mark.parametrize("written", ["", "x y\n", "1\n", "99999999 1.0\n", "\0"])
def test_a_strange_lock_file_names_nobody(tmp_path: Path, written: str) -> None:
    """Of an older release, cut off, or not ours."""
    lock_file(tmp_path).write_text(written)
    assert survey(tmp_path).pid is None


def test_it_starts(tmp_path: Path) -> None:
    """Who holds the lock and has not yet written where it listens starts, or stops."""
    note_starter(tmp_path)
    found = survey(tmp_path)
    assert (Condition.CHANGING, os.getpid()) == (found.condition, found.pid)


def test_the_port_stays(tmp_path: Path) -> None:
    """Taken at the first start: another, which stays when the usual one is free again."""
    with _listening() as usual:
        first = choose_port(usual, asked_for=False, home=tmp_path)
        assert usual != first.port
        assert first.clash
        assert f"port {usual} is held by process {os.getpid()}" in first.clash.en
        assert str(os.getpid()) in first.clash.zh
    again = choose_port(usual, asked_for=False, home=tmp_path)
    assert (first.port, None) == again


def test_a_clash_later_is_said_and_is_for_once(tmp_path: Path) -> None:
    """Somebody else has the port of the last start: another one this time, and the old one after that."""
    port = choose_port(free_port(18_233), asked_for=False, home=tmp_path).port
    with _listening(port):
        other = choose_port(7233, asked_for=False, home=tmp_path)
        assert port != other.port
        assert other.clash
        assert f"port {port} is held by" in other.clash.en
    assert (port, None) == choose_port(7233, asked_for=False, home=tmp_path)


def test_a_port_that_was_asked_for_is_that_or_none(tmp_path: Path) -> None:
    """PINGTAI_TEMPORAL_PORT: refused while it is taken; free, it is the one that is kept."""
    with _listening() as port, pytest.raises(BadInput, match=f"PORT: port {port} is held by"):
        choose_port(port, asked_for=True, home=tmp_path)
    assert (port, None) == choose_port(port, asked_for=True, home=tmp_path)
    assert (port, None) == choose_port(7233, asked_for=False, home=tmp_path)


@contextmanager
def _listening(port: int = 0) -> Iterator[int]:
    """Somebody listens on a port of loopback; says which."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen()
        yield listener.getsockname()[1]
