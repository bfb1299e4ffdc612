"""Bringing the database's tables up to what this program needs."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from db.engine import create_engine
from db.register_errors import SchemaTooNew

_LOCK = 0x70696E67746169
"""The advisory lock of migrations: "pingtai"."""
_PATIENCE = "120s"


async def upgrade(url: str) -> None:
    """Make or change the tables as this program needs them; all or nothing, and again changes nothing.

    Programs that start at once wait for each other (PostgreSQL's advisory lock).

    Raises:
        SchemaTooNew: a newer program has migrated the database.
        sqlalchemy.exc.DBAPIError: the database is away, or refuses.
    """
    await _locked(url, _upgrade)


async def downgrade(url: str, revision: str) -> None:
    """Go back to an older revision, or to `base`: no tables. What they held is lost; it is derived."""
    await _locked(url, lambda connection: command.downgrade(_config(connection), revision))


async def pending(url: str) -> str | None:
    """Say what `upgrade` would do, as in "0001 -> 0002"; None when the tables are as they must be."""
    engine = create_engine(url, pooled=False)
    try:
        async with engine.connect() as connection:
            now = await connection.run_sync(_current)
    finally:
        await engine.dispose()
    head = _script().get_current_head()
    return None if now == head else f"{now or 'no tables'} -> {head}"


async def _locked(url: str, work: Callable[[Connection], None]) -> None:
    engine = create_engine(url, pooled=False)
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            await connection.run_sync(work)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    now, script = _current(connection), _script()
    if now and now not in {revision.revision for revision in script.walk_revisions()}:
        raise SchemaTooNew(now, str(script.get_current_head()))
    command.upgrade(_config(connection), "head")


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    place = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", place.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
