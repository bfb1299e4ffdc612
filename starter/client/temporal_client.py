"""The typed client: start platforms, decide, and read where they stand, safely repeated."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.service import RPCError

from starter.client.application_sender import ApplicationSender
from starter.client.case_binding import CaseBinding
from starter.client.case_queries import CaseQueries
from starter.client.decision_sender import DecisionSender
from starter.client.interface import Applied
from starter.client.lost_terms import LostTerms
from starter.client.moved_cases import MovedCases, follows_moves
from starter.client.register_lookups import NoRegister
from starter.client.set_aside_sender import SetAsideSender
from starter.client.signature_forms import SignatureForms
from starter.client.temporal_connection import connect
from workflows import contract
from workflows.record import LogEntry
from workflows.run_io import CaseView

_FIRST_LOOK, _LOOK_LATER = 0.03, 1.25
"""Seconds until the register is looked at again, and how many times as long each next time."""

if TYPE_CHECKING:
    from starter.plans.plan_view import PlanView


class PingtaiClient(ApplicationSender, DecisionSender):
    """All that one may ask of the system. Every call may be repeated."""

    def __init__(
        self,
        client: Client,
        register: NoRegister | None = None,
        *,
        due: bool = True,
        patience: float = 20.0,
    ) -> None:
        """Use a connected client. Give it `RegisterLookups()`, unless there is no register to read.

        Without a register a client knows what Temporal still keeps: an application of an earlier term and
        a decision of an earlier case are not recognised, and a term that has ended is not started again.
        `due`: receipts say until when the next step is due. Without a register the case is asked for it,
        and that costs its worker a whole history (docs/decisions/0001-queries-on-uncached-cases.md).
        `patience`: how long a case is waited for that is moving to another Temporal (seconds).
        """
        self.temporal = client
        self._queries, self._register = CaseQueries(client), register or NoRegister()
        self._setting_aside = SetAsideSender(self._queries, self._register)
        self._binding = CaseBinding(self._queries, self._register)
        self._forms = SignatureForms(self._queries, self._register)
        self._lost = LostTerms(self._queries, self._register)
        self._due = due
        self.moves = MovedCases(
            lambda there: PingtaiClient(there, register, due=due, patience=0.0), patience
        )

    @classmethod
    async def connect(cls, register: NoRegister | None = None, *, due: bool = True) -> Self:
        """Connect as `starter.client.temporal_connection` says."""
        return cls(await connect(), register, due=due)

    async def taken_up(self, applied: Applied, within: float) -> bool:
        """Whether a worker has taken up the term that was just applied for, within so many seconds.

        By the register, which has it once the first entries are recorded; where nobody can ask that, by the
        history, which Temporal reads anew for each look. Both ask the servers and not the workers: it is they
        who must not be burdened.
        """
        try:
            async with asyncio.timeout(within):
                if (recorded := await self._recorded(applied)) is not None:
                    return recorded
        except TimeoutError:
            return False
        handle = self.temporal.get_workflow_handle(applied.workflow_id)
        try:
            async with asyncio.timeout(within):
                async for event in handle.fetch_history_events(wait_new_event=True):
                    if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
                        return True  # its first entries have been recorded
        except (TimeoutError, RPCError):
            return False
        return True  # it has ended meanwhile

    async def _recorded(self, applied: Applied) -> bool | None:
        """Wait until the register has a term; None: nobody can say."""
        pause = _FIRST_LOOK
        while (has := await self._register.has_term(applied.platform_id, applied.term)) is False:
            await asyncio.sleep(pause)
            pause *= _LOOK_LATER
        return has

    @follows_moves
    async def state(self, platform_id: str) -> CaseView:
        """Where a platform stands. Raises NoSuchPlatform, Unreachable."""
        async with self._lost.named(platform_id):
            return await self._queries.view(contract.platform_workflow_id(platform_id))

    @follows_moves
    async def assessment_state(self, platform_id: str, term: int, year: int) -> CaseView:
        """Where a yearly assessment stands. Raises NoSuchPlatform, Unreachable."""
        return await self._queries.view(contract.assessment_workflow_id(platform_id, term, year))

    @follows_moves
    async def log(self, platform_id: str) -> list[LogEntry]:
        """The log of a platform's latest term. Raises NoSuchPlatform, Unreachable."""
        workflow_id = contract.platform_workflow_id(platform_id)
        return await self._queries.log(workflow_id)

    async def plan(
        self,
        platform_id: str,
        *,
        term: int | None = None,
        version: int | None = None,
        diff: Sequence[int] | None = None,
    ) -> "PlanView":
        """A version of a platform's plan: its text stands in the register, and in no answer of a workflow.

        Raises:
            NoSuchPlatform: the register does not have this platform, term or version.
            Unreachable: the register does not answer, or there is none.
        """
        return await self._register.plan(platform_id, term=term, version=version, diff=diff)

    async def describe(self, workflow_id: str) -> WorkflowExecutionDescription | None:
        """What Temporal says of a workflow; None when there is none of this id."""
        return await self._queries.look(workflow_id)
