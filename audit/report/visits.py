"""How long a case stood in each step, when that was due, and which entry ended it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.dossier.format import Deadline
from audit.dossier.lives import Life
from audit.reading.log_links import states_of
from db.log_order import ASSESSMENT_ENDS
from workflows.log_id import LogId
from workflows.record import EntryKind, LogEntry
from workflows.rules import CaseState, lifecycle_of
from workflows.state_folding import set_aside_marks
from workflows.states import AssessmentState, PlatformState
from workflows.vocabulary import AssessmentStage, Happening


@dataclass(frozen=True)
class Visit:
    """One stay in a step. `ended_by` is None while the case stands there."""

    stage: str
    since: datetime
    until: datetime | None
    due: datetime | None
    ended_by: LogEntry | None
    fell: bool
    """Whether the entry that ended it was set aside since."""
    over: bool = False
    """Whether the case had ended, until what ended it was set aside."""

    def late(self, now: datetime) -> tuple[datetime, datetime] | None:
        """From when to when it was overdue; None when it was not."""
        until = self.until or now
        return (self.due, until) if self.due and until > self.due else None


def visits(place: LogId, log: Sequence[LogEntry], deadlines: Iterable[Deadline]) -> list[Visit]:
    """The stays of a case in its steps, in their order; a case that ended stays nowhere."""
    dues = {one.since: one.due for one in deadlines if one.log == place}
    marks, found = set_aside_marks(log), []
    first: LogEntry | None = None
    before: CaseState | None = None
    told: datetime | None = None
    for entry, state in zip(log, states_of(log), strict=False):
        if before is None or (state.since, state.stage) != (before.since, before.stage):
            if before is not None and first is not None:
                fell = entry.seq in marks
                due = _due(before, dues, told)
                over = lifecycle_of(before).step(before.stage).ended
                stay = Visit(str(before.stage), before.since, entry.at, due, entry, fell, over)
                found.append(stay)
            first, told = entry, None
        if entry.kind is EntryKind.HAPPENING and "due" in entry.said:
            told = datetime.fromisoformat(entry.said["due"])
        before = state
    if before is not None and not lifecycle_of(before).step(before.stage).ended:
        due = _due(before, dues, told)
        found.append(Visit(str(before.stage), before.since, None, due, None, False))
    return found


def over_at(life: Life, place: LogId) -> datetime | None:
    """When the platform noted that an assessment was over, whose own log does not say so: broken off."""
    log = life.logs.get(LogId(place.term), ())
    opened = (0, 0)
    for entry, state in zip(log, states_of(log), strict=False):
        if isinstance(state, PlatformState) and entry.name == Happening.ASSESSMENT_OPENED:
            opened = (state.open_assessment or 0, state.openings)
        elif entry.name in ASSESSMENT_ENDS and opened == (place.year, place.opening):
            mine = life.states.get(place)
            return None if mine is None or lifecycle_of(mine).step(mine.stage).ended else entry.at
    return None


def _due(
    state: CaseState, dues: dict[datetime, datetime], told: datetime | None
) -> datetime | None:
    if isinstance(state, AssessmentState) and state.stage is AssessmentStage.RECTIFICATION:
        return state.mend_by
    return dues.get(state.since, told)
