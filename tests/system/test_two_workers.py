"""Workers against a Temporal and a PostgreSQL that `up` did not start, by configuration alone."""

import asyncio
import signal
from contextlib import nullcontext
from pathlib import Path

import httpx
from temporalio.client import Client

from db.engine import create_engine
from db.queries import RegisterQueries
from starter.client.register_lookups import RegisterLookups
from tests.system.processes import MAIN, PATIENCE, pingtai, started
from tests.system.span_collector import collecting_spans
from worker.demo.clockwork import Clockwork
from worker.demo.example_lives import load_examples
from worker.demo.player import Player
from worker.ports import free_port

READY = "A worker is running"
IMPATIENT = f"""
from datetime import timedelta
from functools import partial
from worker import worker_process, worker_run
worker_run.make_worker = partial(worker_process.make_worker, sticky=timedelta(seconds=1))
{MAIN}
"""
"""A worker whose cases wait for it a second when it is gone, and not ten."""
LIVES = ("bj-smart-agri-machinery", "bj-gene-vector")
"""Some twenty steps, with assessments, corrections and rectification; the demo lives all examples."""


async def test_one_of_two_workers_is_killed_in_the_middle(
    home: Path, tmp_path: Path, namespaced: Client, empty_database_url: str
) -> None:
    """Two workers, one by environment and one by a profile; one dies by -9: the lives come true."""
    address, namespace = namespaced.service_client.config.target_host, namespaced.namespace
    profile = tmp_path / "temporal.toml"
    profile.write_text(f'[profile.office]\naddress = "{address}"\nnamespace = "{namespace}"\n')
    database = {"DATABASE_URL": empty_database_url}
    probes = f"127.0.0.1:{free_port(28000)}"
    by_environment = {"TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": namespace} | database
    by_environment["PINGTAI_HEALTH_ADDRESS"] = probes
    tracing = {"PINGTAI_TRACING": "otlp"}
    by_profile = {"TEMPORAL_CONFIG_FILE": str(profile), "TEMPORAL_PROFILE": "office"} | database
    with (
        collecting_spans() as (tracing["OTEL_EXPORTER_OTLP_ENDPOINT"], spans),
        started(home, "worker", ready=READY, program=IMPATIENT, **by_environment) as first,
        started(home, "worker", ready=READY, program=IMPATIENT, **by_profile, **tracing) as second,
    ):
        async with httpx.AsyncClient(base_url=f"http://{probes}") as http:
            assert 200 == (await http.get("/readyz")).status_code
        steps, clockwork = asyncio.Event(), Clockwork(namespaced)
        taken = 0

        def progress() -> None:
            nonlocal taken
            taken += 1
            if taken == 8:
                steps.set()

        engine = create_engine(empty_database_url)
        register = RegisterLookups(lambda: nullcontext(RegisterQueries(engine)))
        examples = [one for one in load_examples(None) if one.platform_id in LIVES]
        players = [Player(one, clockwork, progress, register) for one in examples]
        playing = [asyncio.create_task(player.play()) for player in players]
        await asyncio.wait_for(steps.wait(), PATIENCE)
        first.send_signal(signal.SIGKILL)
        await asyncio.gather(*playing)
        doctor = await asyncio.to_thread(pingtai, home, "doctor", **by_profile)
        assert 0 == doctor.returncode, doctor.stdout
        second.send_signal(signal.SIGTERM)
        assert 0 == await asyncio.to_thread(second.wait, PATIENCE)
    began = {span.span_id for span in spans if span.name == "RunWorkflow:Platform"}
    asked = {span.span_id for span in spans if span.parent_span_id in began}
    done = {span.name for span in spans if span.parent_span_id in asked}
    assert "RunActivity:hand_in" in done, sorted({span.name for span in spans})
    await engine.dispose()
    assert len(LIVES) == len(players)
