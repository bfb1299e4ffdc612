"""Workers against a Temporal and a PostgreSQL that `up` did not start, by configuration alone."""

import asyncio
import shutil
import signal
from contextlib import nullcontext
from pathlib import Path

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from db.engine import create_engine
from db.queries import RegisterQueries
from starter.client.register_lookups import RegisterLookups
from tests.system.processes import PATIENCE, pingtai, started
from worker.demo.clockwork import Clockwork
from worker.demo.example_lives import load_examples
from worker.demo.player import Player
from worker.ports import free_port
from worker.temporal_server import TIME_SKIPPING, temporal_server

READY = "A worker is running"
LIVES = ("bj-smart-agri-machinery", "bj-gene-vector")
"""Some twenty steps, with assessments, corrections and rectification; the demo lives all examples."""


async def test_one_of_two_workers_is_killed_in_the_middle(
    home: Path, tmp_path: Path, empty_database_url: str
) -> None:
    """Two workers, one by environment and one by a profile; one dies by -9: the lives come true."""
    (home / "temporal").mkdir()
    port = free_port(28233)
    profile = tmp_path / "temporal.toml"
    profile.write_text(f'[profile.office]\naddress = "127.0.0.1:{port}"\nnamespace = "default"\n')
    database = {"DATABASE_URL": empty_database_url}
    by_environment = {"TEMPORAL_ADDRESS": f"127.0.0.1:{port}"} | database
    by_profile = {"TEMPORAL_CONFIG_FILE": str(profile), "TEMPORAL_PROFILE": "office"} | database
    async with temporal_server(home / "temporal", port, dynamic_config=TIME_SKIPPING) as server:
        with (
            started(home, "worker", ready=READY, **by_environment) as first,
            started(home, "worker", ready=READY, **by_profile) as second,
        ):
            client = await Client.connect(server.address, data_converter=pydantic_data_converter)
            steps, clockwork = asyncio.Event(), Clockwork(client)
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
    await engine.dispose()
    assert len(LIVES) == len(players)
    shutil.rmtree(home / "temporal")
