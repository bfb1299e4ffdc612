"""Another Temporal, with nothing in it: a new namespace at the session's server, and a worker there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError

from tests.workflows.world import World
from worker.demo.clockwork import until
from worker.search_attributes import ensure_search_attributes, missing_search_attributes
from worker.temporal_server import RETENTION, TemporalServer

_numbers = count(1)


async def new_namespace(temporal: TemporalServer) -> Client:
    """A client of a namespace that nobody knows."""
    name = f"namespace-{next(_numbers)}"
    client = await Client.connect(
        temporal.address, namespace=name, data_converter=pydantic_data_converter
    )
    asked = RegisterNamespaceRequest(namespace=name)
    asked.workflow_execution_retention_period.FromTimedelta(RETENTION)
    await client.workflow_service.register_namespace(asked)

    async def known() -> bool:
        try:
            await missing_search_attributes(client)
            return not [one async for one in client.list_workflows()]
        except RPCError:
            return False

    await until(known, f"the server knows the namespace {name}")
    return client


@asynccontextmanager
async def another_place(engine: AsyncEngine, temporal: TemporalServer) -> AsyncIterator[World]:
    """A Temporal without any case, a register, and a worker."""
    client = await new_namespace(temporal)
    await ensure_search_attributes(client)
    other = World(client, engine)
    await other.work()
    yield other
    await other.rest()
