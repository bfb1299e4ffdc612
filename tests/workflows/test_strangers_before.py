"""A run that a stranger's workflow went on as, or opened as its child: the server's word is not enough."""

import asyncio
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, Worker

from bench.events import name_of
from tests.rules.builders import application
from tests.workflows.test_raw_starts import whole_life
from tests.workflows.world import World
from workflows.assessment_workflow import AnnualAssessmentWorkflow
from workflows.contract import ASSESSMENT_TYPE, FIND_ORIGINS, PLATFORM_TYPE, TASK_QUEUE
from workflows.contract import assessment_workflow_id as year_id
from workflows.contract import platform_workflow_id as term_id
from workflows.platform_workflow import PlatformWorkflow

_QUEUE = "strangers"


@workflow.defn(name="Stranger", sandboxed=False)
class Stranger:
    """Goes on as a platform, or opens an assessment."""

    @workflow.run
    async def run(self, year: str | None, given: list[Any]) -> None:
        """Do it."""
        if year is None:
            workflow.continue_as_new(args=given, workflow=PLATFORM_TYPE, task_queue=TASK_QUEUE)
        await workflow.execute_child_workflow(
            ASSESSMENT_TYPE, args=given, id=year, task_queue=TASK_QUEUE
        )


@workflow.defn(name=PLATFORM_TYPE, sandboxed=False)
class StrangersPlatform:
    """The same under the name of our type."""

    @workflow.run
    async def run(self, year: str | None, given: list[Any]) -> None:
        """Do it."""
        await Stranger.run(Stranger(), year, given)


async def _how_it_fails(world: World, kind: str, name: str, *given: Any) -> ApplicationError:
    client = world.temporal
    strangers = Worker(
        client,
        task_queue=_QUEUE,
        workflows=[Stranger, StrangersPlatform],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    async with strangers, asyncio.timeout(60):
        handle = await client.start_workflow(kind, args=given, id=term_id(name), task_queue=_QUEUE)
        with pytest.raises(WorkflowFailureError) as caught:
            await handle.result()
    cause: BaseException | None = caught.value.cause
    while cause and not isinstance(cause, ApplicationError):
        cause = cause.__cause__
    assert isinstance(cause, ApplicationError)
    return cause


@pytest.mark.parametrize("kind", ["Stranger", PLATFORM_TYPE])
async def test_a_life_that_a_stranger_goes_on_as(world: World, kind: str) -> None:
    """Continue-as-new may change type and queue: what another workflow carries is not taken up."""
    name = f"stranger-{kind.lower()}"
    given = [application(platform_id=name), whole_life(name, recorded=0)]
    error = await _how_it_fails(world, kind, name, None, given)
    assert "InvalidApplication" == error.type
    assert "is no case of this system" in error.message
    assert [] == await world.queries.log(name, 1)


async def test_runs_that_asked_for_their_origin_replay(world: World) -> None:
    """A year that a platform opened, and the platform's later runs: elsewhere, in another namespace, too."""
    life = await world.apply()
    await life.get_listed()
    await life.open(1)
    assert life.assessment
    await life.decide("self_report")
    replayer = Replayer(
        workflows=[PlatformWorkflow, AnnualAssessmentWorkflow],
        data_converter=world.temporal.data_converter,
    )
    for handle in (life.handle, life.assessment):
        newest = await world.temporal.get_workflow_handle(handle.id).fetch_history()
        marks = [str(e) for e in newest.events if name_of(e) == "MARKER_RECORDED"]
        assert any(FIND_ORIGINS in mark for mark in marks)
        await replayer.replay_workflow(newest)


async def test_an_assessment_that_a_stranger_opens(world: World) -> None:
    """The parent has the platform's id and type, and is on another queue: no platform of ours."""
    name = "stranger-parent"
    facts = whole_life(name)["state"]["facts"]
    opening = {"facts": facts, "year": 1, "valid_until": "2030-01-01T16:00:00Z", "before": "0" * 64}
    error = await _how_it_fails(world, PLATFORM_TYPE, name, year_id(name, 1, 1), [opening])
    assert "InvalidOpening" == error.type
    assert "is no case of this system" in error.message
