"""A worker's `/livez` and `/readyz`: of the worker itself, not of any other at the queue."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from db.engine import create_engine
from tests.workflows.world import World
from worker.worker_probes import probe_app


@pytest.fixture
async def at_work() -> AsyncIterator[asyncio.Task[None]]:
    """The task of a worker that runs."""
    task = asyncio.create_task(asyncio.Event().wait())
    yield task  # type: ignore[misc]
    task.cancel()


async def asked(
    path: str, client: Client, engine: AsyncEngine, worker: asyncio.Task[Any]
) -> tuple[int, dict[str, bool]]:
    """The answer of a worker's probe."""
    app = httpx.ASGITransport(probe_app(client, engine, worker))
    async with httpx.AsyncClient(transport=app, base_url="http://worker") as http:
        answer = await http.get(path)
    return answer.status_code, answer.json()


async def test_a_worker_that_polls_is_ready(
    world: World, engine: AsyncEngine, at_work: asyncio.Task[None]
) -> None:
    everything = {"temporal": True, "postgresql": True, "worker": True}
    assert (200, everything) == await asked("/readyz", world.temporal, engine, at_work)
    assert (200, {"alive": True}) == await asked("/livez", world.temporal, engine, at_work)


async def test_another_worker_at_the_queue_does_not_make_it_ready(
    world: World, engine: AsyncEngine, at_work: asyncio.Task[None]
) -> None:
    other = await Client.connect(
        world.temporal.service_client.config.target_host, identity="a worker that has not begun"
    )
    status, found = await asked("/readyz", other, engine, at_work)
    assert (503, {"temporal": True, "postgresql": True, "worker": False}) == (status, found)


async def test_a_register_that_is_away_is_named(world: World, at_work: asyncio.Task[None]) -> None:
    away = create_engine("postgresql+asyncpg://pingtai@127.0.0.1:1/pingtai")
    status, found = await asked("/readyz", world.temporal, away, at_work)
    assert (503, {"temporal": True, "postgresql": False, "worker": True}) == (status, found)
    await away.dispose()


async def test_a_worker_that_has_ended_is_not_alive(world: World, engine: AsyncEngine) -> None:
    ended = asyncio.create_task(asyncio.sleep(0))
    await ended
    assert (503, {"alive": False}) == await asked("/livez", world.temporal, engine, ended)
