"""A real Temporal whose retention may be as short as a second, and where time can be skipped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError

from audit.archive.archive_contents import PostgresArchive
from audit.archive.archiver import ArchivingNotes
from audit.archive.server_histories import ServerHistories
from tests.memory import throw_away_folder
from tests.workflows.world import World
from worker.ports import free_port
from worker.search_attributes import ensure_search_attributes
from worker.temporal_server import TIME_SKIPPING, temporal_server

SHORT_RETENTION = (
    'system.namespaceMinRetentionLocal="1s"',
    'history.retentionTimerJitterDuration="1ms"',
    # By default a change of retention counts after ten seconds.
    'system.namespaceCacheRefreshInterval="100ms"',
)


@dataclass(frozen=True)
class Place:
    """A server with its data, and what is read from it and kept of it."""

    client: Client
    server: ServerHistories
    archive: PostgresArchive
    notes: ArchivingNotes
    engine: AsyncEngine

    async def told(self, statement: str) -> None:
        """Have the archive's database do something."""
        async with self.engine.begin() as connection:
            await connection.execute(text(statement))

    async def empty(self, tables: str = "archived_histories, archivings") -> None:
        """As if nothing had been archived."""
        await self.told(f"TRUNCATE {tables}")


@pytest.fixture(scope="package")
async def client(servers: None) -> AsyncIterator[Client]:
    """A server for the tests of the archive; it ends with them: an idle one costs processor time."""
    folder = throw_away_folder("archive")
    dynamic = (*TIME_SKIPPING, *SHORT_RETENTION)
    async with temporal_server(folder, free_port(28233), dynamic_config=dynamic) as running:
        client = await Client.connect(running.address, data_converter=pydantic_data_converter)
        await ensure_search_attributes(client)
        yield client


@pytest.fixture
def place(client: Client, engine: AsyncEngine) -> Place:
    """The server and an empty archive."""
    return Place(
        client,
        ServerHistories(client),
        PostgresArchive(engine),
        ArchivingNotes(engine),
        engine,
    )


@pytest.fixture
async def world(client: Client, engine: AsyncEngine) -> AsyncIterator[World]:
    """Platforms that live on the server, with a worker; none goes on when the test is over."""
    world = World(client, engine)
    await world.work()
    yield world
    await world.rest()
    async for run in client.list_workflows("ExecutionStatus = 'Running'"):
        with suppress(RPCError):  # it has ended since, or with its parent
            await client.get_workflow_handle(run.id).terminate("the test is over")


async def keep_for(client: Client, span: timedelta) -> None:
    """Let the server keep the history of what ends from now on for so long."""
    request = UpdateNamespaceRequest(namespace=client.namespace, config=NamespaceConfig())
    request.config.workflow_execution_retention_ttl.FromTimedelta(span)
    await client.workflow_service.update_namespace(request)
    await asyncio.sleep(0.5)
