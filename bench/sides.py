"""What is compared: how each side is started, spoken to, and when its clocks ring."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from bench import bare
from bench.script import application
from workflows import contract
from workflows.periods import beijing_date, kick_off, validity_end
from workflows.policy import Policy
from workflows.vocabulary import Stage

Handle = WorkflowHandle[Any, Any]


class Side(ABC):
    """One of the things compared, on a task queue of its own."""

    def __init__(self, name: str, queue: str) -> None:
        """Name it; the worker process of that name serves the queue."""
        self.name = name
        self.queue = queue

    @abstractmethod
    async def start(self, client: Client, platform_id: str) -> Handle:
        """Start a life."""

    @abstractmethod
    def workflow_id(self, platform_id: str) -> str:
        """The workflow id of a platform."""

    @abstractmethod
    def assessment_id(self, platform_id: str, year: int) -> str:
        """The workflow id of the child of a year."""

    @abstractmethod
    def opens(self, platform_id: str, since: datetime, year: int) -> datetime:
        """When the child of a year is started, in a life that is valid since a moment."""

    @abstractmethod
    def ends(self, since: datetime) -> datetime:
        """When validity ends."""

    @abstractmethod
    def signal(self, decision: dict[str, Any]) -> str:
        """The signal that takes a decision."""

    @abstractmethod
    async def heard(self, handle: Handle, decision: dict[str, Any], number: int) -> bool:
        """Whether the `number`-th decision of a case, sent as a signal, has been taken."""


class Ours(Side):
    """The project's own workflows."""

    _policy = Policy()

    async def start(self, client: Client, platform_id: str) -> Handle:
        """Start a platform as `starter.client.temporal_client` does, without its questions beforehand."""
        form = application(platform_id)
        attributes = [
            SearchAttributePair(contract.STAGE, str(Stage.RECOMMENDATION)),
            SearchAttributePair(contract.DISTRICT, str(form["district"])),
            SearchAttributePair(contract.FIELD, str(form["field"])),
        ]
        return await client.start_workflow(
            contract.PLATFORM_TYPE,
            form,
            id=self.workflow_id(platform_id),
            task_queue=self.queue,
            search_attributes=TypedSearchAttributes(attributes),
        )

    def workflow_id(self, platform_id: str) -> str:
        """By the contract."""
        return contract.platform_workflow_id(platform_id)

    def assessment_id(self, platform_id: str, year: int) -> str:
        """By the contract."""
        return contract.assessment_workflow_id(platform_id, 1, year)

    def opens(self, platform_id: str, since: datetime, year: int) -> datetime:
        """By the policy."""
        hours = (self._policy.assessment_opens_from_hour, self._policy.assessment_opens_until_hour)
        lead = self._policy.assessment_lead_days
        return kick_off(beijing_date(since), year, lead, hours, platform_id)

    def ends(self, since: datetime) -> datetime:
        """By the policy."""
        return validity_end(beijing_date(since), self._policy.validity_years)

    def signal(self, decision: dict[str, Any]) -> str:
        """The decision's kind."""
        return str(decision["kind"])

    async def heard(self, handle: Handle, decision: dict[str, Any], number: int) -> bool:
        """Whether there is a receipt."""
        return await handle.query("receipt", decision["decision_id"]) is not None


class Bare(Side):
    """The bare workflow, or the bare one and one thing more."""

    def __init__(self, name: str, queue: str, workflow: str) -> None:
        """Name the workflow too."""
        super().__init__(name, queue)
        self._workflow = workflow

    async def start(self, client: Client, platform_id: str) -> Handle:
        """Start it without any input."""
        return await client.start_workflow(
            self._workflow, id=self.workflow_id(platform_id), task_queue=self.queue
        )

    def workflow_id(self, platform_id: str) -> str:
        """With a word before it."""
        return f"bare:{platform_id}"

    def assessment_id(self, platform_id: str, year: int) -> str:
        """As `BarePlatform` names it."""
        return f"bare:{platform_id}:assessment-{year}"

    def opens(self, platform_id: str, since: datetime, year: int) -> datetime:
        """As `BarePlatform` reckons."""
        return bare.midnight(since) + year * bare.YEAR - bare.LEAD

    def ends(self, since: datetime) -> datetime:
        """As `BarePlatform` reckons."""
        return bare.midnight(since) + bare.YEARS * bare.YEAR

    def signal(self, decision: dict[str, Any]) -> str:
        """One for all."""
        return "decision"

    async def heard(self, handle: Handle, decision: dict[str, Any], number: int) -> bool:
        """Whether as many were taken."""
        return int(await handle.query("taken")) >= number


OURS = Ours("ours", contract.TASK_QUEUE)
OURS_WITHOUT_DATABASE = Ours("ours-without-database", "bench-without-database")
BARE = Bare("bare", "bench-bare", "BarePlatform")
BARE_AND_ACTIVITY = Bare("bare-and-activity", "bench-activity", "BareAndActivity")
BARE_AND_ATTRIBUTE = Bare("bare-and-attribute", "bench-attribute", "BareAndAttribute")
SIDES: dict[str, Side] = {
    side.name: side
    for side in (OURS, OURS_WITHOUT_DATABASE, BARE, BARE_AND_ACTIVITY, BARE_AND_ATTRIBUTE)
}
