"""What the auditors need done by itself, in a worker's process: on a queue of its own, by schedules."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError

from audit.anchoring.stamping import Authority
from audit.archive.archive_store import Store
from audit.erasing.erasure_activities import ErasureActivities
from audit.scheduled_activities import ArchiveActivities, DigestActivities
from starter.signing.signer import Signer
from worker.query_isolation import make_isolating_worker
from worker.worker_process import workflow_threads
from workflows.contract import (
    ARCHIVING_ID,
    ARCHIVING_TYPE,
    AUDIT_QUEUE,
    DIGESTING_ID,
    DIGESTING_TYPE,
    STAMPING_ID,
    STAMPING_TYPE,
)
from workflows.erasure_workflow import ErasureWorkflow
from workflows.scheduled_workflows import ArchivingWorkflow, DigestingWorkflow, StampingWorkflow

_CATCH_UP = timedelta(days=365)
"""What a server missed while it was down is done when it is up again."""
_log = structlog.stdlib.get_logger("pingtai.auditing")

ARCHIVING = ScheduleIntervalSpec(every=timedelta(hours=1), offset=timedelta(minutes=7))
DIGESTING = ScheduleIntervalSpec(every=timedelta(days=1), offset=timedelta(hours=16, minutes=30))
"""00:30 in Beijing: what a case decided before midnight has been handed in by then."""
STAMPING = ScheduleIntervalSpec(every=timedelta(hours=1), offset=timedelta(minutes=45))
"""A quarter of an hour after a digest; what an authority did not give is asked for again in an hour."""


@asynccontextmanager
async def auditing(
    client: Client,
    engine: AsyncEngine,
    store: Store | None,
    authority: Authority | None = None,
    signer: Signer | None = None,
) -> AsyncIterator[None]:
    """Take part in what the schedules start; the first worker makes them."""
    archive = ArchiveActivities(client, engine, store)
    digest = DigestActivities(engine, authority, signer)
    erasure = ErasureActivities(engine)
    worker = make_isolating_worker(
        client=client,
        task_queue=AUDIT_QUEUE,
        workflows=[ArchivingWorkflow, DigestingWorkflow, StampingWorkflow, ErasureWorkflow],
        activities=[
            archive.archive_histories,
            digest.make_digests,
            digest.stamp_digests,
            erasure.erasure_standing,
            erasure.erase_term,
            erasure.write_erasure,
        ],
        # The next worker continues an interrupted activity, so there is no need to wait for it.
        graceful_shutdown_timeout=timedelta(),
        workflow_task_executor=workflow_threads(),
    )
    async with worker:
        await keep_schedule(
            client, ARCHIVING_ID, ARCHIVING_TYPE, ScheduleSpec(intervals=[ARCHIVING])
        )
        await keep_schedule(
            client, DIGESTING_ID, DIGESTING_TYPE, ScheduleSpec(intervals=[DIGESTING])
        )
        if authority:
            await keep_schedule(
                client, STAMPING_ID, STAMPING_TYPE, ScheduleSpec(intervals=[STAMPING])
            )
        yield


async def keep_schedule(client: Client, name: str, workflow_type: str, spec: ScheduleSpec) -> None:
    """See to it that a schedule is there and as this release has it; whoever paused it, it stays paused.

    A new one starts its workflow at once. Without the right to make one, a warning is logged.
    """
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(workflow_type, id=name, task_queue=AUDIT_QUEUE),
        spec=spec,
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=_CATCH_UP),
    )

    def renewed(found: ScheduleUpdateInput) -> ScheduleUpdate:
        schedule.state = found.description.schedule.state
        return ScheduleUpdate(schedule=schedule)

    try:
        try:
            await client.create_schedule(name, schedule, trigger_immediately=True)
        except ScheduleAlreadyRunningError:
            await client.get_schedule_handle(name).update(renewed)
    except RPCError as error:
        _log.warning("cannot create the schedule: see pingtai doctor", id=name, why=error.message)
