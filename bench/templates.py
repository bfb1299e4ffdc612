"""A few platforms, one in each place of the road: what a register of many is made of."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from activities.calendar import working_day_due
from bench.script import application, decided
from db.register_store import PostgresRegister
from workflows.activity_messages import DueRequest, RegisterBatch
from workflows.application import PlatformApplication
from workflows.assessment_years import open_assessment, open_year
from workflows.case import Case
from workflows.contract import assessment_workflow_id, platform_workflow_id
from workflows.model import as_sent, parse
from workflows.rules import lifecycle_of
from workflows.states import PlatformState, application_content
from workflows.vocabulary import Happening

TODAY = datetime(2026, 11, 23, 2, tzinfo=UTC)
_LONG_AGO = TODAY - timedelta(days=90)


@dataclass(frozen=True)
class Template:
    """A platform after so many decisions, and so many of its first assessment; how many of a hundred."""

    decisions: int
    share: int
    year: int | None = None
    overdue: bool = False

    @property
    def platform_id(self) -> str:
        """Its id until it is multiplied."""
        year = "" if self.year is None else f"-{self.year}"
        return f"template-{self.decisions}{year}{'-overdue' if self.overdue else ''}"


TEMPLATES = (
    *(Template(decisions, share=10) for decisions in range(4)),
    *(Template(decisions, share=1, overdue=True) for decisions in range(4)),
    Template(4, share=32),
    *(Template(4, share=7, year=yearly) for yearly in range(3)),
    Template(4, share=1, year=0, overdue=True),
    Template(4, share=1, year=2, overdue=True),
    Template(4, share=1, year=3),
)
"""Together a hundred: more wait for a listing or an assessment than in earnest."""


async def write(register: PostgresRegister) -> None:
    """Write each template once, as its workflow would."""
    for template in TEMPLATES:
        for batch in _batches(template):
            await register.write(batch)


def _batches(template: Template) -> list[RegisterBatch]:
    at = _LONG_AGO if template.overdue else TODAY
    name = template.platform_id
    form = parse(PlatformApplication, application(name))
    platform: Case[PlatformState] = Case.open(application_content(form), at)
    platform.keep_plan(platform.state, as_sent(form.plan))
    _take(platform, decided(name, 0, at)[: template.decisions], at)
    yearly: Case[Any] | None = None
    if template.year is not None:
        assert platform.state.valid_until
        opening = open_year(platform, 1, at, platform.state.valid_until, {})
        yearly = open_assessment(opening, at)
        _take(yearly, decided(name, 1, at)[: template.year], at)
        if yearly.ended:
            told = {"year": 1, "log_hash": yearly.log[-1].hash}
            platform.record_event(Happening.ASSESSMENT_ENDED, told, at, yearly.state.stage)
    if template.overdue:
        (yearly or platform).record_event(Happening.OVERDUE, {}, TODAY)
    return [_batch(case, platform.state) for case in (platform, yearly) if case]


def _take(case: Case[Any], decisions: tuple[dict[str, Any], ...], at: datetime) -> None:
    for decision in decisions:
        case.decide(decision, at)


def _batch(case: Case[Any], platform: PlatformState) -> RegisterBatch:
    own = case.state is platform
    step = lifecycle_of(case.state).step(case.state.stage)
    facts = platform.facts
    due = None
    if step.days:
        days = getattr(facts.policy, step.days)
        due = working_day_due(DueRequest(since=case.state.since, working_days=days))
    return RegisterBatch(
        workflow_id=platform_workflow_id(facts.platform_id)
        if own
        else assessment_workflow_id(facts.platform_id, facts.term, 1),
        platform=platform,
        assessment=None if own else case.state,
        entries=tuple(case.log),
        plans=tuple(case.plans) if own else (),
        due=due,
    )
