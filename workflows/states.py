"""What a case is at a moment: a fold of its log. Frozen; every change makes a new one."""

from datetime import date, datetime
from typing import Any, TypedDict

from workflows.application import LeadUnit, Organisation, PlatformApplication
from workflows.awaited import Awaited
from workflows.decision import Decision, with_hashed_application
from workflows.model import Instant, Message, Record, Sha256, as_sent, parse, sha256
from workflows.periods import kick_off
from workflows.policy import USUAL, Policy
from workflows.roster_entries import RosterRoot
from workflows.steps import AnyStage, CaseStage
from workflows.vocabulary import AssessmentStage, District, Service, Stage


class Facts(Record):
    """Who and where the platform is, and the policy it goes by: what only a change of facts changes."""

    platform_id: str
    application_id: str
    term: int = 1
    name: str
    operator: Organisation
    lead_unit: LeadUnit
    district: District
    field: str
    services: tuple[Service, ...]
    direction: str | None = None
    policy: Policy = USUAL


class Spent(Record):
    """Time that a step took before its clock stopped: its plan was returned, or the case suspended."""

    stage: CaseStage
    since: Instant
    until: Instant


class Suspended(Record):
    """A suspension that has ended."""

    since: Instant
    until: Instant


class AssessmentResult(Record):
    """How the assessment of a year ended, with the last hash of its own log.

    One that was `brought_in` was held before the platform came here: it has no log, and its hash is zeros.
    """

    year: int
    result: str
    log_hash: Sha256
    brought_in: bool = False


class NextTermFiled(Record):
    """An application for the next term that was handed in; its whole text is carried with the case."""

    application_id: str
    application_sha256: Sha256
    filed_on: date


class PlatformState(Record):
    """Where a platform stands. `valid_until` is 24:00 of the last day, Beijing time."""

    facts: Facts
    stage: Stage
    since: Instant
    came_from: Stage | None = None
    overdue: bool = False
    reminded: bool = False
    spent: tuple[Spent, ...] = ()
    """What the clocks of steps had run when they were stopped by a correction."""
    decided_on: date | None = None
    plan_version: int = 1
    plan_sha256: Sha256
    plans_filed: int = 0
    """The highest plan version ever filed: numbers of versions that were set aside are not used again."""
    list_number: str | None = None
    certificate_number: str | None = None
    listed_on: date | None = None
    valid_until: Instant | None = None
    brought_in_on: date | None = None
    """The term was listed before the platform came here, and stood so on that day."""
    open_assessment: int | None = None
    openings: int = 0
    """How often the assessment of the year was opened: more than once when one was broken off."""
    assessments: tuple[AssessmentResult, ...] = ()
    next_term: NextTermFiled | None = None
    """The application for the next term; it begins with the end of validity, and lapses with any other end."""
    told_days: int | None = None
    """How many days before the end of validity the last notice of it was."""
    reopening: dict[str, Any] | None = None
    """The setting aside that opens an ended assessment again: its workflow takes it."""
    facts_version: int = 1
    """How often the facts were stated in this term: by the application, and by each change."""
    changed_on: date | None = None
    """The date of the last decision that is no step: a change of facts, a suspension, its end."""
    suspended_since: Instant | None = None
    suspensions: tuple[Suspended, ...] = ()
    """Those that have ended."""
    roster: RosterRoot | None = None
    """The version of the roster by which signatures are judged; None: the case knows no roster."""


class AssessmentState(Record):
    """Where a yearly assessment stands. `year` counts 1, 2, 3 within the term.

    `opening` is 2 when the first was broken off from outside: each opening has a log of its own.
    """

    facts: Facts
    year: int
    opening: int = 1
    valid_until: Instant
    stage: AssessmentStage
    since: Instant
    came_from: AssessmentStage | None = None
    overdue: bool = False
    reminded: bool = False
    decided_on: date | None = None
    mend_by: Instant | None = None
    spent: tuple[Spent, ...] = ()
    suspended_since: Instant | None = None
    """The platform is suspended, and the assessment with it."""
    roster: RosterRoot | None = None


class StepChanges(TypedDict, total=False):
    """What an entry of the log may change in the state of any case. A test holds it to the states."""

    facts: Facts
    stage: AnyStage
    since: datetime
    came_from: AnyStage
    overdue: bool
    reminded: bool
    decided_on: date
    spent: tuple[Spent, ...]
    suspended_since: datetime | None
    roster: RosterRoot | None


class PlatformChanges(StepChanges, total=False):
    """What it may change besides in the state of a platform."""

    plan_version: int
    plan_sha256: str
    plans_filed: int
    list_number: str
    certificate_number: str
    listed_on: date
    valid_until: datetime
    brought_in_on: date
    open_assessment: int | None
    openings: int
    assessments: tuple[AssessmentResult, ...]
    next_term: NextTermFiled | None
    told_days: int | None
    reopening: dict[str, Any] | None
    facts_version: int
    changed_on: date
    suspensions: tuple[Suspended, ...]


class AssessmentChanges(StepChanges, total=False):
    """What it may change besides in the state of an assessment."""

    mend_by: datetime


class Receipt(Record):
    """The answer to an accepted decision: what was taken, where the case stands, who must act next."""

    decision_id: str
    sender: str | None = None
    """Role and id of who sent it; None of decisions taken before 0.4.0."""
    platform_id: str
    term: int
    year: int | None = None
    seq: int
    at: Instant
    kind: str
    outcome: str
    stage: str
    awaited: tuple[Awaited, ...] = ()
    due: Instant | None = None
    """When what is awaited is due: filled in by the client, once it is worked out."""
    said_sha256: Sha256
    entry_hash: Sha256 | None = None
    """The hash that seals the entry, and with it all before it; none before 0.5.0. No case keeps it twice:
    it stands in the log."""
    repeated: bool = False
    """True when this decision id had been answered before: the first answer, and nothing changed."""
    set_aside_by: str | None = None
    """Of a repeated decision that no longer counts: the decision id that set it aside."""


def next_assessment(state: PlatformState) -> datetime | None:
    """When the next assessment opens (§六); None before a listing, and when every year has been assessed."""
    policy, year = state.facts.policy, len(state.assessments) + 1
    if state.listed_on is None or year > policy.validity_years:
        return None
    hours = (policy.assessment_opens_from_hour, policy.assessment_opens_until_hour)
    lead = policy.assessment_lead_days
    if year == policy.validity_years:  # its conclusion is to fall before the end (§六, Default)
        lead = policy.last_assessment_lead_days or lead
    return kick_off(state.listed_on, year, lead, hours, state.facts.platform_id)


def content_of(message: Message) -> dict[str, Any]:
    """What a message said, as the log keeps it: a plan stands as its SHA-256.

    Plans are long and kept as versions of their own; their hash binds them to the log.
    """
    content = with_hashed_application(
        message.sent if isinstance(message, Decision) else as_sent(message)
    )
    if "plan" in content:
        content["plan_sha256"] = sha256(content.pop("plan"))
    return content


def application_content(application: PlatformApplication) -> dict[str, Any]:
    """What an application said. Its policy is what it said, and the model's defaults for the rest.

    Those defaults never change (a test pins them): a new default is sent by whoever applies. What it
    brings in is no part of it: that stands in an entry of its own, which `case_opening.py` makes.
    """
    content = content_of(application)
    content.pop("brought_in", None)
    return content


def facts_of(content: dict[str, Any]) -> Facts:
    """The facts of a term, from what its log's first entry says."""
    return parse(Facts, content)
