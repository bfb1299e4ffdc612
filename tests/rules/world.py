"""A platform and its assessments on one clock: what happens by itself happens, without any server.

What a clock says next, and how assessments open and end, are the functions that the workflows call.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from activities.calendar import escalation, working_day_due
from workflows.activity_messages import DueDate
from workflows.application import PlatformApplication
from workflows.assessment_years import note_year_end, open_assessment, open_year, reopened
from workflows.case import Case
from workflows.case_opening import open_platform
from workflows.deadlines import clocks, due_request, escalation_request, next_expiry_notice, step_of
from workflows.known_roster import follow_platform
from workflows.lifecycle import ASSESSMENT
from workflows.model import instant, parse
from workflows.periods import beijing_date
from workflows.platform_changes import changes_to_follow, closing_happening, note_changes
from workflows.policy import policy_for_new_cases
from workflows.refusal import Refused
from workflows.run_io import AssessmentOpening
from workflows.states import AssessmentState, PlatformState, Receipt, next_assessment
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
        form = form.model_copy(update={"policy": policy_for_new_cases(form.policy)})
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
        facts, year = case.state.facts, getattr(case.state, "year", None)
        about = {"platform_id": facts.platform_id, "term": facts.term, "year": year}
        said = {"decision_id": decision_id, "decided_on": today, "case": about}
        said |= {**given, **raw, **more}
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

    def step_taken(self) -> None:
        """Do what is to be done after each step of a life: here nothing."""

    def opens(self) -> datetime:
        """When the next assessment opens, or should have."""
        opens = next_assessment(self.platform.state)
        assert opens
        return opens

    def due(self, case: Case[Any]) -> DueDate | None:
        """When the step of a case is due, and when it is escalated next."""
        if step_of(case.state).clock not in (Clock.WORKING_DAYS, Clock.RECTIFICATION):
            return None
        due = working_day_due(due_request(case.state))
        told = (Happening.OVERDUE, Happening.ESCALATED)
        last = next((entry.at for entry in reversed(case.log) if entry.name in told), self.now)
        asked = escalation_request(case.state, due, last)
        return due.model_copy(update={"escalate": escalation(asked)}) if asked else due

    def break_off(self) -> None:
        """The open assessment is terminated from outside."""
        self._assessment_ended("", {})

    def _place(self, raw: Raw) -> tuple[Case[Any] | None, Raw]:
        """The case that a decision is for, and what is said to it besides."""
        if raw["kind"] in ASSESSMENT_KINDS:
            return self.assessment, {}
        if raw["kind"] == Kind.SET_ASIDE and not self.platform.receipts.named(raw["target"]):
            for case in reversed(self.cases[1:]):
                if case.receipts.named(raw["target"]):
                    return (case, {}) if case is self.assessment else (self.platform, _year(case))
        return self.platform, {}

    # ---- what happens by itself ----

    def _events(self) -> list[Event]:
        state = self.platform.state
        valid_until = None if self.platform.ended else state.valid_until
        if self.assessment:  # it ends with validity, and the platform after it
            events = self._clocks(self.assessment, self.assessment.state.valid_until)
            return events + self._clocks(self.platform, None) + self._expiry_notices()
        opens = next_assessment(state) if valid_until else None
        events = [(opens, self._open)] if opens else []
        return events + self._clocks(self.platform, valid_until) + self._expiry_notices()

    def _clocks(self, case: Case[Any], end: datetime | None) -> list[Event]:
        due = self.due(case)
        said = {"due": instant(due.due)} if due else {}
        return [
            (at, self._happens(case, name, said) if name else self._over(case))
            for at, name in clocks(case.state, due, end)
            if name is not Happening.REMINDED or (due and self.now < due.due)
        ]

    def _expiry_notices(self) -> list[Event]:
        near = None if self.platform.ended else next_expiry_notice(self.platform.state, self.now)
        if near is None:
            return []
        at, days = near
        return [(at, self._happens(self.platform, Happening.VALIDITY_NEARING, {"days": days}))]

    def _happens(self, case: Case[Any], name: Happening, said: Raw) -> Callable[[], Any]:
        return lambda: case.record_event(name, said, self.now)

    def _over(self, case: Case[Any]) -> Callable[[], Any]:
        return self._happens(case, Happening.VALIDITY_ENDED, {})

    # ---- the assessments ----

    def _opening(self, year: int) -> AssessmentOpening:
        valid_until = self.platform.state.valid_until
        assert valid_until
        opening = open_year(self.platform, year, self.now, valid_until, {})
        return AssessmentOpening.model_validate_json(opening.model_dump_json())

    def _open(self) -> None:
        opening = self._opening(len(self.platform.state.assessments) + 1)
        self.assessment = open_assessment(opening, self.now)
        self.cases.append(self.assessment)

    def _open_again(self, set_aside: Raw) -> None:
        """An assessment that had ended goes on from its log, and hears the setting aside first."""
        year = self.platform.state.open_assessment
        ended = next(c for c in reversed(self.cases) if _year(c) == {"year": year})
        opening = self._opening(ended.state.year)
        again = reopened(opening, ended.log, self.platform.log, set_aside)
        carried, set_aside = again.carried, again.set_aside or {}
        assert carried
        self.assessment = Case(carried.state, carried.record)
        self.cases[self.cases.index(ended)] = self.assessment
        if again.handed_on:
            follow_platform(self.assessment, again.handed_on, self.now)
        try:
            self.assessment.decide(set_aside, self.now)
        except Refused as error:
            self.assessment.refuse(Kind.SET_ASIDE, set_aside, error, self.now)
        note_changes(self.assessment, again.changes, self.now)

    def _follow(self) -> None:
        """An assessment that has ended is noted; one that is open ends with what it rests on."""
        state = self.platform.state
        if self.assessment is None:
            if state.reopening:
                self._open_again(state.reopening)
            return
        resting = state.open_assessment is not None and not self.platform.ended
        log = self.platform.log
        if resting:
            changes = changes_to_follow(log, self.assessment.before, self.assessment.log)
            note_changes(self.assessment, changes, self.now)
        elif not self.assessment.ended:
            self.assessment.record_event(closing_happening(log, log[-1].hash), {}, self.now)
        if self.assessment.ended:
            stage = self.assessment.state.stage
            log = self.assessment.log
            said = {"result": str(stage), "entries": len(log), "log_hash": log[-1].hash}
            self._assessment_ended(stage, said)

    def _assessment_ended(self, result: str, said: Raw) -> None:
        assert self.assessment
        year = self.assessment.state.year
        self.assessment = None
        note_year_end(self.platform, year, result, {"year": year} | said, self.now)


def _year(case: Case[Any]) -> Raw:
    """Of which year an assessment is."""
    return {"year": getattr(case.state, "year", None)}
