"""The SQL by which the register is written: few statements, because a decision waits for them."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    ScalarSelect,
    Table,
    Update,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.sql.dml import ReturningInsert

from db.projection import LOG, Row
from db.tables import assessments, log_entries, plan_versions, platforms, support, terms

_FIRST_AT = {terms: "applied_at", assessments: "opened_at"}


def parameters(table: Table, row: Row) -> Row:
    """A row's values under the names that `WRITE_TERM` and `WRITE_ASSESSMENT` give them."""
    return {f"{table.name}_{name}": value for name, value in row.items()}


def fill_late_fields(table: Table, row: Row) -> Update | None:
    """Complete a row from a batch that came after a later one: when the case began, when its step is due.

    Only the batch that begins a step knows when it is due. None when there is nothing to add.
    """
    first, due = row[_FIRST_AT[table]], row["due"]
    if first is None and due is None:
        return None
    c = table.c
    missing = and_(
        c.due.is_(None),
        c.suspended_since.is_(None),
        c.stage == row["stage"],
        c.since == row["since"],
    )
    return (
        update(table)
        .where(*(c[key.name] == row[key.name] for key in table.primary_key))
        .values(
            {
                _FIRST_AT[table]: func.coalesce(c[_FIRST_AT[table]], first),
                "due": case((missing, due), else_=c.due),
                "due_provisional": case((missing, row["due_provisional"]), else_=c.due_provisional),
            }
        )
    )


def _insert(table: Table) -> Insert:
    values = {
        column.name: bindparam(f"{table.name}_{column.name}", type_=column.type)
        for column in table.columns
    }
    return insert(table).values(values)


def _write_log() -> ReturningInsert[Any]:
    """Insert entries, and return (seq, hash stored, hash before, previous after) of each.

    Entries that were there and are the same are not returned. The neighbours are those that were
    there before the statement; None where there was none.
    """
    new = insert(log_entries)
    return new.on_conflict_do_update(
        index_elements=list(log_entries.primary_key),
        set_={"hash": log_entries.c.hash},  # changes nothing, and returns what is stored
        where=log_entries.c.hash != new.excluded.hash,
    ).returning(
        log_entries.c.seq,
        log_entries.c.hash,
        _neighbour("hash", -1).label("before"),
        _neighbour("previous", +1).label("after"),
    )


def _neighbour(column: str, distance: int) -> ScalarSelect[Any]:
    # literal columns, because SQLAlchemy would list the table again in the subquery's own FROM
    other = log_entries.alias("other")
    own: dict[str, ColumnElement[Any]] = {
        name: literal_column(f"log_entries.{name}", log_entries.c[name].type) for name in LOG
    }
    seq = literal_column(f"log_entries.seq + ({distance})", Integer)
    return (
        select(other.c[column])
        .where(*(other.c[name] == value for name, value in own.items()), other.c.seq == seq)
        .scalar_subquery()
    )


def _write_case(table: Table) -> ReturningInsert[Any]:
    """Insert or update a case's row; a row that is beyond the batch is left, and not returned."""
    new, c = _insert(table), table.c
    first = _FIRST_AT[table]
    # A batch within a step does not say again when the step is due.
    same_step = and_(
        new.excluded.due.is_(None),
        new.excluded.suspended_since.is_(None),
        new.excluded.stage == c.stage,
        new.excluded.since == c.since,
    )
    changed: dict[str, Any] = {
        column.name: new.excluded[column.name] for column in table.columns if not column.primary_key
    }
    changed[first] = func.coalesce(new.excluded[first], c[first])
    for name in ("due", "due_provisional"):
        changed[name] = case((same_step, c[name]), else_=new.excluded[name])
    return new.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_=changed,
        where=new.excluded.log_seq >= c.log_seq,
    ).returning(c.log_seq)


def _write_platform() -> Insert:
    """Insert the platform, or update it when its newest term has begun or its facts have changed."""
    new = _insert(platforms)
    return new.on_conflict_do_update(
        index_elements=list(platforms.primary_key),
        set_={c.name: new.excluded[c.name] for c in platforms.columns if not c.primary_key},
        where=tuple_(new.excluded.term, new.excluded.facts_version)
        > tuple_(platforms.c.term, platforms.c.facts_version),
    )


def _write_support() -> Insert:
    """Insert support; a log that is sent again may give it another moment, and nothing else."""
    new = insert(support)
    return new.on_conflict_do_update(
        index_elements=list(support.primary_key),
        set_={"recorded_at": new.excluded.recorded_at},
        where=support.c.recorded_at != new.excluded.recorded_at,
    )


WRITE_LOG = _write_log()

WRITE_TERM = _write_case(terms).add_cte(_write_platform().cte("platform"))

WRITE_ASSESSMENT = _write_case(assessments).add_cte(
    _write_platform().cte("platform"),
    _insert(terms).on_conflict_do_nothing().cte("first_word_of_the_term"),
)

WRITE_PLANS = insert(plan_versions).on_conflict_do_nothing()

WRITE_SUPPORT = _write_support()
