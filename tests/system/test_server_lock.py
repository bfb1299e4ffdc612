"""One server for each SQLite file: the lock lives as long as the server, and no longer."""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from starter.errors import BadInput, Unreachable
from worker import server_lock, with_parent
from worker.server_lock import DATABASE, take_server_lock

SERVER = """
import signal, sys, time
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(600)
"""
STARTER = """
import asyncio, os, subprocess, sys
from pathlib import Path
from worker.server_lock import take_server_lock
lock = asyncio.run(take_server_lock(Path(sys.argv[1])))
first = (sys.executable, "-I", "-S", sys.argv[2], str(os.getpid()), str(lock), sys.executable, "-c")
words = (*first, os.environ["SERVER"], *os.environ["WORDS"].split())
server = subprocess.Popen(words, pass_fds=(lock,), stdout=subprocess.PIPE, start_new_session=True)
os.close(lock)
server.stdout.readline()
print(server.pid, flush=True)
sys.stdin.read()
"""


@contextmanager
def served(folder: Path, *words: str) -> Iterator[tuple["subprocess.Popen[str]", psutil.Process]]:
    """A process that has started a stand-in for the server on the folder's database, and that server."""
    arguments = " ".join(("start-dev", str(folder / DATABASE), *words))
    with subprocess.Popen(
        (sys.executable, "-c", STARTER, str(folder), str(with_parent.__file__)),
        env={**os.environ, "SERVER": SERVER, "WORDS": arguments},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as starter:
        assert starter.stdout
        server = psutil.Process(int(starter.stdout.readline()))
        try:
            yield starter, server
        finally:
            starter.kill()
            if server.is_running():
                server.kill()


async def test_a_server_that_is_looked_after_is_left_alone(tmp_path: Path) -> None:
    """Who wants the same database is refused, and told the process; once that has gone, it is free."""
    with served(tmp_path) as (_, server):
        with pytest.raises(BadInput, match=f"process {server.pid}"):
            await take_server_lock(tmp_path)
        assert server.is_running()
        server.kill()
        await_end(server)
        os.close(await take_server_lock(tmp_path))


async def test_a_server_ends_with_its_starter(tmp_path: Path) -> None:
    """Kill -9 of the starter is enough: the server is asked to end by the kernel (on Linux)."""
    with served(tmp_path) as (starter, server):
        starter.kill()
        starter.wait()
        if sys.platform == "linux":
            await_end(server)
        os.close(await take_server_lock(tmp_path))


async def test_a_server_that_was_left_behind_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that outlives its starter keeps the lock until it is killed: there are never two."""
    monkeypatch.setattr(server_lock, "_KILL_AFTER_SECONDS", 0.3)
    with served(tmp_path, "stubborn") as (starter, server):
        starter.kill()
        starter.wait()
        assert alive(server)
        lock = await take_server_lock(tmp_path)
        assert not alive(server)
        assert b"" == os.pread(lock, 100, 0)
        os.close(lock)


async def test_nobody_else_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number in the lock's file that another program has by now: that program is not touched."""
    monkeypatch.setattr(server_lock, "_PATIENCE_SECONDS", 0.3)
    path = tmp_path / "temporal.lock"
    with another("sleep", "600") as other, path.open("w") as holder:
        holder.write(f"{other.pid} 1\n")
        holder.flush()
        fcntl.flock(holder, fcntl.LOCK_EX)
        with pytest.raises(Unreachable, match="is held"):
            await take_server_lock(tmp_path)
        assert other.poll() is None


async def test_a_server_of_an_older_release(tmp_path: Path) -> None:
    """One without the lock, in a session of its own, was left behind and is ended; a person's is not."""
    words = (sys.executable, "-c", SERVER, "start-dev", str(tmp_path / DATABASE))
    with another(*words) as by_hand, pytest.raises(BadInput, match=f"process {by_hand.pid}"):
        await take_server_lock(tmp_path)
    with another(*words, start_new_session=True) as left:
        os.close(await take_server_lock(tmp_path))
        left.wait(60)


@contextmanager
def another(*words: str, start_new_session: bool = False) -> Iterator["subprocess.Popen[bytes]"]:
    """Another process, once it runs its program; it ends with the block, however that ends."""
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, start_new_session=start_new_session
    ) as process:
        try:
            while psutil.Process(process.pid).cmdline() != list(words):
                time.sleep(0.01)
            yield process
        finally:
            process.kill()


def await_end(process: psutil.Process) -> None:
    """Wait until it has ended."""
    deadline = time.monotonic() + 60
    while alive(process):
        assert time.monotonic() < deadline


def alive(process: psutil.Process) -> bool:
    """Whether it runs; one that nobody has reaped yet does not."""
    time.sleep(0.05)
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
