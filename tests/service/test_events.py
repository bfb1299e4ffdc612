"""`GET /v1/events`: catching up from a cursor, waiting for what comes next, and whose events one may see."""

import asyncio
import json
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.register_store import PostgresRegister
from starter.service import arrivals
from starter.service.app import make_app
from starter.service.serving import listener, serving, url_of
from tests.notices.subscribed import until
from tests.register.cases import START, application, batch, listed, opened
from worker.documents import ROOT
from workflows.cloud_events import Event

from .following import RegisterOnly, following, names

PATH = "/v1/events"


async def test_catching_up(engine: AsyncEngine, register: PostgresRegister) -> None:
    """Page after page from the beginning, each event once; `next` goes on, and beyond what is left out."""
    await register.write(batch(listed()))
    async with following(engine) as client:
        first = await client.get(PATH, params={"limit": 4})
        page = first.json()
        assert (200, 4, True) == (first.status_code, len(page["events"]), page["more"])
        assert page["events"][-1]["cursor"] == page["next"]
        assert "no-store" == first.headers["cache-control"]
        Event.model_validate_json(json.dumps(page["events"][0]))
        rest = await client.get(PATH, params={"after": page["next"]})
        assert (["expert_opinion", "listing"], False) == (names(rest), rest.json()["more"])
        none = await client.get(PATH, params={"after": rest.json()["next"]})
        assert ([], rest.json()["next"]) == (names(none), none.json()["next"])
        now = await client.get(PATH, params={"after": "now"})
        assert none.json() == now.json()
        narrowed = await client.get(PATH, params={"type": "listing,overdue", "platform": "p-1,x"})
        assert ["listing"] == names(narrowed)
        nobodys = await client.get(PATH, params={"platform": "x"})
        assert ([], now.json()["next"]) == (names(nobodys), nobodys.json()["next"])


async def test_a_key_of_a_district(engine: AsyncEngine, register: PostgresRegister) -> None:
    """Sees the events of its platforms, and may not ask for others; a key that may not read sees none."""
    await register.write(batch(opened()))
    await register.write(batch(opened(application("q-1", district="tongzhou"), START)))
    async with following(engine, district="tongzhou") as client:
        page = (await client.get(PATH)).json()
        assert ["q-1"] == [event["subject"] for event in page["events"]]
        for asked in ("haidian", "tongzhou,haidian"):
            other = await client.get(PATH, params={"district": asked})
            assert (403, "Tongzhou") == (
                other.status_code,
                other.json()["en"].split()[4].strip(","),
            )
    async with following(engine, "apply") as client:
        assert 403 == (await client.get(PATH)).status_code
        client.headers.pop("authorization")
        assert 401 == (await client.get(PATH)).status_code


NONSENSE: tuple[tuple[dict[str, str], int, str], ...] = (
    ({"after": "000000000000.0"}, 410, "after=beginning"),
    ({"after": "x"}, 422, "after"),
    ({"after": "a.1;drop"}, 422, "after"),
    ({"type": "listing,nonsense"}, 422, "type"),
    ({"district": "shanghai"}, 422, "district"),
    ({"limit": "501"}, 422, "limit"),
    ({"wait": "21"}, 422, "wait"),
    ({"typ": "listing"}, 422, "typ"),
)


async def test_what_makes_no_sense(engine: AsyncEngine) -> None:
    """A cursor of another feed is 410 with what to do; what is no cursor, and the rest, is 422."""
    async with following(engine) as client:
        for given, status, says in NONSENSE:
            answer = await client.get(PATH, params=given)
            assert (status, "application/problem+json") == (
                answer.status_code,
                answer.headers["content-type"],
            ), given
            assert says in answer.text
            assert answer.json()["zh"]
        end = (await client.get(PATH)).json()["next"]
        beyond = end.replace(".0", ".1")  # of before a backup was restored
        assert [200, 410] == [
            (await client.get(PATH, params={"after": one})).status_code for one in (end, beyond)
        ]
        other = await client.put("/v1/subscriptions")  # named are those of every route there
        assert (405, "GET, POST") == (other.status_code, other.headers["allow"])


async def test_waiting(
    engine: AsyncEngine, register: PostgresRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes is answered at once, to all who wait; what is not wanted wakes nobody; time ends it.

    Where as many wait as may, one more is answered at once.
    """
    monkeypatch.setattr(arrivals, "_LOOK_SECONDS", 0.02)
    monkeypatch.setattr(arrivals, "MOST", 4)
    async with following(engine) as client:
        begun = time.monotonic()
        now = (await client.get(PATH, params={"after": "now"})).json()["next"]
        asked = {"after": now, "wait": "20"}
        waiting = [asyncio.create_task(client.get(PATH, params=asked)) for _ in range(3)]
        picky = asyncio.create_task(
            client.get(PATH, params=asked | {"type": "listing", "wait": "3"})
        )
        watched = client._transport.app.state.arrivals  # type: ignore[attr-defined]
        await until(lambda: watched._waiting == 4)
        one_more = await client.get(PATH, params=asked | {"wait": "20"})
        assert (200, []) == (one_more.status_code, names(one_more))
        await register.write(batch(opened()))
        for answer in await asyncio.gather(*waiting):
            assert ["applied"] == names(answer)
        assert time.monotonic() - begun < 20
        answer = await picky
        assert ([], True) == (names(answer), answer.json()["next"].endswith(".1"))


async def test_the_follower_of_the_examples(
    engine: AsyncEngine, register: PostgresRegister, tmp_path: Path
) -> None:
    """It prints what there is, each once, and goes on where it stopped."""
    listening = listener("127.0.0.1:0")
    async with serving(make_app(RegisterOnly(engine)), listening), following(engine) as client:
        environment = {
            **os.environ,
            "URL": url_of(listening),
            "KEY": client.headers["authorization"].removeprefix("Bearer "),
            "CURSOR": str(tmp_path / "cursor.txt"),
        }

        async def printed() -> list[str]:
            command = [sys.executable, str(ROOT / "examples" / "integration" / "follow.py")]
            done = await asyncio.to_thread(
                subprocess.run,
                command,
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            )
            return [line.split()[0] for line in done.stdout.splitlines()]

        await register.write(batch(opened()))
        assert ["p-1:1:0:0:1"] == await printed()
        await register.write(batch(opened(application("p-2"), START + timedelta(days=1))))
        assert ["p-2:1:0:0:1"] == await printed()


async def test_stopping_waits_for_nobody_who_waits(engine: AsyncEngine) -> None:
    """A service that stops answers those who wait, and does not sit out their twenty seconds."""
    app, listening = make_app(RegisterOnly(engine)), listener("127.0.0.1:0")
    async with following(engine) as client, asyncio.timeout(10):
        key = dict(client.headers)
        async with httpx.AsyncClient(trust_env=False, timeout=30) as caller:
            async with serving(app, listening):
                url = f"{url_of(listening)}{PATH}?wait=20"
                waiting = asyncio.create_task(caller.get(url, headers=key))
                await until(lambda: app.state.arrivals._waiting == 1)
            answer = await waiting
    assert (200, []) == (answer.status_code, names(answer))
