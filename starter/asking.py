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

from starter.answers import reaching
from starter.errors import NoSuchPlatform, Unreachable
from workflows.carried import CaseView
from workflows.model import InvalidMessage

ANSWER_WITHIN = timedelta(seconds=20)
"""How long to wait for a worker's answer."""


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
                    return await handle.query(
                        name, args=args, result_type=result_type, rpc_timeout=ANSWER_WITHIN
                    )
            except Unreachable as error:
                # Between two runs of a case there is a moment in which nobody can be asked.
                if not patience or "not scheduled yet" not in error.en:
                    raise
            await asyncio.sleep(patience)
        raise AssertionError("the last try returns or raises")
