"""The logs of a platform and its assessments as one, by moment, a page at a time."""

from typing import Any, NamedTuple

from sqlalchemy import and_, case, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql import ColumnCollection, ColumnElement

from db.plan_rows import FILES_A_PLAN
from db.reading import LARGEST_PAGE, log_entry, read
from db.row_types import LogLine
from db.tables import log_entries
from workflows.record import EntryKind

_c = log_entries.c


class TimelineLine(LogLine):
    """An entry among those of all logs of a platform; `plan_version` is the plan's that it filed, if it did.

    By this number `GET /v1/platforms/{id}/plan` has the text, which the log knows by its SHA-256 alone.
    """

    plan_version: int | None = None


class TimelineCursor(NamedTuple):
    """An entry of a platform: in which term, year and opening, and its number there."""

    term: int
    year: int
    opening: int
    seq: int


def place_of(line: LogLine) -> TimelineCursor:
    """Where a line stands."""
    return TimelineCursor(line.term, line.year, line.opening, line.entry.seq)


def _files_a_plan(
    columns: ColumnCollection[str, ColumnElement[Any]],
) -> ColumnElement[bool]:
    filed = columns["kind"] != EntryKind.REFUSED
    return and_(columns["year"] == 0, filed, columns["name"].in_(FILES_A_PLAN))


_before = log_entries.alias()
_PLAN_VERSION = case(
    (
        _files_a_plan(_c),
        select(func.count())
        .select_from(_before)
        .where(_before.c.platform_id == _c.platform_id, _before.c.term == _c.term)
        .where(_before.c.seq <= _c.seq, _files_a_plan(_before.c))
        .scalar_subquery(),
    )
).label("plan_version")
"""Versions count in the order in which they were filed, those that were set aside among them."""


async def timeline(
    engine: AsyncEngine, platform_id: str, *, after: TimelineCursor | None = None, limit: int = 100
) -> list[TimelineLine]:
    """The lines of a platform by their moments, the oldest first; the next page goes on `after` one.

    Of one moment the platform's own come first. A place that is not there has nothing after it.
    """
    order = (_c.at, _c.term, _c.year, _c.opening, _c.seq)
    query = (
        select(log_entries, _PLAN_VERSION)
        .where(_c.platform_id == platform_id)
        .order_by(*order)
        .limit(max(0, min(limit, LARGEST_PAGE)))
    )
    if after is not None:
        at = (
            select(_c.at)
            .where(_c.platform_id == platform_id)
            .where(tuple_(_c.term, _c.year, _c.opening, _c.seq) == tuple_(*after))
            .scalar_subquery()
        )
        query = query.where(tuple_(*order) > func.row(at, *after))
    async with engine.connect() as connection:
        rows = await connection.execute(query)
        return [read(TimelineLine, row, entry=log_entry(row)) for row in rows]
