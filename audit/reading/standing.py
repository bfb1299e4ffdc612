"""Where a platform stood at a moment, or after an entry: the fold of its log as far as that."""

from dataclasses import dataclass
from datetime import datetime

from audit.reading.dues import due_of
from audit.reading.logs import Line, Reading
from audit.reading.places import EntryName, Place
from workflows.folding import states
from workflows.handing_in import DueDate
from workflows.rules import CaseState
from workflows.state import AssessmentState, PlatformState


class NoSuchEntry(LookupError):
    """The log has no entry of this name; says so in English and Chinese."""

    def __init__(self, name: str, zh: str) -> None:
        """`name` says it in English."""
        self.zh = zh
        super().__init__(name)


@dataclass(frozen=True)
class Case:
    """A case as it stood after an entry of its log."""

    place: Place
    last: Line
    state: CaseState
    due: DueDate | None


@dataclass(frozen=True)
class Standing:
    """A platform, and its open assessment, as they stood."""

    at: datetime
    platform: Case
    assessment: Case | None

    @property
    def state(self) -> PlatformState:
        """The platform's own state."""
        assert isinstance(self.platform.state, PlatformState), "a platform's own log"  # noqa: S101
        return self.platform.state


def at_moment(reading: Reading, at: datetime) -> Standing | None:
    """How a platform stood at a moment, all of that moment included; None: it was not applied for yet."""
    begun = [
        place
        for place, lines in reading.logs.items()
        if place.year == 0 and lines[0].entry.at <= at
    ]
    if not begun:
        return None
    platform = _case(reading, begun[-1], _until(reading, begun[-1], at))
    return Standing(at, platform, _open(reading, platform, at))


def at_entry(reading: Reading, name: EntryName) -> Standing:
    """How a platform stood right after an entry; of a mere number: in the platform's newest term.

    Raises:
        NoSuchEntry: the log has no such entry.
    """
    own = [place for place in reading.logs if place.year == 0]
    place = name.place or (own[-1] if own else Place(1))
    lines = reading.logs.get(place, ())
    if not 0 < name.seq <= len(lines):
        named, there = place.entry(name.seq), len(lines)
        raise NoSuchEntry(
            f"there is no entry {named}: the log has {there} entries",
            f"没有第 {named} 条：该记录共 {there} 条",
        )
    at = lines[name.seq - 1].entry.at
    if place.year == 0:
        platform = _case(reading, place, name.seq)
        return Standing(at, platform, _open(reading, platform, at))
    term = Place(place.term)
    if term not in reading.logs:
        raise NoSuchEntry(
            f"the histories have no log of term {place.term}", f"历史中没有第 {place.term} 期的记录"
        )
    return Standing(
        at, _case(reading, term, _until(reading, term, at)), _case(reading, place, name.seq)
    )


def _until(reading: Reading, place: Place, at: datetime) -> int:
    """How many entries a log had at a moment, but one at least."""
    lines = reading.logs[place]
    return max((line.entry.seq for line in lines if line.entry.at <= at), default=1)


def _open(reading: Reading, platform: Case, at: datetime) -> Case | None:
    """The assessment that was open; None when none was, or its log is not there."""
    state = platform.state
    if not isinstance(state, PlatformState) or not state.open_assessment:
        return None
    place = Place(platform.place.term, state.open_assessment, state.openings)
    lines = reading.logs.get(place)
    if not lines or lines[0].entry.at > at:
        return None
    return _case(reading, place, _until(reading, place, at))


def _case(reading: Reading, place: Place, seq: int) -> Case:
    lines = reading.logs[place][:seq]
    after = states(line.entry for line in lines)
    case = Case(place, lines[-1], after[-1], due_of(reading, place, after))
    assert isinstance(case.state, AssessmentState) == bool(place.year)  # noqa: S101
    return case
