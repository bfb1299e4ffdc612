"""Cases that cannot go on, each as somebody outside may make it: named, with the command that helps."""

import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import workflow
from temporalio.api.workflowservice.v1 import PauseWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from db.register_store import PostgresRegister
from starter.client.sdk_internals import read_paused_as_open
from tests.memory import throw_away_folder
from tests.register.cases import application, batch, listed, opened
from worker.demo.clockwork import until
from worker.doctor.check_cases import open_cases_run, paused, strangers, stuck
from worker.doctor.finding import Finding, Verdict
from worker.ports import free_port
from worker.temporal_server import temporal_server
from workflows.contract import ASSESSMENT_TYPE, PLATFORM_TYPE, TASK_QUEUE

DYNAMIC = (
    "frontend.WorkflowPauseEnabled=true",
    "limit.historyCount.error=12",
    "limit.historyCount.warn=10",
    "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=1",
)


@pytest.fixture(scope="module")
async def client(servers: None) -> AsyncIterator[Client]:
    """A server of its own, on which nobody else leaves anything; its histories are soon full."""
    folder = throw_away_folder("doctor")
    async with temporal_server(folder, free_port(29233), dynamic_config=DYNAMIC) as server:
        yield await Client.connect(server.address, data_converter=pydantic_data_converter)


@pytest.fixture(autouse=True)
async def empty(client: Client) -> AsyncIterator[None]:
    """Nothing is open when a test begins."""
    read_paused_as_open()
    yield
    async for run in client.list_workflows("CloseTime IS NULL"):
        with suppress(RPCError):
            await client.get_workflow_handle(run.id).terminate()

    async def none_open() -> bool:
        return (await client.count_workflows("CloseTime IS NULL")).count == 0

    await until(none_open, "what was open has ended")


async def started(
    client: Client, workflow_id: str, kind: str = PLATFORM_TYPE, queue: str = TASK_QUEUE
) -> WorkflowHandle[Any, Any]:
    """A workflow that is known to visibility."""
    handle = await client.start_workflow(kind, {}, id=workflow_id, task_queue=queue)

    async def seen() -> bool:
        query = f"WorkflowId = '{workflow_id}' AND CloseTime IS NULL"
        return (await client.count_workflows(query)).count > 0

    await until(seen, f"{workflow_id} is seen")
    return handle


async def held_open(engine: AsyncEngine, platform_id: str) -> None:
    """A term that the register holds open."""
    await PostgresRegister(engine).write(batch(opened(application(platform_id))))


def told(finding: Finding, *words: str) -> None:
    """A finding is bad, and it and its advice hold these words."""
    assert Verdict.BAD is finding.verdict, finding
    for word in words:
        assert word in f"{finding.what} {finding.advice}", (word, finding)


async def test_a_term_that_was_ended_from_outside(client: Client, engine: AsyncEngine) -> None:
    """Terminated: named with the reason and the reset of that run, also behind junk that failed since."""
    await held_open(engine, "broken-off")
    handle = await started(client, "platform:broken-off")
    await held_open(engine, "goes-on")
    await started(client, "platform:goes-on")
    assert Verdict.GOOD is (await open_cases_run(client, engine)).verdict
    await handle.terminate(reason="by mistake")
    found = await open_cases_run(client, engine)
    reset = f"reset --workflow-id platform:broken-off --run-id {handle.result_run_id} --type LastW"
    told(found, "open cases without a running workflow: 1: ", "(terminated: by mistake)", reset)
    assert "--reapply-exclude" not in str(found.advice)


@pytest.mark.parametrize("how", ["canceled", "timed out", "failed"])
async def test_every_way_to_end_but_the_rules(
    client: Client, engine: AsyncEngine, how: str
) -> None:
    """Cancelled, timed out or failed: a term that the register holds open has not ended by that."""
    name = how.replace(" ", "-")
    await held_open(engine, name)
    within = timedelta(seconds=1) if how == "timed out" else None
    handle = await client.start_workflow(
        PLATFORM_TYPE, {}, id=f"platform:{name}", task_queue=how, execution_timeout=within
    )
    async with Worker(
        client,
        task_queue=how,
        workflows=[Waits if how != "failed" else Fails],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        if how == "canceled":
            await handle.cancel()
        with suppress(Exception):
            await handle.result()
    told(await open_cases_run(client, engine), f"platform:{name} ({how}")


async def test_a_history_that_was_filled(client: Client, engine: AsyncEngine) -> None:
    """Ended by the server itself: the reset leaves the signals of the flood out."""
    await held_open(engine, "flooded")
    handle = await started(client, "platform:flooded")
    with suppress(RPCError):
        for _ in range(20):
            await handle.signal("recommendation", "x")
    found = await open_cases_run(client, engine)
    told(found, "exceeds limit", "--reapply-exclude Signal", "filled with messages")


async def test_a_case_without_any_history(client: Client, engine: AsyncEngine) -> None:
    """Nothing at Temporal: it goes on from its log. A listed one is open, too, and one that ended is not."""
    await PostgresRegister(engine).write(batch(listed(application("valid-one"))))
    await PostgresRegister(engine).write(batch(listed(application("not-listed"), included=False)))
    found = await open_cases_run(client, engine)
    told(
        found,
        "open cases without a running workflow: 1: ",
        "platform:valid-one (no workflow)",
        "pingtai recover",
    )
    assert found.what.zh.endswith("：platform:valid-one（没有流程）")


async def test_a_paused_case(client: Client) -> None:
    """Named, with how it goes on; another's paused workflow is not ours to tell."""
    await started(client, "platform:resting")
    await started(client, "payroll", "Payroll", "elsewhere")
    for name in ("platform:resting", "payroll"):
        await client.workflow_service.pause_workflow_execution(
            PauseWorkflowExecutionRequest(namespace=client.namespace, workflow_id=name)
        )

    async def seen() -> bool:
        return (await client.count_workflows("ExecutionStatus = 'Paused'")).count == 2

    await until(seen, "they are seen as paused")
    told(
        await paused(client),
        "paused at Temporal: 1 case:",
        "platform:resting",
        "temporal workflow unpause",
    )


async def test_strangers_under_our_ids(client: Client) -> None:
    """Of another type, on another queue, and an assessment that no platform opened."""
    assert Verdict.GOOD is (await strangers(client)).verdict
    await started(client, "platform:fine")
    await started(client, "platform:typed", "Payroll")
    await started(client, "platform:queued", queue="elsewhere")
    await started(client, "platform:x:term-1:assessment-1", ASSESSMENT_TYPE)
    found = await strangers(client)
    told(
        found, "3 workflows", "platform:typed (Payroll, pingtai)", "platform:queued (Platform, else"
    )
    told(found, "platform:x:term-1:assessment-1", "temporal workflow terminate")
    assert "platform:fine" not in found.what


async def test_a_task_that_fails_again_and_again(client: Client) -> None:
    """With what it fails; where it takes too long, the way out is another than for code that does not fit."""
    await started(client, "platform:broken", queue="broken")
    await started(client, "platform:late", queue="late")
    unsandboxed = UnsandboxedWorkflowRunner()
    async with (
        Worker(client, task_queue="broken", workflows=[Breaks], workflow_runner=unsandboxed),
        Worker(client, task_queue="late", workflows=[Late], workflow_runner=unsandboxed),
    ):

        async def found() -> bool:
            finding = await stuck(client)
            said = f"{finding.what} {finding.advice}"
            return "it breaks" in said and "TEMPORAL_DEBUG=1" in said

        await until(found, "doctor says what both fail with")


@workflow.defn(name=PLATFORM_TYPE)
class Waits:
    """Does nothing."""

    @workflow.run
    async def run(self, given: Any) -> None:
        """Wait."""
        await workflow.wait_condition(lambda: False)


@workflow.defn(name=PLATFORM_TYPE)
class Fails:
    """Fails at once."""

    @workflow.run
    async def run(self, given: Any) -> None:
        """Fail."""
        raise ApplicationError("it fails", non_retryable=True)


@workflow.defn(name=PLATFORM_TYPE)
class Breaks:
    """Its task fails."""

    @workflow.run
    async def run(self, given: Any) -> None:
        """Break."""
        raise RuntimeError("it breaks")


@workflow.defn(name=PLATFORM_TYPE)
class Late:
    """Its task takes longer than it may."""

    @workflow.run
    async def run(self, given: Any) -> None:
        """Be late."""
        time.sleep(2.2)  # noqa: ASYNC251
