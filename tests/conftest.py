"""For the session one embedded PostgreSQL, and one Temporal with a worker; a fresh register for every test."""

import signal
from collections.abc import AsyncIterator
from itertools import count

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from db.embedded import EmbeddedPostgres
from db.engine import create_engine
from db.migrate import upgrade
from db.queries import RegisterQueries
from db.register_store import PostgresRegister
from db.url import shown
from tests.memory import begin_run, throw_away_folder
from tests.workflows.world import World
from worker.ports import free_port
from worker.search_attributes import ensure_search_attributes
from worker.temporal_server import TIME_SKIPPING, TemporalServer, temporal_server

_numbers = count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--fast`: only what needs no server."""
    parser.addoption("--fast", action="store_true", help="only tests that need no server")


def pytest_configure(config: pytest.Config) -> None:
    """Whatever becomes of this run, nothing of it stays; its workers are part of it."""
    # A run in the background of a script, or under `nohup`, ignores these, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if not hasattr(config, "workerinput"):
        config.add_cleanup(begin_run())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest, so that no process waits for one at the end; `--fast` leaves out servers."""
    items.sort(key=lambda item: item.path.parent.name != "system")
    if config.getoption("--fast"):
        slow = [item for item in items if "servers" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


@pytest.fixture(scope="session")
def servers() -> None:
    """Asked for by whatever starts a server: `--fast` leaves it out."""


@pytest.fixture(scope="session")
def postgres_url(servers: None) -> str:
    """The URL of a running server's first database, for whoever administers it; it ends with the run."""
    return EmbeddedPostgres(throw_away_folder("test")).start()


@pytest.fixture(scope="session")
async def template(postgres_url: str) -> str:
    """A database with the register's tables, to be copied; a test database loses nothing by no fsync."""
    await _administer(
        postgres_url,
        "ALTER SYSTEM SET fsync = off",
        "SELECT pg_reload_conf()",
        "CREATE DATABASE template_register",
    )
    await upgrade(_named(postgres_url, "template_register"))
    return "template_register"


@pytest.fixture
async def empty_database_url(postgres_url: str) -> AsyncIterator[str]:
    """The URL of a fresh database without tables."""
    name = f"empty_{next(_numbers)}"
    await _administer(postgres_url, f"CREATE DATABASE {name}")
    yield _named(postgres_url, name)
    await _administer(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database_url(postgres_url: str, template: str) -> AsyncIterator[str]:
    """The URL of a fresh database with the register's tables."""
    name = f"register_{next(_numbers)}"
    await _administer(postgres_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _named(postgres_url, name)
    await _administer(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
async def session_database_url(postgres_url: str, template: str) -> str:
    """The URL of one database with the register's tables, shared by the tests that ask for it."""
    await _administer(postgres_url, f"CREATE DATABASE shared TEMPLATE {template}")
    return _named(postgres_url, "shared")


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on a fresh register."""
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def second(postgres_url: str, template: str) -> AsyncIterator[AsyncEngine]:
    """An engine on a second fresh register, to compare with the first."""
    name = f"register_{next(_numbers)}"
    await _administer(postgres_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    engine = create_engine(_named(postgres_url, name))
    yield engine
    await engine.dispose()


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


def _named(url: str, database: str) -> str:
    return shown(make_url(url).set(database=database))


async def _administer(url: str, *statements: str) -> None:
    engine = create_engine(url, pooled=False).execution_options(isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()
