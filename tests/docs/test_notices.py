"""docs/notices.md: its example is taken, its receiver works, its table is the code's."""

import asyncio
import base64
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from activities.channels.signature import key_of, signatures
from activities.channels.webhook import WebhookChannel
from activities.notice_delivery import Undeliverable
from tests.notices.told import notice
from worker.documents import ROOT
from worker.notice_channels import load_notices
from worker.ports import free_port

TEXT = (ROOT / "docs" / "notices.md").read_text(encoding="utf-8")
SECRET = "whsec_" + base64.b64encode(b"0123456789" * 3).decode()


def shown(marker: str) -> str:
    """The code block below a marker."""
    found = re.search(rf"<!-- {marker} -->\n```\w+\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    assert found, marker
    return found[1]


def test_the_example_is_a_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever copies it, and sets its secrets, has recipients of every kind."""
    monkeypatch.setenv("SMTP_PASSWORD", "p")
    monkeypatch.setenv("HAIDIAN_SECRET", SECRET)
    path = tmp_path / "notices.toml"
    path.write_text(shown("a test loads this"), encoding="utf-8")
    recipients, patience = load_notices(path)
    assert {
        "commission": "email",
        "haidian": "webhook",
        "jia": "email",
        "late": "file",
    } == {one.name: one.channel_name for one in recipients}
    assert load_notices(None)[1] == patience  # it says that these are the defaults


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The receiver of the document, at work: its URL, and what it prints."""
    port, out = free_port(20_000), tmp_path / "out"
    with out.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", shown("a test runs this")],
            env={**os.environ, "PORT": str(port), "SECRET": SECRET, "PYTHONUTF8": "1"},
            stdout=file,
            stderr=subprocess.DEVNULL,
        )
    yield f"http://127.0.0.1:{port}/", out
    process.terminate()
    process.wait()


async def test_the_receiver_takes_each_notice_once(receiver: tuple[str, Path]) -> None:
    """What we sign it takes, a repeat it drops, and what another signs, or signed long ago, it does not."""
    url, out = receiver
    channel = WebhookChannel(url, [key_of(SECRET)])
    for _ in range(100):  # until it listens
        try:
            await channel.send(notice("overdue"))
            break
        except Undeliverable:
            await asyncio.sleep(0.05)
    await channel.send(notice("overdue"))
    await channel.send(notice("listing"))
    with pytest.raises(Undeliverable, match="HTTP 401"):
        await WebhookChannel(url, [b"0" * 32]).send(notice("reminded"))
    async with httpx.AsyncClient(trust_env=False) as client:
        old = {
            "webhook-id": "x",
            "webhook-timestamp": "1000000000",
            "webhook-signature": signatures([key_of(SECRET)], "x", 1_000_000_000, b"{}"),
        }
        await client.post(url, content=b"{}", headers=old)
    assert ["共性技术平台：已逾期，原定 2024-02-24 截止", "共性技术平台：纳入名单"] == (
        out.read_text(encoding="utf-8").splitlines()
    )
