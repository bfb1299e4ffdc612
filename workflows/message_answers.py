"""What a message to a case consists of, and how its refusal is answered."""

from typing import Any

from temporalio.exceptions import ApplicationError

from workflows.model import InvalidMessage
from workflows.refusal import Refused


def sole_argument(said: tuple[Any, ...]) -> Any:
    """Return the one object that a message consists of; anything else as it is, to be refused."""
    return said[0] if len(said) == 1 else list(said)


def answer_of(error: Refused | InvalidMessage) -> ApplicationError:
    """An error as Temporal carries it: type, message, and details that a program can read."""
    if isinstance(error, Refused):
        return ApplicationError(str(error), error.refusal, type="Refused", non_retryable=True)
    return ApplicationError(*error.words, type="InvalidMessage", non_retryable=True)
