"""What becomes of a case: `take` moves the state along an arrow of the table. Pure and synchronous.

Whether a decision may be taken is for `judge.py` to say; `folding.py` takes a whole log again.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from workflows.awaited import Awaited
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.periods import add_months, beijing_date, end_of, validity_end
from workflows.record import BEGINNING
from workflows.states import AssessmentResult, AssessmentState, PlatformState, Spent, facts_of
from workflows.steps import Arrow, Lifecycle
from workflows.vocabulary import AssessmentStage, Happening, Kind, Stage

CaseState = PlatformState | AssessmentState
S = TypeVar("S", PlatformState, AssessmentState)


def lifecycle_of(state: CaseState) -> Lifecycle:
    """The table that a state goes by."""
    return PLATFORM if isinstance(state, PlatformState) else ASSESSMENT


def awaited(state: CaseState) -> tuple[Awaited, ...]:
    """What the case awaits now, from whom; what is possible at any time is not awaited."""
    return tuple(
        Awaited(kind=trigger.name, role=trigger.by, rule=trigger.rule)
        for trigger in lifecycle_of(state).step(state.stage).triggers
        if trigger.by and trigger.awaited and (state.overdue or not trigger.once_overdue)
    )


def follow_arrow(state: S, name: str, outcome: str, content: dict[str, Any], at: datetime) -> S:
    """Move a state along the arrow of an outcome: what `fold` does with every entry of a log.

    Raises:
        LookupError: the table has no such arrow here (never after `judge`).
    """
    arrow = arrow_of(state, name, outcome, content)
    effect = _EFFECTS.get(name)
    changes = effect(state, outcome, content) if effect else {}
    if arrow.to is not None:
        changes |= {
            "stage": arrow.to,
            "since": at,
            "came_from": state.stage,
            "overdue": False,
            "reminded": False,
        }
    if content.get("decided_on"):
        changes["decided_on"] = date.fromisoformat(content["decided_on"])
    return state.model_copy(update=changes)


def arrow_of(state: CaseState, name: str, outcome: str, content: dict[str, Any]) -> Arrow:
    """The arrow that an outcome takes from where a case stands.

    Raises:
        LookupError: the table has none here (never after `judge`).
    """
    for trigger in lifecycle_of(state).triggers(state.stage):
        for arrow in trigger.arrows if trigger.name == name else ():
            if (
                arrow.outcome == outcome
                and arrow.corrections in (None, bool(content.get("corrections")))
                and arrow.returned_from in (None, state.came_from)
            ):
                return arrow
    raise LookupError(f"no arrow from {state.stage} by {name} {outcome}")


def ending(state: PlatformState, result: str) -> str:
    """How a platform takes the result of its assessment.

    What the table does not foresee where the platform stands (the assessment was terminated from
    outside, or ended while the platform was being withdrawn) is taken as the last arrow says.
    """
    arrows = [
        arrow.outcome
        for trigger in PLATFORM.triggers(state.stage)
        if trigger.name == Happening.ASSESSMENT_ENDED
        for arrow in trigger.arrows
    ]
    return result if result in arrows else arrows[-1]


def begin(content: dict[str, Any], at: datetime) -> CaseState:
    """The state a case begins in, from what the first entry of its log says."""
    if "year" not in content:
        return PlatformState(
            facts=facts_of(content),
            stage=Stage.RECOMMENDATION,
            since=at,
            decided_on=beijing_date(at) if content.get("previous") else None,
            plan_sha256=content["plan_sha256"],
        )
    return AssessmentState(
        facts=facts_of(content["facts"]),
        year=content["year"],
        opening=content.get("opening", 1),
        valid_until=datetime.fromisoformat(content["valid_until"]),
        stage=AssessmentStage.SELF_REPORT,
        since=at,
        decided_on=beijing_date(at),
    )


Effect = Callable[[Any, str, dict[str, Any]], dict[str, Any]]


def _new_plan(state: PlatformState, outcome: str, content: dict[str, Any]) -> dict[str, Any]:
    version = max(state.plan_version, state.plans_filed) + 1
    return {
        "plan_version": version,
        "plans_filed": version,
        "plan_sha256": content["plan_sha256"],
    }


def _included(state: PlatformState, outcome: str, content: dict[str, Any]) -> dict[str, Any]:
    if not content.get("list_number"):
        return {}
    listed_on = date.fromisoformat(content["decided_on"])
    return {
        "list_number": content["list_number"],
        "certificate_number": content["certificate_number"],
        "listed_on": listed_on,
        "valid_until": validity_end(listed_on, state.facts.policy.validity_years),
    }


def _brought_in(state: PlatformState, outcome: str, content: dict[str, Any]) -> dict[str, Any]:
    listed_on = date.fromisoformat(content["listed_on"])
    past = content.get("assessments", ())
    return {
        "list_number": content["list_number"],
        "certificate_number": content["certificate_number"],
        "listed_on": listed_on,
        "valid_until": validity_end(listed_on, state.facts.policy.validity_years),
        "brought_in_on": date.fromisoformat(content["decided_on"]),
        "assessments": tuple(
            AssessmentResult(
                year=one["year"], result=one["result"], log_hash=BEGINNING, brought_in=True
            )
            for one in past
        ),
    }


def _overdue(state: CaseState, outcome: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"overdue": True}


def _reminded(state: CaseState, outcome: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"reminded": True}


def _stopped(state: PlatformState, outcome: str, content: dict[str, Any]) -> dict[str, Any]:
    spent = Spent(
        stage=Stage(content["of"]),
        since=datetime.fromisoformat(content["since"]),
        until=state.since,
    )
    return {"spent": (*state.spent, spent)}


def _nearing(state: PlatformState, outcome: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"told_days": content["days"]}


def _opened(state: PlatformState, outcome: str, content: dict[str, Any]) -> dict[str, Any]:
    opening = content.get("opening", state.openings + 1)
    return {"open_assessment": content["year"], "openings": opening}


def _ended(state: PlatformState, outcome: str, content: dict[str, Any]) -> dict[str, Any]:
    if "log_hash" not in content:  # broken off from outside: the year is still to be assessed
        return {"open_assessment": None, "reopening": None}
    result = AssessmentResult(year=content["year"], result=outcome, log_hash=content["log_hash"])
    return {
        "open_assessment": None,
        "reopening": None,
        "openings": 0,
        "assessments": (*state.assessments, result),
    }


def _to_mend(state: AssessmentState, outcome: str, content: dict[str, Any]) -> dict[str, Any]:
    if not content.get("to_mend"):
        return {}
    months = state.facts.policy.rectification_months
    default = add_months(date.fromisoformat(content["decided_on"]), months)
    given = content.get("mend_by")
    return {"mend_by": end_of(date.fromisoformat(given) if given else default)}


_EFFECTS: dict[str, Effect] = {
    Kind.PLAN_REVISION: _new_plan,
    Kind.LISTING: _included,
    Kind.BRINGING_IN: _brought_in,
    Kind.EVALUATION: _to_mend,
    Happening.REMINDED: _reminded,
    Happening.OVERDUE: _overdue,
    Happening.CLOCK_STOPPED: _stopped,
    Happening.VALIDITY_NEARING: _nearing,
    Happening.ASSESSMENT_OPENED: _opened,
    Happening.ASSESSMENT_ENDED: _ended,
}
