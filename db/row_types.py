"""What the register answers with. Moments are in UTC; stages and the like are the vocabulary's words."""

from datetime import date
from typing import Any, NamedTuple, TypedDict

from pydantic import computed_field

from db.plaque_types import PlaqueEntry
from workflows.exact_numbers import Exact
from workflows.log_id import LogId
from workflows.model import Instant, Record
from workflows.record import LogEntry


class PlatformRow(Record):
    """A platform, as its newest term says it is."""

    platform_id: str
    term: int
    name: str
    operator: str
    lead_unit: str
    lead_unit_kind: str
    district: str
    field: str
    services: tuple[str, ...]
    direction: str | None


class PlanRow(Record):
    """A version of a plan; the log binds it by its SHA-256."""

    version: int
    sha256: str


class FindingRow(Record):
    """What was found of a group of indicators, in the evaluation or the reassessment of a year."""

    round: str
    indicator_group: str
    finding: str
    remark: str | None
    score: Exact | None


class AssessmentRow(Record):
    """A yearly assessment; `result` is the stage it ended in, None while it is open.

    Of several openings of a year the last one counts: those before were broken off from outside.
    """

    term: int
    year: int
    opening: int
    stage: str
    since: Instant
    overdue: bool
    due: Instant | None
    due_provisional: bool
    mend_by: Instant | None
    opened_at: Instant | None
    ended_at: Instant | None
    result: str | None
    log_seq: int
    log_hash: str
    suspended_since: Instant | None = None
    set_aside_by: int | None = None
    """The platform's entry since which it no longer counts: its result is no conclusion of the year."""
    findings: tuple[FindingRow, ...] = ()


class TermRow(Record):
    """A term: an application and what became of it. `log_seq` 0: only its assessments were heard of."""

    term: int
    application_id: str
    stage: str
    since: Instant
    overdue: bool
    due: Instant | None
    due_provisional: bool
    open_assessment: int | None
    plan_version: int
    list_number: str | None
    certificate_number: str | None
    listed_on: date | None
    valid_until: Instant | None
    brought_in_on: date | None = None
    applied_at: Instant | None
    ended_at: Instant | None
    log_seq: int
    log_hash: str
    suspended_since: Instant | None = None
    layout_version: int | None = None
    """Of the layout that was in force when it was applied for (`ApplicationLayout`)."""
    plans: tuple[PlanRow, ...] = ()
    assessments: tuple[AssessmentRow, ...] = ()


class StatedReason(Record):
    """A reason that a decision states, with what it is: an opinion, a correction, a finding."""

    field: str
    """Of the decision."""
    en: str
    zh: str


class LogLine(Record):
    """An entry of a log, and whose it is: `year` 0 is the platform's own, 1, 2, 3 its assessments'.

    `set_aside_by` is the entry of the same log by which this one no longer counts.
    """

    platform_id: str
    term: int
    year: int
    opening: int
    workflow_id: str
    entry: LogEntry
    set_aside_by: int | None = None

    @property
    def log(self) -> LogId:
        """Whose log it is in."""
        return LogId(self.term, self.year, self.opening)

    @property
    def number(self) -> str:
        """`1.7` is entry 7 of term 1's own log, `1-y2.3` entry 3 of its second assessment's."""
        return self.log.entry(self.entry.seq)

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorator above @property
    @property
    def reasons(self) -> tuple[StatedReason, ...]:
        """Why it was decided, in whichever fields a decision of its kind says so."""
        # Only who writes it as JSON needs all models of decisions.
        from workflows.stated_reasons import stated_reasons  # noqa: PLC0415

        return tuple(
            StatedReason(field=reason.field, **reason.words._asdict())
            for reason in stated_reasons(self.entry)
        )


class SentBack(Record):
    """A decision that sent a plan back, asked for rectification, refused, or ended a term."""

    decision: LogLine
    answer: LogLine | None
    """What the operator has handed in since: a new plan, a report on the rectification."""


class SupportRow(Record):
    """Support that was given to a platform; set aside, it stays and no longer counts."""

    platform_id: str
    term: int
    seq: int
    support: str
    given_on: date
    title: str
    amount_wan: Exact | None
    actor_id: str
    organisation: str
    decision_id: str
    recorded_at: Instant
    name: str
    district: str
    set_aside_by: int | None


class ApplicationLayout(Record):
    """The version of the layout that was in force when a term was applied for, and its direction in it.

    For a platform that was brought in: when it was listed. `priority` None: the direction is not in it.
    """

    version: int
    adopted_on: date | None
    document: str | None
    direction: str | None
    priority: int | None


class PlatformCard(Record):
    """All that the register holds of a platform, but the plans' text."""

    platform: PlatformRow
    terms: tuple[TermRow, ...]
    log: tuple[LogLine, ...]
    support: tuple[SupportRow, ...] = ()
    plaque: str | None = None
    """How the plaque stands (`db.plaque_queries.PlaqueState`); None: none was issued."""
    plaques: tuple[PlaqueEntry, ...] = ()
    layout: ApplicationLayout | None = None
    """Of the newest term."""

    @computed_field  # type: ignore[prop-decorator]  # as above
    @property
    def sent_back(self) -> SentBack | None:
        """By which decision the newest term was sent back or refused; None: nothing is left of one."""
        from db.decisions_in_force import sent_back  # noqa: PLC0415 - it reads lines of logs itself

        return sent_back(self.log, self.platform.term)


class RegisterRow(Record):
    """A line of the register: a platform and its newest term."""

    platform_id: str
    name: str
    operator: str
    lead_unit: str
    district: str
    field: str
    term: int
    stage: str
    since: Instant
    overdue: bool
    due: Instant | None
    due_provisional: bool
    open_assessment: int | None
    assessment_overdue: bool = False
    list_number: str | None
    certificate_number: str | None
    listed_on: date | None
    valid_until: Instant | None
    suspended_since: Instant | None = None
    plaque: str | None = None
    layout_version: int | None = None


class RegisterFilter(TypedDict, total=False):
    """Which platforms of the register: those that fit every part that is given."""

    district: str | None
    field: str | None
    stage: str | None
    list_number: str | None
    year: int | None
    """Of the listing."""
    overdue: bool
    """The platform's own step, or its open assessment's."""
    plaque: str | None
    """How the plaque stands, as `PlaqueState`."""
    listed: bool
    """Only those whose newest term was included in a list."""


class PlatformActivity(Record):
    """How much was written about a platform, in all its terms and assessments."""

    platform_id: str
    name: str
    entries: int
    decisions: int
    refusals: int


class Whose(NamedTuple):
    """Whose a platform is, by its newest term."""

    district: str
    operator: str


class LastTerm(NamedTuple):
    """The newest term of a platform: what a new application goes on from."""

    term: int
    application_id: str
    stage: str
    log_hash: str


class AppliedBefore(NamedTuple):
    """The term that an application asked for, and what the first entry of its log says of it."""

    term: int
    said: dict[str, Any]


class Walked(NamedTuple):
    """An arrow of a lifecycle that some case has taken; `lifecycle` is `platform` or `assessment`."""

    lifecycle: str
    stage_before: str
    name: str
    outcome: str
    stage_after: str
