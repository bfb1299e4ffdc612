"""Where runs come from, as the server has it in their first events."""

from temporalio import activity
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from workflows.activity_messages import Origin, OriginLookup, Origins, RunId
from workflows.contract import FIND_ORIGINS


@activity.defn(name=FIND_ORIGINS)
async def find_origins(lookup: OriginLookup) -> Origins:
    """Read of which type runs are, and on which queue they began; the workflow judges what it gets."""
    client = activity.client()
    return Origins(origins=tuple([await _origin(client, run) for run in lookup.runs]))


async def _origin(client: Client, run: RunId) -> Origin | None:
    if run.namespace and run.namespace != client.namespace:
        return Origin(workflow_type="", task_queue="")  # a stranger's, whatever it is called
    first = await first_event(client, run)
    if first is None:
        return None
    started = first.workflow_execution_started_event_attributes
    return Origin(
        workflow_type=started.workflow_type.name,
        task_queue=started.task_queue.name,
    )


async def first_event(client: Client, run: RunId) -> HistoryEvent | None:
    """Return the event with which a run began; None where the server no longer has it."""
    handle = client.get_workflow_handle(run.workflow_id, run_id=run.run_id)
    try:
        return await anext(handle.fetch_history_events(page_size=1))
    except StopAsyncIteration:
        return None
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
