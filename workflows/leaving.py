"""A case that leaves its engine, to go on at another: what asks for it, and what stands against it. Pure.

The other engine goes on from the log as after a loss: docs/decisions/0026-move-to-another-engine.md.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field
from temporalio.exceptions import ApplicationError

from workflows.errors import Moved
from workflows.field_labels import Label
from workflows.model import Identifier, InvalidMessage, Message, parse
from workflows.words import Words

MOVED = "Moved"
"""The type of the answer of a case that is leaving, or has left; its run fails with it in the end."""
SETTLES_WITHIN = timedelta(seconds=30)
"""A case that the register keeps from settling takes decisions again after so long, and stays."""
BEFORE_THE_END = timedelta(hours=1)
"""A term whose validity ends within this time ends where it is: it may go on as the next term just then."""


class Departure(Message):
    """Leave for the Temporal that the profile `to` names."""

    to: Annotated[Identifier, Field(max_length=64), Label("to", "迁往")]


def departure_in(raw: Any) -> Departure | None:
    """Return what a signal asks for; None: nothing that is known, since anyone can send one."""
    try:
        return parse(Departure, raw)
    except InvalidMessage:
        return None


def objection_to_leaving(
    valid_until: datetime | None, *, ended: bool, at: datetime
) -> Words | None:
    """Return why a case does not leave now; None where it may. An assessment has no `valid_until` here."""
    if ended:
        return _ENDED
    if valid_until and valid_until - at < BEFORE_THE_END:
        return _ENDS_SOON
    return None


def moved_answer(name: str, to: str) -> ApplicationError:
    """The answer as Temporal carries it; its second detail is the profile."""
    words = Moved(name, to).words
    return ApplicationError(words.en, words.zh, {"to": to}, type=MOVED, non_retryable=True)


def destination_in(error: BaseException | None) -> str | None:
    """Return to which profile a case has moved that answers or ends so; None: it says something else."""
    if not isinstance(error, ApplicationError) or error.type != MOVED:
        return None
    said: Any = error.details[1] if len(error.details) > 1 else None
    return str(said["to"]) if isinstance(said, dict) and "to" in said else None


_ENDED = Words("it has ended: nothing of it moves", "已结束，无需迁移")
_ENDS_SOON = Words(
    "its validity ends within the hour: it ends where it is; run the command again after that",
    "其有效期将在一小时内届满，先在原处办结；届满后请再次运行",
)
