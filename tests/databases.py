"""Databases for the tests: fresh ones, and a register that one test after another gets with nothing in it.

To make a database, to connect to it and to compile what is asked takes ten times as long as most tests: so a
register is kept, with its engine, and emptied.
"""

import os

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import create_engine
from db.url import shown

TEMPLATE = "template_register"
"""The database with the register's tables that others are copied from."""

# Whatever changes a table writes rows of `pg_attribute`, in a transaction of a higher number.
_SHAPE = text("""
    SELECT count(*), max(one.xmin::text::bigint), (SELECT version_num FROM alembic_version)
    FROM pg_attribute AS one JOIN pg_class ON attrelid = pg_class.oid
    WHERE relnamespace = 'public'::regnamespace
""")
_END_TRANSACTIONS = text("""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
""")
_TABLES = """
    SELECT oid::regclass FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
"""
# Rows are few: to delete them is faster than to truncate twenty tables. As a replica, no foreign key is asked.
# A function's statements are planned once for a connection.
_KEEP_FIRST_ROWS = text(f"""
    DO $$
    DECLARE
        name regclass;
        filled boolean;
        again text := '';
    BEGIN
        CREATE SCHEMA first_rows;
        FOR name IN {_TABLES} LOOP
            again := again || format('DELETE FROM %s; ', name);
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', name) INTO filled;
            CONTINUE WHEN NOT filled;
            EXECUTE format('CREATE TABLE first_rows.%s AS TABLE %s', name, name);
            again := again || format('INSERT INTO %s TABLE first_rows.%s; ', name, name);
        END LOOP;
        EXECUTE format('CREATE FUNCTION first_rows.restore() RETURNS void LANGUAGE plpgsql AS %L',
            'BEGIN SET LOCAL session_replication_role = replica; ' || again || 'END');
    END
    $$
""")  # noqa: S608 - of constants
_EMPTY = text("""
    SELECT first_rows.restore(), (
        SELECT count(setval(oid::regclass, 1, false)) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'S')
""")


def own_name(name: str) -> str:
    """What this process calls a database: all processes of a run have the same server."""
    return f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


def url_of(server: str, database: str) -> str:
    """The URL of a database of a server, of which the URL of another one is given."""
    return shown(make_url(server).set(database=database))


async def administer(url: str, *statements: str) -> None:
    """Execute statements that no transaction may hold."""
    engine = create_engine(url, pooled=False).execution_options(isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


class KeptRegister:
    """A register's database, and an engine whose connections and compiled statements are kept."""

    def __init__(self, server: str, name: str) -> None:
        """A database of this name, on a server with the template; `make` makes it."""
        self.url = url_of(server, name)
        self.engine = create_engine(self.url)
        self._server = server
        self._name = name
        self._shape: object = None

    async def make(self) -> None:
        """Copy the template, in the place of what may be there."""
        await self.engine.dispose()
        await administer(
            self._server,
            f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)",
            f"CREATE DATABASE {self._name} TEMPLATE {TEMPLATE}",
        )
        async with self.engine.begin() as connection:
            await connection.execute(_KEEP_FIRST_ROWS)
            self._shape = await _shape(connection)

    async def empty(self) -> None:
        """Leave what migrations leave, and nobody at work; where tables were changed, make it anew."""
        async with self.engine.begin() as connection:
            await connection.execute(_END_TRANSACTIONS)
            whole = self._shape == await _shape(connection)
            if whole:
                await connection.execute(_EMPTY)
        if not whole:
            await self.make()


async def _shape(connection: AsyncConnection) -> object:
    return tuple((await connection.execute(_SHAPE)).one())
