"""The roster goes on at another Temporal from its log: by an officer's word, once, and changed as before."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import WorkflowFailureError, WorkflowHandle

from audit.archive.server_histories import ServerHistories
from audit.reading.roster_log_reading import read_roster, roster_faults
from audit.reconciling.roster_rows import held_log, row_faults
from audit.recovering.lost_roster import recover_roster, roster_standing
from audit.recovering.lost_terms import Standing
from audit.recovering.recovery_sender import Outcome
from audit.recovering.statement import Stating
from audit.replay.roster_replay import replay_roster
from starter.client.roster_sender import RosterSender
from starter.errors import NotAllowed
from tests.another_place import another_place
from tests.rules.officers import secret_of
from tests.rules.roster_life import HAIDIAN, A, B, C, Life, item
from tests.workflows.world import World
from worker.demo.clockwork import until
from worker.doctor.check_roster import roster_runs
from worker.doctor.finding import Verdict
from worker.temporal_server import TemporalServer
from workflows.contract import ROSTER_ID, ROSTER_TYPE, TASK_QUEUE
from workflows.recovery import RosterRecovery
from workflows.roster_log import RosterLog, RosterReceipt
from workflows.ssh_signatures import DECISION_NAMESPACE, PublicKey, signature_of, unsigned_part
from workflows.vocabulary import Happening


class Keyed:
    """Signs with the key of a person of the tests."""

    def __init__(self, person: str) -> None:
        secret = secret_of(person)
        self.secret = secret
        self.key = PublicKey("ssh-ed25519", secret.public_key().public_bytes_raw())

    def ready(self) -> None:
        """Nothing is asked."""

    def sign(self, form: bytes, namespace: str = DECISION_NAMESPACE) -> bytes:
        """As OpenSSH does."""
        parts = [self.key.algorithm.encode(), self.secret.sign(unsigned_part(form, namespace))]
        signed = b"".join(len(part).to_bytes(4) + part for part in parts)
        return signature_of(self.key, signed, namespace)


def by(engine: AsyncEngine, person: str, key: str = "") -> Stating:
    """Who goes on with the roster."""
    return Stating(engine, person, "数据文件损坏", Keyed(key or person))


@pytest.fixture
async def lost(
    engine: AsyncEngine, temporal: TemporalServer
) -> AsyncIterator[tuple[Life, World, World]]:
    """A roster whose engine is lost, and its life in memory; a Temporal without it, and the one of before."""
    life = Life()
    life.at = datetime.now(UTC) - timedelta(seconds=1)
    async with another_place(engine, temporal) as first, another_place(engine, temporal) as other:
        raw = life.change([item(one) for one in (A, B, HAIDIAN)], A, B)
        view = await RosterSender(first.temporal).start(raw)
        life.take(raw)
        assert view.recorded == 1
        yield life, other, first


async def decided(world: World, raw: Any) -> RosterReceipt:
    """What the roster answers to a decision."""
    handle: WorkflowHandle[Any, Any] = world.temporal.get_workflow_handle(ROSTER_ID)
    receipt: RosterReceipt = await handle.execute_update("decide", raw, result_type=RosterReceipt)
    return receipt


async def test_the_roster_goes_on(lost: tuple[Life, World, World], engine: AsyncEngine) -> None:
    """One of two that recover it is let in; it is changed as before, its log holds, and so do its rows."""
    life, other, first = lost
    assert await roster_standing(engine, other.temporal) is Standing.LOST
    before = await held_log(engine)
    ways = (recover_roster(engine, other.temporal, by(engine, one.id)) for one in (A, B))
    found = sorted(one.outcome for one in await asyncio.gather(*ways))
    assert found == [Outcome.ALREADY, Outcome.GOES_ON]
    assert await roster_standing(engine, other.temporal) is Standing.LIVES
    # The Temporal of before is an older copy now: what it would take next the register refuses.
    assert await roster_standing(engine, first.temporal) is Standing.BEHIND
    finding = await roster_runs(first.temporal, engine)
    assert "has 2 entries in the register, and 1 at Temporal" in finding.what.en
    assert finding.advice
    assert "recover --all --end-older" in finding.advice.en
    log = await held_log(engine)
    assert [entry.name for entry in log[len(before) :]] == [Happening.RECOVERED]
    assert (log[-1].previous, log[-1].said["log_hash"]) == (before[-1].hash, before[-1].hash)
    life.roster = RosterLog()
    for entry in log:
        life.roster.take(entry)
    life.at = datetime.now(UTC) - timedelta(seconds=1)
    receipt = await decided(other, life.change([item(C)], A, B))
    assert (receipt.outcome, receipt.version, receipt.seq) == ("in_force", 2, 3)

    async def written() -> bool:
        return len(await held_log(engine)) == 3

    await until(written, "the register has the change")
    log = await held_log(engine)
    assert list(roster_faults(log)) == []
    assert await row_faults(engine, log) == []
    histories = ServerHistories(other.temporal)
    assert await replay_roster(histories) == []
    assert (await roster_runs(other.temporal, engine)).verdict is Verdict.GOOD
    # The older one is ended where that is asked for, and goes on from all that was decided since.
    assert (
        await recover_roster(engine, first.temporal, by(engine, A.id))
    ).outcome is Outcome.ALREADY
    ended = await recover_roster(engine, first.temporal, by(engine, A.id), end_older=True)
    assert ended.outcome is Outcome.GOES_ON
    # The new history alone has the whole log: who loses the register next rebuilds it from there.
    reading = await read_roster(histories)
    assert (reading.log, reading.problems) == (log, [])


async def test_who_may_not(lost: tuple[Life, World, World], engine: AsyncEngine) -> None:
    """A district's person, somebody with another's key, and whoever starts it past us without a signature."""
    _, other, _ = lost
    log = await held_log(engine)
    with pytest.raises(NotAllowed, match=f"{HAIDIAN.id} is not one"):
        await by(engine, HAIDIAN.id).check()
    await by(engine, A.id).check()
    forged = await recover_roster(engine, other.temporal, by(engine, A.id, "somebody"))
    assert forged.outcome is Outcome.REFUSED
    with pytest.raises(NotAllowed):
        await recover_roster(engine, other.temporal, Stating(engine, "nobody", "试"))
    for changes, why in (({}, "must sign it"), ({"entries": 7}, "another last entry")):
        said = RosterRecovery.model_validate(
            {
                "of": "roster",
                "recovery_id": "r-1",
                "entries": len(log),
                "log_hash": log[-1].hash,
                "by": A.id,
                "reason": "试",
                "histories": "归档",
            }
            | changes
        )
        handle = await other.temporal.start_workflow(
            ROSTER_TYPE, args=[None, said], id=ROSTER_ID, task_queue=TASK_QUEUE
        )
        with pytest.raises(WorkflowFailureError) as failed:
            await handle.result()
        assert why in str(failed.value.cause)
    assert await held_log(engine) == log
    assert (await recover_roster(engine, other.temporal, by(engine, B.id))).outcome is (
        Outcome.GOES_ON
    )


async def test_a_log_that_was_edited_ends_the_run_with_the_reason(
    lost: tuple[Life, World, World], engine: AsyncEngine
) -> None:
    """Started past us: its hashes are not those that follow, and nothing is tried again for ever."""
    _, other, _ = lost
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE roster_log SET previous = repeat('1', 64), hash = repeat('2', 64)")
        )
    recovery = {
        "of": "roster",
        "recovery_id": "r-1",
        "entries": 1,
        "log_hash": "2" * 64,
        "by": A.id,
        "reason": "试",
        "histories": "归档",
    }
    handle = await other.temporal.start_workflow(
        ROSTER_TYPE, args=[None, recovery], id=ROSTER_ID, task_queue=TASK_QUEUE
    )
    with pytest.raises(WorkflowFailureError) as failed:
        await handle.result()
    assert "the register's log of the roster does not hold" in str(failed.value.cause)
