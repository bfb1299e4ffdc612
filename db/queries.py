"""Reading the register."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, case, exists, false, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.reading import AnyRow, log_line, read
from db.rows import (
    AppliedBefore,
    AssessmentRow,
    FindingRow,
    LastTerm,
    LogLine,
    PlanRow,
    PlatformActivity,
    PlatformCard,
    PlatformRow,
    RegisterRow,
    TermRow,
    Walked,
)
from db.support import support_of
from db.tables import (
    assessments,
    awaiting,
    findings,
    log_entries,
    plan_versions,
    platforms,
    terms,
)
from workflows.record import EntryKind
from workflows.state import Receipt

LARGEST_PAGE = 500

_NEWEST = and_(platforms.c.platform_id == terms.c.platform_id, platforms.c.term == terms.c.term)


class RegisterQueries:
    """The questions that the register answers."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Ask through an engine of `db.engine.create_engine`."""
        self._engine = engine

    async def platform(self, platform_id: str) -> PlatformCard | None:
        """Everything about a platform, as of one moment; None when the register does not know it."""
        engine = self._engine.execution_options(isolation_level="REPEATABLE READ")
        async with engine.connect() as connection:
            first = await connection.execute(
                select(platforms).where(platforms.c.platform_id == platform_id)
            )
            row = first.first()
            if row is None:
                return None
            return PlatformCard(
                platform=read(PlatformRow, row, services=tuple(row.services)),
                terms=await _terms(connection, platform_id),
                log=tuple(await log_of(connection, platform_id, None)),
                support=tuple(await support_of(connection, platform_id=platform_id)),
            )

    async def register(
        self,
        *,
        district: str | None = None,
        field: str | None = None,
        stage: str | None = None,
        list_number: str | None = None,
        year: int | None = None,
        overdue: bool = False,
        listed: bool = False,
        after: str | None = None,
        limit: int = 50,
    ) -> list[RegisterRow]:
        """Platforms with their newest terms, by platform id, at most `limit` (and `LARGEST_PAGE`).

        `year` is that of the listing; `overdue`: the platform's own step or its open assessment's;
        `listed`: only those whose newest term was included in a list.
        The next page is asked for with `after`: the last platform id of the page before.
        """
        wanted = (
            (platforms.c.district, district),
            (platforms.c.field, field),
            (terms.c.stage, stage),
            (terms.c.list_number, list_number),
        )
        columns = [
            platforms.c[name] if name in platforms.c else terms.c[name]
            for name in RegisterRow.model_fields
            if name in platforms.c or name in terms.c
        ]
        late = _assessment_overdue()
        query = (
            select(*columns, late.label("assessment_overdue"))
            .join_from(platforms, terms, _NEWEST)
            .where(*(column == value for column, value in wanted if value is not None))
            .order_by(platforms.c.platform_id)
            .limit(max(0, min(limit, LARGEST_PAGE)))
        )
        if year is not None:
            query = query.where(terms.c.listed_on.between(date(year, 1, 1), date(year, 12, 31)))
        if overdue:  # whatever is overdue is awaited, and the inbox has an index of what is late
            waiting = awaiting.c
            query = query.where(
                exists().where(waiting.platform_id == platforms.c.platform_id, waiting.overdue)
            )
        if listed:
            query = query.where(terms.c.listed_on.is_not(None))
        if after is not None:  # of both, or the planner begins with the first term of all
            query = query.where(platforms.c.platform_id > after, terms.c.platform_id > after)
        return [read(RegisterRow, row) for row in await self._all(query)]

    async def named_like(self, beginning: str, limit: int) -> list[tuple[str, str]]:
        """Platforms whose ids begin so, with their names, by id."""
        rows = await self._all(
            select(platforms.c.platform_id, platforms.c.name)
            .where(
                platforms.c.platform_id >= beginning,
                platforms.c.platform_id.startswith(beginning, autoescape=True),
            )
            .order_by(platforms.c.platform_id)
            .limit(limit)
        )
        return [(row.platform_id, row.name) for row in rows]

    async def log(self, platform_id: str, term: int | None = None) -> list[LogLine]:
        """The log of a platform, of all terms or one: in each term its own, then each assessment's."""
        async with self._engine.connect() as connection:
            return await log_of(connection, platform_id, term)

    async def last_term(self, platform_id: str) -> LastTerm | None:
        """The newest term of a platform; None when the register does not know it."""
        rows = await self._all(
            select(terms.c.term, terms.c.application_id, terms.c.stage, terms.c.log_hash)
            .where(terms.c.platform_id == platform_id)
            .order_by(terms.c.term.desc())
            .limit(1)
        )
        return LastTerm._make(rows[0]) if rows else None

    async def applied(self, platform_id: str, application_id: str) -> AppliedBefore | None:
        """The term of a platform that an application asked for; None when it asked for none."""
        log = log_entries.c
        rows = await self._all(
            select(terms.c.term, log.said)
            .join_from(
                terms,
                log_entries,
                and_(terms.c.platform_id == log.platform_id, terms.c.term == log.term),
            )
            .where(
                terms.c.platform_id == platform_id,
                terms.c.application_id == application_id,
                log.year == 0,
                log.seq == 1,
            )
            .order_by(terms.c.term)
            .limit(1)
        )
        return AppliedBefore._make(rows[0]) if rows else None

    async def decisions(self, platform_id: str, decision_id: str) -> list[LogLine]:
        """The decisions of an id that a platform's cases have taken, the newest first."""
        log = log_entries.c
        newest = select(log_entries).where(
            log.platform_id == platform_id, log.decision_id == decision_id, log.kind == "decision"
        )
        rows = await self._all(newest.order_by(log.term.desc(), log.year.desc(), log.seq.desc()))
        return [log_line(row) for row in rows]

    async def district(self, platform_id: str) -> str | None:
        """A platform's district; None when the register does not know it."""
        rows = await self._all(
            select(platforms.c.district).where(platforms.c.platform_id == platform_id)
        )
        return rows[0].district if rows else None

    async def due(self, platform_id: str, term: int, year: int = 0) -> datetime | None:
        """When the step of a term is due, or of its assessment of a year; None: not, or not known."""
        of = terms.c if year == 0 else assessments.c
        query = select(of.due).where(of.platform_id == platform_id, of.term == term)
        if year:  # of several openings the last one counts
            query = query.where(of.year == year).order_by(of.opening.desc()).limit(1)
        rows = await self._all(query)
        return rows[0].due if rows else None

    async def due_after(self, receipt: Receipt) -> tuple[datetime | None] | None:
        """When what is awaited after a decision is due, if it is; None: the decision has not come here yet."""
        of = assessments.c if receipt.year else terms.c
        query = select(of.due, of.stage).where(
            of.platform_id == receipt.platform_id,
            of.term == receipt.term,
            of.log_seq >= receipt.seq,
            of.ended_at.is_(None),  # of several openings of a year only the last one may be open
        )
        if receipt.year:
            query = query.where(of.year == receipt.year)
        rows = await self._all(query)
        if not rows:
            return None
        return (rows[0].due if rows[0].stage == receipt.stage else None,)

    async def plans(self, platform_id: str, term: int) -> dict[str, Any]:
        """The texts of all plan versions of a term, by their SHA-256."""
        c = plan_versions.c
        rows = await self._all(
            select(c.sha256, c.plan).where(c.platform_id == platform_id, c.term == term)
        )
        return {row.sha256: row.plan for row in rows}

    async def arrows(self) -> set[Walked]:
        """Every arrow of the lifecycles that some case in the register has taken."""
        log = log_entries.c
        steps = (
            select(
                case((log.year == 0, "platform"), else_="assessment").label("lifecycle"),
                func.lag(log.stage)
                .over(
                    partition_by=(log.platform_id, log.term, log.year, log.opening),
                    order_by=log.seq,
                )
                .label("stage_before"),
                log.name,
                log.outcome,
                log.stage,
            )
            .where(log.kind != EntryKind.REFUSED)
            .subquery()
        )
        rows = await self._all(select(steps).where(steps.c.stage_before.is_not(None)).distinct())
        return {Walked._make(row) for row in rows}

    async def counts(self) -> dict[str, int]:
        """How many platforms are in each stage, by their newest term; stages without any are left out."""
        rows = await self._all(
            select(terms.c.stage, func.count().label("platforms"))
            .join_from(platforms, terms, _NEWEST)
            .group_by(terms.c.stage)
            .order_by(terms.c.stage)
        )
        return {row.stage: row.platforms for row in rows}

    async def activity(self) -> list[PlatformActivity]:
        """For every platform, how many entries, decisions and refusals its logs hold."""
        log = log_entries.c
        rows = await self._all(
            select(
                platforms.c.platform_id,
                platforms.c.name,
                func.count(log.seq).label("entries"),
                func.count(log.seq).filter(log.kind == EntryKind.DECISION).label("decisions"),
                func.count(log.seq).filter(log.kind == EntryKind.REFUSED).label("refusals"),
            )
            .join_from(
                platforms,
                log_entries,
                platforms.c.platform_id == log.platform_id,
                isouter=True,
            )
            .group_by(platforms.c.platform_id)
            .order_by(platforms.c.platform_id)
        )
        return [read(PlatformActivity, row) for row in rows]

    async def _all(self, query: Select[*tuple[Any, ...]]) -> Sequence[AnyRow]:
        async with self._engine.connect() as connection:
            return (await connection.execute(query)).all()


def _assessment_overdue() -> ColumnElement[bool]:
    """Whether the open assessment is overdue; of several openings of its year the last one counts."""
    c = assessments.c
    newest = (
        select(c.overdue)
        .where(
            c.platform_id == terms.c.platform_id,
            c.term == terms.c.term,
            c.year == terms.c.open_assessment,
        )
        .order_by(c.opening.desc())
        .limit(1)
    )
    return func.coalesce(newest.scalar_subquery(), false())


async def _of(
    connection: AsyncConnection, table: Table, platform_id: str, *order: str
) -> Sequence[AnyRow]:
    query = select(table).where(table.c.platform_id == platform_id)
    return (await connection.execute(query.order_by(*(table.c[name] for name in order)))).all()


async def _terms(connection: AsyncConnection, platform_id: str) -> tuple[TermRow, ...]:
    found = await _of(
        connection, findings, platform_id, "term", "year", "opening", "round", "indicator_group"
    )
    years = [
        read(
            AssessmentRow,
            row,
            findings=tuple(
                read(FindingRow, f)
                for f in found
                if (f.term, f.year, f.opening) == (row.term, row.year, row.opening)
            ),
        )
        for row in await _of(connection, assessments, platform_id, "term", "year", "opening")
    ]
    plans = await _of(connection, plan_versions, platform_id, "term", "version")
    return tuple(
        read(
            TermRow,
            row,
            plans=tuple(read(PlanRow, plan) for plan in plans if plan.term == row.term),
            assessments=tuple(year for year in years if year.term == row.term),
        )
        for row in await _of(connection, terms, platform_id, "term")
    )


async def log_of(connection: AsyncConnection, platform_id: str, term: int | None) -> list[LogLine]:
    """The log of a platform, of all terms or one, on a connection that is open."""
    query = select(log_entries).where(log_entries.c.platform_id == platform_id)
    if term is not None:
        query = query.where(log_entries.c.term == term)
    rows = await connection.execute(
        query.order_by(*(log_entries.c[name] for name in ("term", "year", "opening", "seq")))
    )
    return [log_line(row) for row in rows]
