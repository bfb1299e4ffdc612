"""The register as it stood at the end of a day in Beijing: each platform's log as it was then, folded.

A state at a date is the fold of a prefix of the log. What was set aside later counted on that day. Due
dates are worked out outside the logs, and are not known for a day that has passed.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Unpack, cast

from sqlalchemy import Select, and_, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.reading import AnyRow, log_entry, read
from db.row_types import RegisterFilter, RegisterRow
from db.tables import log_entries, platforms
from workflows.model import Record
from workflows.periods import end_of
from workflows.record import LogEntry
from workflows.state_folding import fold
from workflows.states import AssessmentState, PlatformState

_PAGE = 200
"""So many platforms are taken at a time."""

_log = log_entries.c
_ORDER = (_log.platform_id, _log.term, _log.year, _log.opening, _log.seq)
Assessment = tuple[str, int, int]
"""Of a platform, in a term, of a year."""


class Standing(Record):
    """A page of the register as it stood; `last` is where the next goes on, None when there is none.

    `unknown` are platforms that were there, and whose logs cannot be folded: a part has not arrived yet.
    """

    rows: tuple[RegisterRow, ...]
    unknown: tuple[str, ...]
    last: str | None


async def register_on(
    engine: AsyncEngine,
    day: date,
    *,
    after: str | None = None,
    limit: int = 50,
    **wanted: Unpack[RegisterFilter],
) -> Standing:
    """Platforms as they stood at 24:00 of a day."""
    rows: list[RegisterRow] = []
    unknown: list[str] = []
    list_number, year = wanted.get("list_number"), wanted.get("year")
    overdue = wanted.get("overdue", False)
    size = limit if (list_number, year, overdue) == (None, None, False) else _PAGE
    moment, last = end_of(day), after
    async with engine.connect() as connection:
        while len(rows) < limit:
            page = _logs_on(moment, wanted, last, min(size, _PAGE))
            logs = _by_platform(await connection.execute(page))
            if not logs:
                return Standing(rows=tuple(rows), unknown=tuple(unknown), last=None)
            last = next(reversed(logs))
            states = {name: _fold(log) for name, log in logs.items()}
            unknown += [name for name, state in states.items() if state is None]
            known = [cast(PlatformState, state) for state in states.values() if state is not None]
            late = await _overdue(connection, known, moment)
            for state in known:
                row = _row(state, assessment_overdue=_open(state) in late)
                if (
                    list_number in (None, row.list_number)
                    and year in (None, row.listed_on.year if row.listed_on else 0)
                    and (row.overdue or row.assessment_overdue or not overdue)
                ):
                    rows.append(row)
    if len(rows) > limit:
        last = rows[limit - 1].platform_id
    return Standing(
        rows=tuple(rows[:limit]),
        unknown=tuple(name for name in unknown if last is None or name <= last),
        last=last,
    )


def _logs_on(
    moment: datetime, wanted: RegisterFilter, after: str | None, limit: int
) -> Select[Any]:
    """The own logs before a moment, of so many platforms, each of its term of then."""
    entry, first = log_entries.alias("entry").c, log_entries.alias("first").c
    newest = (
        select(entry.term, entry.stage)
        .where(entry.platform_id == platforms.c.platform_id, entry.year == 0, entry.at < moment)
        .order_by(entry.term.desc(), entry.seq.desc())
        .limit(1)
        .lateral("newest")
    )
    then = select(platforms.c.platform_id, newest.c.term).join_from(
        platforms, newest, onclause=and_(True)
    )
    if wanted.get("stage") is not None:
        then = then.where(newest.c.stage == wanted["stage"])
    of_application = {"district": wanted.get("district"), "field": wanted.get("field")}
    if any(value is not None for value in of_application.values()):
        of_term = and_(
            first.platform_id == platforms.c.platform_id,
            first.term == newest.c.term,
            first.year == 0,
            first.opening == 0,
            first.seq == 1,
        )
        then = then.join(first.platform_id.table, onclause=of_term)
        for name, value in of_application.items():
            if value is not None:
                then = then.where(func.jsonb_extract_path_text(first.said, name) == value)
    if after is not None:
        then = then.where(platforms.c.platform_id > after)
    chosen = then.order_by(platforms.c.platform_id).limit(limit).subquery("chosen")
    same = and_(_log.platform_id == chosen.c.platform_id, _log.term == chosen.c.term)
    return (
        select(log_entries)
        .join_from(chosen, log_entries, same)
        .where(_log.year == 0, _log.at < moment)
        .order_by(*_ORDER)
    )


async def _overdue(
    connection: AsyncConnection, states: Iterable[PlatformState], moment: datetime
) -> set[Assessment]:
    """Those of the open assessments that were overdue; the last opening of each counts."""
    wanted = [opened for state in states if (opened := _open(state))]
    if not wanted:
        return set()
    query = (
        select(log_entries)
        .where(tuple_(_log.platform_id, _log.term, _log.year).in_(wanted), _log.at < moment)
        .order_by(*_ORDER)
    )
    found: dict[Assessment, bool] = {}
    rows = await connection.execute(query)
    for key, log in groupby(
        rows, key=lambda row: (row.platform_id, row.term, row.year, row.opening)
    ):
        state = _fold([log_entry(row) for row in log])
        found[key[:3]] = bool(state and state.overdue)  # later openings come later
    return {key for key, overdue in found.items() if overdue}


def _open(state: PlatformState) -> Assessment | None:
    if state.open_assessment is None:
        return None
    return state.facts.platform_id, state.facts.term, state.open_assessment


def _by_platform(rows: Iterable[AnyRow]) -> dict[str, list[LogEntry]]:
    return {
        name: [log_entry(row) for row in log]
        for name, log in groupby(rows, key=lambda row: str(row.platform_id))
    }


def _fold(log: Sequence[LogEntry]) -> PlatformState | AssessmentState | None:
    """The state that a log leads to; None where it is not whole yet, or says words of a newer program."""
    if [entry.seq for entry in log] != list(range(1, len(log) + 1)):
        return None
    try:
        return fold(log)
    except (LookupError, ValueError):
        return None


def _row(state: PlatformState, *, assessment_overdue: bool) -> RegisterRow:
    return read(
        RegisterRow,
        {**dict(state.facts), **dict(state)},
        operator=state.facts.operator.name,
        lead_unit=state.facts.lead_unit.name,
        due=None,
        due_provisional=False,
        assessment_overdue=assessment_overdue,
    )
