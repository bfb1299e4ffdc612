"""What follows from log entries that are in the register: which no longer count, listings, findings.

Each statement brings its rows up to the entries that are there, whichever came last: a setting aside
(撤销更正) may come before what it sets aside, and what is decided again takes its place.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    cast,
    column,
    delete,
    exists,
    func,
    not_,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, Insert, distinct_on, insert

from db.projection import LOG, Row, opening_of, year_of
from db.tables import EXACT, findings, listings, log_entries
from db.text import SafeText
from workflows.activity_messages import RegisterBatch
from workflows.lifecycle import LISTING_OUTCOMES, STAYS
from workflows.record import EntryKind
from workflows.vocabulary import Kind


def refresh(table: Table, wanted: CTE, scope: ColumnElement[bool]) -> Insert:
    """Let the rows of a table in a scope be those that are wanted; what is so already is not touched."""
    keys = [key.name for key in table.primary_key]
    names = [each.name for each in table.columns]
    more = [name for name in names if name not in keys]
    kept = exists().where(*(wanted.c[name] == table.c[name] for name in keys))
    new = insert(table).from_select(names, select(*(wanted.c[name] for name in names)))
    return new.on_conflict_do_update(
        index_elements=keys,
        set_={name: new.excluded[name] for name in more},
        where=or_(*(table.c[name].is_distinct_from(new.excluded[name]) for name in more)),
    ).add_cte(delete(table).where(scope, ~kept).cte("gone"))


def derivations(batch: RegisterBatch, *, late: bool) -> list[Insert | Update]:
    """What is to be derived again after the entries of a batch were written; `late`: after later ones."""
    kinds = {entry.name for entry in batch.entries if entry.kind is EntryKind.DECISION}
    table = [(_LISTINGS, kind) for kind in LISTING_OUTCOMES]
    if batch.assessment:
        table = [(_FINDINGS, Kind.EVALUATION), (_FINDINGS, Kind.REASSESSMENT)]
    wanted: list[Insert | Update] = []
    if late or Kind.SET_ASIDE in kinds:
        wanted.append(_MARKS)
    for statement, kind in table:
        if kinds & {kind, Kind.SET_ASIDE} and statement not in wanted:
            wanted.append(statement)
    return wanted


def log_key(batch: RegisterBatch) -> Row:
    """The log of a batch, as the statements' parameters."""
    facts = batch.platform.facts
    values = (facts.platform_id, facts.term, year_of(batch), opening_of(batch))
    return {f"log_{name}": value for name, value in zip(LOG, values, strict=True)}


def _of_log(table: FromClause) -> ColumnElement[bool]:
    """Rows of the log, or of the case, that the parameters name."""
    return and_(
        *(
            table.c[name] == bindparam(f"log_{name}", type_=log_entries.c[name].type)
            for name in LOG
            if name in table.c
        )
    )


def _one_of(column: ColumnElement[str], words: Iterable[str]) -> ColumnElement[bool]:
    """Written out: a list for `in_` is part of the text, which would be compiled with each execution."""
    return or_(*(column == word for word in words))


def _marks() -> Update:
    """Mark the entries that no longer count with the first entry that set them aside.

    Settings aside are few, and looked for once: joined with the log itself, twice, they took a planner that
    knows nothing of the table as many steps as a log has entries, to the third power.
    """
    by = log_entries.alias("set_aside")
    span = by.c.said["sets_aside"]
    spans = (
        select(
            by.c.seq,
            cast(span[0].astext, Integer).label("first"),
            cast(span[1].astext, Integer).label("last"),
        )
        .where(_of_log(by), by.c.kind == EntryKind.DECISION, by.c.name == Kind.SET_ASIDE)
        .cte("spans")
        .prefix_with("MATERIALIZED")
    )
    own = log_entries.c
    first_by = (
        select(func.min(spans.c.seq))
        .where(own.seq >= spans.c.first, own.seq <= spans.c.last)
        .correlate(log_entries)
        .scalar_subquery()
    )
    return (
        update(log_entries)
        .values(set_aside_by=first_by)
        .where(
            _of_log(log_entries),
            not_(_one_of(own.name, sorted(STAYS))),
            first_by.is_not(None),
            own.set_aside_by.is_distinct_from(first_by),
        )
    )


def _counting(*kinds: str) -> Select[Any]:
    """The decisions of these kinds that count, of each the last: two never count for long."""
    entry = log_entries.c
    return (
        select(log_entries)
        .where(
            _of_log(log_entries),
            entry.kind == EntryKind.DECISION,
            _one_of(entry.name, kinds),
            entry.set_aside_by.is_(None),
        )
        .ext(distinct_on(entry.name))
        .order_by(entry.name, entry.seq.desc())
    )


def _listings() -> Insert:
    decision = _counting(*LISTING_OUTCOMES).subquery("decision").c
    said = decision.said
    wanted = select(
        decision.platform_id,
        decision.term,
        said["list_number"].astext.label("list_number"),
        said["certificate_number"].astext.label("certificate_number"),
        cast(func.coalesce(said["listed_on"].astext, said["decided_on"].astext), Date).label(
            "listed_on"
        ),
    ).where(_one_of(decision.outcome, LISTING_OUTCOMES.values()))
    return refresh(listings, wanted.cte("wanted"), _of_log(listings))


def _findings() -> Insert:
    decision = _counting(Kind.EVALUATION, Kind.REASSESSMENT).subquery("decision")
    groups = (
        func.jsonb_each(decision.c.said["findings"])
        .table_valued(column("key", SafeText()), column("value", JSONB()))
        .lateral("found")
    )
    found = groups.c
    wanted = select(
        *(decision.c[name] for name in LOG),
        decision.c.name.label("round"),
        found.key.label("indicator_group"),
        found.value["finding"].astext.label("finding"),
        found.value["remark"].astext.label("remark"),
        cast(found.value["score"].astext, EXACT).label("score"),
    ).join_from(decision, groups, true())
    return refresh(findings, wanted.cte("wanted"), _of_log(findings))


_MARKS, _LISTINGS, _FINDINGS = _marks(), _listings(), _findings()
