"""A platform and its assessments on one clock: what happens by itself happens, without any server.

What the two workflows do on the real servers, told again in a page, for the examples' sake.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from activities.calendar import escalation, working_day_due
from workflows.activity_messages import DueDate, DueRequest, EscalationRequest
from workflows.application import PlatformApplication
from workflows.case import Case
from workflows.case_opening import open_platform
from workflows.lifecycle import ASSESSMENT
from workflows.model import instant, parse
from workflows.periods import at_nine, beijing_date, kick_off, last_day
from workflows.refusal import Refused
from workflows.reopening import opening_number, reopened
from workflows.rules import ending, lifecycle_of
from workflows.run_io import AssessmentOpening
from workflows.states import AssessmentState, PlatformState, Receipt
from workflows.steps import Clock
from workflows.vocabulary import Happening, Kind

from .builders import Raw

Event = tuple[datetime, Callable[[], Any]]
ASSESSMENT_KINDS = {trigger.name for _, trigger, _ in ASSESSMENT.arrows() if trigger.awaited}


class World:
    """One term."""

    def __init__(self, application: Raw, at: datetime, before: Case[Any] | None = None) -> None:
        """Apply; the term before, if there was one, has ended."""
        if before:
            term, log_hash = before.state.facts.term, before.log[-1].hash
            previous = {"term": term, "log_hash": log_hash}
            application = application | {"term": term + 1, "previous": previous}
        form = parse(PlatformApplication, application)
        self.now = at
        self.platform: Case[PlatformState] = open_platform(form, at)
        self.assessment: Case[AssessmentState] | None = None
        self.cases: list[Case[Any]] = [self.platform]

    def decide(self, raw: Raw, decision_id: str) -> Receipt:
        """Take a decision of today."""
        case, more = self._place(raw)
        assert case is not None, "no assessment is open"
        today = beijing_date(self.now).isoformat()
        given = {"given_on": today} if raw["kind"] == Kind.SUPPORT else {}
        said = {"decision_id": decision_id, "decided_on": today, **given, **raw, **more}
        receipt = case.decide(said, self.now)
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

    def _place(self, raw: Raw) -> tuple[Case[Any] | None, Raw]:
        """The case that a decision is for, and what is said to it besides."""
        if raw["kind"] in ASSESSMENT_KINDS:
            return self.assessment, {}
        if raw["kind"] == Kind.SET_ASIDE and raw["target"] not in self.platform.receipts:
            for case in reversed(self.cases[1:]):
                if raw["target"] in case.receipts:
                    return (case, {}) if case is self.assessment else (self.platform, _year(case))
        return self.platform, {}

    # ---- what happens by itself ----

    def _events(self) -> list[Event]:
        state = self.platform.state
        events: list[Event] = []
        if self.assessment:
            over = self._happens(self.assessment, Happening.VALIDITY_ENDED, "period_over", {})
            events += [(self.assessment.state.valid_until, over), *self._clocks(self.assessment)]
        elif state.valid_until and not self.platform.ended:
            over = self._happens(self.platform, Happening.VALIDITY_ENDED, "period_over", {})
            events.append((state.valid_until, over))
            if len(state.assessments) < state.facts.policy.validity_years:
                events.append((self.opens(), self._open))
        return events + self._clocks(self.platform) + self._nearing()

    def _clocks(self, case: Case[Any]) -> list[Event]:
        """When a step is called to mind, when it is overdue, and when it is told again."""
        state, due = case.state, self._due(case)
        if due is None:
            return []
        told = {"due": instant(due.due)}
        if not state.overdue:
            events = [(due.due, self._happens(case, Happening.OVERDUE, "told", told))]
            if due.remind and not state.reminded and self.now < due.due:
                events.append((due.remind, self._happens(case, Happening.REMINDED, "told", told)))
            return events
        every = state.facts.policy.escalate_every_days
        names = (Happening.OVERDUE, Happening.ESCALATED)
        last = next(entry.at for entry in reversed(case.log) if entry.name in names)
        again = EscalationRequest(due=due.due, every_days=every, after=last)
        escalated = self._happens(case, Happening.ESCALATED, "told", told)
        return [(escalation(again), escalated)] if every else []

    def _due(self, case: Case[Any]) -> DueDate | None:
        state, policy = case.state, case.state.facts.policy
        step = lifecycle_of(state).step(state.stage)
        if step.clock not in (Clock.WORKING_DAYS, Clock.RECTIFICATION):
            return None
        spent = getattr(state, "spent", ())
        mend_by = getattr(state, "mend_by", None)
        return working_day_due(
            DueRequest(
                since=state.since,
                working_days=getattr(policy, step.days) if step.days else 0,
                used=tuple((s.since, s.until) for s in spent if s.stage is state.stage),
                at_least=policy.resumed_days_at_least,
                until=mend_by if step.clock is Clock.RECTIFICATION else None,
                reminder_days=policy.reminder_days,
            )
        )

    def _nearing(self) -> list[Event]:
        """When the end of validity is told next: of several that have passed the last alone."""
        state = self.platform.state
        if self.platform.ended or state.valid_until is None:
            return []
        told, end = state.told_days, last_day(state.valid_until)
        days = state.facts.policy.expiry_notice_days
        moments = {
            day: at_nine(end - timedelta(days=day)) for day in days if told is None or day < told
        }
        if not moments:
            return []
        passed = [day for day, at in moments.items() if at <= self.now]
        chosen = min(passed) if passed else max(moments)
        name, said = Happening.VALIDITY_NEARING, {"days": chosen}
        return [(moments[chosen], self._happens(self.platform, name, "told", said))]

    def _happens(
        self, case: Case[Any], name: Happening, outcome: str, said: Raw
    ) -> Callable[[], Any]:
        return lambda: case.record_event(name, outcome, said, self.now)

    # ---- the assessments ----

    def _open(self) -> None:
        state = self.platform.state
        year = len(state.assessments) + 1
        said = {"year": year} | opening_number(self.platform.log, state, year)
        self.platform.record_event(Happening.ASSESSMENT_OPENED, "opened", said, self.now)
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

    def _open_again(self, set_aside: Raw) -> None:
        """An assessment that had ended goes on from its log, and hears the setting aside first."""
        state, log = self.platform.state, self.platform.log
        ended = next(c for c in reversed(self.cases) if _year(c) == {"year": state.open_assessment})
        opening = AssessmentOpening(
            facts=state.facts,
            year=ended.state.year,
            opening=ended.state.opening,
            valid_until=ended.state.valid_until,
            before=log[-1].hash,
        )
        carried = reopened(opening, ended.log, log, set_aside).carried
        assert carried
        self.assessment = Case(carried.state, carried.record)
        self.cases[self.cases.index(ended)] = self.assessment
        try:
            self.assessment.decide(set_aside, self.now)
        except Refused as error:
            self.assessment.refuse(Kind.SET_ASIDE, set_aside, error, self.now)

    def _follow(self) -> None:
        """An assessment that has ended is noted; one that is open ends with what it rests on."""
        state = self.platform.state
        if self.assessment is None:
            if state.reopening:
                self._open_again(state.reopening)
            return
        resting = state.open_assessment is not None and not self.platform.ended
        if not (resting or self.assessment.ended):
            self.assessment.record_event(Happening.PLATFORM_WITHDRAWN, "withdrawn", {}, self.now)
        if self.assessment.ended:
            stage = self.assessment.state.stage
            log = self.assessment.log
            said = {"result": str(stage), "entries": len(log), "log_hash": log[-1].hash}
            self._assessment_ended(stage, said)

    def _assessment_ended(self, result: str, said: Raw) -> None:
        assert self.assessment
        content = _year(self.assessment) | said
        self.assessment = None
        if self.platform.state.open_assessment:
            outcome = ending(self.platform.state, result)
            self.platform.record_event(Happening.ASSESSMENT_ENDED, outcome, content, self.now)
        else:
            self.platform.record_event(Happening.ASSESSMENT_CLOSED, "closed", content, self.now)


def _year(case: Case[Any]) -> Raw:
    """Of which year an assessment is."""
    return {"year": getattr(case.state, "year", None)}
