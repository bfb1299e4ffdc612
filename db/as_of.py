"""The register as it stood at the end of a day in Beijing: each platform's log as it was then, folded.

A state at a date is the fold of a prefix of the log. What was set aside later counted on that day. Due
dates are worked out outside the logs, and are not known for a day that has passed.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Unpack, cast

from db.asyncpg_connections import Parameters, Query, Reading, Row, Source, connections, where
from db.layout_queries import versions_of
from db.plaque_queries import plaque_events_on
from db.plaque_types import plaque_state
from db.programme_rows import LayoutVersion, in_force
from db.projection import standing
from db.reading import LOG_COLUMNS, log_entry, read
from db.row_types import RegisterFilter, RegisterRow
from workflows.lifecycle import PLATFORM
from workflows.model import Record
from workflows.periods import beijing_date, end_of
from workflows.record import EntryKind, LogEntry
from workflows.state_folding import fold
from workflows.states import AssessmentState, PlatformState
from workflows.vocabulary import Kind

_PAGE = 200
"""Platforms that are read at a time."""

_ORDER = "ORDER BY log.platform_id, log.term, log.year, log.opening, log.seq"
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
    source: Source,
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
    overdue, plaque = wanted.get("overdue", False), wanted.get("plaque")
    size = limit if (list_number, year, overdue, plaque) == (None, None, False, None) else _PAGE
    moment, last = end_of(day), after
    async with connections(source).connect() as reading:
        versions = await versions_of(reading)
        while len(rows) < limit:
            page = _logs_on(moment, wanted, last, min(size, _PAGE))
            logs = _by_platform(await reading.fetch(page.sql, *page.values))
            if not logs:
                return Standing(rows=tuple(rows), unknown=tuple(unknown), last=None)
            last = next(reversed(logs))
            states = {name: _fold(log) for name, log in logs.items()}
            unknown += [name for name, state in states.items() if state is None]
            known = [cast(PlatformState, state) for state in states.values() if state is not None]
            late = await _overdue(reading, known, moment)
            events = await plaque_events_on(reading, list(logs), day)
            for state in known:
                row = _row(
                    state,
                    assessment_overdue=_open(state) in late,
                    plaque=_plaque(state, events.get(state.facts.platform_id)),
                    layout=in_force(versions, _applied_on(state, logs[state.facts.platform_id])),
                )
                if (
                    list_number in (None, row.list_number)
                    and year in (None, row.listed_on.year if row.listed_on else 0)
                    and (row.overdue or row.assessment_overdue or not overdue)
                    and plaque in (None, row.plaque)
                ):
                    rows.append(row)
    if len(rows) > limit:
        last = rows[limit - 1].platform_id
    return Standing(
        rows=tuple(rows[:limit]),
        unknown=tuple(name for name in unknown if last is None or name <= last),
        last=last,
    )


def _logs_on(moment: datetime, wanted: RegisterFilter, after: str | None, limit: int) -> Query:
    """The own logs before a moment, of so many platforms, each of its term of then."""
    part = Parameters()
    newest = part(
        """FROM platforms AS p CROSS JOIN LATERAL (
            SELECT e.term, e.stage FROM log_entries AS e
            WHERE e.platform_id = p.platform_id AND e.year = 0 AND e.at < {}
            ORDER BY e.term DESC, e.seq DESC LIMIT 1) AS newest""",
        moment,
    )
    filters = (
        ("newest.stage = {}", wanted.get("stage")),
        ("p.platform_id > {}", after),
    )
    conditions = [part(sql, value) for sql, value in filters if value is not None]
    facts = {"district": wanted.get("district"), "field": wanted.get("field")}
    conditions += [
        part(_FACT.format(fact=fact), moment, value)
        for fact, value in facts.items()
        if value is not None
    ]
    chosen = where(conditions)
    return part.query(
        f"WITH chosen AS (SELECT p.platform_id, newest.term {newest} {_FIRST} {chosen}",
        part("ORDER BY p.platform_id LIMIT {})", limit),
        f"SELECT {LOG_COLUMNS} FROM chosen JOIN log_entries AS log",  # noqa: S608 - of constants
        "ON log.platform_id = chosen.platform_id AND log.term = chosen.term",
        part("WHERE log.year = 0 AND log.at < {}", moment),
        _ORDER,
    )


_FIRST = """LEFT JOIN log_entries AS first ON first.platform_id = p.platform_id
AND first.term = newest.term AND first.year = 0 AND first.opening = 0 AND first.seq = 1"""
"""The entry that says what was applied for."""
_FACT = f"""coalesce(
    (SELECT e.said ->> '{{fact}}' FROM log_entries AS e
    WHERE e.platform_id = p.platform_id AND e.term = newest.term AND e.year = 0
    AND e.name = '{Kind.FACTS_CHANGE}' AND e.kind = '{EntryKind.DECISION}'
    AND e.said ->> '{{fact}}' IS NOT NULL AND e.at < {{{{}}}} ORDER BY e.seq DESC LIMIT 1),
    first.said ->> '{{fact}}') = {{{{}}}}"""  # noqa: S608 - of constants
"""What was a fact of a platform then: the last change of it, or what was applied for."""

_OF_ASSESSMENTS = f"""SELECT {LOG_COLUMNS} FROM log_entries AS log
JOIN unnest($1::text[], $2::int[], $3::int[]) AS wanted (platform_id, term, year)
ON log.platform_id = wanted.platform_id AND log.term = wanted.term AND log.year = wanted.year
WHERE log.at < $4 {_ORDER}"""  # noqa: S608 - of constants


async def _overdue(
    reading: Reading, states: Iterable[PlatformState], moment: datetime
) -> set[Assessment]:
    """Those of the open assessments that were overdue; the last opening of each counts."""
    wanted = [opened for state in states if (opened := _open(state))]
    if not wanted:
        return set()
    rows = await reading.fetch(_OF_ASSESSMENTS, *map(list, zip(*wanted, strict=True)), moment)
    found: dict[Assessment, bool] = {}
    for (*assessment, _), log in groupby(
        rows, key=lambda row: (row["platform_id"], row["term"], row["year"], row["opening"])
    ):
        state = _fold([log_entry(row) for row in log])
        # Later openings come later.
        found[cast(Assessment, tuple(assessment))] = bool(state and standing(state)["overdue"])
    return {key for key, overdue in found.items() if overdue}


def _open(state: PlatformState) -> Assessment | None:
    if state.open_assessment is None:
        return None
    return state.facts.platform_id, state.facts.term, state.open_assessment


def _by_platform(rows: Iterable[Row]) -> dict[str, list[LogEntry]]:
    return {
        name: [log_entry(row) for row in log]
        for name, log in groupby(rows, key=lambda row: str(row["platform_id"]))
    }


def _fold(log: Sequence[LogEntry]) -> PlatformState | AssessmentState | None:
    """The state that a log leads to; None where it is not whole yet, or says words of a newer program."""
    if [entry.seq for entry in log] != list(range(1, len(log) + 1)):
        return None
    try:
        return fold(log)
    except (LookupError, ValueError):
        return None


def _plaque(state: PlatformState, event: str | None) -> str | None:
    """How a plaque stood after its last event."""
    listed = state.listed_on is not None and not PLATFORM.ended(state.stage)
    return str(plaque_state(event, listed=listed)) if event else None


def _applied_on(state: PlatformState, log: Sequence[LogEntry]) -> date:
    """The day by which the version of the layout is found, as `db.application_layout.LAYOUT_VERSION` has it."""
    brought_in = state.brought_in_on is not None and state.listed_on
    return brought_in or beijing_date(log[0].at)


def _row(
    state: PlatformState,
    *,
    assessment_overdue: bool,
    plaque: str | None,
    layout: LayoutVersion | None,
) -> RegisterRow:
    return read(
        RegisterRow,
        {**dict(state.facts), **dict(state), **standing(state)},
        operator=state.facts.operator.name,
        lead_unit=state.facts.lead_unit.name,
        due=None,
        due_provisional=False,
        assessment_overdue=assessment_overdue,
        plaque=plaque,
        layout_version=layout.number if layout else None,
    )
