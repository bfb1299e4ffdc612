"""Delivering in a worker's process, notices and events, each on a queue of its own: no case waits for it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from activities.channels.destinations import Destinations
from activities.event_delivery import SubscriptionActivities
from activities.notice_delivery import NoticeActivities, Patience, Recipient
from db.outbox import PostgresOutbox
from db.subscription_queries import PostgresSubscriptions
from worker.query_isolation import make_isolating_worker
from worker.worker_process import workflow_threads
from workflows.contract import (
    NOTICES_ID,
    NOTICES_QUEUE,
    SUBSCRIPTIONS_ID,
    SUBSCRIPTIONS_QUEUE,
)
from workflows.delivery_workflow import Delivered
from workflows.notice_messages import NoticeDeliveryWorkflow
from workflows.subscription_messages import EventDeliveryWorkflow


@dataclass(frozen=True)
class NoticeConfig:
    """Who is told, and with how much patience: what the configuration of notices says."""

    recipients: Sequence[Recipient] = ()
    patience: Patience = field(default_factory=Patience)


@asynccontextmanager
async def delivering(
    client: Client, engine: AsyncEngine, notices: NoticeConfig
) -> AsyncIterator[None]:
    """Take part in delivering notices; without recipients not: a worker that knows nobody marks nothing."""
    if not notices.recipients:
        yield
        return
    activities = NoticeActivities(PostgresOutbox(engine), notices.recipients, notices.patience)
    async with _taking_part(
        client, NOTICES_QUEUE, NOTICES_ID, NoticeDeliveryWorkflow, activities.deliver_notices
    ):
        yield


@asynccontextmanager
async def delivering_events(
    client: Client, engine: AsyncEngine, destinations: Destinations, patience: Patience
) -> AsyncIterator[None]:
    """Take part in delivering events to those who subscribed, where there are any."""
    activities = SubscriptionActivities(PostgresSubscriptions(engine), destinations, patience)
    async with _taking_part(
        client,
        SUBSCRIPTIONS_QUEUE,
        SUBSCRIPTIONS_ID,
        EventDeliveryWorkflow,
        activities.deliver_events,
    ):
        yield


@asynccontextmanager
async def _taking_part(
    client: Client,
    queue: str,
    workflow_id: str,
    workflow: type[NoticeDeliveryWorkflow] | type[EventDeliveryWorkflow],
    activity: Callable[[], Awaitable[Delivered]],
) -> AsyncIterator[None]:
    """Work on a queue whose one workflow delivers for the whole system: it is started unless it runs."""
    worker = make_isolating_worker(
        client=client,
        task_queue=queue,
        workflows=[workflow],
        activities=[activity],
        # What is being sent is sent once more by whoever goes on: waiting for it would gain nothing.
        graceful_shutdown_timeout=timedelta(),
        workflow_task_executor=workflow_threads(),
    )
    async with worker:
        await client.start_workflow(
            workflow.run,
            id=workflow_id,
            task_queue=queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        yield
