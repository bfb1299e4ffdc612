"""A signal ends our processes in order and within a bound, whatever in them does not want to end."""

import asyncio
import json
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from tests.system.processes import (
    EXAMPLES,
    MAIN,
    PATIENCE,
    await_word,
    begun,
    of_home,
    stack_of,
    started,
    stop,
)
from tests.system.stuck import BOUND_SECONDS
from tests.warm_process import Started
from worker import stopping
from workflows.contract import PLATFORM_TYPE, TASK_QUEUE, platform_workflow_id

PLATFORM, ANOTHER = "bj-water-membrane", "bj-ad-simulation"
READY = "Ctrl-C stops it."
STUCK = "from tests.system.stuck import main; main()"
NOHUP = f"import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); {MAIN}"
SIGN = {"task": "TMPRL1101", "activity": "an activity that never ends"}
"""What stands in the log once the case is stuck."""
PARTS_SECONDS = 120.0
"""Enough for Temporal and PostgreSQL to stop on a very busy machine; a stuck case would take an hour."""


async def test_a_stuck_task_does_not_keep_it_from_ending(home: Path) -> None:
    """A workflow task that never ends: by SIGHUP, when the terminal goes away, all ends within the bound."""
    await ends_within_its_bound(home, "task", signal.SIGHUP)


async def test_a_stuck_activity_does_not_keep_it_from_ending(home: Path) -> None:
    """An activity that never ends: all ends within the bound, or at once where it is asked twice."""
    said = await ends_within_its_bound(home, "activity", signal.SIGTERM)
    assert "it is left for the next worker" in said
    async with stuck(home, "activity", ANOTHER, STUCK_BOUND="600") as (up, log):
        up.send_signal(signal.SIGTERM)
        await until(lambda: "Stopping in order" in log.read_text())
        await asyncio.sleep(stopping.SAME_SECONDS)
        begun_at = time.monotonic()
        assert 128 + signal.SIGTERM == await asyncio.to_thread(stop, up)
    assert time.monotonic() - begun_at < PARTS_SECONDS
    assert [] == of_home(home)


async def ends_within_its_bound(home: Path, what: str, number: signal.Signals) -> str:
    """Start with a case that is stuck, and stop: exit code 0, and nothing left over. Returns its log."""
    async with stuck(home, what, PLATFORM) as (up, log):
        begun_at = time.monotonic()
        assert 0 == await asyncio.to_thread(stop, up, number)
    assert time.monotonic() - begun_at < BOUND_SECONDS + PARTS_SECONDS
    assert "Stopped." in log.read_text()
    assert [] == of_home(home)
    return log.read_text()


@asynccontextmanager
async def stuck(
    home: Path, what: str, platform: str, **more: str
) -> AsyncIterator[tuple[Started, Path]]:
    """A system in which a platform's case is stuck, and its log."""
    up, log = begun(home, what, "up", program=STUCK, **more)
    try:
        await asyncio.to_thread(await_word, READY, up, log)
        await start_case(home, platform)
        await until(lambda: SIGN[what] in log.read_text())
        yield up, log
    finally:
        up.kill()
        up.wait()


def test_nohup_is_respected(home: Path) -> None:
    """SIGHUP stays ignored where it was ignored before; `serve` and `worker` end by it otherwise."""
    ready = "Pingtai answers at"
    address = ("serve", "--address", "127.0.0.1:0")
    with started(home, *address, ready=ready, program=NOHUP) as serve:
        serve.send_signal(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            serve.wait(0.5)
        assert 0 == stop(serve)
    with started(home, *address, ready=ready) as serve:
        assert 0 == stop(serve, signal.SIGHUP)


def test_a_start_is_broken_off(home: Path) -> None:
    """A signal while the parts are starting does not wait for them: 143, and nothing is left over.

    First while the database is made; then, once there is one, while Temporal starts.
    """
    for sign in (home / "postgres.new", home / "temporal" / "temporal.sqlite"):
        up, log = begun(home, "up")
        while not sign.exists():
            assert up.poll() is None, log.read_text()
        assert 128 + signal.SIGTERM == stop(up), log.read_text()
        assert READY not in log.read_text()
        assert [] == of_home(home)


async def test_what_counts_as_one_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at the same moment are one; the second breaks off, the third ends; so does one that nobody takes."""
    left: list[int] = []
    monkeypatch.setattr(stopping, "leave", left.append)
    monkeypatch.setattr(stopping, "SAME_SECONDS", 0.05)
    stop = stopping.Stop()
    waiting = asyncio.create_task(stop.wait())
    await asyncio.sleep(0)
    stop.receive(signal.SIGHUP)
    stop.receive(signal.SIGHUP)
    await waiting
    assert (1, 0, []) == (stop.received, stop.cancelled_by, left)
    await asyncio.sleep(0.06)
    stop.receive(signal.SIGTERM)
    with pytest.raises(asyncio.CancelledError):
        await asyncio.sleep(10)
    assert (2, signal.SIGTERM, []) == (stop.received, stop.cancelled_by, left)
    await asyncio.sleep(0.06)
    stop.receive(signal.SIGTERM)
    assert [128 + signal.SIGTERM] == left
    blocked = stopping.Stop()
    blocked.receive(signal.SIGTERM)
    time.sleep(0.06)  # noqa: ASYNC251 - the loop shall not run meanwhile
    blocked.receive(signal.SIGTERM)
    assert [128 + signal.SIGTERM] * 2 == left


async def start_case(home: Path, platform: str) -> None:
    """Start a platform's workflow, and wait for nothing."""
    client = await Client.connect(
        stack_of(home)["temporal_address"], data_converter=pydantic_data_converter
    )
    await client.start_workflow(
        PLATFORM_TYPE,
        json.loads((EXAMPLES / platform / "application.json").read_text()),
        id=platform_workflow_id(platform),
        task_queue=TASK_QUEUE,
    )


async def until(holds: Callable[[], bool]) -> None:
    """Ask again until it holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
