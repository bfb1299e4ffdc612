"""`doctor` on a home that was restored: both servers run for it, and no worker, so that nothing happens yet."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from temporalio.client import Client

from db.embedded import EmbeddedPostgres
from db.engine import create_engine
from starter.client.payload_converter import configured_converter
from starter.client.temporal_connection import quietly
from worker.doctor.examination import examine
from worker.doctor.finding import Finding
from worker.ports import free_port
from worker.settings import load_settings
from worker.temporal_server import temporal_server


async def examine_restored(home: Path) -> AsyncIterator[Finding]:
    """Every point of the examination that asks for no worker.

    Raises:
        PingtaiError: a server does not start.
    """
    postgres = EmbeddedPostgres(home)
    url = await asyncio.to_thread(postgres.start)
    try:
        engine = create_engine(url, pooled=False)
        quietly()
        port = free_port(load_settings().temporal_port)
        async with temporal_server(home / "temporal", port) as server:
            client = await Client.connect(server.address, data_converter=configured_converter())
            async for finding in examine(client, engine, at_work=False):
                yield finding
        await engine.dispose()
    finally:
        await asyncio.to_thread(postgres.stop)
