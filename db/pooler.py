"""Connections through a pooler such as pgbouncer in transaction mode, which is noticed by itself.

There each transaction may run on another connection of the server. What is kept on a connection between
two transactions is then lost, or somebody else's: prepared statements above all. So behind a pooler
statements are prepared without a name, for one transaction each, and every call that asks the server
is inside one. All else that we need is bound to a transaction anyway: locks, settings, snapshots.
"""

from typing import Any

import asyncpg

from db.register_errors import StatementPooling

WITHOUT_STATEMENTS = {"statement_cache_size": 0}
"""Lets asyncpg prepare without a name."""
_UNKNOWN_TO_POOLERS = ("jit",)
"""Settings that pgbouncer refuses when a client connects; each only makes something faster."""


class BehindPooler(Exception):
    """It is not PostgreSQL itself that answered."""


class _InTransactions(asyncpg.Connection):  # type: ignore[misc]
    """A connection whose own questions about types are each one transaction."""

    async def set_type_codec(self, *args: Any, **kwargs: Any) -> None:
        """See asyncpg: it asks for the type first, by two messages that belong together."""
        try:
            async with self.transaction():
                await super().set_type_codec(*args, **kwargs)
        except asyncpg.ConnectionDoesNotExistError as error:
            if "statement pooling" in str(error):
                raise StatementPooling from None
            raise


async def connect_directly(**arguments: Any) -> "asyncpg.Connection[Any]":
    """Connect, and see that the server process that answers is the one that was connected to."""
    try:
        connection = await asyncpg.connect(**arguments)
    except asyncpg.ProtocolViolationError as error:
        if "unsupported startup parameter" in str(error):
            raise BehindPooler from None
        raise
    try:
        # By the simple protocol, which prepares nothing: a pooler may hand us somebody's connection.
        same = await connection.execute(
            f"SELECT 1 WHERE pg_backend_pid() = {connection.get_server_pid()}"
        )
    except BaseException:
        connection.terminate()
        raise
    if same != "SELECT 1":
        await connection.close()
        raise BehindPooler
    return connection


async def connect_through(**arguments: Any) -> "asyncpg.Connection[Any]":
    """Connect where a pooler is in between."""
    settings = dict(arguments.pop("server_settings", {}))
    for name in _UNKNOWN_TO_POOLERS:
        settings.pop(name, None)
    connection: asyncpg.Connection[Any] = await asyncpg.connect(
        **arguments, server_settings=settings, connection_class=_InTransactions
    )
    return connection
