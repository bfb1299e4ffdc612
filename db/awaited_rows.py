"""The inbox of a platform: what its newest term and the open assessment await, from their own rows.

It follows from `platforms`, `terms` and `assessments`, and so needs no order of batches of its own.
Every batch locks the platform's row before (`db.statements`), so no two refresh one inbox at once.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnClause,
    ColumnElement,
    FromClause,
    SmallInteger,
    String,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    text,
    true,
    union_all,
    values,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import Insert, distinct_on

from db.derived_rows import refresh
from db.inbox_queries import UNKNOWN
from db.tables import assessments, awaiting, platforms, terms
from db.text import SafeText
from workflows.lifecycle import ASSESSMENT, PLATFORM

_ROW = (
    *("platform_id", "term", "stage", "since", "overdue", "due", "due_provisional"),
    "suspended_since",
)
Rule = tuple[str, str, str, str, bool, bool]


def write_awaiting(platform: ColumnElement[str] | None = None) -> Insert:
    """Refresh the inbox of one platform, or of all."""
    everyone = platform is None
    of_one = true() if everyone else platforms.c.platform_id == platform
    rule = _rule_rows().c
    case = _cases(platform).c
    about = platforms.c
    wanted = (
        select(
            *(case[name] for name in ("platform_id", "term", "year", "stage")),
            func.coalesce(case.suspended_since, case.since).label("since"),
            func.coalesce(case.due, UNKNOWN).label("due"),
            *(case[name] for name in ("due_provisional", "overdue")),
            *(rule[name] for name in ("role", "kind")),
            *(about[name] for name in ("name", "operator", "district", "field", "operator_key")),
        )
        .join_from(
            platforms,
            case.platform_id.table,
            and_(case.platform_id == about.platform_id, case.term == about.term),
        )
        .join(
            rule.stage.table,
            and_(
                rule.lifecycle == case.lifecycle,
                rule.stage == case.stage,
                or_(case.overdue, ~rule.once_overdue),
                rule.suspended == case.suspended_since.is_not(None),
            ),
        )
        .where(of_one)
    )
    scope = true() if everyone else awaiting.c.platform_id == platform
    return refresh(awaiting, wanted.cte("wanted"), scope)


def _rule_rows() -> FromClause:
    """The rules as a table.

    As text, because SQLAlchemy keeps nothing that it compiled of VALUES: with each batch it would compile the
    whole statement again, which takes longer than the database needs to execute it.
    """
    rows = values(*_rule_columns(), name="rule", literal_binds=True).data(list(_rules()))
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    written = str(select(rows).compile(dialect=dialect))
    return text(written).columns(*_rule_columns()).subquery("rule")


def _rule_columns() -> Iterator[ColumnClause[Any]]:
    for name in ("lifecycle", "stage", "role", "kind"):
        yield column(name, SafeText())
    yield column("once_overdue", Boolean())
    yield column("suspended", Boolean())


def _cases(platform: ColumnElement[str] | None) -> FromClause:
    """The open cases: terms, and the last openings of the assessments that the platform says are open.

    An opening that was broken off from outside has no end of its own; the platform knows.
    """

    def of_one(cases: FromClause) -> ColumnElement[bool]:
        return true() if platform is None else cases.c.platform_id == platform

    own = select(
        literal(PLATFORM.name, String()).label("lifecycle"),
        cast(0, SmallInteger).label("year"),
        *(terms.c[name] for name in _ROW),
    ).where(of_one(terms), terms.c.ended_at.is_(None), terms.c.log_seq > 0)
    opened = assessments.c
    last = (
        select(assessments)
        .where(of_one(assessments))
        .ext(distinct_on(opened.platform_id, opened.term, opened.year))
        .order_by(opened.platform_id, opened.term, opened.year, opened.opening.desc())
        .subquery("last_opening")
    )
    yearly = (
        select(
            literal(ASSESSMENT.name, String()).label("lifecycle"),
            last.c.year,
            *(last.c[name] for name in _ROW),
        )
        .join_from(
            last,
            terms,
            and_(last.c.platform_id == terms.c.platform_id, last.c.term == terms.c.term),
        )
        .where(
            last.c.ended_at.is_(None),
            terms.c.ended_at.is_(None),
            # log_seq 0: the platform's own log has not come yet
            or_(terms.c.open_assessment == last.c.year, terms.c.log_seq == 0),
        )
    )
    return union_all(own, yearly).subquery("open_case")


def _rules() -> Iterator[Rule]:
    """What each stage awaits: lifecycle, stage, role, kind, whether only once overdue, or while suspended."""
    for lifecycle in (PLATFORM, ASSESSMENT):
        for step in lifecycle.steps:
            for suspended, triggers in (
                (False, step.decisions),
                (True, lifecycle.resuming(step.stage)),
            ):
                for trigger in triggers:
                    rule = (lifecycle.name, step.stage, trigger.by, trigger.name)
                    yield (*map(str, rule), trigger.once_overdue, suspended)  # type: ignore[misc]


OF_PLATFORM = "of_platform"
WRITE_AWAITING = write_awaiting(bindparam(OF_PLATFORM, type_=SafeText()))
