"""Who may take a kind of decision, with which outcome, and how it is called: by the lifecycle table."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflows.decision import Decision, Filing
from workflows.decisions import MODELS
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.vocabulary import Kind, Role


def outcome_of(kind: Kind, raw: Mapping[str, Any]) -> Any:
    """The outcome, said or by default; None while it is open, and where there is no choice."""
    field = MODELS[kind].model_fields.get("outcome")
    default = None if field is None or field.is_required() else field.default
    return raw.get("outcome", default)


def spoken_model(kind: Kind, outcome: Any) -> type[Decision]:
    """The message by whose labels a decision of this outcome is called.

    Where the commission goes on without a report, nothing is submitted: it decides.
    """
    model = MODELS[kind]
    filed = not issubclass(model, Filing) or roles_for(kind, outcome) == (Role.OPERATOR,)
    return model if filed else Decision


def roles_for(kind: Kind, outcome: Any) -> tuple[Role, ...]:
    """Who may take a decision by the lifecycle table: of this outcome, or of any where none fits."""
    able: dict[Role, bool] = {}
    for lifecycle in (PLATFORM, ASSESSMENT):
        for _, trigger, arrow in lifecycle.arrows():
            if trigger.name == kind and trigger.by:
                able[trigger.by] = able.get(trigger.by, False) or arrow.outcome == outcome
    return tuple(role for role, exact in able.items() if exact) or tuple(able)


def substitution_of(
    kind: Kind, raw: Mapping[str, Any]
) -> tuple[str, date, Kind, tuple[Role, ...]] | None:
    """Who would act for somebody, when and in which decision; None where the model says what is missing."""
    actor = raw["actor"]
    if not isinstance(actor, dict) or not isinstance(actor.get("id"), str):
        return None
    try:
        day = date.fromisoformat(raw["decided_on"])
    except (TypeError, ValueError):
        return None
    return actor["id"], day, kind, roles_for(kind, outcome_of(kind, raw))


def outcomes_for(kind: Kind, role: Any) -> tuple[str, ...]:
    """What a role may decide by the lifecycle table; empty where the role decides nothing of it."""
    found: dict[str, None] = {}
    for lifecycle in (PLATFORM, ASSESSMENT):
        for _, trigger, arrow in lifecycle.arrows():
            if trigger.name == kind and trigger.by == role:
                found[str(arrow.outcome)] = None
    return tuple(found)
