"""The errors that a caller of the clients meets, of the one tree in `workflows.errors`."""

import sys
from typing import TYPE_CHECKING

from workflows.errors import BadInput, Moved, NoSuchPlatform, NotAllowed, PingtaiError, Unreachable
from workflows.words import Words

if TYPE_CHECKING:
    from temporalio.service import RPCError

__all__ = [
    "MAY_BE_ACCEPTED",
    "BadInput",
    "Moved",
    "NoRoster",
    "NoSuchPlatform",
    "NotAllowed",
    "NotSent",
    "PingtaiError",
    "Unreachable",
    "no_such_platform",
    "rpc_error",
]


class NotSent(Unreachable):
    """Nothing answered before an application or a decision was sent: it is certainly not accepted."""


class NoRoster(BadInput):
    """No roster is set up here."""

    def __init__(self) -> None:
        super().__init__(
            "no roster is set up here: two officers of the commission do that (pingtai roster init). If there"
            " was one, Temporal has lost it: pingtai recover --all",
            "尚未设立人员目录：须由市级两名人员设立（pingtai roster init）。原已设立的，已在 Temporal 中丢失："
            "pingtai recover --all",
        )


MAY_BE_ACCEPTED = Words(
    "it may still be accepted. Send it again unchanged, with the same id: nothing is accepted twice",
    "之后仍可能受理。请以同一编号原样重发，不会重复受理",
)
"""After an application or a decision that was sent and not answered."""


def no_such_platform(platform_id: str) -> NoSuchPlatform:
    """Return the error for an id that no platform has."""
    return NoSuchPlatform(f'No platform "{platform_id}"', f"没有平台“{platform_id}”")


def rpc_error(error: BaseException) -> "RPCError | None":
    """Temporal's own error, where it is one; only who has loaded its client can meet it."""
    service = sys.modules.get("temporalio.service")
    return error if service is not None and isinstance(error, service.RPCError) else None
