"""docs/events.md: its event is one, and the receiver takes real deliveries, each once, and no others."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.channels.posting import EventPoster
from activities.channels.signature import key_of, signatures
from activities.notice_delivery import Undeliverable
from db.feed import Feed
from db.subscription_admin import SubscriptionAdmin
from tests.notices.subscribed import (
    KEY,
    SECRET,
    delivering,
    listed_platforms,
    make,
    make_key,
    standing,
    until,
)
from worker.documents import ROOT
from worker.ports import free_port
from workflows.cloud_events import Event

TEXT = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")


def test_the_event_that_is_shown() -> None:
    """It has every part that an event has, and no other."""
    (shown,) = re.findall(r"^```json\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    given = json.loads(shown)
    assert given == Event.model_validate_json(shown).model_dump(mode="json")


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The receiver of the examples, at work: its URL, and what it prints."""
    port, out = free_port(21_000), tmp_path / "out"
    with out.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, ROOT / "examples" / "integration" / "receiver.py"],
            env={**os.environ, "PORT": str(port), "SECRET": SECRET, "PYTHONUTF8": "1"},
            stdout=file,
            stderr=subprocess.DEVNULL,
        )
    yield f"http://127.0.0.1:{port}/", out
    process.terminate()
    process.wait()


async def test_the_receiver_takes_each_event_once(
    receiver: tuple[str, Path], engine: AsyncEngine
) -> None:
    """What a worker delivers it takes, what is replayed it drops; what is forged or old it refuses."""
    url, out = receiver
    await make_key(engine)
    many = await listed_platforms(engine, 1)
    keeping = SubscriptionAdmin(engine)
    async with delivering(engine):  # also before it listens: it is tried again
        await make(engine, url)

        async def through() -> bool:
            return (await standing(engine)).position == many

        await until(through)
        await keeping.replay(KEY, "s-1", (await Feed(engine).end()).moved(0))
        await until(through)
    async with EventPoster(url, [b"0" * 32]) as forger:
        with pytest.raises(Undeliverable, match="HTTP 401"):
            await forger.post("forged", b'{"type": "x"}')
    async with httpx.AsyncClient(trust_env=False) as client:
        old = {
            "webhook-id": "old",
            "webhook-timestamp": "1000000000",
            "webhook-signature": signatures([key_of(SECRET)], "old", 1_000_000_000, b"{}"),
        }
        for headers in (old, {}):
            assert 401 == (await client.post(url, content=b"{}", headers=headers)).status_code
    lines = await asyncio.to_thread(out.read_text)
    assert [f"p-0:1:0:0:{seq}" for seq in range(1, many + 1)] == [
        line.split()[0] for line in lines.splitlines()
    ]


@pytest.mark.parametrize("lines", ["follow.py", "receiver.py"])
def test_ctrl_c_ends_an_example_without_a_traceback(lines: str, tmp_path: Path) -> None:
    """It is how they end; whoever follows goes on from the cursor."""
    port = free_port(22_000)
    url = f"http://127.0.0.1:{port}"  # nobody answers there: the follower waits
    said = {
        "URL": url,
        "KEY": "k",
        "CURSOR": str(tmp_path / "c"),
        "SECRET": "whsec_",
        "PORT": str(port),
    }
    program = """
import os, runpy, signal, sys, threading, time
def interrupt():
    while signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGINT)
sys.argv = sys.argv[1:]
threading.Thread(target=interrupt, daemon=True).start()
runpy.run_path(sys.argv[0])
"""
    path = ROOT / "examples" / "integration" / lines
    ended = subprocess.run(
        [sys.executable, "-c", program, path, "1"],
        env={**os.environ, **said},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (-signal.SIGINT, b"") == (ended.returncode, ended.stderr)
