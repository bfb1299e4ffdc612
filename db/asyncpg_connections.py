"""Asking the register in SQL, over asyncpg alone or through an engine of SQLAlchemy.

Who only reads asks in SQL text, whose values are numbered parameters. So a command that reads needs no
SQLAlchemy, whose import takes longer than all that it would ask; whoever has an engine (the service, the
worker, the audit) asks the same through its pool.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from db.nul_escape import escaped, restored

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

Row = dict[str, Any]
"""A row of an answer, by the names of its columns."""


class Reading(Protocol):
    """An open connection to the register, to ask over."""

    async def fetch(self, sql: str, *values: Any) -> list[Row]:
        """The rows of an answer; `$1` stands for the first of the values."""


class Connections(ABC):
    """Opens connections to one register; many may be open at once."""

    @abstractmethod
    def connect(self, *, snapshot: bool = False) -> AbstractAsyncContextManager[Reading]:
        """A connection; with `snapshot` all that it answers is as of one moment."""

    async def fetch(self, sql: str, *values: Any) -> list[Row]:
        """The answer to one question."""
        async with self.connect() as reading:
            return await reading.fetch(sql, *values)


Source: TypeAlias = "AsyncEngine | Connections"
"""What may be asked through: an engine of `db.engine.create_engine`, or connections of any kind."""


def connections(source: Source) -> Connections:
    """What opens connections: itself, or an engine's."""
    if isinstance(source, Connections):
        return source
    from db.engine_connections import EngineConnections  # noqa: PLC0415 - who has an engine has SQLAlchemy

    return EngineConnections(source)


class Query(NamedTuple):
    """A question in SQL, and the values of its numbered parameters."""

    sql: str
    values: tuple[Any, ...]


class Parameters:
    """Numbers the values of a question whose text is put together of fixed parts."""

    def __init__(self) -> None:
        self._values: list[Any] = []

    def __call__(self, sql: str, *values: Any) -> str:
        """A part of the text, with the number of the next value for each `{}`: never the value itself."""
        numbers = []
        for value in values:
            self._values.append(value)
            numbers.append(f"${len(self._values)}")
        return sql.format(*numbers)

    def query(self, *parts: str) -> Query:
        return Query(" ".join(part for part in parts if part), tuple(self._values))


def where(conditions: Iterable[str]) -> str:
    """The clause WHERE; empty where nothing is asked for."""
    joined = " AND ".join(conditions)
    return f"WHERE {joined}" if joined else ""


def for_driver(values: Iterable[Any]) -> tuple[Any, ...]:
    """Values as the driver takes them."""
    return tuple(map(escaped, values))


def row_of(record: Mapping[str, Any]) -> Row:
    """A row as the register was given it."""
    return {name: restored(value) for name, value in record.items()}
