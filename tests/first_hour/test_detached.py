"""`up --detach`, `status` and `stop` as an administrator uses them, also after kill -9."""

import asyncio
import json
import os
import time
from pathlib import Path

import asyncpg
import psutil

from db.embedded import LOG, EmbeddedPostgres
from starter.client.local_stack import same_process
from tests.system.processes import PATIENCE, of_home, pingtai, stack_of
from worker.ports import free_port
from worker.stack import bound_postgres_log


def test_in_the_background(home: Path) -> None:
    """Started, looked at, started twice, killed, looked at, cleaned up, started again, stopped."""
    assert (4, True) == _status(home, "Pingtai is not running")
    # A port of its own: the usual one may be another test's by the second start.
    own = {"PINGTAI_TEMPORAL_PORT": str(free_port(30_433))}
    started = pingtai(home, "up", "--detach", **own)
    assert 0 == started.returncode, started.stderr
    stack = stack_of(home)
    pid, address = int(stack["pid"]), stack["temporal_address"]
    assert address in started.stdout
    assert f"Log          {home / 'pingtai.log'}" in started.stdout
    assert os.getsid(pid) == pid != os.getsid(0)  # no signal of our terminal reaches it
    assert "Pingtai is running." in (home / "pingtai.log").read_text()

    for again in (("up",), ("up", "--detach")):
        second = pingtai(home, *again)
        assert 2 == second.returncode
        assert f"already running under {home} (process {pid})" in second.stderr
    assert (0, True) == _status(home, f"(process {pid})")
    said = json.loads(pingtai(home, "status", "--json").stdout)
    assert ["Temporal", "PostgreSQL", "worker"] == [part["name"] for part in said["parts"]]
    assert all(part["running"] and part["version"] for part in said["parts"])
    assert (address, str(home / "pingtai.log")) == (said["parts"][0]["address"], said["log"])
    assert said["disk_used"] > 1_000_000 and said["since"] and said["version"]
    assert "运行中" in pingtai(home, "--lang", "zh", "status").stdout

    psutil.Process(pid).kill()
    _until_temporal_ended(home)
    assert (4, True) == _status(home, f"process {pid} ended without stopping its parts")
    stopped = pingtai(home, "stop")
    assert 0 == stopped.returncode, stopped.stderr
    assert "Left over from before, and ended now: PostgreSQL." in stopped.stdout
    assert [] == of_home(home)
    assert "Pingtai is not running" in pingtai(home, "stop").stdout

    assert 0 == pingtai(home, "up", "--detach", **own).returncode
    stack = stack_of(home)
    new = int(stack["pid"])
    assert new != pid
    assert address == stack["temporal_address"]
    stopped = pingtai(home, "stop")
    assert (0, "") == (stopped.returncode, stopped.stderr)
    assert [f"Stopping in order (process {new}) …", "Stopped: worker, Temporal, PostgreSQL."] == (
        stopped.stdout.splitlines()
    )
    assert not same_process(new, float(stack["started"]))
    assert [] == of_home(home)
    assert (home / "pingtai.log").read_text().rstrip().endswith("Stopped.")


def test_a_start_that_fails_says_why(home: Path) -> None:
    """The reason stands on the terminal, not only in the log; nothing is left behind."""
    failed = pingtai(home, "up", "--detach", PINGTAI_NOTICES="/nowhere.toml")
    assert 4 == failed.returncode
    assert str(home / "pingtai.log") in failed.stderr
    assert "/nowhere.toml (PINGTAI_NOTICES) cannot be read" in failed.stderr
    assert [] == of_home(home)


async def test_postgres_s_log_is_rotated_while_it_runs(home: Path) -> None:
    """Renamed and opened again by the server's own collector: every line is in one of the files."""
    server = EmbeddedPostgres(home)
    server.start()
    try:
        for number in range(3):
            where = {"host": str(server.data), "port": 5432, "user": "postgres"}
            session = await asyncpg.connect(database="pingtai", **where)
            for _ in range(20):
                try:
                    await session.execute(f"SELECT wrong_{number}")
                except asyncpg.PostgresError:
                    continue
            await session.close()
            await _rotated(home, number + 1)
        log = server.data / LOG
        log.rename(server.data / "moved")  # by another program: it is made again
        deadline = time.monotonic() + PATIENCE
        while not log.exists():
            assert time.monotonic() < deadline
            bound_postgres_log(home)
            await asyncio.sleep(0.05)
        assert "ERROR" not in log.read_text()
        log.unlink()
        (server.data / "moved").rename(log)
    finally:
        server.stop()
    files = sorted(server.data.glob(f"{LOG}*"))
    assert [LOG, *(f"{LOG}.{number}" for number in (1, 2, 3))] == [file.name for file in files]
    lines = [line for file in files for line in file.read_text().splitlines()]
    assert 60 == sum("ERROR:  column" in line for line in lines)


async def _rotated(home: Path, times: int) -> None:
    """Rotate the log of PostgreSQL once more; its collector is not the quickest."""
    log = home / "postgres" / LOG
    deadline = time.monotonic() + PATIENCE
    while not (log.with_name(f"{LOG}.{times}").exists() and log.exists()):
        assert time.monotonic() < deadline
        if len(list(log.parent.glob(f"{LOG}.*"))) < times:
            bound_postgres_log(home, 1_000)
        await asyncio.sleep(0.05)


def _status(home: Path, words: str) -> tuple[int, bool]:
    """The exit code of `pingtai status`, and whether it says this."""
    answer = pingtai(home, "status")
    assert "" == answer.stderr
    return answer.returncode, words in answer.stdout


def _until_temporal_ended(home: Path) -> None:
    """Wait until Temporal has followed whoever started it."""
    deadline = time.monotonic() + PATIENCE
    while any("start-dev" in process.info["cmdline"] for process in of_home(home)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
