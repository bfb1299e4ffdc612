"""Write through the driver alone: statements that SQLAlchemy compiled once, on a connection of its pool.

SQLAlchemy prepares each execution anew, which takes three times as long as the driver needs for it; a decision
is followed by four. What is written, and in which order, says who calls (`db.register_store`).
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy import Executable
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

Row = dict[str, Any]
_MOST_KEPT = 100
"""Statements; a worker has a dozen."""


class Found(list[Any]):
    """The rows of an answer."""

    def first(self) -> Any:
        """Return the first, or None."""
        return self[0] if self else None


class _Prepared(NamedTuple):
    """A statement as the driver takes it, and how each of its numbered values is made."""

    sql: str
    fixed: Row
    makers: tuple[tuple[str, Callable[[Any], Any]], ...]
    answers: bool

    def values(self, row: Row) -> list[Any]:
        fixed = self.fixed
        return [make(row[name] if name in row else fixed[name]) for name, make in self.makers]


def _as_it_is(value: Any) -> Any:
    return value


def _prepare(statement: Any, names: Sequence[str], dialect: Dialect) -> _Prepared:
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    if compiled.post_compile_params:
        raise TypeError("a list for `in_` is part of the text: write its values out")
    bounds = {name: bound for bound, name in compiled.bind_names.items()}

    def maker(name: str) -> Callable[[Any], Any]:
        return bounds[name].type.dialect_impl(dialect).bind_processor(dialect) or _as_it_is

    return _Prepared(
        str(compiled),
        {name: bound.value for name, bound in bounds.items() if not bound.required},
        tuple((name, maker(name)) for name in compiled.positiontup or ()),
        bool(compiled.effective_returning) or not compiled.isinsert,
    )


class DirectConnection:
    """A connection of the driver within its transaction; executes as SQLAlchemy's does."""

    def __init__(self, driver: Any, dialect: Dialect) -> None:
        self._driver = driver
        self._dialect = dialect

    async def execute(
        self, statement: Executable, rows: Row | Sequence[Row] | None = None
    ) -> Found:
        """Execute a statement, once or for each of several rows.

        Raises:
            sqlalchemy.exc.DBAPIError: the database refuses it.
        """
        several: Sequence[Row] = [rows or {}] if isinstance(rows, dict | None) else rows
        # Of a statement with its values in it there is another one each time.
        prepare = _kept if rows else _prepare
        wanted = prepare(statement, tuple(several[0]), self._dialect)
        values = [wanted.values(row) for row in several]
        try:
            if len(values) == 1:
                return Found(await self._driver.fetch(wanted.sql, *values[0]))
            if wanted.answers:
                return Found(await self._driver.fetchmany(wanted.sql, values))
            await self._driver.executemany(wanted.sql, values)
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise _refused(error, wanted.sql) from None
        return Found()


_kept = lru_cache(_MOST_KEPT)(_prepare)


class _Refusal(Exception):
    """What the database said, without the values that it may repeat in its details."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error.args[0]) if error.args else type(error).__name__)
        self.sqlstate = getattr(error, "sqlstate", None)


def _refused(error: BaseException, sql: str) -> DBAPIError:
    return DBAPIError(sql, None, _Refusal(error), hide_parameters=True)


def _driver_of(connection: AsyncConnection) -> Any:
    """Return the driver's own connection; `get_raw_connection` would ask for it in a greenlet."""
    sync = connection.sync_connection
    return sync.connection.driver_connection if sync else None


@asynccontextmanager
async def begin_direct(engine: AsyncEngine) -> AsyncIterator[DirectConnection]:
    """Open a transaction on a connection out of an engine's pool, to write through the driver alone.

    Raises:
        sqlalchemy.exc.DBAPIError, OSError, TimeoutError: the database is away.
    """
    async with engine.connect() as connection:
        driver = _driver_of(connection)
        try:
            async with driver.transaction():
                yield DirectConnection(driver, engine.dialect)
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise _refused(error, "COMMIT") from None
        finally:
            if not driver.is_closed() and driver.is_in_transaction():
                driver.terminate()  # broken off while it was ended: nobody else may go on with it
