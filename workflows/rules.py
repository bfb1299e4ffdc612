"""The judge: may this decision be taken now, and what becomes of the case. Pure and synchronous.

`judge` checks a decision against the lifecycle table and the guideline's own demands on its content;
`take` moves the state along an arrow; `apply` does both. `folding.py` takes a whole log again.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from workflows.bringing_in import BringingIn
from workflows.content import CHECKS
from workflows.decision import Decision
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.periods import add_months, beijing_date, end_of, last_day, validity_end
from workflows.record import BEGINNING
from workflows.refusal import Refusal, Refused, same_name
from workflows.state import (
    AssessmentResult,
    AssessmentState,
    Awaited,
    PlatformState,
    Spent,
    content_of,
    facts_of,
)
from workflows.steps import Arrow, Lifecycle
from workflows.vocabulary import AssessmentStage, Happening, Kind, Role, Stage

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


def apply(state: S, decision: Decision, at: datetime) -> S:
    """Take a decision at a moment.

    Raises:
        Refused: it may not be taken; says by which rule and what is awaited.
    """
    judge(state, decision, at)
    return take(state, decision.kind, decision.result, content_of(decision), at)


def judge(state: CaseState, decision: Decision, at: datetime) -> None:
    """Check that a decision may be taken: its turn, its author, its day, its content.

    Raises:
        Refused: with the rule, what is awaited now and from whom.
    """

    def refused(rule: str, en: str, zh: str) -> Refused:
        return Refused(Refusal(rule=rule, en=en, zh=zh, stage=state.stage, awaited=awaited(state)))

    kind, facts, actor = Kind(decision.kind), state.facts, decision.actor
    if state.valid_until and at >= state.valid_until:
        last = last_day(state.valid_until)
        raise refused("§四", f"validity ended on {last}", f"有效期已于 {last} 届满")
    triggers = [t for t in lifecycle_of(state).triggers(state.stage) if t.name == kind]
    if not triggers:
        raise refused(
            kind.article,
            f"{kind} is not awaited: the case is in {state.stage}",
            f"现在不能作“{kind.zh}”：目前处于“{state.stage.zh}”",
        )
    mine = [t for t in triggers if t.by == actor.role]
    if not mine:
        by = " or ".join(str(t.by) for t in triggers)
        by_zh = "或".join(t.by.zh for t in triggers if t.by)
        raise refused(
            triggers[0].rule,
            f"{kind} is for the {by} to take, not for the {actor.role}",
            f"“{kind.zh}”应由{by_zh}作出，不是{actor.role.zh}",
        )
    if actor.role is Role.DISTRICT and actor.district is not facts.district:
        whose = actor.district or "no district"
        whose_zh = actor.district.zh if actor.district else "未注明的区"
        raise refused(
            mine[0].rule,
            f"only the platform's own district, {facts.district}, may say this; you speak for {whose}",
            f"只能由平台所在区（{facts.district.zh}）作出，不是{whose_zh}",
        )
    if actor.role is Role.OPERATOR and not same_name(actor.organisation, facts.operator.name):
        raise refused(
            mine[0].rule,
            f"only the operator, {facts.operator.name}, may say this, not {actor.organisation}",
            f"只能由平台运营单位（{facts.operator.name}）作出，不是{actor.organisation}",
        )
    absence = _substitution_problem(decision)
    if absence:
        raise refused(mine[0].rule, *absence)
    outcomes = [a for t in mine for a in t.arrows if a.outcome == decision.result]
    if not outcomes:
        may = " or ".join(sorted({a.outcome for t in mine for a in t.arrows}))
        raise refused(
            mine[0].rule,
            f"{decision.result} is not for the {actor.role} to say: {may}",
            f"{actor.role.zh}不能作出 {decision.result}，只能是 {may}",
        )
    if not state.overdue and all(t.once_overdue for t in mine):
        raise refused(
            mine[0].rule,
            f"the {kind} is not overdue yet: it cannot be passed over before its deadline",
            f"“{kind.zh}”尚未逾期，不能越过",
        )
    _check_day(state, decision, at, refused)
    for check in CHECKS.get(kind, ()):
        objection = check(decision, state)
        if objection:
            raise refused(*objection)
    if isinstance(decision, BringingIn):
        end = validity_end(decision.listed_on, facts.policy.validity_years)
        if at >= end:
            raise refused(
                "§四",
                f"its validity ended on {last_day(end)}: what is over is not brought in; apply anew",
                f"其有效期已于 {last_day(end)} 届满，不再转入；请重新申请",
            )


def _check_day(
    state: CaseState,
    decision: Decision,
    at: datetime,
    refused: Callable[[str, str, str], Refused],
) -> None:
    """A decision is dated no later than today and no earlier than the one before it.

    The first of a platform's first term may be older than the case: what was decided on paper is
    entered with its true day. In a later term and in an assessment it may not, or a decision on the
    term or the year before that is sent once more would be taken for this one.
    """
    today = beijing_date(at)
    if decision.decided_on > today:
        raise refused(
            "§四",
            f"decided_on {decision.decided_on} is in the future: today is {today} in Beijing",
            f"decided_on {decision.decided_on} 在未来：北京时间今天是 {today}",
        )
    if state.decided_on and decision.decided_on < state.decided_on:
        raise refused(
            "§四",
            f"decided_on {decision.decided_on} is before the decision it follows, {state.decided_on}",
            f"decided_on {decision.decided_on} 早于前一决定的日期 {state.decided_on}",
        )


def _substitution_problem(decision: Decision) -> tuple[str, str] | None:
    """Who acts for another is another, and does so on a day for which they were named."""
    actor, absence = decision.actor, decision.actor.acting_for
    if absence is None:
        return None
    if absence.principal_id == actor.id:
        return f"{actor.id} cannot act for themselves", f"{actor.id} 不能代本人办理"
    if not absence.first_day <= decision.decided_on <= absence.last_day:
        days = f"{absence.first_day} – {absence.last_day}"
        return (
            f"{actor.id} acts for {absence.principal_id} on {days} only, not on {decision.decided_on}",
            f"{actor.id} 仅可在 {days} 代 {absence.principal_id} 办理，{decision.decided_on} 不在其内",
        )
    return None


def take(state: S, name: str, outcome: str, content: dict[str, Any], at: datetime) -> S:
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
