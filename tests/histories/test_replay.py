"""Recorded histories replay with the code as it is: no platform under way gets stuck."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from tests.histories.recorded import WHAT_TO_DO, recorded, replayer
from workflows.assessment_workflow import AnnualAssessmentWorkflow
from workflows.run_io import CarriedPlatform, TermResult
from workflows.contract import PLATFORM_TYPE
from workflows.converter import WORKER_DATA_CONVERTER
from workflows.platform_workflow import PlatformWorkflow


async def test_every_recorded_history_replays() -> None:
    """All runs of all releases, with their true ids, converter and both workflows."""
    histories = recorded()
    assert len(histories) >= 60
    by_id = {run.history.run_id: run for run in histories}

    async def one_by_one() -> AsyncIterator[WorkflowHistory]:
        for run in histories:
            yield run.history

    async with replayer().workflow_replay_iterator(one_by_one()) as results:
        async for result in results:
            if result.replay_failure:
                run = by_id[result.history.run_id]
                pytest.fail(f"{run.release}/{run.name}: {result.replay_failure}\n{WHAT_TO_DO}")


@workflow.defn(name=PLATFORM_TYPE, sandboxed=False)
class _OneTimerMore(PlatformWorkflow):
    """The platform with one command more at its start, and no guard: what must never pass."""

    @workflow.init
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)

    @workflow.run
    async def run(self, *given: Any) -> TermResult:
        await workflow.sleep(timedelta(seconds=1))
        return await super().run(*given)


@workflow.defn(name=PLATFORM_TYPE, sandboxed=False)
class _OneGuardedTimerMore(PlatformWorkflow):
    """The same, guarded: what CONTRIBUTING.md asks for."""

    @workflow.init
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)

    @workflow.run
    async def run(self, *given: Any) -> TermResult:
        if workflow.patched("one-timer-more"):
            await workflow.sleep(timedelta(seconds=1))
        return await super().run(*given)


@pytest.mark.parametrize(
    ("changed", "fits"), [(_OneTimerMore, False), (_OneGuardedTimerMore, True)]
)
async def test_a_change_of_commands_needs_a_guard(
    changed: type[PlatformWorkflow], fits: bool
) -> None:
    """A command more fails the replay; the same behind `workflow.patched` passes."""
    replay = Replayer(
        workflows=[changed, AnnualAssessmentWorkflow], data_converter=WORKER_DATA_CONVERTER
    )
    run = next(run for run in recorded() if ":term-" not in run.history.workflow_id)
    result = await replay.replay_workflow(run.history, raise_on_replay_failure=False)
    assert fits == (result.replay_failure is None)
