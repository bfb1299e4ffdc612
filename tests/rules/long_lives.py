"""A term with everything in it: many versions of its plan, support, settings aside, and notes of the clock."""

from datetime import datetime, timedelta
from typing import Any

from workflows.application import PlatformApplication
from workflows.case import Case
from workflows.case_record import PlanVersion
from workflows.model import as_sent, instant, parse
from workflows.periods import beijing_date
from workflows.states import PlatformState, application_content
from workflows.vocabulary import Happening, Kind

from . import builders
from .builders import COMMISSION, DISTRICT

_EACH = 800
_STEP = timedelta(minutes=1)


class LongLife:
    """A platform's case that is told a minute after the other; the register has all at once."""

    def __init__(self, platform_id: str, at: datetime) -> None:
        """Apply for it at a moment."""
        form = parse(PlatformApplication, builders.application(platform_id=platform_id))
        self.case: Case[PlatformState] = Case.open(application_content(form), at)
        self.case.keep_plan(self.case.state, as_sent(form.plan))
        self.plans: list[PlanVersion] = []
        self._take()

    def decide(self, kind: Kind, outcome: str | None = None, **changes: Any) -> None:
        """Take a decision a minute later."""
        at = self.case.log[-1].at + _STEP
        today, number = beijing_date(at).isoformat(), f"d-{len(self.case.log) + 1}"
        self.case.decide(builders.decision(kind, number, today, outcome, **changes), at)
        self._take()

    def note(self, happening: Happening) -> None:
        """Note a happening a minute later."""
        at = self.case.log[-1].at + _STEP
        self.case.record_event(happening, {"due": instant(at)}, at)
        self._take()

    def _take(self) -> None:
        self.plans += self.case.plans
        self.case.plans.clear()
        self.case.recorded = len(self.case.log)


def everything(
    platform_id: str, at: datetime, *, entries: int = 5_000, versions: int = 50
) -> LongLife:
    """Tell a term of so many entries, with so many versions of the plan."""
    life = LongLife(platform_id, at)
    while len(life.plans) < versions:
        life.decide(Kind.RECOMMENDATION, "returned")
        life.decide(Kind.PLAN_REVISION)
    life.decide(Kind.RECOMMENDATION)
    life.decide(Kind.SET_ASIDE, target=life.case.log[-1].decision_id)
    for kind in (Kind.RECOMMENDATION, Kind.INSPECTION, Kind.EXPERT_OPINION):
        life.decide(kind)
    life.decide(Kind.LISTING, certificate_number=f"GX-{platform_id}")
    for _ in range(_EACH):
        for by in (DISTRICT, COMMISSION):
            given = str(life.case.state.listed_on)
            life.decide(Kind.SUPPORT, actor=by, given_on=given)
    while len(life.case.log) < entries:
        life.note(Happening.ESCALATED)
    return life
