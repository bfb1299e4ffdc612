"""The schedules of a Temporal that was left pause, and go on when all comes back."""

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleIntervalSpec,
    ScheduleSpec,
)

from tests.another_place import new_namespace
from worker.moving.retired_side import retire
from worker.temporal_server import TemporalServer
from workflows.contract import ARCHIVING_ID, ARCHIVING_TYPE, AUDIT_QUEUE, DIGESTING_ID


async def scheduled(client: Client, name: str) -> None:
    """Make a schedule that starts nothing for a year."""
    action = ScheduleActionStartWorkflow(ARCHIVING_TYPE, id=name, task_queue=AUDIT_QUEUE)
    spec = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(days=365))])
    await client.create_schedule(name, Schedule(action=action, spec=spec))


async def paused(client: Client, name: str) -> bool:
    """Whether a schedule is paused."""
    return (await client.get_schedule_handle(name).describe()).schedule.state.paused


async def test_schedules_go_with_the_cases(temporal: TemporalServer) -> None:
    """There and back; what the other side does not have is named, and goes on where it is."""
    old, new = await new_namespace(temporal), await new_namespace(temporal)
    for client, name in ((old, ARCHIVING_ID), (old, DIGESTING_ID), (new, ARCHIVING_ID)):
        await scheduled(client, name)
    done = await retire(old, new, "cluster")
    assert (done.stopped, done.missing) == ([ARCHIVING_ID], [DIGESTING_ID])
    assert await paused(old, ARCHIVING_ID)
    assert not await paused(old, DIGESTING_ID)
    back = await retire(new, old, "home")
    assert (back.stopped, back.missing) == ([ARCHIVING_ID], [])
    assert await paused(new, ARCHIVING_ID)
    assert not await paused(old, ARCHIVING_ID)
