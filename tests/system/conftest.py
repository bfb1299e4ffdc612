"""A home directory for a test's processes, and a namespace for those whose Temporal is not theirs."""

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError

from tests.memory import throw_away_folder
from worker.demo.clockwork import until
from worker.search_attributes import missing_search_attributes
from worker.temporal_server import RETENTION, TemporalServer

_numbers = count(1)


@pytest.fixture
def home(servers: None) -> Iterator[Path]:
    """An empty directory, not under pytest's own: PostgreSQL may run as another user."""
    folder = throw_away_folder("system")
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def namespaced(temporal: TemporalServer) -> Client:
    """A client of a new namespace at the session's Temporal, which the session's worker knows nothing of."""
    name = f"system-{next(_numbers)}"
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
