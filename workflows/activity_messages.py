"""What a case sends to its activities, and what they answer: entries for the register, due dates, logs."""

from pydantic import Field

from workflows.case_record import OlderEntries, PlanVersion
from workflows.model import Instant, Record
from workflows.record import LogEntry
from workflows.recovery import YearLog
from workflows.roster_entries import RosterRoot
from workflows.states import AssessmentState, PlatformState
from workflows.vocabulary import Role


def _is_empty(value: object) -> bool:
    return not value


class DueRequest(Record):
    """Ask for the day that is `working_days` of the Chinese calendar after the day of `since`.

    `used` are the spans that the clock of the step ran before it was stopped: the working days in them
    are taken off, but `at_least` so many are left. A step with a day of its own says it in `until`.
    """

    since: Instant
    working_days: int
    used: tuple[tuple[Instant, Instant], ...] = ()
    at_least: int = 0
    until: Instant | None = None
    reminder_days: int = 0
    """How many working days before the due day a reminder is sent; 0: never."""
    latest: bool = False
    """Ask also until when holidays that are not announced yet may move it."""


class EscalationRequest(Record):
    """Ask when an overdue step is escalated: each `every_days` days, on a working day, next after `after`."""

    due: Instant
    every_days: int
    after: Instant


class DueDate(Record):
    """24:00 Beijing time of the day a step is due.

    `provisional_years` are those whose holidays were not announced yet: only weekends were left out.
    """

    due: Instant
    provisional_years: tuple[int, ...] = ()
    remind: Instant | None = None
    """When its reminder is due; None when the step is too short for one."""
    latest: Instant | None = None
    """Until when holidays that are not announced yet may move it; None where none can, or nobody asked."""
    escalate: Instant | None = None
    """When the overdue step is escalated next."""


class RegisterBatch(Record):
    """New entries of one case with its state after them: what the register needs. It may be sent again.

    `assessment` is None for the platform's own log. `entries` and `plans` may have been written before.
    """

    workflow_id: str
    platform: PlatformState
    assessment: AssessmentState | None = None
    entries: tuple[LogEntry, ...]
    plans: tuple[PlanVersion, ...] = ()
    due: DueDate | None = None
    read_back: int = Field(default=0, exclude_if=_is_empty)
    """How many entries the run has read back from the register: `entries` are all that it has besides."""


class RegisterWrite(Record):
    """A batch for the register and, where a step has just begun, the question when it is due."""

    batch: RegisterBatch | None
    due: DueRequest | None = None
    escalation: EscalationRequest | None = None


class RegisterWritten(Record):
    """The answer: the due date, if asked for, and whether the register took the batch."""

    recorded: bool
    due: DueDate | None = None
    escalate: Instant | None = None
    second_life: bool = False
    """The register has this log already, by another run, from its first entry on."""


class LogRequest(Record):
    """Ask for the whole log of an assessment, as the register has it."""

    platform_id: str
    term: int
    year: int
    opening: int


class LogLookup(Record):
    """Ask for a platform's own log as the register has it: of a term, or without `term` of its newest."""

    platform_id: str
    term: int | None = None
    year: int | None = Field(default=None, exclude_if=_is_empty)
    """Of the open assessment of that year instead; and which opening of it."""
    opening: int | None = Field(default=None, exclude_if=_is_empty)
    recovery: bool = Field(default=False, exclude_if=_is_empty)
    """The platform goes on from its log: say what else that takes."""
    after: int = Field(default=0, exclude_if=_is_empty)
    """Only the entries after this number: a long log is answered in several parts."""
    older: OlderEntries | None = Field(default=None, exclude_if=_is_empty)
    """Only these, and nothing as long as the register has others: a history keeps every answer."""


class RunId(Record):
    """One run of a workflow."""

    workflow_id: str
    run_id: str
    namespace: str | None = None
    """Where the server named one: a parent may live in another."""


class NumberClaim(Record):
    """Claim a certificate number for a platform, or release one that was claimed and not used."""

    number: str
    platform_id: str
    release: bool = False


class NumberHolder(Record):
    """The platform to which a certificate number belongs."""

    platform_id: str


class OriginLookup(Record):
    """Ask of which type runs are, and on which task queue they began."""

    runs: tuple[RunId, ...]


class Origin(Record):
    """What a run is, as the server has it in its first event."""

    workflow_type: str
    task_queue: str


class Origins(Record):
    """The answer, in the order of the question; None for a run that the server no longer has."""

    origins: tuple[Origin | None, ...]


class SignalLookup(Record):
    """Ask how the server took the signals of the run that asks: of each name those from a number on."""

    first: dict[str, int]
    traced: str | None = None
    """A workflow: of its signals the answer says in which run it began."""


class TakenSignal(Record):
    """A signal, as the history has it."""

    at: Instant
    sender: RunId | None = None
    """The workflow that sent it; None where it came from outside."""
    first_run: str | None = None


class SignalArrivals(Record):
    """The answer: of each name the signals from the number on that was asked for, in their order."""

    signals: dict[str, tuple[TakenSignal, ...]]


class CaseLog(Record):
    """A log, by its numbers; empty where the register has none."""

    entries: tuple[LogEntry, ...]
    more: bool = Field(default=False, exclude_if=_is_empty)
    """It is longer than one answer may be: ask for what comes after the last of these."""
    roles: dict[str, Role] = Field(default_factory=dict, exclude_if=_is_empty)
    """Of a platform that goes on from its log: in which role people acted in its assessments that are over."""
    assessment: YearLog | None = Field(default=None, exclude_if=_is_empty)
    """Of such a platform: how far the log of its open assessment goes."""
    roster: RosterRoot | None = Field(default=None, exclude_if=_is_empty)
    """Of such a platform: the newest version of the roster that the register has."""
