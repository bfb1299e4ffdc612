"""A log that is longer than a run hands on: its older entries go by reference, and are read back."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import update
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, ResetReapplyExcludeType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import WorkflowQueryFailedError

from audit.archive.server_histories import ServerHistories
from audit.dossier.making import make
from audit.dossier.verifying import verify
from audit.histories import StoredHistory
from audit.reading.case_logs import Reading, read_runs
from audit.reading.check_histories import check_reading, not_checked
from audit.reading.event_payloads import payloads
from audit.reconciling.reconciling import reconcile
from audit.recovering.recovery_sender import Outcome
from audit.replay.replaying import Replayed, Replaying
from audit.replay.together import assemble_platform
from db.register_store import PostgresRegister
from db.tables import log_entries
from tests.audit.forging import payloads_changed
from tests.rules.builders import COMMISSION, DISTRICT, Raw, decision
from tests.rules.long_lives import everything
from tests.workflows.test_recovered_cases import begun, logs_of, recover
from tests.workflows.world import Life, World
from worker.demo.clockwork import until
from workflows import long_case
from workflows.activity_messages import RegisterBatch
from workflows.contract import UNCONFIRMED, platform_workflow_id
from workflows.log_id import LogId
from workflows.older_entries import ANSWER_BYTES, CARRIED_BYTES
from workflows.periods import beijing_date
from workflows.record import LogEntry, find_chain_break
from workflows.state_folding import states
from workflows.states import PlatformState, Receipt
from workflows.step_clock import StepClock

LONG: Raw = {
    "note": "大" * 5_000,
    "documents": [{"name": "大" * 200, "sha256": f"{n:064x}"} for n in range(50)],
}
"""About 48,000 bytes of an entry."""
OWN = LogId(1)


async def filled(world: World, each: int) -> tuple[Life, list[Receipt]]:
    """A platform in its first year whose log has become long, by so many decisions of each of two."""
    life = await world.in_its_first_year()
    given = str((await life.state()).listed_on)
    life.rests = True  # the register takes one after the other
    receipts = [
        await life.decide("support", actor=by, given_on=given, **LONG)
        for _ in range(each)
        for by in (DISTRICT, COMMISSION)
    ]
    life.rests = False
    return life, receipts


async def after_a_year(life: Life) -> None:
    """Its first year ends, and the platform goes on in a new run."""
    for kind in ("self_report", "district_review", "evaluation"):
        await life.decide(kind)
    await life.over()


async def histories(world: World, life: Life) -> list[StoredHistory]:
    """All runs of a platform and of its assessments."""
    return [one async for one in ServerHistories(world.temporal).runs(life.id)]


async def proven(world: World, life: Life) -> Reading:
    """Check the histories as an auditor does, read and replayed; returns what they say."""
    there = await histories(world, life)
    reading = read_runs(life.id, there)
    assert (check_reading(reading), not_checked(reading)) == ([], [])
    stored = await logs_of(world, life.id)
    assert [e.hash for e in reading.entries(OWN)] == [e.hash for e in stored[OWN]]
    replayed = await replays(there)
    assert all(one.sound for one in assemble_platform(life.id, replayed).runs)
    assert [e.hash for e in replayed[-1].log or reading.entries(OWN)][-1:]
    return reading


async def replays(there: Sequence[StoredHistory]) -> list[Replayed]:
    async with Replaying() as replaying:
        return [await replaying.replay(one) for one in there]


def handed_on(there: Sequence[StoredHistory]) -> list[int]:
    """How many bytes each run was begun with."""
    sizes = []
    for one in there:
        start = one.data["events"][0]["workflowExecutionStartedEventAttributes"]
        given = payloads(start.get("input"))
        sizes.append(len(str(given[1])) if len(given) > 1 and given[1] else 0)
    return sizes


async def test_a_long_life_goes_on(world: World, elsewhere: World) -> None:
    """With its receipts, settings aside and queries; the histories prove all of it; it goes on elsewhere."""
    life, receipts = await filled(world, 17)
    await after_a_year(life)
    log = await life.log()
    assert sum(len(e.model_dump_json().encode()) for e in log) > ANSWER_BYTES > CARRIED_BYTES
    there = await histories(world, life)
    assert max(handed_on(there)) < 10_000
    assert find_chain_break(log, log[0].previous) is None

    said = next(e.said for e in log if e.decision_id == receipts[0].decision_id)
    again = await world.client.decide(life.id, said)
    assert again == receipts[0].model_copy(update={"repeated": True})
    await life.set_aside(receipts[0].decision_id)
    again = await world.client.decide(life.id, said)
    assert (again.repeated, bool(again.set_aside_by)) == (True, True)
    reading = await proven(world, life)
    begun_with = [run.carried for run in reading.runs if run.carried and run.place == OWN]
    assert [len(one.record.log) for one in begun_with] == [len(log)]

    # A term that has ended is started again by reference, too.
    await life.decide("withdrawal")
    await life.handle.result()
    ended = (await logs_of(world, life.id))[OWN][-1]
    assert ended.decision_id
    await life.set_aside(ended.decision_id)
    await life.stands("valid")
    await proven(world, life)

    found = await recover(elsewhere, await begun(world, life.id))
    assert found.outcome is Outcome.GOES_ON, found.why
    assert max(handed_on(await histories(elsewhere, life))) < 10_000
    other = Life(elsewhere, life.id)
    assert len(await other.log()) == len((await logs_of(world, life.id))[OWN])
    assert (await elsewhere.client.decide(life.id, said)).repeated


class Changed(PostgresRegister):
    """A register in which somebody has changed an entry, or which is away."""

    away = False
    asked = 0

    async def platform_log(self, platform_id: str, term: int | None) -> tuple[LogEntry, ...]:
        """The log, with another word in its second entry."""
        self.asked += 1
        if self.away:
            raise OSError("the register is away")
        log = await super().platform_log(platform_id, term)
        said = log[1].said | {"decision_id": "another"}
        return (log[0], log[1].model_copy(update={"said": said}), *log[2:])


@pytest.mark.parametrize("away", [True, False], ids=["away", "changed"])
async def test_nothing_is_decided_on_another_log(world: World, away: bool) -> None:
    """It waits for the register that has what was handed on, says so, and then answers who has waited."""
    life, receipts = await filled(world, 12)
    decided = str(beijing_date(await world.clockwork.now(life.handle)))
    register = Changed(world.engine)
    register.away = away
    waiting: asyncio.Task[Any]
    async with world.with_worker(register):
        for kind in ("self_report", "district_review", "evaluation"):
            await life.decide(kind)

        async def asked() -> bool:
            return register.asked > 1

        await until(asked, "it has asked the register more than once")
        with pytest.raises(WorkflowQueryFailedError, match=UNCONFIRMED):
            await life.handle.query("state")
        raw = decision("support", "later", decided, given_on=decided)
        waiting = asyncio.create_task(world.client.decide(life.id, raw))
        await proven(world, life)  # what it has not read back yet the runs before have
        pending = (await life.handle.describe()).raw_description.pending_activities
        why = "the register is away" if away else "entry 2 was changed after it was written"
        assert [one.last_failure.message for one in pending] == [why]
    receipt = await waiting
    assert receipt.seq > receipts[-1].seq
    await proven(world, life)


def problems(life: Life, there: Sequence[StoredHistory]) -> list[str]:
    return [problem.words.en for problem in check_reading(read_runs(life.id, there))]


async def reconciled(world: World, life: Life, **how: bool) -> list[object]:
    """What the register and the histories do not agree in."""
    source = ServerHistories(world.temporal)
    (found,) = [one async for one in reconcile(world.engine, source, (life.id,), **how)]
    return [*found.problems, *found.differences]


async def test_an_auditor_sees_what_was_changed(world: World, tmp_path: Path) -> None:
    """In the register, in what a run read back, or in what a run handed on and the next was begun with."""
    life, _ = await filled(world, 12)
    await after_a_year(life)
    await life.stands("valid")
    there = await histories(world, life)
    log = (await logs_of(world, life.id))[OWN]
    assert problems(life, there) == []

    # The newest run's history has all of it; a dossier of all runs holds.
    own = [one for one in there if not one.year]
    newest = max(own, key=lambda one: one.started_at)
    assert [e.hash for e in read_runs(life.id, [newest]).entries(OWN)] == [e.hash for e in log]
    source = ServerHistories(world.temporal)
    now = datetime.now(UTC)
    made = await make(world.engine, source, life.id, source="server", made_by="auditor-1", at=now)
    (tmp_path / "long.zip").write_bytes(made)
    assert (await verify(tmp_path / "long.zip")).problems == []

    assert await reconciled(world, life) == []
    async with world.engine.begin() as connection:
        mine = (log_entries.c.platform_id == life.id) & (log_entries.c.seq == 2)
        await connection.execute(update(log_entries).where(mine).values(outcome="declined"))
    assert await reconciled(world, life) != []
    await reconciled(world, life, repair=True)
    assert await reconciled(world, life) == []

    def read_otherwise(plain: str) -> str:
        is_answer = plain.startswith('{"entries":[{"seq":1,')
        return plain.replace('"list_number":"', '"list_number":"9') if is_answer else plain

    found = problems(life, [payloads_changed(one, read_otherwise) for one in there])
    assert any("are not those that it read back: entry" in one for one in found), found
    replayed = await replays([payloads_changed(one, read_otherwise) for one in there])
    assert not all(one.sound for one in replayed)

    last = log[-1].hash
    reference = f'"older":{{"entries":{len(log)},"log_hash":"'

    def handed_on_otherwise(plain: str) -> str:
        return plain.replace(reference + last, reference + "0" * 64)

    other = [payloads_changed(one, handed_on_otherwise) for one in there]
    assert other != there
    found = problems(life, other)
    assert any("what it hands on by reference is not the log that it has" in one for one in found)
    assert any("are not those that it read back" in one for one in found)
    replayed = await replays(other)
    assert not all(one.sound for one in replayed)


async def test_a_long_history_is_not_renewed_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server may ask for a new run as soon as a long log was read: a number of messages is taken first."""
    life, _ = await filled(world, 12)

    def asked_for(case: StepClock[Any]) -> bool:
        return bool(getattr(case, "read_back", 0))

    monkeypatch.setattr(StepClock, "renewal_due", asked_for)
    monkeypatch.setattr(long_case, "_MESSAGES_OF_A_RUN", 3)
    await after_a_year(life)
    first = (await life.handle.describe()).run_id
    given = str((await life.state()).listed_on)
    runs = []
    for _ in range(5):
        await life.decide("support", given_on=given)
        await life.stands("valid")
        runs.append((await life.handle.describe()).run_id)
    assert runs[:2] == [first, first]
    assert len({*runs}) == 2
    await proven(world, life)


async def test_a_run_that_was_reset_writes_again_what_it_did(world: World) -> None:
    """At another moment: the register takes what follows the entries that were read back."""
    life, _ = await filled(world, 12)
    await after_a_year(life)
    given = str((await life.state()).listed_on)
    raw = await life.decision("support", given_on=given)
    await world.client.decide(life.id, raw)
    await life.stands("valid")
    before = (await logs_of(world, life.id))[OWN]
    run = (await life.handle.describe()).run_id
    tasks = last = 0
    async for event in life.handle.fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            break
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            tasks, last = event.event_id, tasks
    request = ResetWorkflowExecutionRequest(
        namespace=world.temporal.namespace,
        workflow_execution=WorkflowExecution(workflow_id=life.handle.id, run_id=run),
        workflow_task_finish_event_id=last,
        request_id="reset",
        reason="a test",
        reset_reapply_exclude_types=[ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE],
    )
    await world.temporal.workflow_service.reset_workflow_execution(request)
    await world.client.decide(life.id, raw)

    async def written() -> bool:
        view = await life.view()
        log = (await logs_of(world, life.id))[OWN]
        return view.recorded == view.log_seq == len(log) and log[-1].hash == view.log_hash

    await until(written, "the register has what was decided again")
    after = (await logs_of(world, life.id))[OWN]
    assert [e.decision_id for e in after] == [e.decision_id for e in before]
    assert after[-1].hash != before[-1].hash
    assert after[-2].hash == before[-2].hash
    reading = read_runs(life.id, await histories(world, life))
    assert check_reading(reading) == []
    assert [e.hash for e in reading.entries(OWN)] == [e.hash for e in after]


async def test_five_thousand_entries_go_on(world: World) -> None:
    """With fifty versions of the plan; each task of the workflow stays within its two seconds."""
    told = everything("bj-lasting", datetime.now(UTC) - timedelta(days=5))
    platform_id, entries = told.case.state.facts.platform_id, tuple(told.case.log)
    after = states(entries)
    for last in range(500, len(entries) + 1, 500):
        batch = RegisterBatch(
            workflow_id=platform_workflow_id(platform_id),
            platform=cast(PlatformState, after[last - 1]),
            entries=entries[last - 500 : last],
            plans=tuple(told.plans),
        )
        await world.register.write(batch)
    found = await recover(world, await begun(world, platform_id))
    assert found.outcome is Outcome.GOES_ON, found.why
    life = Life(world, platform_id)
    there = await histories(world, life)
    assert handed_on(there)[0] < CARRIED_BYTES
    assert "WORKFLOW_TASK_FAILED" not in await life.events()
    target = next(e for e in entries if e.name == "support")
    assert target.decision_id
    await life.set_aside(target.decision_id)
    assert [e.seq for e in await life.log()][-1] == len(entries) + 2
    assert "WORKFLOW_TASK_FAILED" not in await life.events()
