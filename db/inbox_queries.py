"""The inbox: what awaits a decision, earliest due first, a page at a time.

Every question goes along an index in the order of the answer and stops when the page is full, so that
it takes as long at 100,000 platforms as at 1,000 (`bench/desk.py` measures it, a test reads the plan).
Counts are kept (`db.inbox_counts`): of however many rows, they are added up from some hundred.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from db.asyncpg_connections import Parameters, Query, Row, Source, connections, where
from db.decisions_in_force import ANSWERS, SENT_BACK
from db.reading import LARGEST_PAGE, columns, read
from workflows.model import Instant, Record
from workflows.name_comparison import name_key, same_name
from workflows.record import EntryKind
from workflows.stated_reasons import asked_for
from workflows.vocabulary import Role

UNKNOWN = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for a due date that is not known yet, so that it comes last."""

InboxCursor = tuple[datetime, str, int, str]
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
    because: str | None = None
    """What must be corrected: of a plan that was returned, of a rectification. The log has it whole."""

    @property
    def place(self) -> InboxCursor:
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

    def __init__(self, source: Source) -> None:
        self._connections = connections(source)

    async def page(
        self, *wanted: Wanted, after: InboxCursor | None = None, limit: int = 50
    ) -> list[InboxRow]:
        """What fits any of `wanted`, by due date, at most `limit` (and `LARGEST_PAGE`); none wanted: all.

        The next page is asked for with `after`: the `place` of the last row of the page before.
        """
        query = page_query(wanted, after, max(0, min(limit, LARGEST_PAGE)))
        rows = [_row(row) for row in await self._connections.fetch(query.sql, *query.values)]
        return await self._with_what_to_correct(rows)

    async def _with_what_to_correct(self, rows: list[InboxRow]) -> list[InboxRow]:
        """The same rows; those that await a correction say what of, by the log."""
        asked = sorted({row.platform_id for row in rows if row.kind in ANSWERS})
        if not asked:
            return rows
        found = {
            (row["platform_id"], row["term"], row["year"], row["stage"]): row["said"]
            for row in await self._connections.fetch(
                _SENT_BACK, asked, EntryKind.DECISION, sorted(SENT_BACK), list(ANSWERS)
            )
        }
        return [
            row.model_copy(update={"because": asked_for(said, LETTERS) or None})
            if (said := found.get((row.platform_id, row.term, row.year, row.stage)))
            else row
            for row in rows
        ]

    async def counts(self, *wanted: Wanted) -> list[StepCount]:
        """How many await each kind of decision; kinds that nothing awaits are left out.

        Of an operator its rows are counted, along its index: it has few.
        """
        query = count_query(wanted)
        rows = await self._connections.fetch(query.sql, *query.values)
        return [read(StepCount, row) for row in rows]


LETTERS = 200
"""Letters of what must be corrected in a row."""
_SENT_BACK = """SELECT DISTINCT ON (platform_id, term, year) platform_id, term, year, stage, said
FROM log_entries
WHERE platform_id = ANY($1::text[]) AND kind = $2 AND set_aside_by IS NULL
AND stage = ANY($3::text[]) AND name <> ALL($4::text[])
ORDER BY platform_id, term, year, opening DESC, seq DESC"""

_ROWS = " ".join(("SELECT", columns(InboxRow, of="awaiting", but=("because",)), "FROM awaiting"))
_PLACE = "due, platform_id, year, role"
_ORDER = f"ORDER BY {_PLACE}"
_MERGED = "SELECT * FROM ({}) AS merged"
_COUNTS = """SELECT kind, sum(waiting)::bigint AS waiting,
(coalesce(sum(waiting) FILTER (WHERE overdue), 0))::bigint AS overdue FROM ({}) AS counted
GROUP BY kind HAVING sum(waiting) > 0 ORDER BY kind"""
_KEPT = "SELECT kind, overdue, waiting FROM inbox_counts"
_COUNTED = "SELECT kind, overdue, 1 AS waiting FROM awaiting"
# What is overdue was due first: no index is read beyond the last of it.
_DUE_FIRST = "due <= (SELECT max(late.due) FROM awaiting AS late WHERE late.overdue)"


def page_query(wanted: Sequence[Wanted], after: InboxCursor | None, limit: int) -> Query:
    """The one query of a page: each part along its index, the parts merged."""
    part = Parameters()
    end = part(f"{_ORDER} LIMIT {{}}", limit)
    pages = []
    for one in _along_indexes(wanted or (Wanted(),)):
        conditions = _conditions(one, part)
        if one.overdue:
            conditions.append(_DUE_FIRST)
        if after is not None:
            conditions.append(part(f"({_PLACE}) > ({{}}, {{}}, {{}}, {{}})", *after))
        pages.append(" ".join((_ROWS, where(conditions), end)))
    if len(pages) == 1:
        return part.query(*pages)
    return part.query(_MERGED.format(" UNION ALL ".join(f"({page})" for page in pages)), end)


def count_query(wanted: Sequence[Wanted]) -> Query:
    """The one query of the counts."""
    part = Parameters()
    kept = [one for one in wanted if one.operator is None]
    parts = []
    if kept or not wanted:
        parts.append(" ".join((_KEPT, where(_any_of(kept, part)))))
    if of_operators := [one for one in wanted if one.operator is not None]:
        conditions = _any_of(of_operators, part)
        conditions += (f"NOT ({condition})" for condition in _any_of(kept, part))  # counted above
        parts.append(" ".join((_COUNTED, where(conditions))))
    return part.query(_COUNTS.format(" UNION ALL ".join(parts)))


def _any_of(wanted: Sequence[Wanted], part: Parameters) -> list[str]:
    """The condition that any of them holds; none where nothing is said."""
    each = [" AND ".join(_conditions(one, part)) or "true" for one in wanted]
    return [f"({' OR '.join(f'({one})' for one in each)})"] if each else []


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


def _conditions(wanted: Wanted, part: Parameters) -> list[str]:
    said = wanted.model_dump(exclude={"overdue"}, exclude_none=True)
    if wanted.operator is not None:  # as the rules compare it where it decides
        said["operator_key"] = name_key(said.pop("operator"))
    conditions = [part(f"{name} = {{}}", value) for name, value in said.items()]
    return conditions + (["overdue"] if wanted.overdue else [])


def _row(row: Row) -> InboxRow:
    return read(InboxRow, row, due=None if row["due"] == UNKNOWN else row["due"])
