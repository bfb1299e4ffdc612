"""Every recorded history of every release, replayed once: commands, content, logs, and the register.

The oldest release's run in the sandbox, as on a worker: they take every old way that a guard keeps open. Those
of today workers take in other tests.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from audit.archive.server_histories import in_order
from audit.histories import StoredHistory
from audit.reading.case_logs import readings
from audit.reading.check_histories import check_reading, not_checked
from audit.reconciling.rebuilding import rebuild
from audit.reconciling.reconciling import reconcile
from audit.replay.comparing import against_register
from audit.replay.replaying import Replaying
from audit.replay.together import PlatformReplay, assemble_platform
from db.queries import RegisterQueries
from db.tables import notices
from tests.audit.lives import (
    BROUGHT_IN,
    CORRECTED,
    FLEX,
    MUCH,
    SHORT,
    TWICE,
    Given,
    write_register,
)
from tests.histories import baseline
from tests.register.content import everything
from worker.query_isolation import RESTRICTIONS


@dataclass(frozen=True)
class Release:
    """The histories of a release, and what came of their replays."""

    folder: Path
    found: Sequence[baseline.Sequences] = field(repr=False)  # asyncio writes out what a task returns

    @property
    def histories(self) -> list[StoredHistory]:
        """All of them, by platform."""
        return sorted((one.history for one in self.found), key=in_order)

    @property
    def platforms(self) -> list[PlatformReplay]:
        """Each platform's replays, put together."""
        replayed = {one.history.run_id: one.replayed for one in self.found}
        return [
            assemble_platform(name, [replayed[one.run_id] for one in runs])
            for name, runs in groupby(self.histories, key=lambda one: one.platform_id)
        ]


@pytest.fixture(scope="module", params=baseline.releases(), ids=lambda path: path.name)
async def release(request: pytest.FixtureRequest) -> Release:
    """A release, replayed for all tests of this file."""
    oldest = request.param == baseline.releases()[0]
    async with Replaying(
        runner=SandboxedWorkflowRunner(restrictions=RESTRICTIONS) if oldest else None
    ) as replaying:
        return Release(request.param, await baseline.sequences(request.param, replaying))


def test_the_code_commands_what_a_release_commanded(release: Release) -> None:
    """Every task of every recorded history: the same commands, timers of the same length; all agree."""
    written = (release.folder / baseline.NAME).read_text(encoding="utf-8")
    recorded = baseline.text((one.name, one.recorded) for one in release.found)
    assert written == recorded, f"{release.folder}: a recorded history was changed, or one is new"
    now = baseline.text((one.name, one.given) for one in release.found)
    differs = baseline.differing(written, now, release.folder.name)
    if differs:
        pytest.fail(differs)
    assert [] == [one.name for one in release.found if not one.replayed.sound]
    assert len(release.found) > 90


def test_nothing_is_found_where_nothing_was_changed(release: Release) -> None:
    """Each history agrees with itself, and a platform's with each other, however models have grown since."""
    platforms = release.platforms
    runs = [run for platform in platforms for run in platform.runs]
    assert [one.run_id for one in release.histories] == [run.run_id for run in runs]
    assert [] == [(run.run_id, run.findings) for run in runs if run.findings]
    assert [] == [one.platform_id for one in platforms if not (one.sound and one.checked)]
    replayed = [one.replayed for one in release.found]
    assert [] == [one.run_id for one in replayed if not one.log or one.state is None]


async def test_what_histories_say_by_themselves_holds(release: Release) -> None:
    """Nothing is found in them, every entry is there, and each has its events."""
    count = 0
    async for reading in readings(Given(release.histories)):
        assert [] == check_reading(reading) == list(not_checked(reading))
        for place, lines in reading.logs.items():
            assert list(range(1, len(lines) + 1)) == [line.entry.seq for line in lines]
            assert all(0 < line.event_id <= line.held_in for line in lines), place
            count += len(lines)
    assert count >= 300


async def test_the_register_of_a_release(
    engine: AsyncEngine, second: AsyncEngine, release: Release
) -> None:
    """What cases handed in is what replays end in; rebuilt from histories, every row comes out equal.

    For some platforms: of each derived table every row, and what notices say. The register that was rebuilt
    agrees with its histories, too.
    """
    names = _lived(release.folder.name)
    histories = [one for one in release.histories if one.platform_id in names]
    await write_register(engine, histories)
    queries = RegisterQueries(engine)
    for one in release.platforms:
        if one.platform_id in names:
            assert one.logs
            assert [] == list(against_register(one, await queries.platform(one.platform_id)))
    rebuilt = [one async for one in rebuild(second, Given(histories))]
    assert [] == [(one.platform_id, one.problems) for one in rebuilt if not one.written]
    assert names == {one.platform_id for one in rebuilt}
    assert await everything(engine) == await everything(second)
    assert await _said(engine) == await _said(second)
    agree = [one async for one in reconcile(second, Given(histories))]
    assert [] == [(one.platform_id, one.problems) for one in agree if not one.agrees]
    assert len(histories) == sum(one.runs for one in agree)


def _lived(release: str) -> set[str]:
    """Lives in which every table is written; of older releases some, that are written in the older way."""
    newer = {BROUGHT_IN, FLEX, SHORT} if release == baseline.releases()[-1].name else set()
    return {CORRECTED, MUCH, TWICE} | newer


async def _said(engine: AsyncEngine) -> list[Any]:
    """What the notices say."""
    async with engine.connect() as connection:
        rows = await connection.execute(select(notices.c.id, notices.c.content).order_by("id"))
        return [tuple(row) for row in rows]
