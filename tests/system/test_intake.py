"""Upstreams that all say the same at once, while a worker is killed: done once, and told alike."""

import asyncio
import signal
from pathlib import Path

from temporalio.client import Client

from bench.storm import Answers, applications, storm
from db.engine import create_engine
from db.queries import RegisterQueries
from tests.system.processes import PATIENCE, pingtai, started
from worker.demo.clockwork import until
from worker.ports import free_port

CLIENTS, PLATFORMS, TIMES = 10, 6, 2
"""The whole storm, of 200 clients, is run by hand: docs/http.md says how, and what came of it."""


async def test_a_storm_while_the_worker_is_killed(
    home: Path, namespaced: Client, empty_database_url: str
) -> None:
    """As many workflows as applications, one answer for each, whoever asked and however often."""
    given = {
        "TEMPORAL_ADDRESS": namespaced.service_client.config.target_host,
        "TEMPORAL_NAMESPACE": namespaced.namespace,
        "DATABASE_URL": empty_database_url,
    }
    forms = applications(PLATFORMS)
    address = f"127.0.0.1:{free_port(29380)}"
    with started(home, "worker", ready="A worker is running", **given) as first:
        made = await asyncio.to_thread(
            pingtai, home, "keys", "create", "upstream", "--scope", "apply", **given
        )
        assert 0 == made.returncode, made.stderr
        with started(home, "serve", "--address", address, ready="answers at", **given) as serving:
            storming = asyncio.create_task(
                storm(
                    f"http://{address}",
                    made.stdout.strip(),
                    forms,
                    clients=CLIENTS,
                    times=TIMES,
                )
            )
            await asyncio.sleep(0.3)
            first.send_signal(signal.SIGKILL)
            with started(home, "worker", ready="A worker is running", **given):
                answers = await storming
                await _all_there(namespaced, empty_database_url)
            serving.send_signal(signal.SIGTERM)
            assert 0 == await asyncio.to_thread(serving.wait, PATIENCE)
    _told_alike(answers)


async def _all_there(client: Client, database: str) -> None:
    """Each platform has one run and is in the register; no other is."""
    engine = create_engine(database)
    queries = RegisterQueries(engine)

    async def registered() -> bool:
        return PLATFORMS == len(await queries.register(limit=500))

    await until(registered, "the register has all platforms")
    await engine.dispose()
    runs = [run.id async for run in client.list_workflows("WorkflowType = 'Platform'")]
    assert sorted(f"platform:storm-{n:04}" for n in range(PLATFORMS)) == sorted(runs)


def _told_alike(answers: Answers) -> None:
    assert {200, 201} >= set(answers.statuses)
    assert CLIENTS * PLATFORMS * TIMES == answers.statuses.total()
    assert [1] * PLATFORMS == [len(bodies) for bodies in answers.bodies.values()]
    assert all(times <= 1 for times in answers.created.values())
