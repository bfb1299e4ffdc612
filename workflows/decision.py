"""What every decision says, whatever its kind: see `decisions.py` for each."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from workflows.actors import Actor, Document
from workflows.model import Day, DecisionId, Identifier, Message, Text, as_sent, sha256


class CaseReference(Message):
    """The case that a decision is about: a term of a platform, or one of its yearly assessments."""

    platform_id: Identifier
    term: int = Field(ge=1, le=99)
    year: int | None = Field(default=None, ge=1, le=10)
    """The year of the assessment; left out, the decision is about the platform itself."""


class Decision(Message):
    """What every decision says: its id, who, on what day (Beijing time), on which documents."""

    only_outcome: ClassVar[str] = ""
    """The outcome of a decision that leaves no choice."""

    kind: str
    decision_id: DecisionId
    """Its sender's own: the same id from another person is another decision."""
    actor: Actor
    decided_on: Day
    documents: tuple[Document, ...] = Field(default=(), max_length=50)
    note: Text | None = None
    case: CaseReference | None = None
    """Refused by any other case. Required where the policy says `decisions_name_case`."""

    @property
    def sender(self) -> str:
        """Who sent it: the space in which its `decision_id` is unique."""
        return sender_of(self.actor)

    @property
    def result(self) -> str:
        """The outcome, by which the lifecycle table chooses the arrow."""
        return str(getattr(self, "outcome", self.only_outcome))


def sender_of(actor: Actor) -> str:
    """Return the sender that an actor is: the role that is taken, and the person's id."""
    return f"{actor.role}:{actor.id}"


def digest_of_content(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what a decision said, by which a repeat of it is recognised.

    Without the case that it is about: a repeat may leave that out, or name it later. Nor with what the
    log adds to a setting aside.
    """
    return sha256({k: v for k, v in content.items() if k not in ("case", "sets_aside")})


def decision_digest(decision: Decision) -> str:
    """Return the SHA-256 of what a decision said, its plan in it."""
    return digest_of_content(as_sent(decision))
