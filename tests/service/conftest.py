"""The app in-process, answering from the session's Temporal and register; and keys for it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from db.engine import create_engine
from db.key_rows import Keys
from starter.client.temporal_client import PingtaiClient
from starter.service.app import make_app
from starter.service.scopes import Scope
from tests.rules.builders import application
from tests.workflows.world import World

_numbers = count(1)
MakeKey = Callable[..., Awaitable[str]]
EVERYTHING = tuple(Scope)


class WorldConnections:
    """What the routes ask for, from the world of the tests."""

    def __init__(self, world: World, engine: AsyncEngine) -> None:
        """Answer with these."""
        self._world = world
        self._engine = engine

    async def temporal(self) -> Client:
        """The world's Temporal."""
        return self._world.temporal

    async def client(self) -> PingtaiClient:
        """The world's client."""
        return self._world.client

    async def engine(self) -> AsyncEngine:
        """The world's register."""
        return self._engine

    async def close(self) -> None:
        """Nothing is let go: others use it."""


@pytest.fixture(scope="session")
async def shared_engine(session_database_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on the session's register."""
    engine = create_engine(session_database_url)
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
async def app(world: World, shared_engine: AsyncEngine) -> FastAPI:
    """The service."""
    return make_app(WorldConnections(world, shared_engine))


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key."""
    async with calling(app) as client:
        yield client


@asynccontextmanager
async def calling(app: FastAPI, token: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an app, with a key or without."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost", headers=headers, timeout=60
    ) as client:
        yield client


@pytest.fixture(scope="session")
async def make_key(shared_engine: AsyncEngine) -> MakeKey:
    """Makes a key with scopes; `district`, `organisation`, `days` and `at` by name."""

    async def make(*scopes: str, **wanted: Any) -> str:
        usual = {
            "district": None,
            "organisation": None,
            "days": 1,
            "at": datetime.now(UTC) - timedelta(seconds=1),
            "by": "tester",
        }
        _, token = await Keys(shared_engine).create("test", scopes, **(usual | wanted))
        return token

    return make


@pytest.fixture
async def all_keys(app: FastAPI, make_key: MakeKey) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose key may do everything, in the district of the usual application."""
    async with calling(app, await make_key(*EVERYTHING, district="haidian")) as client:
        yield client


def form(**changes: Any) -> dict[str, Any]:
    """An application of a platform that no other test has."""
    number = next(_numbers)
    usual = {"platform_id": f"http-{number}", "application_id": f"h-{number}"}
    return application(**(usual | changes))
