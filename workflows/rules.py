"""What becomes of a case: `follow_arrow` moves its state along an arrow of the table. Pure and synchronous.

Whether a decision may be taken is for `judge.py` to say; `state_folding.py` folds a whole log.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from workflows.awaited import Awaited
from workflows.circumstances import NEWEST, Edition
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.periods import add_months, beijing_date, end_of, validity_as_printed, validity_end
from workflows.record import BEGINNING
from workflows.refusal import Refusal, Refused
from workflows.states import (
    AssessmentChanges,
    AssessmentResult,
    AssessmentState,
    PlatformChanges,
    PlatformState,
    Spent,
    StepChanges,
    facts_of,
)
from workflows.steps import Arrow, Lifecycle
from workflows.vocabulary import AssessmentStage, Happening, Kind, Stage, Word
from workflows.words import Words

CaseState = PlatformState | AssessmentState
S = TypeVar("S", PlatformState, AssessmentState)


def lifecycle_of(state: CaseState) -> Lifecycle:
    """Return the table of a kind of case."""
    return PLATFORM if isinstance(state, PlatformState) else ASSESSMENT


def awaited(state: CaseState, edition: Edition = NEWEST) -> tuple[Awaited, ...]:
    """Return the decisions that a case waits for; what is possible at any time is not among them."""
    step = lifecycle_of(state).step(state.stage)
    return step.awaited(overdue=state.overdue, edition=edition)


def refused(state: CaseState, rule: str, why: Words, edition: Edition = NEWEST) -> Refused:
    """Return the refusal of a decision on a case that stands in `state`."""
    now = awaited(state, edition)
    return Refused(Refusal(rule=rule, en=why.en, zh=why.zh, stage=state.stage, awaited=now))


def follow_arrow(state: S, arrow: Arrow, name: str, content: dict[str, Any], at: datetime) -> S:
    """Move a state along an arrow: what `fold` does with every entry of a log."""
    step: StepChanges = {}
    if arrow.to is not None:
        step = {
            "stage": arrow.to,
            "since": at,
            "came_from": state.stage,
            "overdue": False,
            "reminded": False,
        }
    if content.get("decided_on"):
        step["decided_on"] = date.fromisoformat(content["decided_on"])
    effect = _EFFECTS.get(name)
    return state.model_copy(update={**(effect(state, arrow, content) if effect else {}), **step})


def arrow_of(state: CaseState, name: str, outcome: str, content: dict[str, Any]) -> Arrow:
    """Return the arrow that an outcome takes from where a case stands.

    Raises:
        LookupError: the table has none here (never after `judge`).
    """
    for trigger in lifecycle_of(state).triggers(state.stage):
        for arrow in trigger.arrows if trigger.name == name else ():
            if arrow.outcome == outcome and fits(arrow, state, content):
                return arrow
    raise LookupError(f"no arrow from {state.stage} by {name} {outcome}")


def fits(arrow: Arrow, state: CaseState, content: dict[str, Any]) -> bool:
    """Whether the conditions of an arrow hold where a case stands, for what is said."""
    policy = state.facts.policy
    return (
        arrow.corrections in (None, bool(content.get("corrections")))
        and arrow.returned_from in (None, state.came_from)
        and arrow.district_heard in (None, bool(policy.reassessment_view_days))
        and (arrow.mends is None or arrow.mends == _can_mend(state, content))
    )


def ending(state: PlatformState, result: str) -> Word:
    """Return how a platform takes the result of its assessment.

    What the table does not foresee where the platform stands (the assessment was terminated from
    outside, or ended while the platform was being withdrawn) is taken as the last arrow says.
    """
    outcomes = [
        arrow.outcome
        for trigger in PLATFORM.triggers(state.stage)
        if trigger.name == Happening.ASSESSMENT_ENDED
        for arrow in trigger.arrows
    ]
    return next((outcome for outcome in outcomes if outcome == result), outcomes[-1])


def begin(content: dict[str, Any], at: datetime) -> CaseState:
    """Return the first state of a case, from what the first entry of its log says."""
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


Changes = PlatformChanges | AssessmentChanges
Effect = Callable[[Any, Arrow, dict[str, Any]], Changes]


def _new_plan(state: PlatformState, arrow: Arrow, content: dict[str, Any]) -> PlatformChanges:
    version = max(state.plan_version, state.plans_filed) + 1
    return {
        "plan_version": version,
        "plans_filed": version,
        "plan_sha256": content["plan_sha256"],
    }


def _reviewed(state: PlatformState, arrow: Arrow, content: dict[str, Any]) -> PlatformChanges:
    """Begin the days of the review anew for a new panel: what it took before is not taken off."""
    if arrow.to is not state.stage:
        return {}
    return {"spent": tuple(spent for spent in state.spent if spent.stage is not state.stage)}


def _included(state: PlatformState, arrow: Arrow, content: dict[str, Any]) -> PlatformChanges:
    if not content.get("list_number"):
        return {}
    return _listed(state, date.fromisoformat(content["decided_on"]), content)


def _listed(state: PlatformState, day: date, content: dict[str, Any]) -> PlatformChanges:
    """Begin the years of validity with the day of the listing (§四, last paragraph)."""
    return {
        "list_number": content["list_number"],
        "certificate_number": content["certificate_number"],
        "listed_on": day,
        "valid_until": validity_end(day, state.facts.policy.validity_years),
    }


def _brought_in(state: PlatformState, arrow: Arrow, content: dict[str, Any]) -> PlatformChanges:
    past = tuple(
        AssessmentResult(
            year=one["year"], result=one["result"], log_hash=BEGINNING, brought_in=True
        )
        for one in content.get("assessments", ())
    )
    listed_on = date.fromisoformat(content["listed_on"])
    printed = date.fromisoformat(content["last_day"]) if content.get("last_day") else None
    years = state.facts.policy.validity_years
    return {
        **_listed(state, listed_on, content),
        "valid_until": validity_as_printed(listed_on, years, printed),
        "brought_in_on": date.fromisoformat(content["decided_on"]),
        "assessments": past,
    }


def _overdue(state: CaseState, arrow: Arrow, content: dict[str, Any]) -> Changes:
    return {"overdue": True}


def _reminded(state: CaseState, arrow: Arrow, content: dict[str, Any]) -> Changes:
    return {"reminded": True}


def _stopped(state: PlatformState, arrow: Arrow, content: dict[str, Any]) -> PlatformChanges:
    spent = Spent(
        stage=Stage(content["of"]),
        since=datetime.fromisoformat(content["since"]),
        until=state.since,
    )
    return {"spent": (*state.spent, spent)}


def _nearing(state: PlatformState, arrow: Arrow, content: dict[str, Any]) -> PlatformChanges:
    return {"told_days": content["days"]}


def _opened(state: PlatformState, arrow: Arrow, content: dict[str, Any]) -> PlatformChanges:
    opening = content.get("opening", state.openings + 1)
    return {"open_assessment": content["year"], "openings": opening}


def _ended(state: PlatformState, arrow: Arrow, content: dict[str, Any]) -> PlatformChanges:
    if "log_hash" not in content:  # broken off from outside: the year is still to be assessed
        return {"open_assessment": None, "reopening": None}
    result = AssessmentResult(
        year=content["year"], result=str(arrow.outcome), log_hash=content["log_hash"]
    )
    return {
        "open_assessment": None,
        "reopening": None,
        "openings": 0,
        "assessments": (*state.assessments, result),
    }


def _to_mend(state: AssessmentState, arrow: Arrow, content: dict[str, Any]) -> AssessmentChanges:
    """Set the deadline of the rectification (§六), where one begins."""
    return {"mend_by": _mend_by(state, content)} if content.get("to_mend") and arrow.mends else {}


def _mend_by(state: CaseState, content: dict[str, Any]) -> datetime:
    """Return the end of a rectification (§六): of the day that was set, or of the policy's months later."""
    if given := content.get("mend_by"):
        return end_of(date.fromisoformat(given))
    decided_on = date.fromisoformat(content["decided_on"])
    return end_of(add_months(decided_on, state.facts.policy.rectification_months))


def _can_mend(state: CaseState, content: dict[str, Any]) -> bool:
    """Whether a rectification would end before validity does, where the policy asks."""
    if not state.facts.policy.rectification_within_validity or state.valid_until is None:
        return True
    return not content.get("to_mend") or _mend_by(state, content) <= state.valid_until


_EFFECTS: dict[str, Effect] = {
    Kind.PLAN_REVISION: _new_plan,
    Kind.EXPERT_OPINION: _reviewed,
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
