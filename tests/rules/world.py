"""A platform and its assessments on one clock: what happens by itself happens, without any server.

What the two workflows do on the real servers, told again in a page, for the examples' sake.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from activities.calendar import working_day_due
from workflows.application import PlatformApplication
from workflows.case import Case
from workflows.handing_in import DueRequest
from workflows.lifecycle import ASSESSMENT
from workflows.model import instant, parse
from workflows.periods import beijing_date, kick_off
from workflows.record import BEGINNING
from workflows.rules import ending, lifecycle_of
from workflows.state import AssessmentState, PlatformState, Receipt, applied
from workflows.steps import Clock
from workflows.vocabulary import Happening

from .builders import Raw

Event = tuple[datetime, Callable[[], Any]]
ASSESSMENT_KINDS = {trigger.name for _, trigger, _ in ASSESSMENT.arrows() if trigger.by}


class World:
    """One term."""

    def __init__(self, application: Raw, at: datetime, before: Case[Any] | None = None) -> None:
        """Apply; the term before, if there was one, has ended."""
        if before:
            term, log_hash = before.state.facts.term, before.log[-1].hash
            previous = {"term": term, "log_hash": log_hash}
            application = application | {"term": term + 1, "previous": previous}
        form = parse(PlatformApplication, application)
        start = form.previous.log_hash if form.previous else BEGINNING
        self.now = at
        self.platform: Case[PlatformState] = Case.open(applied(form), at, start, form.submitted_by)
        self.assessment: Case[AssessmentState] | None = None
        self.cases: list[Case[Any]] = [self.platform]

    def decide(self, raw: Raw, decision_id: str) -> Receipt:
        """Take a decision of today."""
        case: Case[Any] | None = self.platform
        if raw["kind"] in ASSESSMENT_KINDS:
            case = self.assessment
        assert case is not None, "no assessment is open"
        today = beijing_date(self.now).isoformat()
        receipt = case.decide({"decision_id": decision_id, "decided_on": today, **raw}, self.now)
        self._follow()
        return receipt

    def advance(self, to: datetime) -> None:
        """Let time pass, and happen what happens by itself."""
        while events := [event for event in self._events() if event[0] <= to]:
            at, act = min(events, key=lambda event: event[0])
            self.now = max(self.now, at)
            act()
            self._follow()
        self.now = max(self.now, to)

    def opens(self) -> datetime:
        """When the next assessment opens, or should have."""
        state, policy = self.platform.state, self.platform.state.facts.policy
        assert state.listed_on
        hours = (policy.assessment_opens_from_hour, policy.assessment_opens_until_hour)
        year = len(state.assessments) + 1
        lead = policy.assessment_lead_days
        return kick_off(state.listed_on, year, lead, hours, state.facts.platform_id)

    def break_off(self) -> None:
        """The open assessment is terminated from outside."""
        self._assessment_ended("", {})

    def _events(self) -> list[Event]:
        events = self._overdue(self.platform)
        state = self.platform.state
        if self.assessment:
            events += self._overdue(self.assessment)
            over = self._happens(self.assessment, Happening.VALIDITY_ENDED, "period_over")
            events.append((self.assessment.state.valid_until, over))
        elif state.valid_until and not self.platform.ended:
            over = self._happens(self.platform, Happening.VALIDITY_ENDED, "period_over")
            events.append((state.valid_until, over))
            if len(state.assessments) < state.facts.policy.validity_years:
                events.append((self.opens(), self._open))
        return events

    def _overdue(self, case: Case[Any]) -> list[Event]:
        state = case.state
        step = lifecycle_of(state).step(state.stage)
        told = self._happens(case, Happening.OVERDUE, "told")
        if state.overdue or step.clock not in (Clock.WORKING_DAYS, Clock.RECTIFICATION):
            return []
        if step.clock is Clock.RECTIFICATION:
            return [(state.mend_by, told)]
        days = getattr(state.facts.policy, step.days)
        return [(working_day_due(DueRequest(since=state.since, working_days=days)).due, told)]

    def _happens(self, case: Case[Any], name: Happening, outcome: str) -> Callable[[], Any]:
        return lambda: case.happen(name, outcome, {}, self.now)

    def _open(self) -> None:
        year = len(self.platform.state.assessments) + 1
        said = {"year": year}
        self.platform.happen(Happening.ASSESSMENT_OPENED, "opened", said, self.now)
        state = self.platform.state
        assert state.valid_until
        content = {
            "year": year,
            "opening": state.openings,
            "valid_until": instant(state.valid_until),
            "facts": state.facts.model_dump(mode="json"),
        }
        self.assessment = Case.open(content, self.now, self.platform.log[-1].hash)
        self.cases.append(self.assessment)

    def _follow(self) -> None:
        """An assessment that has ended is noted; one that is open ends with its platform."""
        if self.assessment and self.platform.ended and not self.assessment.ended:
            self.assessment.happen(Happening.PLATFORM_WITHDRAWN, "withdrawn", {}, self.now)
        if self.assessment and self.assessment.ended:
            stage = self.assessment.state.stage
            said = {"result": str(stage), "log_hash": self.assessment.log[-1].hash}
            self._assessment_ended(stage, said)

    def _assessment_ended(self, result: str, said: Raw) -> None:
        outcome = ending(self.platform.state, result)
        content = {"year": self.platform.state.open_assessment, **said}
        self.platform.happen(Happening.ASSESSMENT_ENDED, outcome, content, self.now)
        self.assessment = None
