"""Whole cases for the tests, told decision by decision with `workflows.case.Case`."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.direct_writes import DirectConnection
from tests.rules import builders
from tests.rules.builders import ABSENT, Raw, group_findings, plan
from workflows.activity_messages import DueDate, RegisterBatch
from workflows.application import PlatformApplication
from workflows.case import Case
from workflows.case_record import PlanVersion
from workflows.contract import assessment_workflow_id, platform_workflow_id
from workflows.model import as_sent, instant, parse
from workflows.record import BEGINNING
from workflows.state_folding import states
from workflows.states import AssessmentState, PlatformState, application_content
from workflows.vocabulary import AssessmentStage, Happening, Word

START = datetime(2024, 1, 8, 1, 30, 0, 123456, tzinfo=UTC)
STEP = timedelta(days=7)
NUL = "\x00"


def application(platform_id: str = "p-1", **changes: Any) -> PlatformApplication:
    """An application that answers everything, by nobody in particular."""
    usual = {
        "platform_id": platform_id,
        "application_id": f"a-{platform_id}",
        "name": "共性技术平台",
        "field": "artificial_intelligence",
        "submitted_by": ABSENT,
    }
    return parse(PlatformApplication, builders.application(**usual | changes))


def findings(remark: str | None = None) -> dict[str, Any]:
    """A finding for each group of indicators, with a score."""
    said = {"remark": remark} if remark else {}
    return {group: finding | said for group, finding in group_findings().items()}


def note_statements(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list that every statement comes into with which batches are written."""
    statements: list[Any] = []
    execute = DirectConnection.execute

    def note(self: DirectConnection, statement: Any, *rows: Any) -> Any:
        statements.append(statement)
        return execute(self, statement, *rows)

    monkeypatch.setattr(DirectConnection, "execute", note)
    return statements


class Told:
    """A case and its clock: every move is a week after the one before."""

    def __init__(self, case: Case[Any], at: datetime) -> None:
        """Tell a case from a moment on."""
        self.case = case
        self.at = at
        self.states = [case.state]

    def decide(self, kind: str, actor: Raw | None = None, **content: Any) -> None:
        """Take a decision a week later."""
        self.at += STEP
        by = {"actor": actor} if actor else {}
        number = f"{kind}-{len(self.case.log) + 1}"
        outcome, day = content.pop("outcome", None), content.pop("decided_on", self.at.date())
        raw = builders.decision(kind, number, day, outcome, **by | content)
        self.case.decide(raw, self.at)
        # A clock that stops or starts with it is an entry of its own.
        self.states += states(self.case.log)[len(self.states) :]

    def record_event(
        self,
        name: Happening,
        content: dict[str, Any] | None = None,
        outcome: Word | None = None,
    ) -> None:
        """Note a happening a week later."""
        self.at += STEP
        self.case.record_event(name, content or {}, self.at, outcome)
        self.states.append(self.case.state)

    def refuse(self, kind: Any, raw: Any, error: Any) -> None:
        """Note a refused signal a week later."""
        self.at += STEP
        self.case.refuse(kind, raw, error, self.at)
        self.states.append(self.case.state)


def opened(app: PlatformApplication | None = None, at: datetime = START) -> Told:
    """A platform that has just applied."""
    given = app or application()
    before = given.previous.log_hash if given.previous else BEGINNING
    case: Case[PlatformState] = Case.open(application_content(given), at, before)
    case.keep_plan(case.state, as_sent(given.plan))
    return Told(case, at)


def listed(
    app: PlatformApplication | None = None,
    *,
    included: bool = True,
    at: datetime = START,
    certificate: str | None = None,
) -> Told:
    """A platform that went all the way, with an improved plan, into the list; or not, at the end."""
    told = opened(app, at)
    told.decide("recommendation")
    told.decide("inspection", corrections=["补充设备清单"])
    told.decide("plan_revision", plan=plan("改进"))
    told.decide("expert_opinion")
    certificate = certificate or f"C-{told.case.state.facts.platform_id}"
    if included:
        told.decide("listing", list_number="2024-01", certificate_number=certificate)
    else:
        told.decide("listing", outcome="not_included")
    return told


def assessment_of(platform: Told, year: int = 1) -> Told:
    """An assessment that has just opened; the platform's log says so too."""
    platform.record_event(Happening.ASSESSMENT_OPENED, {"year": year})
    state = platform.case.state
    content = {
        "facts": state.facts.model_dump(mode="json"),
        "year": year,
        "valid_until": state.valid_until.isoformat(),
        **({"suspended_since": instant(state.suspended_since)} if state.suspended_since else {}),
    }
    case: Case[AssessmentState] = Case.open(content, platform.at)
    return Told(case, platform.at)


def rectified(platform: Told, year: int = 1, outcome: str = "met") -> Told:
    """An assessment through evaluation, rectification and reassessment, and its end."""
    told = assessment_of(platform, year)
    told.decide("self_report")
    told.decide("district_review")
    told.decide("evaluation", outcome="not_effective", findings=findings("不足"))
    told.decide("rectification_report")
    told.decide("reassessment", outcome=outcome)
    platform.at = told.at
    platform.record_event(
        Happening.ASSESSMENT_ENDED,
        {"year": year, "log_hash": told.case.log[-1].hash},
        AssessmentStage(outcome),
    )
    return told


def set_aside(told: Told, target: str) -> None:
    """The commission sets a decision of a case aside, a week later."""
    told.decide("set_aside", target=target)


def batch(
    told: Told,
    first: int = 1,
    last: int | None = None,
    *,
    platform: Told | None = None,
    due: DueDate | None = None,
) -> RegisterBatch:
    """The entries `first` to `last` with the state after them; an assessment names its platform."""
    last = last or len(told.case.log)
    state = told.states[last - 1]
    facts = state.facts
    entries = tuple(told.case.log[first - 1 : last])
    if isinstance(state, AssessmentState):
        assert platform is not None
        return RegisterBatch(
            workflow_id=assessment_workflow_id(facts.platform_id, facts.term, state.year),
            platform=platform.case.state,
            assessment=state,
            entries=entries,
            due=due,
        )
    filed = {entry.said.get("plan_sha256") for entry in entries}
    plans: tuple[PlanVersion, ...] = tuple(p for p in told.case.plans if p.sha256 in filed)
    return RegisterBatch(
        workflow_id=platform_workflow_id(facts.platform_id),
        platform=state,
        entries=entries,
        plans=plans,
        due=due,
    )


def one_by_one(told: Told, platform: Told | None = None) -> Iterator[RegisterBatch]:
    """A batch for every entry, in order."""
    for number in range(1, len(told.case.log) + 1):
        yield batch(told, number, number, platform=platform)
