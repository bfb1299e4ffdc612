"""Where a platform stood at a moment, or after an entry: the fold of its log as far as that."""

from dataclasses import dataclass
from datetime import datetime

from audit.reading.case_logs import Line, Reading
from audit.reading.dues import due_of
from audit.reading.entry_names import EntryName
from audit.reading.order import in_order
from workflows.activity_messages import DueDate
from workflows.errors import PingtaiError
from workflows.log_id import LogId
from workflows.rules import CaseState
from workflows.state_folding import states
from workflows.states import PlatformState


class NoStanding(PingtaiError):
    """It cannot be said how a platform stood."""


@dataclass(frozen=True)
class Case:
    """A case as it stood after an entry of its log."""

    place: LogId
    last: Line
    state: CaseState
    due: DueDate | None


@dataclass(frozen=True)
class Standing:
    """A platform, and its open assessment, as they stood."""

    at: datetime
    platform: Case
    assessment: Case | None
    held: frozenset[str]
    """The names of all entries that there were, of all logs."""

    @property
    def state(self) -> PlatformState:
        """The platform's own state."""
        assert isinstance(self.platform.state, PlatformState), "a platform's own log"  # noqa: S101
        return self.platform.state


def at_moment(reading: Reading, at: datetime) -> Standing | None:
    """How a platform stood at a moment, all of that moment included; None: it was not applied for yet.

    Raises:
        NoStanding: its log is none that a case can have.
    """
    return _standing(reading, at, [line for line in in_order(reading) if line.entry.at <= at])


def at_entry(reading: Reading, name: EntryName) -> Standing:
    """How a platform stood right after an entry; of a mere number: in the platform's newest term.

    Raises:
        NoStanding: the log has no such entry, or is none that a case can have.
    """
    own = [place for place in reading.logs if place.year == 0]
    place = name.place or (own[-1] if own else LogId(1))
    lines = reading.logs.get(place, ())
    if not 0 < name.seq <= len(lines):
        named, there = place.entry(name.seq), len(lines)
        raise NoStanding(
            f"there is no entry {named}: the log has {there} entries",
            f"没有第 {named} 条：该记录共 {there} 条",
        )
    line, ordered = lines[name.seq - 1], in_order(reading)
    standing = _standing(reading, line.entry.at, ordered[: ordered.index(line) + 1], line)
    if standing is None:
        raise NoStanding(
            f"the histories have no log of term {place.term}", f"历史中没有第 {place.term} 期的记录"
        )
    return standing


def _standing(
    reading: Reading, at: datetime, lines: list[Line], last: Line | None = None
) -> Standing | None:
    """What the lines that there were lead to; `last` is the one that is asked for."""
    newest: dict[LogId, Line] = {}
    for line in lines:
        if line.place not in newest or line.entry.seq > newest[line.place].entry.seq:
            newest[line.place] = line
    own = [place for place in newest if place.year == 0]
    if not own:
        return None
    platform = _case(reading, newest[LogId(last.place.term) if last else max(own)])
    place = last.place if last and last.place.year else _open(platform.state)
    assessment = _case(reading, newest[place]) if place in newest else None
    held = frozenset(line.name for line in lines)
    return Standing(at, platform, assessment, held)


def _open(state: CaseState) -> LogId | None:
    if not isinstance(state, PlatformState) or not state.open_assessment:
        return None
    return LogId(state.facts.term, state.open_assessment, state.openings)


def _case(reading: Reading, last: Line) -> Case:
    """A case after an entry.

    Raises:
        NoStanding: the log as far as that is none that a case can have.
    """
    lines = [line for line in reading.logs[last.place] if line.entry.seq <= last.entry.seq]
    try:
        after = states(line.entry for line in lines)
        if len(lines) != last.entry.seq:
            raise LookupError("an entry is missing")
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        raise NoStanding(
            f"log {last.place.name} leads nowhere as far as entry {last.name}: {error}",
            f"记录 {last.place.name} 至第 {last.name} 条不能成立：{error}",
        ) from None
    return Case(last.place, last, after[-1], due_of(reading, last.place, after))
