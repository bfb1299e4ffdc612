"""What becomes of a case: `follow_arrow` moves its state along an arrow of the table. Pure and synchronous.

Whether a decision may be taken is for `judge.py` to say; `state_folding.py` folds a whole log.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar, cast

from workflows.awaited import Awaited
from workflows.case_changes import changed_facts
from workflows.circumstances import NEWEST, Edition
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.model import record_from
from workflows.periods import (
    add_months,
    beijing_date,
    end_of,
    last_day,
    validity_as_printed,
    validity_end,
)
from workflows.record import BEGINNING
from workflows.refusal import Refusal, Refused
from workflows.roster_entries import RosterRoot
from workflows.states import (
    AssessmentChanges,
    AssessmentResult,
    AssessmentState,
    NextTermFiled,
    PlatformChanges,
    PlatformState,
    Spent,
    StepChanges,
    Suspended,
    facts_of,
)
from workflows.steps import TIMED, Arrow, Clock, Lifecycle
from workflows.vocabulary import AssessmentStage, Happening, Kind, Stage, Word
from workflows.words import Words

CaseState = PlatformState | AssessmentState
S = TypeVar("S", PlatformState, AssessmentState)


def lifecycle_of(state: CaseState) -> Lifecycle:
    """Return the table of a kind of case."""
    return PLATFORM if isinstance(state, PlatformState) else ASSESSMENT


def awaited(state: CaseState, edition: Edition = NEWEST) -> tuple[Awaited, ...]:
    """Return the decisions that a case waits for; what is possible at any time is not among them."""
    suspended = state.suspended_since is not None
    lifecycle = lifecycle_of(state)
    return lifecycle.awaited(
        state.stage, overdue=state.overdue, suspended=suspended, edition=edition
    )


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
        if not arrow.resumes:  # what an earlier visit to that step took is no part of this one
            step["spent"] = tuple(spent for spent in state.spent if spent.stage is not arrow.to)
    dated: dict[str, date] = {}
    # The operator's next application orders nothing: what staff date before it is still taken after it.
    if content.get("decided_on") and not lifecycle_of(state).apart(name):
        dated[dated_by(state, name)] = date.fromisoformat(content["decided_on"])
    effect = _EFFECTS.get(name)
    changes = effect(state, arrow, content, at) if effect else {}
    return state.model_copy(update={**changes, **step, **dated})


def dated_by(state: CaseState, name: str) -> str:
    """Return the field of a state with the date that a decision of this kind may not lie before."""
    return "changed_on" if lifecycle_of(state).lasting(name) else "decided_on"


def arrow_of(state: CaseState, name: str, outcome: str, content: dict[str, Any]) -> Arrow:
    """Return the arrow that an outcome takes from where a case stands.

    Raises:
        LookupError: the table has none here (never after `judge`).
    """
    suspended = state.suspended_since is not None
    for trigger in lifecycle_of(state).triggers(state.stage):
        here = trigger.name == name and trigger.suspended in (None, suspended)
        for arrow in trigger.arrows if here else ():
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
        not_before = beijing_date(at) if content.get("previous") else None
        return PlatformState(
            facts=facts_of(content),
            stage=Stage.RECOMMENDATION,
            since=at,
            decided_on=not_before,
            changed_on=not_before,
            plan_sha256=content["plan_sha256"],
            roster=_pinned(content.get("roster")),
        )
    suspended = content.get("suspended_since")
    return AssessmentState(
        facts=facts_of(content["facts"]),
        year=content["year"],
        opening=content.get("opening", 1),
        valid_until=datetime.fromisoformat(content["valid_until"]),
        stage=AssessmentStage.SELF_REPORT,
        since=at,
        decided_on=beijing_date(at),
        suspended_since=datetime.fromisoformat(suspended) if suspended else None,
        roster=_pinned(content.get("roster")),
    )


def _pinned(signed: dict[str, Any] | None) -> RosterRoot | None:
    """Return the version of the roster that a log says of a signed one."""
    return record_from(RosterRoot, signed["root"]) if signed else None


Changes = PlatformChanges | AssessmentChanges
Effect = Callable[[Any, Arrow, dict[str, Any], datetime], Changes]


def _new_plan(
    state: PlatformState, arrow: Arrow, content: dict[str, Any], at: datetime
) -> PlatformChanges:
    version = max(state.plan_version, state.plans_filed) + 1
    return {
        "plan_version": version,
        "plans_filed": version,
        "plan_sha256": content["plan_sha256"],
    }


def _included(
    state: PlatformState, arrow: Arrow, content: dict[str, Any], at: datetime
) -> PlatformChanges:
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


def _brought_in(
    state: PlatformState, arrow: Arrow, content: dict[str, Any], at: datetime
) -> PlatformChanges:
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


def _learned(state: CaseState, arrow: Arrow, content: dict[str, Any], at: datetime) -> Changes:
    return {"roster": _pinned(content["roots"][-1])}


def _overdue(state: CaseState, arrow: Arrow, content: dict[str, Any], at: datetime) -> Changes:
    return {"overdue": True}


def _reminded(state: CaseState, arrow: Arrow, content: dict[str, Any], at: datetime) -> Changes:
    return {"reminded": True}


def _stopped(
    state: PlatformState, arrow: Arrow, content: dict[str, Any], at: datetime
) -> PlatformChanges:
    spent = Spent(
        stage=Stage(content["of"]),
        since=datetime.fromisoformat(content["since"]),
        until=state.since,
    )
    return {"spent": (*state.spent, spent)}


def _nearing(
    state: PlatformState, arrow: Arrow, content: dict[str, Any], at: datetime
) -> PlatformChanges:
    return {"told_days": content["days"]}


def _next_term(
    state: PlatformState, arrow: Arrow, content: dict[str, Any], at: datetime
) -> PlatformChanges:
    if "application_sha256" not in content:
        return {"next_term": None}
    filed = NextTermFiled(
        application_id=content["application_id"],
        application_sha256=content["application_sha256"],
        filed_on=date.fromisoformat(content["decided_on"]),
    )
    return {"next_term": filed}


def _opened(
    state: PlatformState, arrow: Arrow, content: dict[str, Any], at: datetime
) -> PlatformChanges:
    opening = content.get("opening", state.openings + 1)
    return {"open_assessment": content["year"], "openings": opening}


def _ended(
    state: PlatformState, arrow: Arrow, content: dict[str, Any], at: datetime
) -> PlatformChanges:
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


def _to_mend(
    state: AssessmentState, arrow: Arrow, content: dict[str, Any], at: datetime
) -> AssessmentChanges:
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


def _changed(state: CaseState, arrow: Arrow, content: dict[str, Any], at: datetime) -> Changes:
    """Replace the facts; the log says what they were, and from which entry on they are others."""
    changes: PlatformChanges = {"facts": changed_facts(state.facts, content)}
    if content.get("roster"):
        changes["roster"] = _pinned(content["roster"])
    if isinstance(state, PlatformState):
        changes["facts_version"] = state.facts_version + 1
    return changes


def _suspended(state: CaseState, arrow: Arrow, content: dict[str, Any], at: datetime) -> Changes:
    """Stop the clock; that of an assessment stopped when its platform was suspended, whenever it noted that."""
    since = content.get("at")
    return {"suspended_since": datetime.fromisoformat(since) if since else at}


def _resumed(state: CaseState, arrow: Arrow, content: dict[str, Any], at: datetime) -> Changes:
    """End a suspension: the clock of the step goes on where it stopped, unless that was over."""
    stopped = state.suspended_since
    assert stopped, "a resumption is possible in a suspension only"  # noqa: S101
    clock = lifecycle_of(state).step(state.stage).clock
    step: StepChanges = {"suspended_since": None}
    runs_on = clock in TIMED and not state.overdue
    if runs_on:
        ran = Spent(stage=state.stage, since=state.since, until=stopped)
        spent = (*state.spent, ran) if state.since < stopped else state.spent
        step = {**step, "since": at, "reminded": False, "spent": spent}
    if isinstance(state, PlatformState):
        ended = Suspended(since=stopped, until=at)
        return cast(PlatformChanges, {**step, "suspensions": (*state.suspensions, ended)})
    if runs_on and clock is Clock.RECTIFICATION and state.mend_by:
        days = beijing_date(at) - beijing_date(stopped)
        # What fits into validity still does; it ends the assessment.
        latest = max(state.mend_by, state.valid_until)
        moved = min(end_of(last_day(state.mend_by) + days), latest)
        return cast(AssessmentChanges, {**step, "mend_by": moved})
    return cast(AssessmentChanges, step)


_EFFECTS: dict[str, Effect] = {
    Kind.PLAN_REVISION: _new_plan,
    Kind.LISTING: _included,
    Kind.BRINGING_IN: _brought_in,
    Kind.NEXT_TERM: _next_term,
    Kind.EVALUATION: _to_mend,
    Kind.FACTS_CHANGE: _changed,
    Kind.SUSPENSION: _suspended,
    Kind.RESUMPTION: _resumed,
    Happening.REMINDED: _reminded,
    Happening.OVERDUE: _overdue,
    Happening.CLOCK_STOPPED: _stopped,
    Happening.VALIDITY_NEARING: _nearing,
    Happening.ASSESSMENT_OPENED: _opened,
    Happening.ASSESSMENT_ENDED: _ended,
    Happening.FACTS_CHANGED: _changed,
    Happening.PLATFORM_SUSPENDED: _suspended,
    Happening.PLATFORM_RESUMED: _resumed,
    Happening.ROSTER_LEARNED: _learned,
}
