"""Reading the register."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Unpack

from db.application_layout import LAYOUT_VERSION, application_layout
from db.asyncpg_connections import Connections, Parameters, Reading, Row, Source, connections, where
from db.plan_queries import PlanQueries
from db.plaque_queries import HAS_ENTRIES, PLAQUE, plaque_entries_of, plaque_of
from db.reading import LARGEST_PAGE, LOG_COLUMNS, columns, log_line, read
from db.row_types import (
    AppliedBefore,
    AssessmentRow,
    FindingRow,
    LastTerm,
    LogLine,
    PlanRow,
    PlatformActivity,
    PlatformCard,
    PlatformRow,
    RegisterFilter,
    RegisterRow,
    TermRow,
    Walked,
    Whose,
)
from db.support_queries import support_of
from db.year_results import YEAR_SET_ASIDE_BY
from workflows.record import EntryKind

if TYPE_CHECKING:  # only named here, and it brings the whole case with it
    from workflows.states import Receipt


_FROM_NEWEST = """FROM platforms AS p JOIN terms AS t
ON t.platform_id = p.platform_id AND t.term = p.term"""


class RegisterQueries:
    """The questions that the register answers."""

    def __init__(self, source: Source) -> None:
        self._connections = connections(source)

    @property
    def plan_queries(self) -> PlanQueries:
        """What else it answers of the versions of plans."""
        return PlanQueries(self._connections)

    @property
    def source(self) -> Connections:
        """Where it reads, for what other modules ask."""
        return self._connections

    async def platform(self, platform_id: str) -> PlatformCard | None:
        """Everything about a platform, as of one moment; None when the register does not know it."""
        async with self._connections.connect(snapshot=True) as reading:
            found = await reading.fetch(_PLATFORM, platform_id)
            if not found:
                return None
            row = found[0]
            return PlatformCard(
                platform=read(PlatformRow, row, services=tuple(row["services"])),
                terms=await _terms(reading, platform_id),
                log=tuple(await log_of(reading, platform_id, None)),
                support=tuple(await support_of(reading, platform_id=platform_id)),
                plaque=await plaque_of(reading, platform_id),
                plaques=tuple(await plaque_entries_of(reading, platform_id)),
                layout=await application_layout(reading, platform_id, row["term"]),
            )

    async def register(
        self,
        *,
        after: str | None = None,
        limit: int = 50,
        **wanted: Unpack[RegisterFilter],
    ) -> list[RegisterRow]:
        """Platforms with their newest terms, by platform id, at most `limit` (and `LARGEST_PAGE`).

        The next page is asked for with `after`: the last platform id of the page before.
        """
        part = Parameters()
        conditions = _wanted(part, wanted)
        if after is not None:  # of both, or the planner begins with the first term of all
            conditions.append(part("p.platform_id > {}", after))
            conditions.append(part("t.platform_id > {}", after))
        query = part.query(
            _REGISTER,
            where(conditions),
            part("ORDER BY p.platform_id LIMIT {}", max(0, min(limit, LARGEST_PAGE))),
        )
        rows = await self._connections.fetch(query.sql, *query.values)
        return [read(RegisterRow, row) for row in rows]

    async def register_count(self, **wanted: Unpack[RegisterFilter]) -> int:
        """How many platforms `register` would list on all its pages."""
        part = Parameters()
        kept = _counted(part, wanted)
        if kept is not None:
            query = part.query(_SUM, where(kept))
        else:
            part = Parameters()
            query = part.query(
                "SELECT count(*)::int AS total", _FROM_NEWEST, where(_wanted(part, wanted))
            )
        rows = await self._connections.fetch(query.sql, *query.values)
        total: int = rows[0]["total"]
        return total

    async def named_like(self, beginning: str, limit: int) -> list[tuple[str, str]]:
        """Platforms whose ids begin so, with their names, by id."""
        rows = await self._connections.fetch(_NAMED_LIKE, beginning, _prefix(beginning), limit)
        return [(row["platform_id"], row["name"]) for row in rows]

    async def log(self, platform_id: str, term: int | None = None) -> list[LogLine]:
        """The log of a platform, of all terms or one: in each term its own, then each assessment's."""
        async with self._connections.connect() as reading:
            return await log_of(reading, platform_id, term)

    async def last_term(self, platform_id: str) -> LastTerm | None:
        """The newest term of a platform; None when the register does not know it."""
        rows = await self._connections.fetch(_LAST_TERM, platform_id)
        return LastTerm(**rows[0]) if rows else None

    async def applied(self, platform_id: str, application_id: str) -> AppliedBefore | None:
        """The term of a platform that an application asked for; None when it asked for none."""
        rows = await self._connections.fetch(_APPLIED, platform_id, application_id)
        return AppliedBefore(**rows[0]) if rows else None

    async def number_holder(self, number: str) -> str | None:
        """The platform to which a certificate number belongs; None: nobody's."""
        rows = await self._connections.fetch(_HOLDER, number)
        return str(rows[0]["platform_id"]) if rows else None

    async def decisions(self, platform_id: str, decision_id: str) -> list[LogLine]:
        """The decisions of an id that a platform's cases have taken, the newest first."""
        rows = await self._connections.fetch(
            _DECISIONS, platform_id, decision_id, EntryKind.DECISION
        )
        return [log_line(row) for row in rows]

    async def whose(self, platform_id: str) -> Whose | None:
        """Whose a platform is; None when the register does not know it."""
        rows = await self._connections.fetch(_WHOSE, platform_id)
        return Whose(**rows[0]) if rows else None

    async def due(self, platform_id: str, term: int, year: int = 0) -> datetime | None:
        """When the step of a term is due, or of its assessment of a year; None: not, or not known."""
        if year:
            rows = await self._connections.fetch(_ASSESSMENT_DUE, platform_id, term, year)
        else:
            rows = await self._connections.fetch(_DUE, platform_id, term)
        return rows[0]["due"] if rows else None

    async def due_after(self, receipt: "Receipt") -> tuple[datetime | None] | None:
        """When what is awaited after a decision is due, if it is; None: the decision has not come here yet."""
        case = (receipt.platform_id, receipt.term, receipt.seq)
        if receipt.year:
            rows = await self._connections.fetch(_ASSESSMENT_DUE_AFTER, *case, receipt.year)
        else:
            rows = await self._connections.fetch(_DUE_AFTER, *case)
        if not rows:
            return None
        return (rows[0]["due"] if rows[0]["stage"] == receipt.stage else None,)

    async def plans(self, platform_id: str, term: int) -> dict[str, Any]:
        """The texts of all plan versions of a term, by their SHA-256."""
        rows = await self._connections.fetch(_PLANS, platform_id, term)
        return {row["sha256"]: row["plan"] for row in rows}

    async def arrows(self) -> set[Walked]:
        """Every arrow of the lifecycles that some case in the register has taken."""
        rows = await self._connections.fetch(_ARROWS, EntryKind.REFUSED)
        return {Walked(**row) for row in rows}

    async def counts(self) -> dict[str, int]:
        """How many platforms are in each stage, by their newest term; stages without any are left out."""
        rows = await self._connections.fetch(_COUNTS)
        return {row["stage"]: row["platforms"] for row in rows}

    async def activity(self) -> list[PlatformActivity]:
        """For every platform, how many entries, decisions and refusals its logs hold."""
        rows = await self._connections.fetch(_ACTIVITY, EntryKind.DECISION, EntryKind.REFUSED)
        return [read(PlatformActivity, row) for row in rows]


def _wanted(part: Parameters, wanted: RegisterFilter) -> list[str]:
    """The conditions by which platforms are chosen."""
    equal = (
        ("p.district = {}", wanted.get("district")),
        ("p.field = {}", wanted.get("field")),
        ("t.stage = {}", wanted.get("stage")),
        ("t.list_number = {}", wanted.get("list_number")),
    )
    conditions = [part(sql, value) for sql, value in equal if value is not None]
    year = wanted.get("year")
    if year is not None:
        conditions.append(
            part("t.listed_on BETWEEN {} AND {}", date(year, 1, 1), date(year, 12, 31))
        )
    if wanted.get("overdue"):
        conditions.append(_OVERDUE)
    plaque = wanted.get("plaque")
    if plaque is not None:
        conditions += [HAS_ENTRIES, part(f"{PLAQUE} = {{}}", plaque)]
    if wanted.get("listed"):
        conditions.append("t.listed_on IS NOT NULL")
    return conditions


def _counted(part: Parameters, wanted: RegisterFilter) -> list[str] | None:
    """The conditions by which kept counts are chosen; None where what is wanted is not counted by.

    A list, what is overdue and plaques have indexes, along which there is little to count.
    """
    if wanted.get("list_number") is not None or wanted.get("overdue") or wanted.get("plaque"):
        return None
    equal = (
        ("district = {}", wanted.get("district")),
        ("field = {}", wanted.get("field")),
        ("stage = {}", wanted.get("stage")),
        ("listed_year = {}", wanted.get("year")),
    )
    conditions = [part(sql, value) for sql, value in equal if value is not None]
    if wanted.get("listed"):
        conditions.append("listed_year <> 0")
    return conditions


def _prefix(beginning: str) -> str:
    """The pattern of LIKE for what begins so."""
    plain = beginning.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{plain}%"


def _select(columns: str, *rest: str) -> str:
    return " ".join(("SELECT", columns, *rest))


_PLATFORM = _select(columns(PlatformRow, of="p"), "FROM platforms AS p WHERE p.platform_id = $1")
_TERMS = _select(
    columns(TermRow, of="t", but=("plans", "assessments", "layout_version")),
    f", {LAYOUT_VERSION} AS layout_version",
    "FROM terms AS t WHERE t.platform_id = $1 ORDER BY t.term",
)
_ASSESSMENTS = _select(
    columns(AssessmentRow, of="a", but=("findings", "set_aside_by")),
    f", {YEAR_SET_ASIDE_BY} AS set_aside_by",
    "FROM assessments AS a WHERE a.platform_id = $1 ORDER BY a.term, a.year, a.opening",
)
_FINDINGS = _select(
    columns(FindingRow, of="f"),
    """, f.term, f.year, f.opening FROM findings AS f WHERE f.platform_id = $1
    ORDER BY f.term, f.year, f.opening, f.round, f.indicator_group""",
)
_PLAN_VERSIONS = _select(
    columns(PlanRow, of="v"),
    ", v.term FROM plan_versions AS v WHERE v.platform_id = $1 ORDER BY v.term, v.version",
)
_LOG = _select(LOG_COLUMNS, "FROM log_entries AS log WHERE log.platform_id = $1")
_LOG_OF_TERM = f"{_LOG} AND log.term = $2"
_LOG_ORDER = "ORDER BY log.term, log.year, log.opening, log.seq"
_OF_PLATFORM = ("platform_id", "name", "operator", "lead_unit", "district", "field", "term")
_OF_OTHER_TABLES = ("assessment_overdue", "plaque", "layout_version")
_SUM = "SELECT coalesce(sum(platforms), 0)::int AS total FROM register_counts"
"""Of counts that are kept (`db.register_counts`): of however many platforms, some thousand at most."""
_REGISTER = _select(
    columns(RegisterRow, of="t", but=(*_OF_PLATFORM, *_OF_OTHER_TABLES)),
    f""", {PLAQUE} AS plaque, {LAYOUT_VERSION} AS layout_version,
    p.platform_id, p.name, p.operator, p.lead_unit, p.district, p.field, p.term,
    coalesce(  -- of several openings of a year the last one counts
        (SELECT a.overdue FROM assessments AS a
        WHERE a.platform_id = t.platform_id AND a.term = t.term AND a.year = t.open_assessment
        ORDER BY a.opening DESC LIMIT 1),
        false
    ) AS assessment_overdue""",  # noqa: S608 - of constants
    _FROM_NEWEST,
)
_OVERDUE = """EXISTS (  -- whatever is overdue is awaited, and the inbox has an index of what is late
    SELECT 1 FROM awaiting AS w WHERE w.platform_id = p.platform_id AND w.overdue
)"""
_NAMED_LIKE = """SELECT platform_id, name FROM platforms
WHERE platform_id >= $1 AND platform_id LIKE $2 ORDER BY platform_id LIMIT $3"""
_LAST_TERM = """SELECT term, application_id, stage, log_hash FROM terms
WHERE platform_id = $1 ORDER BY term DESC LIMIT 1"""
_HOLDER = "SELECT platform_id FROM certificate_numbers WHERE number = $1"
_APPLIED = """SELECT t.term, log.said
FROM terms AS t JOIN log_entries AS log ON log.platform_id = t.platform_id AND log.term = t.term
WHERE t.platform_id = $1 AND t.application_id = $2 AND log.year = 0 AND log.seq = 1
ORDER BY t.term LIMIT 1"""
_DECISIONS = f"""{_LOG} AND log.decision_id = $2 AND log.kind = $3
ORDER BY log.term DESC, log.year DESC, log.seq DESC"""
_WHOSE = "SELECT district, operator FROM platforms WHERE platform_id = $1"
_DUE = "SELECT due FROM terms WHERE platform_id = $1 AND term = $2"
_ASSESSMENT_DUE = """SELECT due FROM assessments
WHERE platform_id = $1 AND term = $2 AND year = $3
ORDER BY opening DESC LIMIT 1"""
"""Of several openings the last one counts."""
_DUE_AFTER = """SELECT due, stage FROM terms
WHERE platform_id = $1 AND term = $2 AND log_seq >= $3 AND ended_at IS NULL"""
_ASSESSMENT_DUE_AFTER = """SELECT due, stage FROM assessments
WHERE platform_id = $1 AND term = $2 AND log_seq >= $3 AND ended_at IS NULL AND year = $4"""
"""Of several openings of a year only the last one may be open."""
_PLANS = "SELECT sha256, plan FROM plan_versions WHERE platform_id = $1 AND term = $2"
_ARROWS = """SELECT DISTINCT * FROM (
    SELECT
        CASE WHEN year = 0 THEN 'platform' ELSE 'assessment' END AS lifecycle,
        lag(stage) OVER (PARTITION BY platform_id, term, year, opening ORDER BY seq) AS stage_before,
        name, outcome, stage AS stage_after
    FROM log_entries WHERE kind <> $1
) AS steps WHERE stage_before IS NOT NULL"""
_COUNTS = """SELECT stage, sum(platforms)::bigint AS platforms FROM register_counts
GROUP BY stage HAVING sum(platforms) > 0 ORDER BY stage"""
_ACTIVITY = """SELECT p.platform_id, p.name, count(log.seq) AS entries,
    count(log.seq) FILTER (WHERE log.kind = $1) AS decisions,
    count(log.seq) FILTER (WHERE log.kind = $2) AS refusals
FROM platforms AS p LEFT JOIN log_entries AS log ON log.platform_id = p.platform_id
GROUP BY p.platform_id ORDER BY p.platform_id"""


async def _terms(reading: Reading, platform_id: str) -> tuple[TermRow, ...]:
    found = await reading.fetch(_FINDINGS, platform_id)
    years = [
        read(AssessmentRow, row, findings=tuple(read(FindingRow, f) for f in _of_same(row, found)))
        for row in await reading.fetch(_ASSESSMENTS, platform_id)
    ]
    plans = await reading.fetch(_PLAN_VERSIONS, platform_id)
    return tuple(
        read(
            TermRow,
            row,
            plans=tuple(read(PlanRow, plan) for plan in plans if plan["term"] == row["term"]),
            assessments=tuple(year for year in years if year.term == row["term"]),
        )
        for row in await reading.fetch(_TERMS, platform_id)
    )


def _of_same(assessment: Row, found: Sequence[Row]) -> list[Row]:
    key = ("term", "year", "opening")
    return [one for one in found if all(one[name] == assessment[name] for name in key)]


async def log_of(reading: Reading, platform_id: str, term: int | None) -> list[LogLine]:
    """The log of a platform, of all terms or one, on a connection that is open."""
    if term is None:
        rows = await reading.fetch(f"{_LOG} {_LOG_ORDER}", platform_id)
    else:
        rows = await reading.fetch(f"{_LOG_OF_TERM} {_LOG_ORDER}", platform_id, term)
    return [log_line(row) for row in rows]
