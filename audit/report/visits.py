"""How long a case stood in each step, when that was due, and which entry ended it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from audit.dossier.format import Deadline
from audit.dossier.lives import Life
from audit.reading.log_states import states_of
from db.log_order import ASSESSMENT_ENDS
from workflows.log_id import LogId
from workflows.record import EntryKind, LogEntry
from workflows.rules import CaseState, lifecycle_of
from workflows.state_folding import set_aside_marks
from workflows.states import AssessmentState, PlatformState
from workflows.vocabulary import AssessmentStage, Happening

Suspended = tuple[datetime, datetime | None]


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
    suspended: tuple[Suspended, ...] = ()
    """When it stood still; the end of the last is None while it does."""

    def late(self, now: datetime) -> tuple[datetime, datetime] | None:
        """From when to when it was overdue; None when it was not."""
        until = self.until or now
        for start, end in self.suspended[-1:]:
            until = start if end in (None, self.until) else until
        return (self.due, until) if self.due and until > self.due else None

    def still(self, now: datetime) -> timedelta:
        """For how long it was suspended: that is no time of its step."""
        return sum(((end or now) - start for start, end in self.suspended), timedelta())


def visits(place: LogId, log: Sequence[LogEntry], deadlines: Iterable[Deadline]) -> list[Visit]:
    """The stays of a case in its steps, in their order; a case that ended stays nowhere.

    A suspension and its end are part of the stay, though the clock begins anew.
    """
    dues = {one.since: one.due for one in deadlines if one.log == place}
    marks, found, after = set_aside_marks(log), [], states_of(log)
    stops = list(_stops(log, after))
    first: datetime | None = None
    before: CaseState | None = None
    told: datetime | None = None
    for entry, state in zip(log, after, strict=False):
        if before is None or _moved(before, state):
            if before is not None and first is not None:
                due, over = _due(before, dues, told), _has_ended(before)
                stay = Visit(
                    str(before.stage), first, entry.at, due, entry, entry.seq in marks, over
                )
                found.append(_stopped(stay, stops))
            first, told = state.since, None
        if entry.kind is EntryKind.HAPPENING and "due" in entry.said:
            told = datetime.fromisoformat(entry.said["due"])
        before = state
    if before is not None and first is not None and not _has_ended(before):
        due = _due(before, dues, told)
        stay = Visit(str(before.stage), first, None, due, None, False)
        found.append(_stopped(stay, stops))
    return found


def _has_ended(state: CaseState) -> bool:
    return lifecycle_of(state).step(state.stage).ended


def _moved(before: CaseState, state: CaseState) -> bool:
    """Whether a stay ends between two states: not where only a suspension did."""
    if state.stage == before.stage and before.suspended_since and not state.suspended_since:
        return False
    return (state.since, state.stage) != (before.since, before.stage)


def _stops(log: Sequence[LogEntry], after: Sequence[CaseState]) -> Iterator[Suspended]:
    """When a case was suspended, and until when."""
    since: datetime | None = None
    for entry, state in zip(log, after, strict=False):
        if since and not state.suspended_since:
            yield since, entry.at
        since = state.suspended_since
    if since:
        yield since, None


def _stopped(stay: Visit, stops: Iterable[Suspended]) -> Visit:
    """A stay with the times at which it stood still."""
    mine = []
    for start, end in stops:
        begins = max(start, stay.since)
        ends = end if stay.until is None else min(end or stay.until, stay.until)
        if ends is None or begins < ends:
            mine.append((begins, ends))
    still = mine and mine[-1][1] in (None, stay.until)
    # While the clock stands still nothing is due; what was overdue before it stopped stays so.
    due = None if still and stay.due and stay.due > mine[-1][0] else stay.due
    return replace(stay, suspended=tuple(mine), due=due)


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


def is_set_aside(life: Life, place: LogId) -> bool:
    """Whether how an assessment ended no longer counts, by its platform's log, and it was not opened again."""
    mine, log = life.states.get(place), life.logs.get(LogId(place.term), ())
    marks = set_aside_marks(log)
    ends = [e.seq in marks for e in log if _notes_end(e, place)]
    return mine is not None and _has_ended(mine) and bool(ends) and all(ends)


def _notes_end(entry: LogEntry, place: LogId) -> bool:
    return entry.name == Happening.ASSESSMENT_ENDED and entry.said.get("year") == place.year


def _due(
    state: CaseState, dues: dict[datetime, datetime], told: datetime | None
) -> datetime | None:
    if isinstance(state, AssessmentState) and state.stage is AssessmentStage.RECTIFICATION:
        return state.mend_by
    return dues.get(state.since, told)
