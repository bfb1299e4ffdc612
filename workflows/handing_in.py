"""What a case hands in after it moved: new log entries for the register, and a question about its due date."""

from workflows.case import PlanVersion
from workflows.model import Instant, Record
from workflows.record import LogEntry
from workflows.state import AssessmentState, PlatformState


class DueRequest(Record):
    """Ask for the day that is `working_days` of the Chinese calendar after the day of `since`."""

    since: Instant
    working_days: int


class DueDate(Record):
    """24:00 Beijing time of the day a step is due.

    `provisional_years` are those whose holidays were not announced yet: only weekends were left out.
    """

    due: Instant
    provisional_years: tuple[int, ...] = ()


class RegisterBatch(Record):
    """New entries of one case with its state after them: what the register needs, repeatable at will.

    `assessment` is None for the platform's own log. `entries` and `plans` may have been written before.
    """

    workflow_id: str
    platform: PlatformState
    assessment: AssessmentState | None = None
    entries: tuple[LogEntry, ...]
    plans: tuple[PlanVersion, ...] = ()
    due: DueDate | None = None


class HandIn(Record):
    """A batch for the register and, where a step has just begun, the question when it is due."""

    batch: RegisterBatch | None
    due: DueRequest | None = None


class HandedIn(Record):
    """The answer: the due date, if asked for, and whether the register took the batch."""

    recorded: bool
    due: DueDate | None = None
