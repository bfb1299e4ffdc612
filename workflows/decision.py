"""What every decision says, whatever its kind: see `decisions.py` for each."""

from typing import ClassVar

from pydantic import Field

from workflows.actors import Actor, Document
from workflows.model import Day, DecisionId, Message, Text


class Decision(Message):
    """What every decision says: its id, who, on what day (Beijing time), on which documents."""

    only_outcome: ClassVar[str] = ""
    """The outcome of a decision that leaves no choice."""

    kind: str
    decision_id: DecisionId
    actor: Actor
    decided_on: Day
    documents: tuple[Document, ...] = Field(default=(), max_length=50)
    note: Text | None = None

    @property
    def result(self) -> str:
        """The outcome, by which the lifecycle table chooses the arrow."""
        return str(getattr(self, "outcome", self.only_outcome))
