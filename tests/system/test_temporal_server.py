"""The embedded Temporal: never somebody else's."""

import asyncio
from pathlib import Path

from worker.ports import free_port
from worker.temporal_server import temporal_server


async def test_two_that_want_one_port_get_one_each(home: Path) -> None:
    """Started at the same moment with the same port in mind, each ends up with a server of its own."""
    port = free_port(29233)
    up, down = asyncio.Event(), asyncio.Event()
    found: list[tuple[int, str]] = []

    async def run(name: str) -> None:
        async with temporal_server(home / name, port) as server:
            found.append((server.pid, server.address))
            if len(found) == 2:
                up.set()
            await down.wait()

    running = [asyncio.create_task(run(name)) for name in ("one", "other")]
    await asyncio.wait_for(up.wait(), 60)
    down.set()
    await asyncio.gather(*running)
    assert 2 == len({pid for pid, _ in found})
    assert 2 == len({address for _, address in found})
