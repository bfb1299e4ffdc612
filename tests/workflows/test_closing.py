"""`platform_ended`: whoever sends it and however late the register is, an assessment ends with its platform."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHandle
from temporalio.worker import Worker

from tests.rules.cases import assessment, at_stage, decide, record_event
from tests.workflows.world import World
from worker.demo.clockwork import until
from workflows.activity_messages import Origin, RegisterBatch
from workflows.case import Case
from workflows.contract import (
    ASSESSMENT_TYPE,
    CLOSE_ASSESSMENT,
    PLATFORM_TYPE,
    TASK_QUEUE,
    assessment_workflow_id,
    platform_workflow_id,
)
from workflows.model import as_sent
from workflows.reopening import closing_entry
from workflows.run_io import AssessmentOpening, CarriedAssessment
from workflows.states import AssessmentState, PlatformState
from workflows.vocabulary import Happening, Kind, Stage

OTHERS = "of-an-older-parent"


@pytest.fixture(autouse=True)
def any_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A parent of these tests stands in for a platform: its type and queue are taken for ours."""

    async def ours(client: object, run: object) -> Origin:
        return Origin(workflow_type=PLATFORM_TYPE, task_queue=TASK_QUEUE)

    monkeypatch.setattr("activities.origin_activity._origin", ours)


@workflow.defn(name="OlderParent", sandboxed=False)
class OlderParent:
    """A platform's run of before 0.4.0: it opens an assessment, and closes it by signals as they are given."""

    @workflow.run
    async def run(self, opening: Any, child_id: str, claims: list[list[Any]]) -> Any:
        """Open, signal, and give the child's result."""
        child = await workflow.start_child_workflow(
            ASSESSMENT_TYPE, opening, id=child_id, task_queue=TASK_QUEUE
        )
        for claim in claims:
            await child.signal(CLOSE_ASSESSMENT, args=claim)
        return await child


@pytest.fixture
async def parents(world: World) -> AsyncIterator[World]:
    """A worker for older parents."""
    async with Worker(world.temporal, task_queue=OTHERS, workflows=[OlderParent]):
        yield world


def with_open_year(platform_id: str) -> tuple[Case[PlatformState], AssessmentOpening]:
    """A valid platform that has just opened its first assessment."""
    case: Case[PlatformState] = at_stage(Stage.VALID, platform_id=platform_id)
    record_event(case, Happening.ASSESSMENT_OPENED)
    assert case.state.valid_until
    return case, AssessmentOpening(
        facts=case.state.facts,
        year=1,
        valid_until=case.state.valid_until.replace(year=2090),
        before=case.log[-1].hash,
    )


async def record(world: World, case: Case[Any], platform: Case[PlatformState]) -> None:
    """Have a whole log in the register."""
    year = case.state if isinstance(case.state, AssessmentState) else None
    facts = case.state.facts
    own = platform_workflow_id(facts.platform_id)
    await world.register.write(
        RegisterBatch(
            workflow_id=assessment_workflow_id(facts.platform_id, 1, 1) if year else own,
            platform=platform.state,
            assessment=year,
            entries=tuple(case.log),
        )
    )


async def open_year(
    world: World, opening: AssessmentOpening, *claims: list[Any]
) -> WorkflowHandle[Any, Any]:
    """Have an older parent open an assessment, and send it signals."""
    platform_id = opening.facts.platform_id
    child_id = assessment_workflow_id(platform_id, opening.facts.term, opening.year)
    return await world.temporal.start_workflow(
        "OlderParent",
        args=[as_sent(opening), child_id, list(claims)],
        id=platform_workflow_id(platform_id),
        task_queue=OTHERS,
    )


async def events_of(world: World, opening: AssessmentOpening) -> list[str]:
    """The types of what has happened in an assessment so far; nothing before it is there."""
    child = assessment_workflow_id(opening.facts.platform_id, 1, 1)
    handle = world.temporal.get_workflow_handle(child)
    if await world.client.describe(handle.id) is None:
        return []
    return [event.WhichOneof("attributes") or "" async for event in handle.fetch_history_events()]


async def test_a_parent_that_names_no_entry(parents: World) -> None:
    """The register has the platform's log, but its end comes later than the signal: it is waited for."""
    case, opening = with_open_year("closing-late")
    await record(parents, case, case)
    parent = await open_year(parents, opening, [], [{"closing": "f" * 64}])

    async def looked() -> bool:
        names = await events_of(parents, opening)
        return names.count("activity_task_completed_event_attributes") >= 2

    await until(looked, "the assessment has looked, in vain")
    decide(case, Kind.WITHDRAWAL)
    await record(parents, case, case)
    async with asyncio.timeout(60):
        ended = await parent.result()
    assert "ended_with_platform" == ended["result"]


async def test_what_was_sent_to_the_run_before(parents: World) -> None:
    """A signal that no look has answered is looked into by the next run."""
    case, opening = with_open_year("closing-carried")
    decide(case, Kind.WITHDRAWAL)
    await record(parents, case, case)
    year: Case[AssessmentState] = Case.open(
        {
            "year": 1,
            "valid_until": opening.valid_until.isoformat(),
            "facts": as_sent(opening.facts),
        },
        datetime.now(UTC),
        opening.before,
    )
    carried = CarriedAssessment(state=year.state, record=year.record(), closing=True)
    parent = await open_year(parents, opening.model_copy(update={"carried": carried}))
    async with asyncio.timeout(60):
        assert "ended_with_platform" == (await parent.result())["result"]


async def test_an_assessment_is_no_second_life(parents: World) -> None:
    """The register has its year by another run (its platform was reset): it asks again, and lives on."""
    case, opening = with_open_year("closing-conflict")
    await record(parents, case, case)
    await record(parents, assessment(case), case)
    parent = await open_year(parents, opening)

    async def waits() -> bool:
        names = await events_of(parents, opening)
        failed = "activity_task_failed_event_attributes"
        return failed in names and "timer_started_event_attributes" in names[names.index(failed) :]

    try:
        await until(waits, "it waits for someone to look")
    finally:
        await parent.terminate()


def test_which_entry_closes() -> None:
    """The one that is claimed, if it does; else the last of a log that does; none of one that does not."""
    case, opening = with_open_year("closing-rule")
    assert closing_entry(case.log, opening, case.log[-1].hash) is None
    assert closing_entry([], opening, None) is None
    decide(case, Kind.WITHDRAWAL)
    end = case.log[-1].hash
    for claimed in (None, end, "f" * 64, case.log[0].hash, case.log[-2].hash):
        assert end == closing_entry(case.log, opening, claimed)
