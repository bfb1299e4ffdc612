"""One Temporal server and one register for all tests of the workflows."""

import shutil
from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from db.engine import create_engine
from tests.memory import throw_away_folder
from tests.workflows.world import World
from worker.search_attributes import ensure_search_attributes
from worker.temporal_server import TIME_SKIPPING, TemporalServer, free_port, temporal_server


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[TemporalServer]:
    """The full dev server, with time skipping."""
    folder = throw_away_folder("test-temporal")
    async with temporal_server(folder, free_port(27233), dynamic_config=TIME_SKIPPING) as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def world(temporal: TemporalServer, session_database_url: str) -> AsyncIterator[World]:
    """The server, a register of its own, and a worker at work."""
    client = await Client.connect(temporal.address, data_converter=pydantic_data_converter)
    await ensure_search_attributes(client)
    engine = create_engine(session_database_url)
    world = World(client, engine)
    await world.work()
    yield world
    await world.rest()
    await engine.dispose()
