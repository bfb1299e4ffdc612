"""Delivering notices in a worker's process: a queue of its own, so that no case waits for it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import Worker

from activities.notices import NoticeActivities, Patience, Recipient
from db.outbox import PostgresOutbox
from workflows.contract import NOTICES_ID, NOTICES_QUEUE
from workflows.notices import NoticeDeliveryWorkflow


@dataclass(frozen=True)
class Telling:
    """Who is told, and with how much patience: what the configuration of notices says."""

    recipients: Sequence[Recipient] = ()
    patience: Patience = field(default_factory=Patience)


@asynccontextmanager
async def delivering(client: Client, engine: AsyncEngine, telling: Telling) -> AsyncIterator[None]:
    """Take part in delivering; without recipients not, so that a worker that knows nobody marks nothing.

    One workflow delivers for the whole system, on whichever worker is there: this one starts it
    unless it runs.
    """
    if not telling.recipients:
        yield
        return
    activities = NoticeActivities(PostgresOutbox(engine), telling.recipients, telling.patience)
    worker = Worker(
        client,
        task_queue=NOTICES_QUEUE,
        workflows=[NoticeDeliveryWorkflow],
        activities=[activities.deliver_notices],
        # What is being sent is sent once more by whoever goes on: waiting for it would gain nothing.
        graceful_shutdown_timeout=timedelta(),
    )
    async with worker:
        await client.start_workflow(
            NoticeDeliveryWorkflow.run,
            id=NOTICES_ID,
            task_queue=NOTICES_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        yield
