"""The typed client: start platforms, decide, and read where they stand, safely repeated."""

from typing import Any, Self, TypedDict, Unpack

from temporalio.client import Client, WorkflowExecutionDescription, WorkflowHandle

from starter.client.application_sender import Applying
from starter.client.case_queries import CaseQueries
from starter.client.decision_sender import Deciding
from starter.client.interface import Applied
from starter.client.register_lookups import (
    EndedTerm,
    FindDecided,
    FindDue,
    LastTerm,
    TermAppliedFor,
)
from starter.client.temporal_connection import connect
from starter.client.worker_start import taken_up
from workflows import contract
from workflows.application import PlatformApplication
from workflows.decision import Decision
from workflows.record import LogEntry
from workflows.run_io import CaseView, DecisionPreview
from workflows.states import Receipt


class Register(TypedDict, total=False):
    """What the register is asked, where it is at hand."""

    ended_term: EndedTerm | None
    """Reads a term that has ended, so that a decision in it can be set aside."""
    applied_before: TermAppliedFor | None
    """Recognises the application of any term, however long ago it was."""
    decided_before: FindDecided | None
    """Recognises a decision of any term or year."""
    due_after: FindDue | None
    """Finds when what follows a decision is due. Without it the case is asked, and that costs its
    worker a whole history (docs/decisions/0001-queries-on-uncached-cases.md)."""


class PingtaiClient:
    """All that one may ask of the system. Every call may be repeated."""

    def __init__(
        self,
        client: Client,
        last_term: LastTerm | None = None,
        **register: Unpack[Register],
    ) -> None:
        """Use a connected client; the rest asks the register (`register_access`, `ended_term`).

        `last_term` finds terms whose histories are gone from Temporal.
        """
        self.temporal = client
        self._asking = CaseQueries(client)
        self._applying = Applying(self._asking, last_term, register.get("applied_before"))
        self._deciding = Deciding(
            self._asking,
            register.get("ended_term"),
            register.get("decided_before"),
            register.get("due_after"),
        )

    @classmethod
    async def connect(cls, last_term: LastTerm | None = None, **register: Unpack[Register]) -> Self:
        """Connect as `starter.client.temporal_connection` says."""
        return cls(await connect(), last_term, **register)

    async def apply(self, application: PlatformApplication) -> Applied:
        """Start the term that an application asks for; the same one again gives the first answer.

        `term` and `previous` are filled in from the platform's last term.

        Raises:
            Refused: another application's term is open, or this id was used for another content.
            Unreachable: Temporal does not answer.
        """
        return await self._applying.apply(application)

    async def taken_up(self, applied: Applied, within: float) -> bool:
        """Whether a worker has taken up the term that was just applied for, within so many seconds."""
        return await taken_up(self.temporal, applied.workflow_id, within)

    async def decide(self, platform_id: str, decision: Decision | dict[str, Any]) -> Receipt:
        """Send a decision to where it belongs, and wait for the receipt.

        The same decision (the same `decision_id`) again gives the first receipt, marked `repeated`.

        Raises:
            Refused: the rules refuse it.
            InvalidMessage: it does not fit its model.
            NoSuchPlatform: nothing of this id was ever applied for.
            Unreachable: no answer; it may still be taken, so repeat it with the same `decision_id`.
        """
        return await self._deciding.decide(platform_id, decision)

    async def check(self, platform_id: str, decision: Decision | dict[str, Any]) -> DecisionPreview:
        """Ask what would become of a decision, and change nothing; `stage` says where it would lead.

        Raises:
            Refused: the rules would refuse it now.
            InvalidMessage: it does not fit its model.
            NoSuchPlatform: nothing of this id was ever applied for.
            Unreachable: no answer.
        """
        return await self._deciding.check(platform_id, decision)

    async def state(self, platform_id: str) -> CaseView:
        """Where a platform stands. Raises NoSuchPlatform, Unreachable."""
        return await self.view(contract.platform_workflow_id(platform_id))

    async def assessment_state(self, platform_id: str, term: int, year: int) -> CaseView:
        """Where a yearly assessment stands. Raises NoSuchPlatform, Unreachable."""
        return await self.view(contract.assessment_workflow_id(platform_id, term, year))

    async def view(self, workflow_id: str) -> CaseView:
        """Where the case of a workflow stands. Raises NoSuchPlatform, Unreachable."""
        return await self._asking.view(workflow_id)

    async def log(self, platform_id: str) -> list[LogEntry]:
        """The log of a platform's latest term. Raises NoSuchPlatform, Unreachable."""
        workflow_id = contract.platform_workflow_id(platform_id)
        entries: list[LogEntry] = await self._asking.query(workflow_id, "log", list[LogEntry])
        return entries

    async def describe(
        self, handle: WorkflowHandle[Any, Any]
    ) -> WorkflowExecutionDescription | None:
        """What Temporal says of a workflow; None when there is none of this id."""
        return await self._asking.describe(handle)
