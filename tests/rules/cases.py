"""Cases brought to a given stage, decision by decision, a day apart."""

from datetime import UTC, datetime
from typing import Any

from workflows.application import PlatformApplication
from workflows.case import Case
from workflows.lifecycle import STAYS
from workflows.model import Message, as_sent, instant, parse
from workflows.periods import beijing_date
from workflows.record import EntryKind, LogEntry
from workflows.recovery import Recovery
from workflows.state_folding import set_aside_marks
from workflows.states import AssessmentState, PlatformState, Receipt, application_content
from workflows.steps import AnyStage, Arrow, Trigger
from workflows.vocabulary import (
    AssessmentStage,
    Happening,
    HappeningOutcome,
    Kind,
    NextTermOutcome,
    Stage,
)

from . import builders
from .builders import ACTORS, DAY, Raw, application
from .officers import entry, root, signed

Step = tuple[Kind | Happening, Raw]

_OFFICERS = [entry("kw-1"), entry("kw-2")]
FIRST = signed(root(_OFFICERS), _OFFICERS, *_OFFICERS)
"""A first version of a roster."""
START = datetime(2024, 3, 4, 1, 30, tzinfo=UTC)
"""A Monday, 09:30 in Beijing."""


def moment(case: Case[Any]) -> datetime:
    """When the next thing happens: a day after the last."""
    return case.log[-1].at + DAY


def standing(case: Case[Any]) -> list[LogEntry]:
    """The decisions of a case that count, as far as one may set them aside: the first comes first."""
    marks = set_aside_marks(case.log)
    return [
        entry
        for entry in case.log
        if entry.kind is EntryKind.DECISION
        and entry.name not in {Kind.SET_ASIDE, *STAYS}
        and entry.seq not in marks
    ]


def decision(kind: str, case: Case[Any], /, outcome: str | None = None, **changes: Any) -> Raw:
    """A valid decision of any kind, as the next in a case; the last one is what is set aside."""
    today = beijing_date(moment(case)).isoformat()
    usual: Raw = {}
    if kind == Kind.SET_ASIDE and standing(case):
        usual["target"] = standing(case)[-1].decision_id
    if kind == Kind.SUPPORT:
        usual["given_on"] = today
    if kind == Kind.FACTS_CHANGE:
        usual["name"] = f"第{len(case.log)}次更名的平台"
    return builders.decision(kind, f"d-{len(case.log) + 1}", today, outcome, **usual | changes)


def decide(case: Case[Any], kind: str, /, outcome: str | None = None, **changes: Any) -> Receipt:
    """Take the next decision, a day after the last."""
    return case.decide(decision(kind, case, outcome, **changes), moment(case))


def record_event(case: Case[Any], name: Happening, outcome: str = "") -> None:
    """Note a happening, a day after the last, with what its workflow says of it."""
    words = (*HappeningOutcome, *AssessmentStage)
    chosen = next((word for word in words if word == outcome), None)
    state = case.state
    said: Raw = {}
    if name.startswith("assessment"):
        said = {"year": getattr(state, "open_assessment", None) or 1}
    if name == Happening.ASSESSMENT_ENDED and outcome != "broken_off":
        said |= {"result": outcome, "entries": 4, "log_hash": "cd" * 32}
    if name == Happening.CLOCK_STOPPED:
        said = {"of": str(state.came_from), "since": instant(state.since - 3 * DAY)}
    if name == Happening.FACTS_CHANGED:
        said = {"entry": 9, "hash": "ef" * 32, "name": f"第{len(case.log)}次更名的平台"}
    if name == Happening.ROSTER_LEARNED:
        said = {"roots": [as_sent(FIRST)]}
    if name == Happening.RECOVERED:
        said = recovery(case).content(None)
    if name == Happening.VALIDITY_NEARING:
        said = {"days": 180}
    case.record_event(name, said, moment(case), chosen)


def recovery(case: Case[Any], **changes: Any) -> Recovery:
    """The statement by which a case goes on from its log, as nobody signed it."""
    facts = case.state.facts
    usual = {
        "recovery_id": f"recovery-{len(case.log)}",
        "platform_id": facts.platform_id,
        "term": facts.term,
        "entries": len(case.log),
        "log_hash": case.log[-1].hash,
        "by": "user:ops",
        "reason": "数据文件损坏",
        "histories": "归档",
    }
    plain = {k: as_sent(v) if isinstance(v, Message) else v for k, v in changes.items()}
    return parse(Recovery, usual | plain)


def platform(**changes: Any) -> Case[PlatformState]:
    """A platform that has just been applied for."""
    form = parse(PlatformApplication, application(**changes))
    return Case.open(application_content(form), START, actor=form.submitted_by)


def assessment(of: Case[PlatformState] | None = None, year: int = 1) -> Case[AssessmentState]:
    """A yearly assessment that has just opened."""
    owner = of or at_stage(Stage.VALID)
    state = owner.state
    assert state.valid_until
    said = {
        "year": year,
        "valid_until": instant(state.valid_until),
        "facts": state.facts.model_dump(mode="json"),
    }
    return Case.open(said, moment(owner), owner.log[-1].hash)


_TO_INSPECTION: tuple[Step, ...] = ((Kind.RECOMMENDATION, {}),)
_TO_REVIEW: tuple[Step, ...] = (*_TO_INSPECTION, (Kind.INSPECTION, {}))
_TO_LISTING: tuple[Step, ...] = (*_TO_REVIEW, (Kind.EXPERT_OPINION, {}))
_TO_VALID: tuple[Step, ...] = (*_TO_LISTING, (Kind.LISTING, {}))
_TO_EVALUATION: tuple[Step, ...] = ((Kind.SELF_REPORT, {}), (Kind.DISTRICT_REVIEW, {}))
_TO_RECTIFICATION: tuple[Step, ...] = (
    *_TO_EVALUATION,
    (Kind.EVALUATION, {"outcome": "not_effective"}),
)
_TO_REASSESSMENT: tuple[Step, ...] = (*_TO_RECTIFICATION, (Kind.RECTIFICATION_REPORT, {}))
_OPENED: Step = (Happening.ASSESSMENT_OPENED, {})
_OVER: Step = (Happening.VALIDITY_ENDED, {})

PATHS: dict[AnyStage, tuple[Step, ...]] = {
    Stage.RECOMMENDATION: (),
    Stage.CORRECTION: ((Kind.RECOMMENDATION, {"outcome": "returned"}),),
    Stage.INSPECTION: _TO_INSPECTION,
    Stage.IMPROVEMENT: (*_TO_INSPECTION, (Kind.INSPECTION, {"corrections": ["补充"]})),
    Stage.EXPERT_REVIEW: _TO_REVIEW,
    Stage.LISTING: _TO_LISTING,
    Stage.VALID: _TO_VALID,
    Stage.EXPIRED: (*_TO_VALID, _OVER),
    Stage.DELISTED: (
        *_TO_VALID,
        _OPENED,
        (Happening.ASSESSMENT_ENDED, {"outcome": "not_met"}),
    ),
    Stage.DECLINED: ((Kind.RECOMMENDATION, {"outcome": "declined"}),),
    Stage.WITHDRAWN: ((Kind.WITHDRAWAL, {}),),
    Stage.TERMINATED: ((Kind.TERMINATION, {}),),
    AssessmentStage.SELF_REPORT: (),
    AssessmentStage.DISTRICT_REVIEW: _TO_EVALUATION[:1],
    AssessmentStage.EVALUATION: _TO_EVALUATION,
    AssessmentStage.RECTIFICATION: _TO_RECTIFICATION,
    AssessmentStage.REASSESSMENT_VIEW: _TO_REASSESSMENT,
    AssessmentStage.REASSESSMENT: _TO_REASSESSMENT,
    AssessmentStage.EFFECTIVE: (*_TO_EVALUATION, (Kind.EVALUATION, {})),
    AssessmentStage.UNMENDED: _TO_RECTIFICATION,
    AssessmentStage.MET: (*_TO_REASSESSMENT, (Kind.REASSESSMENT, {})),
    AssessmentStage.NOT_MET: (*_TO_REASSESSMENT, (Kind.REASSESSMENT, {"outcome": "not_met"})),
    AssessmentStage.ENDED_WITH_VALIDITY: (_OVER,),
    AssessmentStage.ENDED_WITH_PLATFORM: ((Happening.PLATFORM_WITHDRAWN, {}),),
}
"""The shortest way to each stage."""

HEARD: Raw = {"reassessment_view_days": 10}
"""A policy by which the district is heard before a reassessment."""
NO_TIME: Raw = {
    "rectification_within_validity": True,
    "validity_years": 1,
    "rectification_months": 24,
}
"""A policy by which no rectification fits into validity."""
SOON: Raw = {"validity_years": 1, "next_term_days": 365}
"""A policy by which the next term may be applied for from the first day on."""
POLICIES: dict[AnyStage, Raw] = {
    AssessmentStage.REASSESSMENT_VIEW: HEARD,
    AssessmentStage.UNMENDED: NO_TIME,
}
"""Under which policy a stage is reached, where not under that of older cases."""


def policy_of(stage: AnyStage, arrow: Arrow | None = None) -> Raw:
    """The policy of a case that stands in a stage and may take an arrow; empty: that of older cases."""
    if arrow and arrow.district_heard:
        return HEARD
    if arrow and arrow.mends is False:
        return NO_TIME
    if arrow and isinstance(arrow.outcome, NextTermOutcome):
        return SOON
    return POLICIES.get(stage, {})


def walk(case: Case[Any], steps: tuple[Step, ...]) -> Case[Any]:
    """Take steps in order, a day apart."""
    for name, changes in steps:
        if isinstance(name, Kind):
            decide(case, name, **changes)
        else:
            record_event(case, name, **changes)
    return case


def at_stage(stage: AnyStage, **of_application: Any) -> Case[Any]:
    """A case that stands in a stage; an assessment is that of a valid platform."""
    if policy := policy_of(stage):
        of_application = {"policy": policy} | of_application
    if isinstance(stage, Stage):
        return walk(platform(**of_application), PATHS[stage])
    valid = walk(platform(**of_application), PATHS[Stage.VALID])
    return walk(assessment(valid), PATHS[stage])


def returned_from(stage: Stage) -> Case[Any]:
    """A platform whose plan was returned from a stage, and is being corrected."""
    kinds = {
        Stage.RECOMMENDATION: Kind.RECOMMENDATION,
        Stage.INSPECTION: Kind.INSPECTION,
        Stage.EXPERT_REVIEW: Kind.EXPERT_OPINION,
    }
    case = at_stage(stage)
    decide(case, kinds[stage], "returned")
    return case


def along(case: Case[Any], trigger: Trigger, arrow: Arrow) -> Raw:
    """The decision that takes an arrow."""
    assert trigger.by, "a happening is no decision"
    corrections = {"corrections": ["补充设备清单"]} if arrow.corrections else {}
    return decision(trigger.name, case, arrow.outcome, actor=ACTORS[trigger.by], **corrections)


def take(case: Case[Any], trigger: Trigger, arrow: Arrow) -> LogEntry:
    """Take an arrow, having made the step overdue where it must be; answers its entry of the log."""
    if trigger.once_overdue and not case.state.overdue:
        record_event(case, Happening.OVERDUE)
    if isinstance(trigger.name, Happening):
        record_event(case, trigger.name, arrow.outcome)
        return case.log[-1]
    receipt = case.decide(along(case, trigger, arrow), moment(case))
    return case.log[receipt.seq - 1]
