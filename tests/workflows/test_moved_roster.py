"""The roster moves to another Temporal: it leaves, and goes on by an officer's word; who changes it follows."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.archive.archive_contents import PostgresArchive
from audit.moving.moving_cases import Ended, MovingCases, Sides
from audit.reading.roster_log_reading import roster_faults
from audit.reconciling.roster_rows import held_log
from audit.recovering.lost_roster import roster_standing
from audit.recovering.lost_terms import Standing
from starter.client.roster_sender import RosterSender
from tests.another_place import another_place
from tests.rules.roster_life import HAIDIAN, A, B, C, Life, item
from tests.workflows.test_moved_cases import PROFILE, write_profile
from tests.workflows.test_recovered_roster import by
from worker.temporal_server import TemporalServer
from workflows.roster_log import RosterLog


async def test_the_roster_moves(
    engine: AsyncEngine,
    temporal: TemporalServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Once; a change that is sent to where it was is taken where it is, and its log holds."""
    life = Life()
    life.at = datetime.now(UTC) - timedelta(seconds=1)
    async with another_place(engine, temporal) as old, another_place(engine, temporal) as new:
        raw = life.change([item(A), item(B), item(HAIDIAN)], A, B)
        await RosterSender(old.temporal).start(raw)
        life.take(raw)
        write_profile(new.temporal, tmp_path, monkeypatch)
        sides = Sides(engine, old.temporal, new.temporal, PROFILE)
        moving = MovingCases(sides, PostgresArchive(engine), by(engine, A.id))
        for ended in (Ended.MOVED, Ended.THERE):
            done = await moving.roster()
            assert done
            assert (done.ended, done.why) == (ended, None)
        assert await roster_standing(engine, old.temporal) is Standing.LIVES, "elsewhere"
        life.roster = RosterLog()
        for entry in await held_log(engine):
            life.roster.take(entry)
        life.at = datetime.now(UTC) - timedelta(seconds=1)
        receipt = await RosterSender(old.temporal).decide(life.change([item(C)], A, B))
        assert (receipt.outcome, receipt.version) == ("in_force", 2)
        assert (await RosterSender(old.temporal).view()).people == 4
        assert list(roster_faults(await held_log(engine))) == []
