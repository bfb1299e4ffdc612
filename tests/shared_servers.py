"""What tests share: a run its PostgreSQL; a process an empty register for each test, and its Temporal.

Imported by processes that run tests only: what deals them out to others needs none of it, and begins sooner.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from db.embedded import EmbeddedPostgres
from db.engine import create_engine
from db.file_lock import locked
from db.migrate import upgrade
from db.queries import RegisterQueries
from db.register_store import PostgresRegister
from tests.another_place import another_place, new_namespace
from tests.databases import TEMPLATE, KeptRegister, administer, own_name, url_of
from tests.memory import place, throw_away_folder
from tests.workflows.world import World
from worker.ports import free_port
from worker.search_attributes import ensure_search_attributes
from worker.temporal_server import TIME_SKIPPING, TemporalServer, temporal_server

_numbers = count(1)


@pytest.fixture(scope="session")
def servers() -> None:
    """Asked for by whatever starts a server: `--fast` leaves it out."""


@pytest.fixture(scope="session")
def postgres_url(servers: None) -> str:
    """The URL of the first database of the run's server, for whoever administers it; it ends with the run."""
    return EmbeddedPostgres(Path(place()) / "postgres-of-all").start()


@pytest.fixture(scope="session")
async def template(postgres_url: str) -> str:
    """A database with the register's tables, to be copied; a test database loses nothing by no fsync."""
    made = Path(place()) / "template-made"
    with locked(made.with_suffix(".lock")):
        if not made.exists():
            await administer(
                postgres_url,
                "ALTER SYSTEM SET fsync = off",
                "SELECT pg_reload_conf()",
                f"CREATE DATABASE {TEMPLATE}",
            )
            await upgrade(url_of(postgres_url, TEMPLATE))
            made.touch()
    return TEMPLATE


@pytest.fixture
async def empty_database_url(postgres_url: str) -> AsyncIterator[str]:
    """The URL of a fresh database without tables."""
    name = own_name(f"empty_{next(_numbers)}")
    await administer(postgres_url, f"CREATE DATABASE {name}")
    yield url_of(postgres_url, name)
    await administer(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
async def kept_register(postgres_url: str, template: str) -> AsyncIterator[KeptRegister]:
    """The register that the tests have one after another."""
    async with _kept(postgres_url, "register") as register:
        yield register


@pytest.fixture(scope="session")
async def kept_second_register(postgres_url: str, template: str) -> AsyncIterator[KeptRegister]:
    """The same, for `second`."""
    async with _kept(postgres_url, "second_register") as register:
        yield register


@pytest.fixture
async def database_url(kept_register: KeptRegister) -> AsyncIterator[str]:
    """The URL of a database with the register's tables, and nothing in them."""
    yield kept_register.url
    await kept_register.empty()


@pytest.fixture(scope="session")
async def session_database_url(postgres_url: str, template: str) -> str:
    """The URL of one database with the register's tables, shared by the process's tests that ask for it."""
    name = own_name("shared")
    await administer(postgres_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    return url_of(postgres_url, name)


@pytest.fixture
def engine(database_url: str, kept_register: KeptRegister) -> AsyncEngine:
    """An engine on an empty register; who listens to it listens in this test only."""
    return kept_register.engine.execution_options()


@pytest.fixture
async def second(kept_second_register: KeptRegister) -> AsyncIterator[AsyncEngine]:
    """An engine on a second empty register, to compare with the first."""
    yield kept_second_register.engine.execution_options()
    await kept_second_register.empty()


@pytest.fixture
def register(engine: AsyncEngine) -> PostgresRegister:
    """A fresh register, to write to."""
    return PostgresRegister(engine)


@pytest.fixture
def queries(engine: AsyncEngine) -> RegisterQueries:
    """The same register, to read from."""
    return RegisterQueries(engine)


@pytest.fixture(scope="session")
async def temporal(servers: None) -> AsyncIterator[TemporalServer]:
    """The full dev server, with time skipping."""
    dynamic = (*TIME_SKIPPING, "frontend.WorkflowPauseEnabled=true")
    folder = throw_away_folder("temporal")
    async with temporal_server(folder, free_port(27233), dynamic_config=dynamic) as server:
        yield server


@pytest.fixture
async def namespaced(temporal: TemporalServer) -> Client:
    """A client of a new namespace at the session's Temporal, which the session's worker knows nothing of."""
    return await new_namespace(temporal)


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


@pytest.fixture
async def elsewhere(world: World, temporal: TemporalServer) -> AsyncIterator[World]:
    """Another Temporal of the same register, which has none of its cases; with a worker."""
    async with another_place(world.engine, temporal) as other:
        yield other


@pytest.fixture
async def second_place(world: World, temporal: TemporalServer) -> AsyncIterator[World]:
    """A third one."""
    async with another_place(world.engine, temporal) as other:
        yield other


@asynccontextmanager
async def _kept(server: str, name: str) -> AsyncIterator[KeptRegister]:
    register = KeptRegister(server, own_name(name))
    await register.make()
    yield register
    await register.engine.dispose()
