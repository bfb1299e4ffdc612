"""People go first: while somebody waits for an answer, the tasks of that case go before all others'.

Temporal keeps a priority for a workflow, not for a message. All cases have the usual one, or there would be no
first; so a case gets another while a person waits for longer than usual, and then the usual one again. Each
is an event in the history of the case, and few decisions wait so long: only behind many cases that their clocks
woke together, as after an outage.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

from temporalio.client import Client
from temporalio.service import RPCError

T = TypeVar("T")
PATIENCE = timedelta(seconds=1)
"""How long a decision waits before its case is put first: a worker at rest answers in a tenth of it."""
FIRST = 1
_USUAL = 0
_WITHIN = timedelta(seconds=5)


async def put_first(client: Client, workflow_id: str, answer: Awaitable[T]) -> T:
    """Wait for an answer of a case; put the case before others if it does not come soon."""
    waiting = asyncio.ensure_future(answer)
    try:
        done, _ = await asyncio.wait({waiting}, timeout=PATIENCE.total_seconds())
        raised = not done and await _set_priority(client, workflow_id, FIRST)
        try:
            return await waiting
        finally:
            if raised:
                await _set_priority(client, workflow_id, _USUAL)
    finally:
        # Whoever gave up does not hear how the call ended, and nor should their terminal.
        waiting.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        waiting.cancel()


async def _set_priority(client: Client, workflow_id: str, key: int) -> bool:
    """Give a case a priority, or the usual one; False where the server does not, as one before 1.29."""
    # Loading them takes longer than a command that is answered at once has to spare.
    from google.protobuf.field_mask_pb2 import FieldMask  # noqa: PLC0415
    from temporalio.api.common.v1 import Priority, WorkflowExecution  # noqa: PLC0415
    from temporalio.api.workflow.v1 import WorkflowExecutionOptions  # noqa: PLC0415
    from temporalio.api.workflowservice.v1 import (  # noqa: PLC0415
        UpdateWorkflowExecutionOptionsRequest,
    )

    wanted = UpdateWorkflowExecutionOptionsRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=workflow_id),
        workflow_execution_options=WorkflowExecutionOptions(priority=Priority(priority_key=key)),
        update_mask=FieldMask(paths=["priority"]),
    )
    with suppress(RPCError):
        # Or a case that is busy just then, as when it gives the answer, would stay before all others.
        ask = client.workflow_service.update_workflow_execution_options
        await ask(wanted, retry=True, timeout=_WITHIN)
        return True
    return False
