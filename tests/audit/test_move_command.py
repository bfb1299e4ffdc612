"""`pingtai move`: shown first, asked for, reported; what cannot be is said."""

import json
from pathlib import Path

import pytest

from audit.access_log import list_accesses
from starter.client.temporal_client import PingtaiClient
from tests.another_place import new_namespace
from tests.audit.typed_commands import Run, in_thread
from tests.nobody import be_nobody
from tests.workflows.world import Life, World
from worker.temporal_server import TemporalServer

REASON = ("--reason", "迁往集群", "--yes")


@pytest.fixture
async def run(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    temporal: TemporalServer,
    elsewhere: World,
    session_database_url: str,
) -> Run:
    """Run `pingtai move` at the first Temporal; of the profiles one has a worker, one none, one is here."""
    be_nobody(monkeypatch, tmp_path)
    idle = await new_namespace(temporal)
    names = {
        "cluster": elsewhere.temporal.namespace,
        "idle": idle.namespace,
        "here": "default",
        "nowhere": "nobody-made-it",
    }
    file = tmp_path / "temporal.toml"
    file.write_text(
        "".join(
            f'[profile.{name}]\naddress = "{temporal.address}"\nnamespace = "{namespace}"\n'
            for name, namespace in names.items()
        )
    )
    monkeypatch.setenv("DATABASE_URL", session_database_url)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(file))
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.address)
    return in_thread("move")


async def test_terms_move_and_the_report_says_how_long_each_was_silent(
    world: World, run: Run
) -> None:
    """Two of them, one with its assessment; the next time nothing is left to do."""
    one, other = await world.in_its_first_year(), await world.apply()
    names = sorted((one.id, other.id))
    shown = await run("--to", "cluster", *names, "--dry-run", "--json")
    rows = [json.loads(line) for line in shown.output.splitlines()]
    assert [row["outcome"] for row in rows[:-1]] == ["would_move"] * 2
    assert (shown.exit_code, rows[-1]["total"]["would_move"]) == (0, 2)
    unasked = await run("--to", "cluster", *names, "--reason", "试")
    assert (unasked.exit_code, "add --yes" in unasked.output) == (2, True)
    assert (await other.decide("recommendation")).stage == "inspection", "nothing has moved"
    done = await run("--to", "cluster", *names, *REASON)
    assert done.exit_code == 0, done.output
    for name in names:
        assert f"✓ {name} · moved · " in done.output
    assert "Longest without answer" in done.output
    assert (await list_accesses(world.engine))[0].what == "move"
    client = PingtaiClient(world.temporal, world.lookups)
    said = await other.decision("inspection", decision_id="follows")
    assert (await client.decide(other.id, said)).stage == "expert_review"
    again = await run("--to", "cluster", *names, *REASON, lang="zh")
    assert (again.exit_code, "已在新处" in again.output) == (0, True)


async def test_what_cannot_be_is_said(world: World, run: Run) -> None:
    """Where nobody would go on with it, or it is already, nothing leaves."""
    life = await world.apply()
    wrong = {
        "idle": "no worker runs at profile idle",
        "here": "profile here is the Temporal and namespace where the cases are already",
        "nowhere": "nobody-made-it",
        "unknown": "Profile 'unknown' not found",
    }
    for profile, why in wrong.items():
        found = await run("--to", profile, life.id, *REASON)
        assert (found.exit_code, why in " ".join(found.output.split())) == (2, True), found.output
    assert (await run("--to", "cluster", "nobody-has-this", *REASON)).exit_code == 2
    assert (await run("--to", "cluster", *REASON)).exit_code == 2
    assert (await run("--to", "cluster", life.id, "--yes")).exit_code == 2
    assert (await Life(world, life.id).decide("recommendation")).stage == "inspection"
