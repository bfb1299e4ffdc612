"""From a batch of a case to rows of the register's tables. Pure; `db.register_store` writes them."""

from datetime import date, datetime
from typing import Any

from workflows.activity_messages import RegisterBatch
from workflows.name_comparison import name_key
from workflows.record import BEGINNING, EntryKind
from workflows.rules import CaseState, lifecycle_of
from workflows.states import AssessmentState, PlatformState
from workflows.steps import Clock
from workflows.vocabulary import Kind

Row = dict[str, Any]
LOG = ("platform_id", "term", "year", "opening")
"""The columns that tell one log from another."""


def year_of(batch: RegisterBatch) -> int:
    """Which log of the term the batch is of: the year of the assessment, 0 the platform's own."""
    return batch.assessment.year if batch.assessment else 0


def opening_of(batch: RegisterBatch) -> int:
    """Which opening of the year's assessment the batch is of; 0 for the platform's own log."""
    return batch.assessment.opening if batch.assessment else 0


def log_rows(batch: RegisterBatch) -> list[Row]:
    """Rows of `log_entries`, in order."""
    key = _key(batch.platform) | {
        "year": year_of(batch),
        "opening": opening_of(batch),
        "workflow_id": batch.workflow_id,
    }
    return [
        key
        | entry.model_dump(mode="python", exclude={"actor"})
        | {
            "actor": entry.actor.model_dump(mode="json", exclude_none=True)
            if entry.actor
            else None,
            "actor_id": entry.actor.id if entry.actor else None,
        }
        for entry in batch.entries
    ]


def platform_row(batch: RegisterBatch) -> Row:
    facts = batch.platform.facts
    return {
        "platform_id": facts.platform_id,
        "term": facts.term,
        "name": facts.name,
        "operator": facts.operator.name,
        "operator_key": name_key(facts.operator.name),
        "lead_unit": facts.lead_unit.name,
        "lead_unit_kind": facts.lead_unit.kind,
        "district": facts.district,
        "field": facts.field,
        "services": list(facts.services),
        "direction": facts.direction,
        "facts_version": batch.platform.facts_version if batch.assessment is None else 0,
    }


def term_row(batch: RegisterBatch) -> Row:
    """The row of `terms`. From an assessment's batch it is only a first word, without a log."""
    state = batch.platform
    own = batch.assessment is None
    return _key(state) | {
        "application_id": state.facts.application_id,
        **_same(state, *_STEP, *_LISTING),
        **standing(state),
        **(_due(state, batch) if own else {"due": None, "due_provisional": False}),
        "applied_at": _first_at(batch) if own else None,
        "ended_at": state.since if _ended(state) else None,
        "log_seq": batch.entries[-1].seq if own else 0,
        "log_hash": batch.entries[-1].hash if own else BEGINNING,
        "policy": state.facts.policy.model_dump(mode="json"),
    }


def assessment_row(batch: RegisterBatch, state: AssessmentState) -> Row:
    ended = _ended(state)
    return _key(batch.platform) | {
        **_same(state, "year", "opening", *_STEP, "mend_by"),
        **standing(state),
        **_due(state, batch),
        "opened_at": _first_at(batch),
        "ended_at": state.since if ended else None,
        "result": state.stage if ended else None,
        "log_seq": batch.entries[-1].seq,
        "log_hash": batch.entries[-1].hash,
    }


def plan_rows(batch: RegisterBatch) -> list[Row]:
    return [_key(batch.platform) | plan.model_dump(mode="python") for plan in batch.plans]


def support_rows(batch: RegisterBatch) -> list[Row]:
    """Rows of `support`; what is set aside later stays, and its entry in the log says so."""
    return [
        _key(batch.platform)
        | {
            "seq": entry.seq,
            "support": said["support"],
            "given_on": date.fromisoformat(said["given_on"]),
            "title": said["title"],
            "amount_wan": said.get("amount_wan"),
            "actor_id": entry.actor.id if entry.actor else "",
            "organisation": entry.actor.organisation if entry.actor else "",
            "decision_id": entry.decision_id,
            "recorded_at": entry.at,
        }
        for entry in batch.entries
        if entry.kind is EntryKind.DECISION and entry.name == Kind.SUPPORT and (said := entry.said)
    ]


def _key(state: PlatformState) -> Row:
    return {"platform_id": state.facts.platform_id, "term": state.facts.term}


def _ended(state: CaseState) -> bool:
    return lifecycle_of(state).ended(state.stage)


_STEP = ("stage", "since")
_LISTING = (
    "open_assessment",
    "plan_version",
    "list_number",
    "certificate_number",
    "listed_on",
    "valid_until",
    "brought_in_on",
)


def standing(state: CaseState) -> Row:
    """Return whether a case is late or suspended: while it is suspended nothing is late."""
    suspended = state.suspended_since is not None
    return {
        "overdue": state.overdue and not suspended,
        "suspended_since": None if _ended(state) else state.suspended_since,
    }


def _same(state: CaseState, *names: str) -> Row:
    """Columns that are called as the fields of a state."""
    return {name: getattr(state, name) for name in names}


def due_of(state: CaseState, batch: RegisterBatch) -> datetime | None:
    """Return when the step is due in which a batch ends, if the batch says so."""
    if state.suspended_since:
        return None
    if lifecycle_of(state).step(state.stage).clock is Clock.RECTIFICATION:
        return getattr(state, "mend_by", None)  # set by a person, in calendar time
    return batch.due.due if batch.due else None


def _due(state: CaseState, batch: RegisterBatch) -> Row:
    due = due_of(state, batch)
    provisional = bool(due and batch.due and batch.due.provisional_years)
    return {"due": due, "due_provisional": provisional}


def _first_at(batch: RegisterBatch) -> datetime | None:
    first = batch.entries[0]
    return first.at if first.seq == 1 else None
