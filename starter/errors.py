"""What can go wrong for someone who talks to the system; the docstrings are the meanings.

The rules' own answers are `workflows.refusal.Refused` and `workflows.model.InvalidMessage`.
"""

import sys
from typing import TYPE_CHECKING

from workflows.words import Words

if TYPE_CHECKING:
    from temporalio.service import RPCError


class PingtaiError(Exception):
    """Something a person can act on: `words` say what is wrong and what to do."""

    exit_code = 1

    def __init__(self, en: str, zh: str) -> None:
        """Say it in both languages; `*Words(...)` does, too."""
        self.words = Words(en, zh)
        self.en, self.zh = self.words
        super().__init__(en)


class BadInput(PingtaiError):
    """What was given cannot be used as it is."""

    exit_code = 2


class NoSuchPlatform(PingtaiError):
    """No platform, or no assessment, of this id is known."""

    exit_code = 2


class NotAllowed(PingtaiError):
    """Who asks is not known, or may not ask this."""

    exit_code = 3


class Unreachable(PingtaiError):
    """Temporal, a worker or PostgreSQL does not answer."""

    exit_code = 4


def rpc_error(error: BaseException) -> "RPCError | None":
    """Temporal's own error, where it is one; only who has loaded its client can meet it."""
    service = sys.modules.get("temporalio.service")
    return error if service is not None and isinstance(error, service.RPCError) else None
