"""Everything that talks to the system from outside: `PingtaiClient` and `PingtaiHttpClient` for programs."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starter.client.http_client import PingtaiHttpClient
    from starter.client.temporal_client import PingtaiClient

__all__ = ["PingtaiClient", "PingtaiHttpClient"]

_WHERE = {
    "PingtaiClient": "starter.client.temporal_client",
    "PingtaiHttpClient": "starter.client.http_client",
}


def __getattr__(name: str) -> Any:
    """Load a client when it is asked for: a command that needs none starts without."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)
