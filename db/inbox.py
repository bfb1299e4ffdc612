"""The inbox: what awaits a decision, what is due first coming first, a page at a time.

Every question goes along an index in the order of the answer and stops when the page is full, so that
it takes as long at 100,000 platforms as at 1,000 (`bench/desk.py` measures it, a test reads the plan).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from db.awaited import UNKNOWN
from db.reading import AnyRow, read
from db.tables import awaiting
from workflows.model import Instant, Record
from workflows.names import name_key, same_name
from workflows.vocabulary import Role

LARGEST_PAGE = 500

Place = tuple[datetime, str, int, str]
"""Where a page ended: the due date, the platform, the year and the role of its last row."""


class InboxRow(Record):
    """What a case awaits from a role; `year` 0 is the platform itself, else its assessment of that year.

    `due` None: not known yet. `overdue` is as the case's log notes it.
    """

    platform_id: str
    term: int
    year: int
    role: str
    kind: str
    stage: str
    name: str
    operator: str
    district: str
    field: str
    since: Instant
    due: Instant | None
    due_provisional: bool
    overdue: bool

    @property
    def place(self) -> Place:
        """Where the row stands, for the page after it."""
        return self.due or UNKNOWN, self.platform_id, self.year, self.role


class Wanted(Record):
    """Which rows of the inbox: whatever is said must hold. Nothing said: all."""

    role: str | None = None
    district: str | None = None
    field: str | None = None
    kind: str | None = None
    operator: str | None = None
    year: int | None = None
    overdue: bool = False

    def narrowed(self, **more: str | int | None) -> "Wanted | None":
        """What is also so; None when that contradicts, so that nothing can be meant."""
        said = {name: value for name, value in more.items() if value is not None}
        if any(not _agree(name, getattr(self, name), value) for name, value in said.items()):
            return None
        return self.model_copy(update=said)


def _agree(name: str, own: str | int | None, other: str | int) -> bool:
    """Whether what is wanted already leaves room for something; names are compared as such."""
    if name == "operator" and own is not None:
        return same_name(str(own), str(other))
    return own in (None, other)


class StepCount(Record):
    """How many await a kind of decision, and how many of them are overdue."""

    kind: str
    waiting: int
    overdue: int


class Inbox:
    """What awaits a decision."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Ask through an engine of `db.engine.create_engine`."""
        self._engine = engine

    async def page(
        self, *wanted: Wanted, after: Place | None = None, limit: int = 50
    ) -> list[InboxRow]:
        """What fits any of `wanted`, by due date, at most `limit` (and `LARGEST_PAGE`); none wanted: all.

        The next page is asked for with `after`: the `place` of the last row of the page before.
        """
        query = page_query(wanted, after, max(0, min(limit, LARGEST_PAGE)))
        async with self._engine.connect() as connection:
            return [_row(row) for row in await connection.execute(query)]

    async def counts(self, *wanted: Wanted) -> list[StepCount]:
        """How many await each kind of decision; kinds that nothing awaits are left out.

        It counts what fits, along the small index made for that: some milliseconds at 100,000.
        """
        async with self._engine.connect() as connection:
            rows = await connection.execute(count_query(wanted))
            return [read(StepCount, row) for row in rows]


def page_query(wanted: Sequence[Wanted], after: Place | None, limit: int) -> Select[Any]:
    """The one query of a page: each part along its index, the parts merged."""
    parts = [
        select(awaiting).where(_condition(one), _beyond(after)).order_by(*_ORDER).limit(limit)
        for one in _along_indexes(wanted or (Wanted(),))
    ]
    if len(parts) == 1:
        return parts[0]
    merged = union_all(*(select(part.subquery()) for part in parts)).subquery("merged")
    return select(merged).order_by(*(merged.c[key.name] for key in _ORDER)).limit(limit)


def count_query(wanted: Sequence[Wanted]) -> Select[Any]:
    """The one query of the counts."""
    rows = awaiting.c
    return (
        select(
            rows.kind,
            func.count().label("waiting"),
            func.count().filter(rows.overdue).label("overdue"),
        )
        .where(or_(*(_condition(one) for one in wanted)) if wanted else true())
        .group_by(rows.kind)
        .order_by(rows.kind)
    )


_ORDER = tuple(awaiting.c[name] for name in ("due", "platform_id", "year", "role"))


def _along_indexes(wanted: Iterable[Wanted]) -> list[Wanted]:
    """The same rows in parts that each have an index: a district's are those of its roles.

    No row is in two parts that differ, since parts are told apart by role, district or operator.
    """
    parts: list[Wanted] = []
    for one in wanted:
        of_roles = one.district is not None and (one.role, one.operator) == (None, None)
        each = [one.model_copy(update={"role": str(r)}) for r in Role] if of_roles else [one]
        parts += [part for part in each if part not in parts]
    return parts


def _condition(wanted: Wanted) -> ColumnElement[bool]:
    said = wanted.model_dump(exclude={"overdue"}, exclude_none=True)
    if wanted.operator is not None:  # as the rules compare it where it decides
        said["operator_key"] = name_key(said.pop("operator"))
    conditions = [awaiting.c[name] == value for name, value in said.items()]
    if wanted.overdue:
        # What is overdue was due first: no index is read beyond the last of it.
        last = select(func.max(awaiting.c.due)).where(awaiting.c.overdue).scalar_subquery()
        conditions += [awaiting.c.overdue, awaiting.c.due <= last]
    return and_(true(), *conditions)


def _beyond(after: Place | None) -> ColumnElement[bool]:
    if after is None:
        return true()
    place = (literal(value, key.type) for value, key in zip(after, _ORDER, strict=True))
    return tuple_(*_ORDER) > tuple_(*place)


def _row(row: AnyRow) -> InboxRow:
    return read(InboxRow, row, due=None if row.due == UNKNOWN else row.due)
