"""What goes into a run and comes out of it: openings, what is carried to the next run, and results."""

from typing import Any

from pydantic import ConfigDict, Field

from workflows.activity_messages import DueDate
from workflows.application import PreviousYear
from workflows.awaited import Awaited
from workflows.case_record import CaseRecord
from workflows.credit_codes import is_none
from workflows.model import Instant, Record, Sha256
from workflows.record import LogEntry
from workflows.recovery import Recovery
from workflows.refusal import Refusal
from workflows.roster_entries import RosterRoot
from workflows.states import AssessmentState, Facts, PlatformState
from workflows.vocabulary import Role


class CarriedPlatform(Record):
    """A platform on its way to the next run of its term; deadlines are absolute."""

    state: PlatformState
    record: CaseRecord
    due: DueDate | None = None
    recorded: int = 0
    """How many entries of the log the register has taken."""
    reopened: bool = False
    """The term had ended, and was started again from its log, so that a decision can be set aside."""
    recovery: Recovery | None = Field(default=None, exclude_if=is_none)
    """The term goes on from its log, because no engine has it any more."""


class CarriedAssessment(Record):
    """An assessment on its way to a next run, needed only when it was sent very many messages."""

    state: AssessmentState
    record: CaseRecord
    due: DueDate | None = None
    recorded: int = 0
    closing: bool = False
    """`platform_ended` was sent, and the platform's log has not been looked at since."""


class AssessmentOpening(Record):
    """The input of the workflow `AnnualAssessment`: whose year, and the hash its log goes on from."""

    facts: Facts
    year: int
    opening: int = 1
    valid_until: Instant
    before: Sha256
    carried: CarriedAssessment | None = None
    """Set only in a next run, and when an assessment that had ended is opened again from its log."""
    set_aside: dict[str, Any] | None = None
    """The setting aside for which it is opened again."""
    handed_on: RosterRoot | None = Field(default=None, exclude_if=is_none)
    """The version of the roster by which the platform took it, where it is signed and the year knows an earlier
    one. The platform was shown all versions between, and has them in its log."""
    changes: tuple[LogEntry, ...] = ()
    """What the platform decided of itself since it ended: it follows when it is open again."""
    suspended_since: Instant | None = None
    """The platform is suspended when it opens."""
    roster: RosterRoot | None = None
    """The version of the roster that the platform knows."""
    roles: dict[str, Role] = Field(default_factory=dict)
    """In which role people acted in the platform's own case."""
    recovery: Recovery | None = Field(default=None, exclude_if=is_none)
    """It goes on from its log with its platform, because no engine has it any more."""


class TermResult(Record):
    """How a term ended: the result of the workflow `Platform`."""

    platform_id: str
    application_id: str
    term: int
    stage: str
    log_seq: int
    log_hash: Sha256
    assessments: tuple[PreviousYear, ...] = ()
    """How its years ended: those who review the next term see it."""


class YearResult(Record):
    """How an assessment ended: the result of the workflow `AnnualAssessment`."""

    year: int
    result: str
    log_seq: int
    log_hash: Sha256
    roles: dict[str, Role] = Field(default_factory=dict)
    """In which role people acted in the assessment."""

    def content(self) -> dict[str, Any]:
        """Return what the platform's log says of it."""
        end = {"entries": self.log_seq, "log_hash": self.log_hash}
        return {"year": self.year, "result": self.result, **end}


class YearEnd(YearResult):
    """How an assessment ended, as it tells its platform before it answers the decision that ended it."""

    at: Instant


class DecisionPreview(Record):
    """The answer to the query `check`: what would become of a decision, if it were sent now."""

    model_config = ConfigDict(title="Opinion")  # its name in the schemas, which others read

    refusal: Refusal | None = None
    invalid: tuple[str, str] | None = None
    """What does not fit, in English and Chinese."""
    stage: str | None = None
    """Where the case would stand."""
    repeated: bool = False
    """The same decision was taken before: nothing would change."""
    set_aside_by: str | None = None
    """The decision that set aside the one that was taken before."""
    signatures_needed: int = 0
    """How many persons sign it, where the case asks for signatures."""
    to_sign: str | None = None
    """What its author signs, byte for byte in UTF-8: the decision, with what it answers if it is sent now."""


class CaseView(Record):
    """The answer to the query `state`: where the case stands, what is awaited, until when."""

    platform: PlatformState | None = None
    assessment: AssessmentState | None = None
    due: DueDate | None = None
    next_assessment: Instant | None = None
    awaited: tuple[Awaited, ...] = ()
    log_seq: int
    log_hash: Sha256
    content_hash: Sha256 | None = None
    """What a decision answers that is signed now (`case.answers`)."""
    refusals: int
    recorded: int
