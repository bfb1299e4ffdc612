"""The schedule that archives by itself, what doctor says of it, and the command."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from temporalio.client import Client

from audit.access_log import list_accesses
from tests.archive.conftest import Place, keep_for
from tests.archive.samples import all_of
from tests.workflows.world import World
from worker.audit_worker import auditing
from worker.demo.clockwork import until
from worker.doctor.check_audit_trail import archive, archive_schedule
from worker.doctor.finding import Verdict
from worker.main import pingtai
from workflows.contract import ARCHIVING_ID


async def test_a_new_installation_is_archived_at_once_and_then_each_hour(
    place: Place, world: World
) -> None:
    """The first worker makes the schedule, which starts at once; another changes nothing, not even a pause."""
    life = await world.apply()
    await life.settled(life.handle)
    assert Verdict.NOTE is (await archive_schedule(place.client)).verdict
    async with auditing(place.client, place.engine, None):

        async def archived() -> bool:
            last = await place.notes.last(whole=True)
            return last is not None

        await until(archived, "the schedule has archived")
        assert 1 == len(await all_of(place.archive, life.id))
        assert Verdict.GOOD is (await archive_schedule(place.client)).verdict
        schedule = place.client.get_schedule_handle(ARCHIVING_ID)
        (interval,) = (await schedule.describe()).schedule.spec.intervals
        assert timedelta(hours=1) == interval.every
        await schedule.pause()
        address = place.client.service_client.config.target_host
        async with auditing(await Client.connect(address), place.engine, None):
            found = await archive_schedule(place.client)
        assert Verdict.NOTE is found.verdict
        assert "paused" in found.what.en
    await schedule.delete()


async def test_doctor_compares_retention_with_what_the_archive_is_behind(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never archived; whole; a day missed; histories gone; retention shorter than the lag; a wrong place."""

    async def said() -> tuple[Verdict, str]:
        found = await archive(place.client, place.engine)
        return found.verdict, found.what.en

    assert (Verdict.NOTE, "nothing has been archived yet") == await said()
    number = await place.notes.begin(whole=True)
    await place.notes.end(number, 0, 0, 0, "OSError: no bucket")
    assert (Verdict.NOTE, "nothing has been archived yet (OSError: no bucket)") == await said()
    await place.notes.end(await place.notes.begin(whole=True), 7, 7, 0)
    assert (Verdict.GOOD, "the archive was complete 0.0 hours ago") == await said()
    await place.told("UPDATE archivings SET gone = 2")
    assert (Verdict.NOTE, "2 runs had lost their histories before they were archived") == (
        await said()
    )
    await place.told("UPDATE archivings SET gone = 0, began_at = began_at - interval '3 days'")
    assert (Verdict.NOTE, "the archive is 3.0 days behind") == await said()
    await keep_for(place.client, timedelta(days=2))
    verdict, words = await said()
    assert Verdict.BAD is verdict
    assert "deleted 2.0 days after a run ends; the archive is 3.0 days behind" in words
    await keep_for(place.client, timedelta(days=3650))
    monkeypatch.setenv("PINGTAI_ARCHIVE", "not/absolute")
    assert Verdict.BAD is (await archive(place.client, place.engine)).verdict


async def test_the_command_archives_and_says_how_it_stands(
    place: Place, world: World, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In words of both languages, and as data; who had it done is noted."""
    life = await world.apply()
    await life.settled(life.handle)
    for name, value in {
        "DATABASE_URL": database_url,
        "TEMPORAL_ADDRESS": place.client.service_client.config.target_host,
        "PINGTAI_PROFILE": "/nowhere/profile.toml",
        "PINGTAI_ARCHIVE": "",
    }.items():
        monkeypatch.setenv(name, value)

    async def run(*words: str) -> str:
        done = await asyncio.to_thread(CliRunner().invoke, pingtai, words)
        assert 0 == done.exit_code, done.output
        return done.stdout

    before = await run("--lang", "en", "audit", "archive")
    assert ["Archive", "PostgreSQL"] == before.splitlines()[0].split()
    assert ["Last", "time", "never"] == before.splitlines()[-1].split()
    now = (await run("--lang", "en", "audit", "archive", "--now")).splitlines()
    assert now[0].startswith("✓ ")
    assert any(line.startswith("Last time") and "archived" in line for line in now)
    known = await all_of(place.archive)
    assert life.id in {history.platform_id for history in known}
    assert "归档" in await run("--lang", "zh", "audit", "archive")
    data = json.loads(await run("audit", "archive", "--now", "--json"))
    assert ("PostgreSQL", len(known), None) == (
        data["archive"],
        data["runs"],
        data["in_files"] or None,
    )
    assert (0, True, None) == tuple(data["done"][name] for name in ("kept", "whole", "trouble"))
    assert ["archive", "archive"] == [row.what for row in await list_accesses(place.engine)]


async def test_the_command_ends_in_words_where_nothing_answers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A wrong place is bad input; a register that is not there is not reachable."""
    monkeypatch.setenv("PINGTAI_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for place, code in (("relative", 2), (str(tmp_path), 4)):
        monkeypatch.setenv("PINGTAI_ARCHIVE", place)
        done = await asyncio.to_thread(CliRunner().invoke, pingtai, ["audit", "archive", "--now"])
        assert code == done.exit_code
        assert "" == done.stdout
        assert 1 == len(done.stderr.splitlines())
