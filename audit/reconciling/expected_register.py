"""What the register should hold of a platform, and how sure that is: by the histories, log by log."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from audit.reading.case_logs import Reading
from audit.reading.log_states import NO_LOG
from audit.reading.snapshots import due_of
from audit.reconciling.newer_register import goes_on
from db.row_types import LogLine
from workflows.activity_messages import DueDate, RegisterBatch
from workflows.case_record import PlanVersion
from workflows.contract import assessment_workflow_id, platform_workflow_id
from workflows.log_id import LogId
from workflows.model import sha256
from workflows.record import EntryKind, LogEntry, find_chain_break
from workflows.rules import CaseState
from workflows.state_folding import states
from workflows.states import AssessmentState, PlatformState
from workflows.vocabulary import Stage
from workflows.words import Words


@dataclass(frozen=True)
class WrittenPart:
    """Entries as they were written at once: the first and the last, and the due date that was known then."""

    first: int
    last: int
    due: DueDate | None


@dataclass(frozen=True)
class WholeLog:
    """A log with the state after each entry, and how it was written."""

    place: LogId
    entries: tuple[LogEntry, ...]
    after: tuple[CaseState, ...]
    parts: tuple[WrittenPart, ...]
    due: DueDate | None
    """When the step in which the case stands is due, as it was last written."""

    def as_written(self, plans: Mapping[str, Any]) -> Iterator[RegisterBatch]:
        """Return the batches as they came; what no history that is left wrote comes first."""
        written = {seq for part in self.parts for seq in range(part.first, part.last + 1)}
        before = [e.seq for e in self.entries if e.seq not in written]
        if before:
            yield self._batch(1, before[-1], None, plans)
        for part in self.parts:
            yield self._batch(part.first, part.last, part.due, plans)

    def at_once(self, plans: Mapping[str, Any]) -> RegisterBatch:
        """Return the whole log in one batch: the same rows, but for what the notices say is due."""
        return self._batch(1, len(self.entries), self.due, plans)

    def _batch(
        self, first: int, last: int, due: DueDate | None, plans: Mapping[str, Any]
    ) -> RegisterBatch:
        state, entries = self.after[last - 1], self.entries[first - 1 : last]
        facts = state.facts
        if isinstance(state, AssessmentState):
            return RegisterBatch(
                workflow_id=assessment_workflow_id(facts.platform_id, facts.term, state.year),
                platform=self._platform(state),
                assessment=state,
                entries=entries,
                due=due,
            )
        return RegisterBatch(
            workflow_id=platform_workflow_id(facts.platform_id),
            platform=state,
            entries=entries,
            plans=tuple(self._plans(first, last, plans)),
            due=due,
        )

    def _platform(self, state: AssessmentState) -> PlatformState:
        """The platform as an assessment names it: `AnnualAssessmentWorkflow.platform_state`."""
        return PlatformState(
            facts=state.facts,
            stage=Stage.VALID,
            since=self.entries[0].at,
            plan_sha256="0" * 64,
            valid_until=state.valid_until,
            open_assessment=state.year,
        )

    def _plans(self, first: int, last: int, texts: Mapping[str, Any]) -> Iterator[PlanVersion]:
        for entry, state in zip(
            self.entries[first - 1 : last], self.after[first - 1 : last], strict=True
        ):
            digest = str(entry.said.get("plan_sha256"))
            if digest in texts and entry.kind is not EntryKind.REFUSED:
                assert isinstance(state, PlatformState), "only platforms file plans"  # noqa: S101
                yield PlanVersion(version=state.plan_version, sha256=digest, plan=texts[digest])


@dataclass
class ExpectedRegister:
    """What the register should hold of a platform."""

    platform_id: str
    logs: dict[LogId, WholeLog] = field(default_factory=dict)
    plans: dict[str, Any] = field(default_factory=dict)
    """Texts of plans by their SHA-256."""
    ahead: dict[LogId, int] = field(default_factory=dict)
    """Logs of which the register has more than the histories, that fits: so many entries more."""
    attested: list[LogId] = field(default_factory=list)
    """Logs whose end only the register attests: the case went on from there when its engine was lost."""
    unproved: list[LogId] = field(default_factory=list)
    """Logs that only the register has: they are held against themselves."""
    unreadable: dict[LogId, Words] = field(default_factory=dict)
    """Logs that no case can have, and why."""
    beyond: dict[LogId, int] = field(default_factory=dict)
    """Logs that go on, of which the register has more that does not fit: newer histories may tell why."""

    def at_once(self) -> Iterator[RegisterBatch]:
        """Return a batch for each log, the platform's own first."""
        for log in self.logs.values():
            yield log.at_once(self.plans)

    def as_written(self) -> Iterator[RegisterBatch]:
        """Return all batches as the histories have them."""
        for log in self.logs.values():
            yield from log.as_written(self.plans)


Dues = Mapping[LogId, DueDate | None]


def expected_register(
    reading: Reading,
    register: Sequence[LogLine] = (),
    dues: Dues | None = None,
    plans: Sequence[Any] = (),
    settled: Container[LogId] = (),
    *,
    attested: Container[LogId] = (),
    newer: Container[LogId] = (),
) -> ExpectedRegister:
    """Return what a register should hold, by the histories; where they lack logs, by its own whole ones.

    `register`, `dues` and `plans` (texts) are what it holds: of use only where the histories end.
    `settled` are logs of which the histories are known to be newer than what it holds; `attested` are
    assessments whose end only the register has, `newer` logs of which it has more (`newer_logs`).
    """
    expected = ExpectedRegister(reading.platform_id)
    texts = [plan.plan for plan in reading.plans.values()]
    expected.plans = {sha256(plan): plan for plan in (*plans, *texts)}
    held = logs_of_lines(register)
    for place in sorted({*reading.logs, *held}):
        own, known = held.get(place, ()), reading.entries(place)
        alone = place in attested or place in newer
        behind = alone or (place not in settled and _may_be_behind(reading, place, expected.ahead))
        entries = _better(known, own, behind=behind)
        beyond = sum(entry.seq > len(known) for entry in own) if known else 0
        if entries is not known and not known:
            expected.unproved.append(place)
        elif place in attested and entries is not known:
            expected.attested.append(place)
        elif entries is not known and entries[: len(known)] == known:
            expected.ahead[place] = len(entries) - len(known)
        elif entries is known and behind and beyond:
            expected.beyond[place] = beyond
        try:
            whole = _whole(reading, place, entries)
        except (*NO_LOG, AssertionError) as error:
            broken = find_chain_break(entries, entries[0].previous)
            expected.unreadable[place] = broken or Words(str(error), str(error))
            continue
        if entries is not known and dues:
            whole = WholeLog(place, whole.entries, whole.after, whole.parts, dues.get(place))
        expected.logs[place] = whole
    return expected


def logs_of_lines(lines: Iterable[LogLine]) -> dict[LogId, tuple[LogEntry, ...]]:
    """Return the logs that lines of the register are of."""
    found: dict[LogId, list[LogEntry]] = {}
    for line in lines:
        found.setdefault(line.log, []).append(line.entry)
    return {place: tuple(entries) for place, entries in found.items()}


def _better(
    known: tuple[LogEntry, ...], own: tuple[LogEntry, ...], *, behind: bool
) -> tuple[LogEntry, ...]:
    """The log that counts: the histories', or the register's where they end too early, or are broken.

    What the register has beyond histories that may be `behind` counts where it goes on from them,
    whatever became of the rows before.
    """
    if not known:
        return own
    if find_chain_break(known, known[0].previous):
        return own if own and not find_chain_break(own, own[0].previous) else known
    more = tuple(entry for entry in own if entry.seq > len(known))
    return (*known, *more) if behind and more and goes_on((*known, *more)) else known


def _may_be_behind(reading: Reading, place: LogId, ahead: Container[LogId]) -> bool:
    """Whether more of a log may be written than the histories have: a run is open, or not there.

    An assessment that ended may have been opened again by what its platform wrote since.
    """
    if reading.unreadable or (place.year and LogId(place.term) in ahead):
        return True
    last = reading.last_runs().get(place)
    return last is None or last.open or last.ended == "continued"


def erased_batches(logs: Mapping[LogId, Sequence[LogEntry]]) -> Iterator[RegisterBatch]:
    """Return what the register should hold of logs whose words were erased: stages and days follow."""
    for place, log in sorted(logs.items()):
        yield WholeLog(place, tuple(log), tuple(states(log)), (), None).at_once({})


def _whole(reading: Reading, place: LogId, entries: tuple[LogEntry, ...]) -> WholeLog:
    wrong = find_chain_break(entries, entries[0].previous)
    if wrong:
        raise ValueError(wrong.en)
    after = tuple(states(entries))
    parts = [
        WrittenPart(write.batch.entries[0].seq, write.batch.entries[-1].seq, write.batch.due)
        for run in reading.runs
        if run.place == place
        for write in run.register_writes
        if write.batch.entries and write.batch.entries[-1].seq <= len(entries)
    ]
    return WholeLog(place, entries, after, tuple(parts), due_of(reading, place, after))
