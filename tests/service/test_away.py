"""While Temporal or PostgreSQL is away the service answers 503, and goes on when they are back."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI

from db.key_rows import Keys
from starter.client import queue_pollers
from starter.client.temporal_client import PingtaiClient
from starter.errors import Unreachable
from starter.service import backends as reaching
from starter.service.app import make_app
from starter.service.backends import ConfiguredBackends
from starter.service.scopes import Scope
from tests.service.conftest import MakeKey, calling, form
from tests.service.decisions import decision
from tests.service.test_problems import problem
from tests.workflows.world import World
from worker.temporal_server import TemporalServer

NOWHERE = "127.0.0.1:9"


@pytest.fixture
async def found(
    monkeypatch: pytest.MonkeyPatch, temporal: TemporalServer, session_database_url: str
) -> AsyncIterator[FastAPI]:
    """The service as it finds its parts by the environment, which tests change; it looks each time."""
    monkeypatch.setenv("DATABASE_URL", session_database_url)
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.address)
    monkeypatch.setattr(reaching, "LOOKED_UP_EVERY", 0.0)
    monkeypatch.setattr(reaching, "AWAY_FOR", 0.0)
    backends = ConfiguredBackends()
    yield make_app(backends)
    await backends.close()


async def test_a_service_that_starts_alone_finds_its_parts_later(
    *,
    found: FastAPI,
    monkeypatch: pytest.MonkeyPatch,
    temporal: TemporalServer,
    world: World,
    session_database_url: str,
    make_key: MakeKey,
) -> None:
    """Alive all the time; ready, and writing, as soon as both are there; and not when one goes again."""
    token = await make_key(*Scope, district="haidian")
    monkeypatch.setenv("DATABASE_URL", f"postgresql://nobody@{NOWHERE}/nothing")
    monkeypatch.setenv("TEMPORAL_ADDRESS", NOWHERE)
    async with calling(found, token) as client:
        assert 200 == (await client.get("/livez")).status_code
        for address in ("/readyz", "/v1/register", "/v1/platforms/p-1", "/metrics"):
            answer = await client.get(address)
            details = problem(answer, 503, "away")
            assert "5" == answer.headers["retry-after"]
            assert NOWHERE not in details["en"], "where the parts are is nobody's business"
        monkeypatch.setenv("DATABASE_URL", session_database_url)
        answer = await client.post("/v1/applications", json=form())
        assert "taken" not in problem(answer, 503, "away")["en"]
        monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.address)
        sent = form()
        assert 201 == (await client.post("/v1/applications", json=sent)).status_code
        found.state.readiness.forget()
        ready = await client.get("/readyz")
        assert {"temporal": True, "postgresql": True, "worker": True} == ready.json()
        monkeypatch.setenv("TEMPORAL_ADDRESS", NOWHERE)
        where = f"/v1/platforms/{sent['platform_id']}"
        answer = await client.post(f"{where}/decisions", json=decision("recommendation"))
        problem(answer, 503, "away")
        # Whether the register has heard of it by now or not: nobody is told that it is not there.
        problem(await client.get("/v1/platforms/nobody"), 503, "away")


async def test_a_decision_without_an_answer_is_to_be_repeated(
    app: FastAPI, world: World, make_key: MakeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 says that it may still be taken; the answer is not kept, and the repeat is answered truly."""
    token = await make_key(*Scope, district="haidian")
    sent = form()
    lost = Unreachable("no worker answered", "没有应答")
    decide = PingtaiClient.decide

    async def takes_and_is_lost(self: PingtaiClient, *said: Any) -> Any:
        await decide(self, *said)
        raise lost

    async with calling(app, token) as client:
        await client.post("/v1/applications", json=sent)
        where = f"/v1/platforms/{sent['platform_id']}/decisions"
        call: Any = {"json": decision("recommendation"), "headers": {"Idempotency-Key": "lost"}}
        with monkeypatch.context() as patch:
            patch.setattr(PingtaiClient, "decide", takes_and_is_lost)
            answer = await client.post(where, **call)
        assert "nothing is accepted twice" in problem(answer, 503, "away")["en"]
        again = await client.post(where, **call)
    assert (200, "true") == (again.status_code, again.headers["pingtai-repeated"])


async def test_a_queue_without_a_worker_is_not_ready(
    found: FastAPI, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    """`readyz` names the worker alone: Temporal and PostgreSQL answer."""
    monkeypatch.setattr(queue_pollers, "TASK_QUEUE", "nobody-polls-this")
    async with calling(found) as client:
        answer = await client.get("/readyz")
    assert "not ready: worker" == problem(answer, 503, "away")["en"]


async def test_keys_are_not_believed_while_the_register_is_away(
    found: FastAPI, monkeypatch: pytest.MonkeyPatch, make_key: MakeKey
) -> None:
    """503 and not 401: whoever calls is to come again, not to look for another key."""
    token = await make_key(Scope.READ)

    async def away(*_: object) -> None:
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(Keys, "of_token", away)
    async with calling(found, token) as client:
        problem(await client.get("/v1/platforms/p-1"), 503, "away")


async def test_the_client_lasts_as_long_as_the_connection(
    found: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It remembers the terms of cases: one that were new with each call would ask Temporal each time."""
    first = await found.state.backends.client()
    assert first is await found.state.backends.client()
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "elsewhere")
    assert first is not await found.state.backends.client()
