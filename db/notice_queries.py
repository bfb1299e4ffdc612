"""Which entries are announced to whom, and what a notice says: a delisting (§六) too. Pure.

`db.register_store` writes the rows.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from db.projection import LOG, Row, due_of, opening_of, year_of
from db.tables import notices
from workflows.activity_messages import RegisterBatch
from workflows.case_changes import CHANGEABLE, facts_before
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.model import instant
from workflows.record import EntryKind, LogEntry
from workflows.rules import CaseState, awaited, lifecycle_of
from workflows.stated_reasons import REASON_FIELDS
from workflows.states import Facts, PlatformState
from workflows.steps import Lifecycle
from workflows.vocabulary import Happening, Kind


class Whom(StrEnum):
    """For whom a notice is: a role, or whoever must decide next."""

    NEXT = "next"
    OPERATOR = "operator"
    DISTRICT = "district"
    COMMISSION = "commission"


_BOTH = (Whom.OPERATOR, Whom.DISTRICT)

RECIPIENT_ROLES: Mapping[str, Mapping[str, tuple[Whom, ...]]] = {
    PLATFORM.name: {
        Happening.APPLIED: (Whom.NEXT,),
        Kind.RECOMMENDATION: (Whom.NEXT, Whom.OPERATOR),
        Kind.INSPECTION: (Whom.NEXT, *_BOTH),
        Kind.PLAN_REVISION: (Whom.NEXT,),
        Kind.EXPERT_OPINION: (Whom.NEXT, *_BOTH),
        Kind.LISTING: _BOTH,
        Kind.BRINGING_IN: _BOTH,
        Kind.WITHDRAWAL: (Whom.DISTRICT, Whom.COMMISSION),
        Kind.SET_ASIDE: (Whom.NEXT, *_BOTH),
        Kind.FACTS_CHANGE: _BOTH,
        Kind.SUSPENSION: _BOTH,
        Kind.RESUMPTION: (Whom.NEXT, *_BOTH),
        Kind.TERMINATION: _BOTH,
        Kind.SUPPORT: (Whom.OPERATOR,),
        Kind.NEXT_TERM: (Whom.DISTRICT, Whom.COMMISSION),
        Happening.REMINDED: (Whom.NEXT,),
        Happening.OVERDUE: (Whom.NEXT,),
        Happening.ESCALATED: (Whom.NEXT, Whom.COMMISSION),
        Happening.ASSESSMENT_ENDED: _BOTH,
        Happening.ASSESSMENT_CLOSED: _BOTH,
        Happening.VALIDITY_NEARING: _BOTH,
        Happening.VALIDITY_ENDED: (*_BOTH, Whom.COMMISSION),
    },
    ASSESSMENT.name: {
        Happening.ASSESSMENT_OPENED: (Whom.NEXT, Whom.DISTRICT),
        Kind.SELF_REPORT: (Whom.NEXT,),
        Kind.DISTRICT_REVIEW: (Whom.NEXT,),
        Kind.EVALUATION: (Whom.NEXT, *_BOTH),
        Kind.RECTIFICATION_REPORT: (Whom.NEXT,),
        Kind.REASSESSMENT: _BOTH,
        Kind.SET_ASIDE: (Whom.NEXT, *_BOTH),
        Happening.REMINDED: (Whom.NEXT,),
        Happening.OVERDUE: (Whom.NEXT,),
        Happening.ESCALATED: (Whom.NEXT, Whom.COMMISSION),
    },
}
"""No notice of what is not here: refusals, stops of a clock, what a child repeats of its platform."""

NEWS = timedelta(days=30)
"""No notice of an entry that is older when it is written, so that a rebuilt register sends none."""

WRITE_NOTICES = (
    insert(notices)
    .values(
        {
            column.name: bindparam(column.name, type_=column.type)
            for column in notices.columns
            if column.name not in ("number", "handed_out")
        }
        | {"handed_out": bindparam("at", type_=notices.c.at.type) < func.now() - NEWS}
    )
    .on_conflict_do_nothing()
)


def notice_rows(batch: RegisterBatch) -> list[Row]:
    """Rows of `notices`: one for each role that gets a notice of an entry, the same each time."""
    rows: list[list[Row]] = []
    facts = (
        batch.platform.facts
    )  # of the end of the batch: what was true at each entry is found backwards
    state = _state(batch)
    for entry in reversed(batch.entries):
        if entry.kind is EntryKind.REFUSED:
            continue
        roles = _roles(state, entry)
        rows.append([_about(batch, facts, state, entry, role) for role in roles])
        if entry.name in (Kind.FACTS_CHANGE, Happening.FACTS_CHANGED):
            before = facts_before(facts, entry.said)
            if entry.name == Kind.FACTS_CHANGE:
                rows[-1] += _to_former(batch, (before, facts), state, entry)
            facts = before
        if entry.name in _STOPS:
            since = None if _STOPS[entry.name] else entry.at
            state = state.model_copy(update={"suspended_since": since})
    return [row for some in reversed(rows) for row in some]


_STOPS: Mapping[str, bool] = {
    Kind.SUSPENSION: True,
    Happening.PLATFORM_SUSPENDED: True,
    Kind.RESUMPTION: False,
    Happening.PLATFORM_RESUMED: False,
}
"""What begins a suspension, and what ends it: before it the case stood the other way."""


def _state(batch: RegisterBatch) -> CaseState:
    return batch.assessment or batch.platform


def _roles(state: CaseState, entry: LogEntry) -> list[str]:
    lifecycle = lifecycle_of(state)
    over = state.valid_until is not None and entry.at >= state.valid_until
    if entry.name == Kind.SET_ASIDE and lifecycle is PLATFORM and "year" in entry.said and not over:
        return []  # the assessment, which is opened again for it, sends the notice
    roles: list[str] = []
    for whom in RECIPIENT_ROLES[lifecycle.name].get(entry.name, ()):
        roles += _next(state, entry) if whom is Whom.NEXT else [str(whom)]
    return list(dict.fromkeys([*roles, *_passed_over(lifecycle, entry)]))


def _passed_over(lifecycle: Lifecycle, entry: LogEntry) -> list[str]:
    """Who was awaited, where a decision goes on without what is overdue."""
    rows = [
        t for _, t, a in lifecycle.arrows() if (t.name, a.outcome) == (entry.name, entry.outcome)
    ]
    if not rows or not all(row.once_overdue for row in rows):
        return []
    return [
        str(t.by) for _, t, _ in lifecycle.arrows() if t.name == entry.name and not t.once_overdue
    ]


def _to_former(
    batch: RegisterBatch, changed: tuple[Facts, Facts], state: CaseState, entry: LogEntry
) -> list[Row]:
    """Rows for the operator and the district of before, where others have taken their place."""
    before, now = changed
    rows: list[Row] = []
    if before.operator != now.operator:
        to_operator = now.model_copy(update={"operator": before.operator})
        rows.append(_about(batch, to_operator, state, entry, Whom.OPERATOR))
    if before.district != now.district:
        to_district = now.model_copy(update={"district": before.district})
        rows.append(_about(batch, to_district, state, entry, Whom.DISTRICT))
    return [row | {"id": f"{row['id']}:former"} for row in rows]


def _next_application(state: CaseState) -> str | None:
    """The application for the next term, where one was handed in: it begins with the end, or lapses."""
    filed = state.next_term if isinstance(state, PlatformState) else None
    return filed.application_id if filed else None


def _next(state: CaseState, entry: LogEntry) -> list[str]:
    """The roles that the case awaits after an entry: by its stage, for the state may have moved on since."""
    late = entry.name in (Happening.OVERDUE, Happening.ESCALATED)
    then = {"stage": type(state.stage)(entry.stage), "overdue": late}
    return [str(one.role) for one in awaited(state.model_copy(update=then))]


def _about(batch: RegisterBatch, facts: Facts, state: CaseState, entry: LogEntry, role: str) -> Row:
    key = (facts.platform_id, facts.term, year_of(batch), opening_of(batch), entry.seq)
    return {
        "id": ":".join(map(str, (*key, role))),
        **dict(zip((*LOG, "seq"), key, strict=True)),
        "event": entry.name,
        "role": role,
        "district": facts.district,
        "at": entry.at,
        "content": {
            "platform_id": facts.platform_id,
            "name": facts.name,
            "district": str(facts.district),
            "field": facts.field,
            "operator": facts.operator.name,
            "term": facts.term,
            "year": key[2],
            "kind": str(entry.kind),
            "event": entry.name,
            "outcome": entry.outcome,
            "stage": entry.stage,
            "awaited": _next(state, entry),
            "due": _due(batch, state, entry),
            "valid_until": instant(state.valid_until) if state.valid_until else None,
            "next_term_days": facts.policy.next_term_days,
            "next_term": _next_application(state),
            "decision_id": entry.decision_id,
            "actor_id": entry.actor.id if entry.actor else None,
            "organisation": entry.actor.organisation if entry.actor else None,
            "said": {name: entry.said[name] for name in NOTICE_FACTS if name in entry.said},
            "seq": entry.seq,
            "hash": entry.hash,
        },
    }


NOTICE_FACTS = (
    *CHANGEABLE,
    "replaced",
    "requested_by",
    "days",
    "year",
    "due",
    "result",
    "target",
    "sets_aside",
    "listed_on",
    "list_number",
    "certificate_number",
    "application_id",
    *REASON_FIELDS,
    "support",
    "given_on",
    "title",
    "amount_wan",
)
"""What notices and events repeat of a decision: facts to act on and the reasons, no reports and no plans."""


def _due(batch: RegisterBatch, state: CaseState, entry: LogEntry) -> str | None:
    """Until when the next is due, if that is known: a batch says it for the step it ends in."""
    if entry.stage != state.stage or entry.at < state.since:
        return None
    due = due_of(state, batch)
    return instant(due) if due else None
