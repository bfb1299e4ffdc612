"""Whether what Temporal has of the cases is encrypted with keys that are not here: nobody reads it, or goes on.

It is asked where no good answer came, and where a system is looked at or started: a setting that was forgotten
looks like a worker that does not answer, or like data that is lost.
"""

import asyncio
from collections.abc import AsyncIterator

from google.protobuf.json_format import MessageToJson
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client
from temporalio.service import RPCError

from starter.client.blocking_workflow import TYPES
from starter.client.visibility import any_type
from starter.encryption.key_errors import ErasedKey, MissingKey
from starter.encryption.key_names import key_names, read_key_name
from workflows.contract import ROSTER_TYPE

_PAGE = 30
_AT_ONCE = 8
_OPEN = f"{any_type((*TYPES, ROSTER_TYPE))} AND CloseTime IS NULL"
_BY_ANYBODY = (
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED,
)
"""What whoever reaches Temporal writes into a history, naming whatever key they like."""


async def find_missing_key(client: Client, most: int) -> MissingKey | None:
    """Return the first key that is missing of the newest open cases, up to a number; None: none is.

    Raises:
        RPCError: Temporal does not answer.
    """
    several = asyncio.Semaphore(_AT_ONCE)

    async def look(workflow_id: str) -> MissingKey | None:
        async with several:
            return await missing_key(client, workflow_id)

    ids = [run.id async for run in client.list_workflows(_OPEN, limit=most)]
    found = await asyncio.gather(*map(look, ids))
    return next(filter(None, found), None)


async def missing_key(client: Client, workflow_id: str) -> MissingKey | None:
    """Return the key that is missing here of what a workflow wrote last; None: none is, or it is not known."""
    async for name in _named_keys(client, workflow_id):
        if error := _missing(client, name):
            return error
    return None


async def _named_keys(client: Client, workflow_id: str) -> AsyncIterator[str]:
    asked = GetWorkflowExecutionHistoryReverseRequest(
        namespace=client.namespace,
        execution=WorkflowExecution(workflow_id=workflow_id),
        maximum_page_size=_PAGE,
    )
    try:
        page = await client.workflow_service.get_workflow_execution_history_reverse(asked)
    except RPCError:
        return  # whoever asks has said already that Temporal does not answer, or has nothing of it
    for event in page.history.events:
        if event.event_type not in _BY_ANYBODY:
            for name in filter(None, (key_names(MessageToJson(event).encode()) or "").split(",")):
                yield name


def _missing(client: Client, written: str) -> MissingKey | None:
    name, codec = read_key_name(written), client.data_converter.payload_codec
    if name is None:
        return None
    if codec is None:
        return MissingKey(written)
    from starter.encryption.payload_codec import TermCodec  # noqa: PLC0415 - with cryptography

    try:
        if isinstance(codec, TermCodec):
            codec.keys.find(name)
    except MissingKey as error:
        return error
    except ErasedKey:
        return None
    return None
