"""Asking Temporal about the workflows of cases: what they are, where they stand, what they answered."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowHandle,
    WorkflowQueryFailedError,
)
from temporalio.service import RPCError, RPCStatusCode

from starter.answers import reaching
from starter.errors import NoSuchPlatform, Unreachable
from workflows.carried import CaseView
from workflows.model import InvalidMessage

ANSWER_WITHIN = timedelta(seconds=20)
"""How long to wait for a worker's answer."""
_QUERY_TRIES = (timedelta(seconds=6), timedelta(seconds=6), timedelta(seconds=8))
"""How long each try of a query lasts, `ANSWER_WITHIN` in all.

A worker drops a query when it evicts the case that the query waits for; nobody answers it then, however
long one waits (docs/decisions/0001-queries-on-uncached-cases.md).
"""


class Asking:
    """Questions to Temporal and to the cases."""

    def __init__(self, client: Client) -> None:
        """Ask through a connected client."""
        self.temporal = client

    def handle(self, workflow_id: str) -> WorkflowHandle[Any, Any]:
        """The latest run of a workflow."""
        return self.temporal.get_workflow_handle(workflow_id)

    async def describe(
        self, handle: WorkflowHandle[Any, Any]
    ) -> WorkflowExecutionDescription | None:
        """What Temporal says of a workflow; None when there is none of this id."""
        try:
            with reaching():
                return await handle.describe()
        except NoSuchPlatform:
            return None

    async def view(self, workflow_id: str) -> CaseView:
        """Where the case of a workflow stands. Raises NoSuchPlatform, Unreachable."""
        try:
            view: CaseView = await self.query(workflow_id, "state", CaseView)
        except WorkflowQueryFailedError as error:
            raise InvalidMessage("application", (("", str(error), str(error)),)) from None
        return view

    async def query(self, workflow_id: str, name: str, result_type: Any, *args: Any) -> Any:
        """Ask a case a query of the contract. Raises NoSuchPlatform, Unreachable."""
        handle = self.handle(workflow_id)
        for patience in (0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 0.0):
            try:
                with reaching():
                    return await _query(handle, name, result_type, args)
            except Unreachable as error:
                # Between two runs of a case there is a moment in which nobody can be asked.
                if not patience or "not scheduled yet" not in error.en:
                    raise
            await asyncio.sleep(patience)
        raise AssertionError("the last try returns or raises")


async def _query(
    handle: WorkflowHandle[Any, Any], name: str, result_type: Any, args: tuple[Any, ...]
) -> Any:
    """Send a query, and send it again when nobody answers."""
    for within in _QUERY_TRIES[:-1]:
        try:
            return await handle.query(name, args=args, result_type=result_type, rpc_timeout=within)
        except RPCError as error:
            if error.status not in (RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED):
                raise
    return await handle.query(
        name, args=args, result_type=result_type, rpc_timeout=_QUERY_TRIES[-1]
    )
