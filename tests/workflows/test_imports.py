"""Imports on the real Temporal: run twice, in another form, interrupted, and while nobody answers."""

import json
import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import click
import pytest

from starter.client.interface import Applied
from starter.client.temporal_client import PingtaiClient
from starter.commands.batch import retries
from starter.commands.batch.lines import Line, Result
from starter.commands.importing.application_cells import cell_of
from starter.commands.importing.application_files import form_of
from starter.commands.importing.columns import COLUMNS
from starter.commands.importing.import_run import Import, check_import, start_import
from starter.commands.importing.starting import PlatformStarter
from starter.errors import Unreachable
from starter.tables.workbook import workbook
from tests.rules.builders import Raw, application
from tests.workflows.world import World
from worker.temporal_server import TemporalServer
from workflows.application import PlatformApplication

Printed = pytest.CaptureFixture[str]

PLATFORMS = 6


@pytest.fixture(autouse=True)
def desk(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    temporal: TemporalServer,
    session_database_url: str,
) -> None:
    """The command finds the servers of the tests."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.address)
    monkeypatch.setenv("DATABASE_URL", session_database_url)
    monkeypatch.setenv("PINGTAI_LANG", "en")
    monkeypatch.setattr(retries, "TRY_EVERY", 0.01)
    monkeypatch.chdir(tmp_path)


def forms(name: str) -> list[Raw]:
    """Applications of platforms of their own."""
    ids = [f"{name}-{number}" for number in range(PLATFORMS)]
    return [application(platform_id=one, application_id=f"a-{one}") for one in ids]


def write(file: str, messages: list[Raw]) -> str:
    """A file of applications, in the form that its name says."""
    if file.endswith(".jsonl"):
        Path(file).write_text("".join(json.dumps(one) + "\n" for one in messages))
    else:
        rows = [[cell_of(column, one) for column in COLUMNS.values()] for one in messages]
        Path(file).write_bytes(workbook([("t", [[*COLUMNS], *rows], ())]))
    return file


def files() -> list[str]:
    """What the folder holds."""
    return sorted(path.name for path in Path().iterdir())


async def run(file: str, **changes: Any) -> int:
    """Run an import as the command does; answers its exit code."""
    usual = {
        "file": file,
        "form": form_of(file, None),
        "check": False,
        "at_once": 4,
        "patience": 60,
        "first_terms": False,
        "yes": True,
        "refused": None,
        "full": False,
        "as_json": True,
    }
    try:
        order = Import(**{**usual, **changes})
        checked = check_import(order)
        if checked:
            await start_import(order, checked)
    except click.exceptions.Exit as end:
        return end.exit_code
    return 0


def counts(capsys: Printed) -> Counter[str]:
    """How many lines came to what."""
    lines = capsys.readouterr().out.splitlines()
    return Counter(json.loads(line)["result"] for line in lines)


async def test_twice_and_in_another_form_changes_nothing(world: World, capsys: Printed) -> None:
    """All are started once; the same lines again are recognised, also out of a workbook."""
    messages = forms("twice")
    assert 0 == await run(write("a.jsonl", messages))
    assert {"started": PLATFORMS} == counts(capsys)
    assert 0 == await run("a.jsonl")
    assert {"already_started": PLATFORMS} == counts(capsys)
    assert 0 == await run(write("a.xlsx", messages))
    assert {"already_started": PLATFORMS} == counts(capsys)
    assert ["a.jsonl", "a.xlsx"] == files()  # nothing had to be set apart

    other = {**messages[0], "application_id": "a-another"}
    assert 3 == await run(write("b.jsonl", [other, *forms("later")[:1]]))
    assert {"refused": 1, "started": 1} == counts(capsys)
    for message in messages:
        view = await world.client.state(message["platform_id"])
        assert view.platform is not None
        assert message["application_id"] == view.platform.facts.application_id


async def test_interrupted_and_run_again(
    world: World, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C in the middle: what is under way ends, the rest is told; the same command does the rest."""
    file, heard, start = write("i.jsonl", forms("broken-off")), 0, PlatformStarter.__call__

    async def interrupted(self: PlatformStarter, line: Line) -> Result:
        nonlocal heard
        heard += 1
        if heard == PLATFORMS // 2:
            os.kill(os.getpid(), signal.SIGINT)
        return await start(self, line)

    with monkeypatch.context() as patch:
        patch.setattr(PlatformStarter, "__call__", interrupted)
        assert 130 == await run(file)
    first = counts(capsys)
    assert first["started"] >= PLATFORMS // 2
    assert first["not_started"] > 0
    assert 0 == await run(file)
    again = counts(capsys)
    assert PLATFORMS == again["already_started"] + again["started"] == again.total()
    assert again["already_started"] >= first["started"]
    assert again["started"] >= first["not_started"]


async def test_waits_while_nobody_answers(
    world: World, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was taken and never answered is repeated: in the end each is started, and none twice."""
    file, lost, apply = write("w.jsonl", forms("away")), 0, PingtaiClient.apply

    async def away(self: PingtaiClient, form: PlatformApplication, *sign: Any) -> Applied:
        nonlocal lost
        applied = await apply(self, form, *sign)
        if PLATFORMS // 3 <= int(form.platform_id.rpartition("-")[2]) and lost < PLATFORMS:
            lost += 1
            raise Unreachable("the answer was lost", "应答丢失")
        return applied

    monkeypatch.setattr(PingtaiClient, "apply", away)
    assert 0 == await run(file)
    told = counts(capsys)
    assert PLATFORMS == told.total() == told["started"] + told["already_started"]
    assert told["already_started"] > 0
    assert PLATFORMS == lost
    assert 0 == await run(file)
    assert {"already_started": PLATFORMS} == counts(capsys)
