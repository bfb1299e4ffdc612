"""A platform as it was at a moment or after an entry, recomputed from its logs; what changed between two."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from audit.reading.case_logs import Line, Reading
from audit.reading.log_states import NO_LOG
from audit.reading.timeline_entries import Moment, in_order
from starter.errors import BadInput
from workflows.activity_messages import DueDate
from workflows.deadlines import step_of
from workflows.log_id import LogId
from workflows.rules import CaseState
from workflows.state_folding import states
from workflows.states import PlatformState
from workflows.steps import Clock
from workflows.words import counted, listed

_ENTRY = re.compile(
    r"^(?:(?P<term>\d{1,4})(?:-y(?P<year>\d{1,3})(?:-(?P<opening>\d{1,4}))?)?\.)?(?P<seq>\d{1,7})$"
)
Change = tuple[str, Any, Any]
"""A field of the state by its path, and its value before and after; None where it was not."""


class EntryName(NamedTuple):
    """An entry as people name it: `1.7`, `1-y2.3`, `1-y2-2.3`; `place` is None for a mere number."""

    place: LogId | None
    seq: int


def entry_named(name: str) -> EntryName | None:
    """Read the name of an entry; None when it is none."""
    found = _ENTRY.match(name)
    if found is None:
        return None
    seq = int(found["seq"])
    if found["term"] is None:
        return EntryName(None, seq)
    year = int(found["year"] or 0)
    return EntryName(LogId(int(found["term"]), year, int(found["opening"] or min(year, 1))), seq)


@dataclass(frozen=True)
class CaseSnapshot:
    """A case as it was after an entry of its log."""

    place: LogId
    last: Line
    state: CaseState
    due: DueDate | None


@dataclass(frozen=True)
class Snapshot:
    """A platform, and its open assessment, as they were."""

    at: datetime
    platform: CaseSnapshot
    assessment: CaseSnapshot | None
    held: frozenset[str]
    """The names of all entries that there were, of all logs."""

    @property
    def state(self) -> PlatformState:
        """The platform's own state."""
        assert isinstance(self.platform.state, PlatformState), "a platform's own log"  # noqa: S101
        return self.platform.state

    def lacks_due(self, case: str) -> bool:
        """Whether a case, `platform` or `assessment`, waited with a due date that nothing tells.

        An activity works it out after the entry: not at all where the next entry came before that.
        """
        found = self.platform if case == "platform" else self.assessment
        if found is None or found.due is not None:
            return False
        timed = step_of(found.state).clock is Clock.WORKING_DAYS
        return timed and found.state.suspended_since is None


def snapshot_at(reading: Reading, at: datetime) -> Snapshot | None:
    """Return a platform as it was at a moment, all of that moment included; None before it was applied for.

    Raises:
        BadInput: no case can have such a log.
    """
    return _snapshot(reading, at, [line for line in in_order(reading) if line.entry.at <= at])


def snapshot_after(reading: Reading, name: EntryName) -> Snapshot:
    """Return a platform as it was right after an entry; for a mere number: in its newest term.

    Raises:
        BadInput: the log has no such entry, or no case can have such a log.
    """
    own = [place for place in reading.logs if place.year == 0]
    place = name.place or (own[-1] if own else LogId(1))
    lines = reading.logs.get(place, ())
    if not lines:
        names = listed(one.name for one in reading.logs)
        raise BadInput(
            f"No entry {place.entry(name.seq)}: there is no log {place.name}. Logs: {names.en}",
            f"没有第 {place.entry(name.seq)} 条：没有记录 {place.name}。现有记录：{names.zh}",
        )
    if not 0 < name.seq <= len(lines):
        named, there = place.entry(name.seq), len(lines)
        raise BadInput(
            f"No entry {named}: the log has {counted(there, 'entry', 'entries')}.",
            f"没有第 {named} 条：该记录共 {there} 条",
        )
    line, ordered = lines[name.seq - 1], in_order(reading)
    found = _snapshot(reading, line.entry.at, ordered[: ordered.index(line) + 1], line)
    if found is None:
        raise BadInput(
            f"The histories have no log of term {place.term}.",
            f"历史中没有第 {place.term} 期的记录",
        )
    return found


def _snapshot(
    reading: Reading, at: datetime, lines: list[Line], last: Line | None = None
) -> Snapshot | None:
    """Return what the lines that there were lead to; `last` is the one that is asked for."""
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
    return Snapshot(at, platform, assessment, frozenset(line.name for line in lines))


def _open(state: CaseState) -> LogId | None:
    if not isinstance(state, PlatformState) or not state.open_assessment:
        return None
    return LogId(state.facts.term, state.open_assessment, state.openings)


def _case(reading: Reading, last: Line) -> CaseSnapshot:
    """Return a case after an entry.

    Raises:
        BadInput: no case can have the log as far as that.
    """
    lines = [line for line in reading.logs[last.place] if line.entry.seq <= last.entry.seq]
    try:
        after = states(line.entry for line in lines)
        if len(lines) != last.entry.seq:
            raise LookupError("an entry is missing")
    except NO_LOG as error:
        raise BadInput(
            f"No state follows from log {last.place.name} up to entry {last.name}: {error}",
            f"记录 {last.place.name} 至第 {last.name} 条不能成立：{error}",
        ) from None
    due = due_of(reading, last.place, after, _later_states(reading.logs[last.place], after))
    return CaseSnapshot(last.place, last, after[-1], due)


def _later_states(lines: Sequence[Line], after: Sequence[CaseState]) -> Sequence[CaseState]:
    """The states that the whole log leads to; as far as is asked where what follows cannot be folded."""
    try:
        return states(line.entry for line in lines)
    except NO_LOG:
        return after


def due_of(
    reading: Reading,
    place: LogId,
    after: Sequence[CaseState],
    whole: Sequence[CaseState] | None = None,
) -> DueDate | None:
    """Return the due date of the step in which a log ends: not in the log, but answered by an activity.

    `after` are the states after each entry, perhaps of a part of the log, `whole` those of all of it: a
    step's date was often worked out only after more of its entries. What was written to the register
    within a step need not say the date again.
    """
    runs = [run for run in reading.runs if run.place == place]
    # What runs wrote that are no longer there, the first that is left knows.
    first = runs[0].carried if runs else None
    known = [(len(first.record.log), first.due)] if first else []
    known += [
        (write.batch.entries[-1].seq, write.batch.due)
        for run in runs
        for write in run.register_writes
        if write.batch.entries
    ]
    end, due, known_states = after[-1], None, whole or after
    for last, given in known:
        state = known_states[last - 1] if 0 < last <= len(known_states) else None
        # What was worked out after a later entry counts only where nothing was known before.
        in_time = last <= len(after) or due is None
        if given and state and in_time and (state.stage, state.since) == (end.stage, end.since):
            due = given
    return due


def changes(before: Snapshot | None, after: Snapshot) -> list[Change]:
    """Return the fields that differ: of the platform, and of its open assessment."""
    old, new = dict(_fields(before)), dict(_fields(after))
    names = [*new, *(name for name in old if name not in new)]
    return [
        (name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)
    ]


def between(moments: list[Moment], before: Snapshot | None, after: Snapshot) -> list[Moment]:
    """Return the entries that the later snapshot has and the earlier has not, in their order."""
    new = after.held - (before.held if before else frozenset())
    return [one for one in moments if one.line and one.line.name in new]


def _fields(snapshot: Snapshot | None) -> Iterator[tuple[str, Any]]:
    """Return the fields of both cases; what an assessment only copies of its platform is left out."""
    facts: dict[str, Any] = {}
    for path, value in _all_fields(snapshot):
        case, _, name = path.partition(".")
        if case == "platform":
            facts[name] = value
        elif name.startswith("facts.") and name in facts and facts[name] == value:
            continue
        yield path, value


def _all_fields(snapshot: Snapshot | None) -> Iterator[tuple[str, Any]]:
    cases = (
        (("platform", snapshot.platform), ("assessment", snapshot.assessment)) if snapshot else ()
    )
    for name, case in cases:
        if case:
            yield from _flat(name, case.state.model_dump(mode="json"))
            yield f"{name}.due", case.due.model_dump(mode="json")["due"] if case.due else None


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _flat(f"{name}.{key}", part)
    else:
        yield name, value
