"""Where an audit reads histories from: the server, or the archive."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from audit.archive.archive_contents import PostgresArchive
from audit.archive.archive_store import configured_store
from audit.archive.server_histories import ServerHistories
from audit.histories import Histories
from starter.client.register_access import open_engine
from starter.client.temporal_connection import connect

Source = Literal["server", "archive"]
SOURCES: tuple[Source, ...] = ("server", "archive")


@asynccontextmanager
async def histories(source: Source) -> AsyncIterator[Histories]:
    """The histories of a source, opened for as long as they are read.

    Raises:
        Unreachable: Temporal, or the database that the archive is in, does not answer.
        BadInput: a configuration cannot be used.
    """
    if source == "server":
        yield ServerHistories(await connect())
        return
    async with open_archive() as archive:
        yield archive


@asynccontextmanager
async def open_archive() -> AsyncIterator[PostgresArchive]:
    """The archive as it is configured; see `histories`."""
    store = configured_store()
    async with open_engine(patient=True) as engine:
        yield PostgresArchive(engine, store)
