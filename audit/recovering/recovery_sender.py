"""Starting a term from its log, where Temporal has nothing of it; what became of that."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any, NamedTuple

from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError

from starter.client.application_sender import search_attributes
from starter.client.case_queries import CaseQueries
from starter.client.payload_converter import sending_for
from starter.client.rpc_errors import translate_rpc_errors
from starter.errors import NoSuchPlatform, Unreachable
from workflows import contract
from workflows.model import InvalidMessage
from workflows.older_entries import starting_with
from workflows.run_io import CarriedPlatform
from workflows.words import Words

_AGAIN_AFTER = 0.1
Recorded = Callable[[str], Awaitable[bool]]


class Outcome(StrEnum):
    """What became of a recovery."""

    GOES_ON = "goes_on"
    """The register has taken the entry that says so: decisions are taken."""
    REFUSED = "refused"
    """It does not follow from the register, or the register has gone on without it."""
    ALREADY = "already"
    """Somebody else started it, or it lives."""
    ENDED = "ended"
    """An older copy of a term that has ended ran on: it was ended at Temporal."""
    STARTED = "started"
    """Nobody has said yet what becomes of it: no worker, or no register."""


class Recovered(NamedTuple):
    """What became of a recovery, and why."""

    outcome: Outcome
    why: Words | None = None


class RecoverySender:
    """Starts terms from their logs."""

    def __init__(
        self, client: Client, within: float = 20.0, recorded: Recorded | None = None
    ) -> None:
        """Use a connected client; wait so many seconds for a worker.

        `recorded` says whether the register has the entry of a recovery, by its id: it is asked, and not the
        case, which costs its worker a whole history.
        """
        self._client, self._queries, self._within = client, CaseQueries(client), within
        self._recorded = recorded

    async def recover(
        self, carried: CarriedPlatform, latest: WorkflowExecutionDescription | None
    ) -> Recovered:
        """Start a term from its log; `latest` is the run of before, where its id was used: it has closed.

        Of several that start it only one does: the server has one open run of an id.

        Raises:
            Unreachable: Temporal does not answer.
        """
        facts = carried.state.facts
        workflow_id = contract.platform_workflow_id(facts.platform_id)
        sending = sending_for(self._client, facts.platform_id, facts.term)
        ended = latest and latest.status is WorkflowExecutionStatus.COMPLETED
        try:
            with translate_rpc_errors():
                await sending.start_workflow(
                    contract.PLATFORM_TYPE,
                    args=[{}, starting_with(carried)],
                    id=workflow_id,
                    task_queue=contract.TASK_QUEUE,
                    # A term before it that has ended frees the id; else only what was no end by the rules.
                    id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE
                    if ended
                    else WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                    id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                    memo={"application_id": facts.application_id, "term": facts.term},
                    search_attributes=search_attributes(carried.state.stage, facts),
                    static_summary=f"{facts.name} · {facts.district.zh}",
                )
        except WorkflowAlreadyStartedError:
            return Recovered(Outcome.ALREADY)
        said = carried.recovery
        return await self.outcome(workflow_id, said.recovery_id if said else "")

    async def outcome(self, workflow_id: str, recovery_id: str = "") -> Recovered:
        """Wait until it is known that the case goes on, or why it does not."""
        try:
            async with asyncio.timeout(self._within):
                while True:
                    found = await self._queries.look(workflow_id)
                    if found and found.status is WorkflowExecutionStatus.FAILED:
                        handle = self._client.get_workflow_handle(found.id, run_id=found.run_id)
                        return Recovered(Outcome.REFUSED, await why_it_failed(handle))
                    if await self._goes_on(workflow_id, recovery_id):
                        return Recovered(Outcome.GOES_ON)
                    await asyncio.sleep(_AGAIN_AFTER)
        except (TimeoutError, Unreachable):
            return Recovered(Outcome.STARTED)

    async def _goes_on(self, workflow_id: str, recovery_id: str) -> bool:
        if self._recorded and recovery_id:
            return await self._recorded(recovery_id)
        return await self._is_confirmed(workflow_id)

    async def _is_confirmed(self, workflow_id: str) -> bool:
        try:
            await self._queries.view(workflow_id)
        except (NoSuchPlatform, InvalidMessage):  # it is about to fail
            return False
        return True


async def why_it_failed(handle: WorkflowHandle[Any, Any]) -> Words:
    """Return what a run that has failed says of it."""
    try:
        await handle.result()
    except WorkflowFailureError as error:
        cause = error.cause
        if isinstance(cause, ApplicationError):
            return Words(cause.message, str(cause.details[0] if cause.details else cause.message))
        return Words.same(str(cause))
    return Words("it has ended", "已结束")
