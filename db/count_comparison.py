"""Counts that are kept beside what they count: which of them are not the number of their rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Table,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class WrongCount:
    """A count that is not the number of its rows: in which table, and in which column of it."""

    cell: dict[str, Any]
    """What it counts: a value for each column of the table's `CELL`."""
    counted: int
    rows: int
    table: str
    column: str


class Comparison:
    """Compares the counts in a column of a table with what they count."""

    def __init__(self, table: Table, column: str, cell: Sequence[str]) -> None:
        """`cell`: the columns that say what a count is of; all that is compared has them."""
        self._table, self._column, self._cell = table, column, cell

    async def wrong(
        self, connection: AsyncConnection, rows: FromClause, strayed: FromClause | None = None
    ) -> Sequence[WrongCount]:
        """Return the counts that are not those of the rows, by one statement: as of one moment.

        Also those of which there are `strayed` rows: their next change would be counted wrongly.
        """
        parts = [self._part(rows, rows="1"), self._part(self._table, counted=self._column)]
        if strayed is not None:
            parts.append(self._part(strayed, stray="1"))
        each = union_all(*parts).subquery("each").c
        cell = [each[name] for name in self._cell]
        counted, present = func.sum(each.counted), func.sum(each.rows)
        query = select(*cell, counted.label("counted"), present.label("rows")).group_by(*cell)
        query = query.having((counted != present) | (func.sum(each.stray) > 0)).order_by(*cell)
        found = (await connection.execute(query)).mappings()
        return [
            WrongCount(
                {name: row[name] for name in self._cell},
                int(row["counted"]),
                int(row["rows"]),
                self._table.name,
                self._column,
            )
            for row in found
        ]

    def _part(
        self, of: FromClause, *, counted: str = "0", rows: str = "0", stray: str = "0"
    ) -> Select[Any]:
        numbers = {"counted": counted, "rows": rows, "stray": stray}
        columns: list[ColumnElement[Any]] = [
            literal_column(value).label(name) for name, value in numbers.items()
        ]
        return select(*(of.c[name] for name in self._cell), *columns)
