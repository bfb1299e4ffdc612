"""Waiting until a worker has taken up a case that was just started."""

import asyncio

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.service import RPCError


async def taken_up(client: Client, workflow_id: str, within: float) -> bool:
    """Whether a new case has handed in its first entries, within so many seconds.

    By the history, which asks the server and not the workers: it is they who must not be burdened.
    """
    handle = client.get_workflow_handle(workflow_id)
    try:
        async with asyncio.timeout(within):
            async for event in handle.fetch_history_events(wait_new_event=True):
                if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
                    return True
    except (TimeoutError, RPCError):
        return False
    return True  # it has ended meanwhile
