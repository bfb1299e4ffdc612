"""The newest events of a run, without the thousands before them."""

from collections.abc import Sequence

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client


async def newest_events(
    client: Client, workflow_id: str, run_id: str, most: int
) -> Sequence[HistoryEvent]:
    """At most so many events of a run, the newest first."""
    answer = await client.workflow_service.get_workflow_execution_history_reverse(
        GetWorkflowExecutionHistoryReverseRequest(
            namespace=client.namespace,
            execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id),
            maximum_page_size=most,
        )
    )
    return answer.history.events


async def why_it_closed(client: Client, workflow_id: str, run_id: str) -> str:
    """The reason that stands in the last event of a run that has closed; empty where there is none."""
    events = await newest_events(client, workflow_id, run_id, 1)
    if not events:
        return ""
    last = events[0]
    failed = last.workflow_execution_failed_event_attributes.failure.message
    return last.workflow_execution_terminated_event_attributes.reason or failed


async def why_its_task_fails(client: Client, workflow_id: str, run_id: str) -> str:
    """What the last workflow task of an open run failed with; empty where none of the newest did."""
    for event in await newest_events(client, workflow_id, run_id, 20):
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
            return event.workflow_task_failed_event_attributes.failure.message
    return ""
