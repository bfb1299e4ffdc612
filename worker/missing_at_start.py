"""Whether a worker starts without the keys of the cases that it is to go on with: a setting was forgotten."""

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from starter.client.missing_keys import find_missing_key
from starter.encryption.key_errors import MissingKey

_LOOKED_AT = 20
"""Open cases, the newest first; `pingtai doctor` looks at more."""
_log = structlog.stdlib.get_logger("pingtai.keys")


async def missing_at_start(client: Client) -> MissingKey | None:
    """Return the first key that is missing; what cannot be asked now is no reason not to start."""
    try:
        return await find_missing_key(client, _LOOKED_AT)
    except RPCError:
        return None  # doctor asks again


async def warn_of_missing_key(client: Client) -> None:
    """Log it where a worker starts."""
    if found := await missing_at_start(client):
        _log.error(
            f"cases are {found.words.en}; until then they stop, and new ones are written in the clear"
        )
