"""The register's database for a process that writes it: by DATABASE_URL, or the embedded one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from db.embedded import EmbeddedPostgres
from db.migrate import upgrade
from db.sqlstate import database_errors, first_line, trouble_of
from db.url import database_url

_AGAIN_SECONDS = 5.0
_log = structlog.stdlib.get_logger("pingtai.register")


@asynccontextmanager
async def register_database(home: Path, *, embedded: bool = False) -> AsyncIterator[str]:
    """The database's URL; without DATABASE_URL, or with `embedded`, the embedded server runs meanwhile."""
    configured = None if embedded else database_url()
    if configured:
        yield configured
        return
    server = EmbeddedPostgres(home)
    starting = asyncio.create_task(asyncio.to_thread(server.start))
    try:
        # A thread cannot be broken off: whoever is asked to stop meanwhile waits for it, and stops the server.
        yield await asyncio.shield(starting)
    finally:
        await asyncio.wait({starting})
        if starting.exception() is None:
            await asyncio.to_thread(server.stop)


async def migrate_when_there(url: str) -> None:
    """Bring the tables up to date as soon as the database answers: no decision waits for it."""
    while True:
        try:
            await upgrade(url)
            return
        except database_errors() as error:
            trouble, why = trouble_of(error), first_line(error)[:200]
            _log.warning("cannot migrate the register; trying again", trouble=trouble, why=why)
        await asyncio.sleep(_AGAIN_SECONDS)
