"""A signal ends our processes in order and within a bound, whatever in them does not want to end."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from tests.system.processes import (
    EXAMPLES,
    PATIENCE,
    PINGTAI,
    environment,
    of_home,
    stack_of,
    started,
    started_with,
    stop,
)
from tests.system.stuck import BOUND_SECONDS
from worker import stopping
from workflows.contract import PLATFORM_TYPE, TASK_QUEUE, platform_workflow_id

PLATFORM = "bj-water-membrane"
READY = "Ctrl-C stops it."
STUCK = (sys.executable, "-m", "tests.system.stuck")
SIGN = {"task": "TMPRL1101", "activity": "an activity that never ends"}
"""What stands in the log once the case is stuck."""
PARTS_SECONDS = 120.0
"""Enough for Temporal and PostgreSQL to stop on a very busy machine; a stuck case would take an hour."""


@pytest.mark.parametrize(
    ("what", "number"), [("task", signal.SIGHUP), ("activity", signal.SIGTERM)]
)
async def test_a_stuck_case_does_not_keep_it_from_ending(
    home: Path, what: str, number: signal.Signals
) -> None:
    """A workflow task, or an activity, that never ends: everything ends within the bound, exit code 0.

    By SIGTERM, and as well by SIGHUP, when the terminal goes away.
    """
    with started_with(STUCK, home, what, "up", ready=READY) as up:
        await start_case(home)
        log = next(home.glob(f"{what}-*.log"))  # noqa: ASYNC240 - once, in a test
        await until(lambda: SIGN[what] in log.read_text())
        begun = time.monotonic()
        assert 0 == await asyncio.to_thread(stop, up, number)
    assert time.monotonic() - begun < BOUND_SECONDS + PARTS_SECONDS
    assert what == "task" or "it is left for the next worker" in log.read_text()
    assert "Stopped." in log.read_text()
    assert [] == of_home(home)


def test_nohup_is_respected(home: Path) -> None:
    """SIGHUP stays ignored where it was ignored before; `serve` and `worker` end by it otherwise."""
    ready = "Pingtai answers at"
    address = ("serve", "--address", "127.0.0.1:0")
    with started_with(("nohup", *PINGTAI), home, *address, ready=ready) as serve:
        serve.send_signal(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            serve.wait(1)
        assert 0 == stop(serve)
    with started(home, *address, ready=ready) as serve:
        assert 0 == stop(serve, signal.SIGHUP)


@pytest.mark.parametrize("after", [0.7, 1.5])
def test_a_start_is_broken_off(home: Path, after: float) -> None:
    """A signal while the parts are starting does not wait for them: 143, and nothing is left over."""
    with subprocess.Popen([*PINGTAI, "up"], env=environment(home), stdout=subprocess.DEVNULL) as up:
        time.sleep(after)
        up.send_signal(signal.SIGTERM)
        assert up.wait(PATIENCE) in (128 + signal.SIGTERM, -signal.SIGTERM, 0)
    assert [] == of_home(home)


async def test_a_second_signal_ends_at_once(home: Path) -> None:
    """Who asks twice does not wait for a stuck case at all; what was started is ended all the same."""
    with started_with(STUCK, home, "activity", "up", ready=READY, STUCK_BOUND="600") as up:
        await start_case(home)
        log = next(home.glob("activity-*.log"))  # noqa: ASYNC240 - once, in a test
        await until(lambda: SIGN["activity"] in log.read_text())
        up.send_signal(signal.SIGTERM)
        await until(lambda: "Stopping in order" in log.read_text())
        await asyncio.sleep(stopping.SAME_SECONDS)
        begun = time.monotonic()
        assert 128 + signal.SIGTERM == await asyncio.to_thread(stop, up)
    assert time.monotonic() - begun < PARTS_SECONDS
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


async def start_case(home: Path) -> None:
    """Start a platform's workflow, and wait for nothing."""
    client = await Client.connect(
        stack_of(home)["temporal_address"], data_converter=pydantic_data_converter
    )
    await client.start_workflow(
        PLATFORM_TYPE,
        json.loads((EXAMPLES / PLATFORM / "application.json").read_text()),
        id=platform_workflow_id(PLATFORM),
        task_queue=TASK_QUEUE,
    )


async def until(holds: Callable[[], bool]) -> None:
    """Ask again until it holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
