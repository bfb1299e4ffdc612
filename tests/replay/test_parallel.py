"""Several processes do what one does, in order, and what happens to them is said."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress

import psutil
import pytest

from audit.histories import StoredHistory
from audit.replay import parallel
from audit.replay.parallel import Pool, ProcessKilled, replay_all
from tests.audit.lives import MUCH, SHORT, edited, recorded

_FEW = (SHORT, "bj-green-building", "bj-heritage-digital", "bj-water-membrane", "bj-ad-simulation")

STARTER = """
import asyncio, multiprocessing
from audit.replay.parallel import Pool

async def main():
    pool = Pool(1)
    await pool.answer(pool.send([]))
    print(multiprocessing.active_children()[0].pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch is a platform or two, so that few histories keep two processes at work."""
    monkeypatch.setattr(parallel, "BATCH", 100_000)


async def _few(times: int = 1) -> AsyncIterator[StoredHistory]:
    for _ in range(times):
        for platform in _FEW:
            for history in recorded(platform):
                yield history


async def test_two_processes_answer_as_one_does() -> None:
    """The same verdicts, logs and rows in the same order; what is bad comes over whole."""

    async def given() -> AsyncIterator[StoredHistory]:
        yield edited(recorded(MUCH)[0], lambda events: events.pop(3))
        async for history in _few(2):
            yield history

    one = [found async for found in replay_all(given(), processes=1)]
    two = [found async for found in replay_all(given(), processes=2)]
    assert [MUCH, *_FEW, *_FEW] == [found.platform_id for found in two]
    assert one == two
    assert [False, *[True] * 10] == [found.sound for found in two]
    divergence = two[0].runs[0].divergence
    assert divergence is not None
    assert 4 == divergence.event_id
    assert [] == _ours()


async def test_processes_that_are_warm_are_used_again() -> None:
    """One pool answers for one set of histories after another, with the same processes."""
    async with Pool(2) as pool:
        first = [found.sound async for found in replay_all(_few(), pool=pool)]
        processes = {child.pid for child in _ours()}
        second = [found.sound async for found in replay_all(_few(), pool=pool)]
        assert processes == {child.pid for child in _ours()}
    assert [True] * 5 == first == second
    assert [] == _ours()


async def test_no_histories_no_answers() -> None:
    """Nothing to replay is no error, and starts no process."""
    assert [] == [found async for found in replay_all(_few(0), processes=2)]


async def test_a_process_that_is_killed_is_said() -> None:
    """A process that dies ends the replay with words, and leaves no other behind."""
    with pytest.raises(ProcessKilled):
        async for _ in replay_all(_few(200), processes=2):
            for child in _ours()[:1]:
                os.kill(child.pid, signal.SIGKILL)
    assert [] == _ours()


async def test_who_has_seen_enough_leaves_nothing_behind() -> None:
    """Leaving early ends the processes, and reads no more histories than were wanted."""
    read = 0

    async def counted() -> AsyncIterator[StoredHistory]:
        nonlocal read
        async for history in _few(200):
            read += 1
            yield history

    answers = replay_all(counted(), processes=2)
    async for _ in answers:
        break
    await answers.aclose()
    assert [] == _ours()
    assert read < 100


def test_processes_end_with_the_one_that_started_them() -> None:
    """Killed with -9, it leaves none behind."""
    words = [sys.executable, "-c", STARTER]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout
        pid = int(starter.stdout.readline())
        assert psutil.pid_exists(pid)
        starter.kill()
    process = psutil.Process(pid) if psutil.pid_exists(pid) else None
    deadline = time.monotonic() + 60
    while process and process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _ours() -> list[psutil.Process]:
    """The processes that replay; not the one that they come from, which multiprocessing keeps."""
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.ZombieProcess, psutil.NoSuchProcess):
            if any("forkserver" in word for word in child.cmdline()):
                found += child.children()
    return found
