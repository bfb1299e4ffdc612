"""What was acknowledged stands: nothing that is sent after a receipt overtakes it, and no moment a signal.

The pairs in a table: docs/races.md.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.worker import Worker

from tests.rules.builders import COMMISSION, Raw
from tests.workflows.test_crashes import Away
from tests.workflows.test_setting_aside import FALLS_SHORT, assessed
from tests.workflows.world import Life, World
from worker.demo.clockwork import until
from workflows.contract import NOTE_YEAR_END
from workflows.record import LogEntry
from workflows.refusal import Refused
from workflows.states import PlatformState

A_WHILE = timedelta(seconds=4)
"""How long before a moment no worker runs: long enough to send a few messages on a busy machine."""


OTHERS = "others-that-signal"


@workflow.defn(name="OtherWorkflow", sandboxed=False)
class OtherWorkflow:
    """Of somebody else: it sends a signal to a case."""

    @workflow.run
    async def run(self, case: str, name: str, said: Any) -> None:
        """Send it."""
        await workflow.get_external_workflow_handle(case).signal(name, said)


@pytest.fixture
async def away(world: World) -> AsyncIterator[Away]:
    """A register with a door that can be shut."""
    register = Away(world)
    async with world.with_worker(register):
        yield register


async def until_conclusion(world: World) -> Life:
    """A platform whose first year awaits the reassessment, from which it may be delisted."""
    life = await world.in_its_first_year()
    await assessed(life, *FALLS_SHORT)
    return life


@pytest.mark.parametrize("register", ["there", "away"])
async def test_a_conclusion_is_not_overtaken(world: World, away: Away, register: str) -> None:
    """Delisted by the receipt: who withdraws or records support after it is refused, at once."""
    life = await until_conclusion(world)
    later = await after_a_conclusion(life)
    away.open = register == "there"
    await life.decide("reassessment", "not_met")
    answers = await asyncio.gather(
        *(world.client.decide(life.id, raw) for raw in later), return_exceptions=True
    )
    assert ["Refused"] * len(later) == [type(answer).__name__ for answer in answers]
    assert "delisted" == (await life.state()).stage
    away.open = True
    assert "delisted" == (await life.handle.result())["stage"]
    assert ["assessment_ended"] == names(await life.log(), since="assessment_opened")


async def after_a_conclusion(life: Life) -> list[Raw]:
    """What may be on its way to a platform while its assessment is concluded."""
    given = {"given_on": str((await life.state()).listed_on)}
    return [await life.decision("withdrawal"), await life.decision("support", **given)]


def names(log: list[LogEntry], *, since: str) -> list[str]:
    """What stands in a log after the last entry of a name."""
    last = max(entry.seq for entry in log if entry.name == since)
    return [entry.name for entry in log[last:]]


@pytest.mark.parametrize("register", ["there", "away"])
async def test_a_withdrawal_is_not_overtaken(world: World, away: Away, register: str) -> None:
    """Withdrawn by the receipt: what is decided in the open assessment after it is refused, at once."""
    life = await until_conclusion(world)
    assessment = life.assessment
    assert assessment
    late = await life.decision("reassessment", "not_met")
    late["case"] = await life.case("reassessment")
    away.open = register == "there"
    await life.decide("withdrawal")
    with pytest.raises(Refused, match="ended"):
        await world.client.decide(life.id, late)
    away.open = True
    assert "ended_with_platform" == (await assessment.result())["result"]
    assert "withdrawn" == (await life.handle.result())["stage"]


async def test_the_platform_is_told_before_the_answer(world: World) -> None:
    """The server has the signal before it has the answer: whoever was answered comes after it."""
    life = await until_conclusion(world)
    assessment = life.assessment
    assert assessment
    await life.decide("reassessment", "not_met")
    await assessment.result()
    events = [event.event_type async for event in assessment.fetch_history_events()]
    told = events.index(EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED)
    answered = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED
    assert answered in events[:told], "the decisions before"
    assert [answered] == [event for event in events[told:] if event == answered]


async def test_a_conclusion_is_set_aside_while_the_register_is_away(
    world: World, away: Away
) -> None:
    """By the receipt the platform has it: it takes the setting aside, and opens the year again later."""
    life = await until_conclusion(world)
    away.open = False
    wrong = await life.decide("reassessment", "not_met")
    receipt = await life.set_aside(wrong.decision_id)
    assert ("valid", None) == (receipt.stage, receipt.year)
    away.open = True
    await life.opened(1)
    assert "met" == (await life.decide("reassessment", "met")).stage
    await life.over()
    assert ["met"] == [year.result for year in (await life.state()).assessments]


@asynccontextmanager
async def no_worker_over(life: Life, handle: Any, moment: datetime) -> AsyncIterator[None]:
    """No worker runs from a little before a moment until after it; the body is done before it."""
    clock = life.world.clockwork
    await life.settled(handle)
    span = moment - A_WHILE - await clock.now(handle)
    async with life.world.without_worker():
        await clock.forward(handle, span)
        yield
        assert await clock.now(handle) < moment, "it was sent in time"

        async def passed() -> bool:
            return await clock.now(handle) > moment

        await until(passed, "the moment passes while no worker runs")


async def test_taken_before_the_end_of_validity(world: World) -> None:
    """Temporal took the withdrawal before midnight, and no worker was there: it counts, the end does not."""
    policy = {"validity_years": 1}
    life = await world.in_its_first_year(policy=policy, submitted_by=COMMISSION)
    assessment, end = life.assessment, (await life.state()).valid_until
    assert assessment
    assert end
    case = await life.case("evaluation")
    await life.decide("self_report")
    await life.decide("district_review")
    await world.clockwork.move_to(assessment, end - timedelta(days=1))
    raw = await life.decision("evaluation", "effective", case=case)
    async with no_worker_over(life, assessment, end):
        await assessment.signal("evaluation", raw)
    assert "effective" == (await assessment.result())["result"]
    log: list[LogEntry] = await assessment.query("log", result_type=list[LogEntry])
    assert log[-1].at < end


async def test_taken_before_it_was_overdue(world: World) -> None:
    """What Temporal took in time is not overdue, though a worker heard it only after the due date."""
    life = await world.apply()
    await life.settled(life.handle)
    view = await life.view()
    assert view.due
    await world.clockwork.move_to(life.handle, view.due.due - timedelta(hours=9))
    raw = await life.decision("recommendation", case=await life.case("recommendation"))
    async with no_worker_over(life, life.handle, view.due.due):
        await life.handle.signal("recommendation", raw)
    await life.stands("inspection")
    log = await life.log()
    assert ["applied", "reminded", "recommendation"] == [entry.name for entry in log][:3]
    assert log[2].at < view.due.due


async def test_a_stranger_ends_no_year(world: World) -> None:
    """The signal by which an assessment ends is believed of that assessment only, and holds nothing up."""
    life = await until_conclusion(world)
    entry = (await life.log())[-1]
    end = {"year": 1, "result": "not_met", "log_seq": 6, "log_hash": "ab" * 32, "at": str(entry.at)}
    for said in (end, {}, "not_met"):
        await life.handle.signal(NOTE_YEAR_END, said)
    assert life.assessment
    async with Worker(world.temporal, task_queue=OTHERS, workflows=[OtherWorkflow]):
        told = [life.handle.id, NOTE_YEAR_END, end]
        await world.temporal.execute_workflow(
            "OtherWorkflow", args=told, id=f"other-{life.id}", task_queue=OTHERS
        )
    given = {"given_on": str((await life.state()).listed_on)}
    assert "valid" == (await life.decide("support", **given)).stage
    assert 1 == (await life.state()).open_assessment
    assert "delisted" == (await after(life)).stage


async def after(life: Life) -> PlatformState:
    """The platform's state as soon as its assessment has answered that it was not met."""
    await life.decide("reassessment", "not_met")
    with pytest.raises(Refused):
        await life.decide("withdrawal")
    return await life.state()
