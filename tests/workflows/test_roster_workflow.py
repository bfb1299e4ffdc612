"""The roster as a workflow: set up once, changed by people who sign, carried on by its hashes."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import (
    Client,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowUpdateFailedError,
)
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError

from audit.archive.archive_contents import PostgresArchive
from audit.archive.archiver import ArchivingNotes, archive_now
from audit.archive.server_histories import ServerHistories
from audit.reading.roster_log_reading import read_roster
from audit.reconciling.rebuilding import rebuild
from audit.reconciling.roster_rows import held_log, row_faults
from audit.replay.roster_replay import replay_roster
from db.register_store import PostgresRegister
from db.roster_queries import newest_root, roster_log_page
from starter.client.roster_sender import RosterSender
from starter.errors import BadInput, NoRoster
from tests.memory import throw_away_folder
from tests.rules.builders import ACTORS, Raw, application
from tests.rules.roster_life import HAIDIAN, A, B, C, Life, entry, item, revoked
from worker.demo.clockwork import until
from worker.ports import free_port
from worker.search_attributes import ensure_search_attributes
from worker.temporal_server import temporal_server
from worker.worker_process import make_worker
from workflows.contract import (
    PLATFORM_TYPE,
    ROSTER_ID,
    ROSTER_TYPE,
    TASK_QUEUE,
    platform_workflow_id,
)
from workflows.model import InvalidMessage, as_sent
from workflows.record import LogEntry
from workflows.refusal import Refused
from workflows.roster_log import RosterLog, RosterReceipt, RosterView
from workflows.roster_workflow import RosterPreview
from workflows.run_io import CaseView
from workflows.vocabulary import Role

Roster = WorkflowHandle[Any, None]
_EVENTS = 30
"""Of a run of these tests: then the next begins."""


@pytest.fixture(scope="module")
async def server(servers: None) -> AsyncIterator[str]:
    """A Temporal whose runs are short."""
    short = (f"limit.historyCount.suggestContinueAsNew={_EVENTS}",)
    folder = throw_away_folder("roster")
    async with temporal_server(folder, free_port(27433), dynamic_config=short) as running:
        yield running.address


@pytest.fixture
async def client(server: str, engine: AsyncEngine) -> AsyncIterator[Client]:
    """A client, while a worker is at work."""
    client = await Client.connect(server, data_converter=pydantic_data_converter)
    async with make_worker(client, PostgresRegister(engine)):
        yield client
        with suppress(RPCError):  # it has ended by itself
            await client.get_workflow_handle(ROSTER_ID).terminate()


async def _start(client: Client, *given: Any) -> Roster:
    return await client.start_workflow(
        ROSTER_TYPE, args=list(given), id=ROSTER_ID, task_queue=TASK_QUEUE
    )


async def _decide(roster: Roster, raw: Raw) -> RosterReceipt:
    receipt: RosterReceipt = await roster.execute_update("decide", raw, result_type=RosterReceipt)
    return receipt


async def _state(roster: Roster) -> RosterView:
    view: RosterView = await roster.query("state", result_type=RosterView)
    return view


def _now() -> Life:
    """A life whose people sign now; it follows what the workflow takes."""
    life = Life()
    life.at = datetime.now(UTC) - timedelta(seconds=1)
    return life


async def _follow(life: Life, roster: Roster, raw: Raw) -> RosterReceipt:
    """Let the workflow decide, and the life in memory at the same moment."""
    receipt = await _decide(roster, raw)
    life.at = receipt.at - timedelta(minutes=1)
    assert life.take(raw) == receipt
    life.at = datetime.now(UTC)
    return receipt


async def _audited(client: Client, engine: AsyncEngine, other: AsyncEngine, life: Life) -> None:
    """Archived, replayed, read, and the register rebuilt from the archive, in another database."""
    server, archive = ServerHistories(client), PostgresArchive(engine)
    assert [] == [one async for one in server.platforms()]
    assert [one async for one in server.runs()] == []
    await archive_now(server, archive, ArchivingNotes(engine))
    counts = await archive.counts()
    assert counts.platforms == 0
    assert counts.runs > 1
    assert [one async for one in archive.runs()] == []
    for histories in (server, archive):
        reading = await read_roster(histories)
        assert (reading.runs, reading.problems) == (counts.runs, [])
        assert reading.log == life.roster.log
        assert await replay_roster(histories) == []
    (done,) = [one async for one in rebuild(other, archive)]
    assert (done.platform_id, done.written, done.entries) == (ROSTER_ID, True, life.roster.seq)
    assert await held_log(other) == life.roster.log
    assert await row_faults(other, life.roster.log) == []


async def test_one_roster_over_its_runs(
    client: Client, engine: AsyncEngine, second: AsyncEngine
) -> None:
    """Set up, changed, confirmed, refused, repeated; written to the register, carried on, and replayed."""
    life = _now()
    opening = life.change([item(A), item(B)], A, B)
    roster = await _start(client, opening)
    view = await _state(roster)
    assert view.root
    life.at = (await roster_log_of(roster))[0].at - timedelta(minutes=1)
    life.take(opening)
    assert life.roster.view(view.recorded) == view
    with pytest.raises(WorkflowAlreadyStartedError):
        await _start(client, opening)

    change = life.change([item(HAIDIAN)], A)
    assert (await _follow(life, roster, change)).outcome == "waiting"
    assert (await _decide(roster, change)).repeated
    forged = life.confirmation(B) | {"proposed": "f" * 64}
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await _decide(roster, forged)
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "Refused"
    preview = await roster.query("check", forged, result_type=RosterPreview)
    assert "not what waits now" in preview.refusal["en"]
    assert (await _follow(life, roster, life.confirmation(B))).outcome == "confirmed"
    for number in range(12):
        await _follow(life, roster, life.change([item(entry(f"kw-{number}"))], A, B))
    await until(lambda: _recorded(roster, life), "the register has the whole log")

    await until(lambda: _in_a_later_run(roster), "it goes on in a next run")
    view = await _state(roster)
    assert view == life.roster.view(view.recorded)
    assert await roster.query("leaves") == life.roster.state.leaves
    assert await roster_log_page(engine, limit=100) == life.roster.log
    assert await newest_root(engine) == life.roster.state.root
    again = RosterLog()
    for one in await roster_log_page(engine, limit=100):
        again.decide(one.said, one.at)
    assert again.last_hash == view.log_hash
    await _audited(client, engine, second, life)

    await roster.cancel()
    assert (await _follow(life, roster, life.change([item(C)], A, B))).version == 15
    await roster.terminate()
    other = _now()
    again_started = await _start(client, other.change([item(A), item(B), item(C)], A, B))
    with pytest.raises(WorkflowFailureError) as failed:
        await again_started.result()
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == "SecondLife"
    sender = RosterSender(client)
    for asked in (sender.start(other.change([item(A), item(B)], A, B)), sender.view()):
        with pytest.raises(BadInput, match="the register has another roster"):
            await asked


async def roster_log_of(roster: Roster) -> list[LogEntry]:
    """The entries of this run."""
    log: list[LogEntry] = await roster.query("log", result_type=list[LogEntry])
    return log


async def _in_a_later_run(roster: Roster) -> bool:
    return (await roster.describe()).run_id != roster.first_execution_run_id


async def _recorded(roster: Roster, life: Life) -> bool:
    return (await _state(roster)).recorded == life.roster.seq


async def test_what_is_no_roster(client: Client, engine: AsyncEngine) -> None:
    """One officer, a state that somebody made up, another id: the start fails, and nothing is written."""
    life = _now()
    alone = life.change([item(A), item(B)], A)
    opened = Life.opened()
    carried = {
        "state": opened.roster.state.model_dump(mode="json"),
        "seq": 1,
        "last_hash": opened.roster.last_hash,
        "receipts": [],
    }
    for given in ((alone,), (None, carried), (), ({},)):
        roster = await _start(client, *given)
        with pytest.raises(WorkflowFailureError):
            await roster.result()
    sender = RosterSender(client)
    with pytest.raises(Refused, match="set up by two officers"):
        await sender.start(alone)
    with pytest.raises(InvalidMessage):
        await sender.start({})
    for asked in (sender.view, sender.leaves, sender.waiting, lambda: sender.decide(alone)):
        with pytest.raises(NoRoster):
            await asked()
    whole = _now().change([item(A), item(B)], A, B)
    elsewhere = await client.start_workflow(ROSTER_TYPE, whole, id="another", task_queue=TASK_QUEUE)
    with pytest.raises(WorkflowFailureError):
        await elsewhere.result()
    assert await newest_root(engine) is None


async def test_a_reset_decides_again_what_was_decided(client: Client, engine: AsyncEngine) -> None:
    """At other moments, with other hashes; versions and signatures stay, and the register follows."""
    life = _now()
    opening = life.change([item(A), item(B), item(C)], A, B)
    roster = await _start(client, opening)
    life.at = (await roster_log_of(roster))[0].at - timedelta(minutes=1)
    life.take(opening)
    life.at = datetime.now(UTC)
    for one in (entry("kw-d"), HAIDIAN):
        await _follow(life, roster, life.change([item(one)], A, B))
    await until(lambda: _recorded(roster, life), "the register has all")
    before, version = await roster_log_page(engine), (await _state(roster)).root
    request = ResetWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(
            workflow_id=ROSTER_ID, run_id=roster.first_execution_run_id or ""
        ),
        workflow_task_finish_event_id=4,
        request_id="reset",
        reason="a test",
    )
    await client.workflow_service.reset_workflow_execution(request)
    newest = client.get_workflow_handle(ROSTER_ID)

    async def decided_again() -> bool:
        view = await _state(newest)
        return view.log_seq == 3 == view.recorded and await roster_log_page(engine) != before

    await until(decided_again, "the reset run has decided all again")
    again = await roster_log_page(engine)
    assert [one.said for one in again] == [one.said for one in before]
    assert again[-1].hash != before[-1].hash
    assert (await _state(newest)).root == version
    assert (await _state(newest)).log_hash == again[-1].hash
    signed = life.change([item(entry("kw-e"))], A, B)
    assert (await _decide(newest, signed)).version == len(before) + 1


async def test_open_cases_hear_of_a_revocation(client: Client, engine: AsyncEngine) -> None:
    """Whoever is added is no news; whoever is revoked is, in a case that nobody decides on."""
    life = _now()
    opening = life.change([item(A), item(B), item(HAIDIAN)], A, B)
    roster = await _start(client, opening)
    life.at = (await roster_log_of(roster))[0].at - timedelta(minutes=1)
    life.take(opening)
    life.at = datetime.now(UTC)
    await ensure_search_attributes(client)
    own = {"policy": {"authorship": "recorded"}, "submitted_by": ACTORS[Role.COMMISSION]}
    known = life.roster.state.root
    assert known
    form = application(**own) | {"roster": as_sent(known)}
    case = await client.start_workflow(
        PLATFORM_TYPE, form, id=platform_workflow_id("bj-test"), task_queue=TASK_QUEUE
    )

    async def knows(version: int) -> bool:
        view = await case.query("state", result_type=CaseView)
        state = view.platform
        return bool(state and state.roster and state.roster.version == version and view.recorded)

    await until(lambda: knows(1), "the case is open")
    await _follow(life, roster, life.change([item(C)], A, B))
    await _follow(life, roster, life.change([item(revoked(HAIDIAN, life.at), HAIDIAN)], A, B))
    await until(lambda: knows(3), "the case hears of the revocation")
    (news,) = [
        e for e in await case.query("log", result_type=list[LogEntry]) if e.name == "roster_learned"
    ]
    assert [one["root"]["version"] for one in news.said["roots"]] == [2, 3]
    await case.terminate()
