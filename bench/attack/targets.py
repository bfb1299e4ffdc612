"""A platform under attack by messages, with its assessment where one is open."""

from dataclasses import dataclass, field
from typing import Any

from bench.attack.attacker import Attacker
from bench.attack.cases import state, view_of
from workflows import contract


@dataclass
class Target:
    """A platform under attack: its workflow, and that of its assessment where one is open."""

    platform_id: str
    messages_left: int
    workflow_id: str = ""
    assessment_id: str = ""
    sent: list[str] = field(default_factory=list)
    """Ids of decisions that were taken."""

    def __post_init__(self) -> None:
        """A platform's workflow id follows from its own."""
        self.workflow_id = contract.platform_workflow_id(self.platform_id)

    @property
    def ids(self) -> tuple[str, ...]:
        """The workflows that may be spoken to."""
        return tuple(filter(None, (self.workflow_id, self.assessment_id)))


async def where(attacker: Attacker, target: Target) -> list[tuple[str, dict[str, Any]]]:
    """The views of the platform and of its open assessment."""
    views = []
    try:
        view = await state(attacker.client, target.workflow_id)
        if view:
            views.append((target.workflow_id, view))
            found = view_of(view)
            year = found.get("open_assessment")
            if year:
                term = found["facts"]["term"]
                target.assessment_id = contract.assessment_workflow_id(
                    target.platform_id, term, year
                )
                child = await state(attacker.client, target.assessment_id)
                if child:
                    views.append((target.assessment_id, child))
    except TimeoutError as error:
        attacker.fail("a case does not answer", str(error), target.workflow_id)
    return views
