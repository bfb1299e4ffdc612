"""The errors that a caller of the clients meets, of the one tree in `workflows.errors`."""

import sys
from typing import TYPE_CHECKING

from workflows.errors import BadInput, NoSuchPlatform, NotAllowed, PingtaiError, Unreachable

if TYPE_CHECKING:
    from temporalio.service import RPCError

__all__ = ["BadInput", "NoSuchPlatform", "NotAllowed", "PingtaiError", "Unreachable", "rpc_error"]


def rpc_error(error: BaseException) -> "RPCError | None":
    """Temporal's own error, where it is one; only who has loaded its client can meet it."""
    service = sys.modules.get("temporalio.service")
    return error if service is not None and isinstance(error, service.RPCError) else None
