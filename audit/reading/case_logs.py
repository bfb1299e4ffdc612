"""From the histories of a platform to its logs: by term, year and opening, each entry with its events."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from audit.histories import (
    Encrypted,
    Erased,
    Histories,
    KeyMissing,
    NoHistory,
    StoredHistory,
    by_platform,
)
from audit.problems import Problem
from audit.reading.runs import Run, read_run, same_moment
from audit.reading.sent_decisions import message_of
from workflows.case_record import PlanVersion
from workflows.log_id import LogId
from workflows.model import instant
from workflows.record import LogEntry
from workflows.words import Words


@dataclass(frozen=True)
class Line:
    """An entry of a log, and where the histories have it."""

    place: LogId
    entry: LogEntry
    run: Run
    """The run that has it first."""
    held_in: int
    """The event that holds it: what was written to the register, or carried from run to run."""
    event_id: int
    """The event that it came of: the message of a decision, the timer of a happening."""

    @property
    def name(self) -> str:
        return self.place.entry(self.entry.seq)


@dataclass
class Reading:
    """All that the histories say of a platform."""

    platform_id: str
    runs: list[Run] = field(default_factory=list)
    logs: dict[LogId, tuple[Line, ...]] = field(default_factory=dict)
    plans: dict[tuple[int, int], PlanVersion] = field(default_factory=dict)
    """By term and version."""
    problems: list[Problem] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    """The ids of runs whose history is there and cannot be read; `problems` says why."""
    locked: list[Problem] = field(default_factory=list)
    """Those of `problems` that are runs whose key is not here: what they hold may all be right."""
    erased: list[Problem] = field(default_factory=list)
    """Runs of terms whose key was destroyed: nothing of them can be read, and nothing is wrong."""
    erased_logs: dict[LogId, tuple[LogEntry, ...]] = field(default_factory=dict)
    """Logs of erased terms with what is left in their entries, where the register or a dossier has them."""
    retimed: list[Problem] = field(default_factory=list)
    """Entries that the histories have at two moments: no fault (docs/decisions/0007-workflow-clock.md)."""

    def entries(self, place: LogId) -> tuple[LogEntry, ...]:
        """A log without its events; empty when there is none."""
        return tuple(line.entry for line in self.logs.get(place, ()))

    def open_places(self) -> set[LogId]:
        """The logs that a run still writes: the histories may be behind."""
        return {place for place, run in self.last_runs().items() if run.open}

    def last_runs(self) -> dict[LogId, Run]:
        """The last run of each log that runs have."""
        return {run.place: run for run in self.runs if run.place is not None}

    def number(self, run: Run) -> int:
        """Which run it is, counted from 1 as they are listed."""
        return 1 + next(index for index, each in enumerate(self.runs) if each is run)


async def readings(histories: Histories, platform_id: str | None = None) -> AsyncIterator[Reading]:
    """Read the histories, a platform at a time."""
    async for each, runs in by_platform(histories.runs(platform_id)):
        yield read_runs(each, runs)


async def read_platform(histories: Histories, platform_id: str) -> Reading:
    """Read the histories of one platform; a reading without runs when there are none."""
    async for reading in readings(histories, platform_id):
        return reading
    return Reading(platform_id)


def read_runs(platform_id: str, histories: Iterable[StoredHistory]) -> Reading:
    """Put together the logs that runs have; runs come by workflow, and as they were started."""
    reading = Reading(platform_id)
    for history in histories:
        try:
            reading.runs.append(read_run(history))
        except NoHistory as error:
            where = f"{history.workflow_id} run {history.run_id}"
            why = str(error).removeprefix(where).lstrip(",: ")
            words = Words(why, f"历史无法读取：{why}")
            reading.unreadable.add(history.run_id)
            found = Problem(where, error.words if isinstance(error, Encrypted) else words)
            (reading.erased if isinstance(error, Erased) else reading.problems).append(found)
            if isinstance(error, KeyMissing):
                reading.locked.append(found)
    _order_resets(reading.runs)
    logs: dict[LogId, _Log] = {}
    for run in reading.runs:
        reading.problems += [Problem(run.at(event), words) for event, words in run.faults]
        if run.place is None:
            continue
        log = logs.setdefault(run.place, _Log(reading, run.place))
        if run.carried:
            log.take(run, 1, run.carried.record.log)
            _keep_plans(reading, run.place, run.carried.record.plans)
        for write in run.register_writes:
            log.take(run, write.event_id, write.batch.entries, write.batch.read_back)
            _keep_plans(reading, run.place, write.batch.plans)
        if run.carried_on:
            log.take(run, run.last_event, run.carried_on.record.log)
            _keep_plans(reading, run.place, run.carried_on.record.plans)
    reading.logs = {place: logs[place].lines() for place in sorted(logs) if logs[place].known}
    return reading


def _order_resets(runs: list[Run]) -> None:
    """Put runs that began in one event, since one is the other's reset, in the order in which they worked."""
    names = list(dict.fromkeys(run.history.workflow_id for run in runs))
    place = {name: number for number, name in enumerate(names)}

    def order(run: Run) -> tuple[int, datetime, datetime]:
        began = run.history.started_at
        return place[run.history.workflow_id], began, run.tasks[-1].at if run.tasks else began

    if len({(run.history.workflow_id, run.history.started_at) for run in runs}) < len(runs):
        runs.sort(key=order)


def _keep_plans(reading: Reading, place: LogId, plans: Iterable[PlanVersion]) -> None:
    for plan in plans:
        reading.plans.setdefault((place.term, plan.version), plan)


class _Log:
    """A log that is put together from what runs have of it."""

    def __init__(self, reading: Reading, place: LogId) -> None:
        self.known: dict[int, Line] = {}
        self._reading = reading
        self._place = place

    def lines(self) -> tuple[Line, ...]:
        return tuple(self.known[seq] for seq in sorted(self.known))

    def take(
        self, run: Run, event_id: int, entries: Sequence[LogEntry], read_back: int = 0
    ) -> None:
        """Take what an event has; what two events have must be the same.

        A whole log may be sent again with other moments; of a long one without what was `read_back`.
        """
        problems, where = self._reading.problems, run.at(event_id)
        whole = bool(entries) and entries[0].seq == read_back + 1
        for entry in entries:
            before = self.known.get(entry.seq)
            if before is not None and _equal(before.entry, entry):
                continue
            name, sealed = self._place.entry(entry.seq), entry.seal() == entry.hash
            if not sealed:
                words = Words(
                    f"entry {name} was changed after it was written: in this event it does not fit its hash",
                    f"第 {name} 条在此事件中被改动：与其哈希不符",
                )
                problems.append(Problem(where, words))
            if before is None:
                cause = _cause(run, entry, event_id)
                self.known[entry.seq] = Line(self._place, entry, run, event_id, cause)
            elif before.entry.seal() != before.entry.hash and sealed:
                self._replace(before, entry)  # the change has been reported already
            elif sealed and whole and says_the_same(before.entry, entry):
                # The clock of a workflow may lag (docs/decisions/0007-workflow-clock.md).
                words = Words(
                    f"entry {name} has another moment than in {_event(before)}: the later one counts",
                    f"第 {name} 条的时刻与{_event_zh(before)}不同：以后者为准",
                )
                self._reading.retimed.append(Problem(where, words))
                # What a run received its own history does not have: it is not held against the one before.
                # What one that was reset decided again, its own history has.
                other = event_id == 1 or run is not before.run
                cause = 1 if event_id == 1 else _cause(run, entry, event_id)
                self.known[entry.seq] = (
                    Line(self._place, entry, run, event_id, cause)
                    if other
                    else replace(before, entry=entry)
                )
            elif sealed and entry.seq == 1:
                first, log = before.run.history.run_id, self._place.name
                words = Words(
                    f"a second life: this run begins log {log} again, which run {first} had begun"
                    " (docs/deployment.md, A term with two histories)",
                    f"重复的一期：此运行重新开始了运行 {first} 已开始的记录 {log}"
                    "（见 docs/deployment.zh.md“同一期次的两份记录”）",
                )
                problems.append(Problem(where, words))
                return  # none of its entries is of this log
            elif sealed:
                words = Words(
                    f"entry {name} differs from {_event(before)}",
                    f"第 {name} 条与{_event_zh(before)}所载不同",
                )
                problems.append(Problem(where, words))

    def _replace(self, before: Line, entry: LogEntry) -> None:
        self.known[entry.seq] = replace(before, entry=entry)


def _event(line: Line) -> str:
    return f"event {line.held_in} of run {line.run.history.run_id}"


def _event_zh(line: Line) -> str:
    return f"运行 {line.run.history.run_id} 事件 {line.held_in} "


def _equal(one: LogEntry, other: LogEntry) -> bool:
    """The same but for our wording of a refusal, which may be put otherwise by a later release."""
    return one == other or one.model_copy(update={"reason": other.reason}) == other


def says_the_same(one: LogEntry, other: LogEntry) -> bool:
    """Whether two entries differ in their moments at most, and in what follows from these."""
    changes = {"at": other.at, "hash": other.hash, "previous": other.previous}
    return _equal(one.model_copy(update=changes), other)


def _cause(run: Run, entry: LogEntry, held_in: int) -> int:
    """The event that an entry came of; the one that holds it where no other is known."""
    if sent := message_of(run.messages, entry, held_in):
        return sent.event_id
    if not run.carried and (entry.seq == 1 or run.brought_in(entry.decision_id)):
        return 1
    # What a message brought with it, as a clock that stops, came of the message.
    for message in run.messages:
        answer = message.answer or {}
        if message.event_id < held_in and answer.get("at") == instant(entry.at):
            return message.event_id
    task = next((task for task in run.tasks if same_moment(task.at, entry.at)), None)
    return task.cause if task else held_in
