"""The TypeScript example (examples/integration/typescript), compiled and run against a real stack."""

import asyncio
import json
import os
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.rules.builders import DISTRICT, Raw, application, decision
from tests.workflows.world import World
from worker.documents import ROOT
from worker.temporal_server import TemporalServer
from workflows.periods import beijing_date

INSTALLED = Path(sys.prefix) / "node-client"
"""Where `make node-client` puts what package-lock.json names."""
pytestmark = pytest.mark.skipif(
    not (INSTALLED / ".ready").exists() or shutil.which("node") is None,
    reason=f"no @temporalio/client in {INSTALLED}: `make node-client` installs it, where node and npm are",
)


@dataclass
class Ran:
    """What a program left."""

    code: int | None
    out: str
    err: str


async def run(*command: str | Path, cwd: Path, **env: str) -> Ran:
    """Run a program of node."""
    process = await asyncio.create_subprocess_exec(
        "node",
        *map(str, command),
        cwd=cwd,
        env={**os.environ, **env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(300):
        out, err = await process.communicate()
    return Ran(process.returncode, out.decode(), err.decode())


def written(folder: Path, name: str, content: Raw) -> Path:
    """A message in a file."""
    path = folder / name
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


async def test_it_starts_a_platform_and_its_recommendation_stands(
    world: World, temporal: TemporalServer, tmp_path: Path
) -> None:
    """Run twice it does it once; what is refused, and another's application, is told and exit code 1."""
    source = ROOT / "examples" / "integration" / "typescript"
    example = tmp_path / "example"
    shutil.copytree(source, example, ignore=shutil.ignore_patterns("node_modules", "dist"))
    (example / "node_modules").symlink_to(INSTALLED / "node_modules")
    built = await run("node_modules/typescript/bin/tsc", cwd=example)
    assert (0, "") == (built.code, built.out)

    form = written(tmp_path, "application.json", application(platform_id="ts-1"))
    today = beijing_date(datetime.now(UTC))

    async def example_run(form: Path, **changes: Any) -> Ran:
        raw = decision("recommendation", "ts-1:recommendation", today, **changes)
        said = written(tmp_path, "recommendation.json", raw)
        return await run("dist/main.js", form, said, cwd=example, TEMPORAL_ADDRESS=temporal.address)

    elsewhere = {**DISTRICT, "id": "ty-1", "district": "tongzhou"}
    refused = await example_run(form, actor=elsewhere)
    assert (1, "") == (refused.code, refused.out)
    assert (
        "Error: refused: only the platform's own district, Haidian District, may say this"
        in refused.err
    )

    first, again = await example_run(form), await example_run(form)
    assert (0, 0) == (first.code, again.code), (first.err, again.err)
    assert "entry 3 of the log: recommended; then inspection was next\n" == first.err
    assert again.err == first.err
    state = json.loads(first.out)
    assert ("inspection", 3) == (state["platform"]["stage"], state["log_seq"])
    assert ["commission"] == [awaited["role"] for awaited in state["awaited"]]
    schema = (ROOT / "schemas" / "answers" / "case_view.schema.json").read_text(encoding="utf-8")
    jsonschema_rs.validate(json.loads(schema), state)
    assert state["log_hash"] == json.loads(again.out)["log_hash"]
    assert state["log_hash"] == (await world.client.state("ts-1")).log_hash

    other = written(
        tmp_path, "other.json", application(platform_id="ts-1", application_id="a-other")
    )
    late = await example_run(other)
    assert (1, "") == (late.code, late.out)
    assert "Error: platform:ts-1 runs, or ran, by another application: a-2024-1\n" == late.err
