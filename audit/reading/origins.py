"""Where the log that a run received comes from: input is not state, whoever sent it.

Whoever reaches the server can start a workflow with a log of their own, and its hash chain will hold. So
whatever a run receives must have been written by *another* run, which did not receive it itself.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from audit.problems import Problem
from audit.reading.case_logs import Reading
from audit.reading.runs import Run
from db.log_order import ASSESSMENT_ENDS
from workflows.log_id import LogId
from workflows.record import LogEntry
from workflows.vocabulary import Happening
from workflows.words import Words, counted


@dataclass(frozen=True)
class RunLog:
    """What one run has to do with a log: what it received, what it wrote itself, and how it ended."""

    workflow_id: str
    run_id: str
    place: LogId
    received: tuple[str, ...] = ()
    """The hashes of the entries that it received, in order."""
    written: frozenset[str] = frozenset()
    """The hashes of the entries that it wrote itself."""
    ends: frozenset[str] = frozenset()
    """The last hash of the log with which it ended, or went on in a new run; empty while it is open."""
    first: str | None = None
    """The hash of the first entry, where the run opened the log itself."""
    original: str = ""
    """The run that this one was before it was reset; its own id otherwise."""
    continued_from: str = ""
    next_run: str = ""
    parent: str = ""
    """The run that started it as its child."""
    children: frozenset[str] = frozenset()
    under_way: bool = False
    """Its history is that of an open run: it may have done more since."""
    received_at: datetime | None = None
    """The moment of the last entry that it received."""
    kept_since: datetime | None = None
    """Where its history came from, runs that ended before this are kept no longer."""
    recovered: Words | None = None
    """Who went on with its log, and why, where no engine had it any more."""
    noted: Mapping[LogId, frozenset[str]] = field(default_factory=dict)
    """The last hashes of assessments' logs that it noted itself when they ended."""

    @property
    def ids(self) -> frozenset[str]:
        """Its ids: a run that was reset bears the one of before, too."""
        return frozenset((self.run_id, self.original or self.run_id))

    @property
    def came_to_nothing(self) -> bool:
        """Whether it ended without an entry of its own: it was refused, and nothing follows from it."""
        return not (self.under_way or self.written or self.ends)


class Doubt(NamedTuple):
    """What is wrong with the origin of a run; or what cannot be checked, since another run is `missing`.

    It is `named` where the history itself names that run: then it is reported as a missing history, too.
    """

    run: RunLog
    words: Words
    missing: bool = False
    named: bool = False

    @property
    def problem(self) -> Problem:
        """Return it as a problem of the event with which the run began."""
        where = f"{self.run.workflow_id} run {self.run.run_id}, event 1"
        return Problem(where, self.words, missing=self.missing)


def check_origins(runs: Sequence[RunLog]) -> Iterator[Doubt]:
    """Check that another run wrote what each run received, that logs were opened once, and by whom."""
    there = {run_id: run for run in runs for run_id in run.ids}
    for run in runs:
        if run.continued_from:
            yield from _continued(run, there)
        elif run.received and not run.came_to_nothing:
            parent = there.get(run.parent)
            recovered = run.recovered or (parent and parent.recovered)
            if recovered:
                yield from _recovered(run, runs, recovered)
            else:
                yield from _started_with_a_log(run, runs)
        if run.place.year and not run.continued_from:
            yield from _child(run, there)
    yield from _opened_twice(runs)


def _continued(run: RunLog, there: Mapping[str, RunLog]) -> Iterator[Doubt]:
    """A run that continues another has the log with which that one ended, and nothing more."""
    before = there.get(run.continued_from)
    if before is None:
        if run.received:
            words = Words(
                f"not checked: entries up to {len(run.received)} of its log come from run"
                f" {run.continued_from}, which is not here",
                f"未核验：其前 {len(run.received)} 条承接自运行 {run.continued_from}，该运行的历史不在此处",
            )
            yield Doubt(run, words, missing=True, named=True)
        return
    if before.next_run and before.next_run not in run.ids:
        words = Words(
            f"it says that it continues run {before.run_id}, which continued as run {before.next_run}",
            f"其自称接续运行 {before.run_id}，而后者由运行 {before.next_run} 接续",
        )
        yield Doubt(run, words)
        return
    known = {*before.received, *before.written}
    if _may_have_written(before, run.received) and run.received[-1] not in known:
        yield _in_part(run, before)
        return
    yield from _of_no_origin(run, known, Words(f"run {before.run_id}", f"运行 {before.run_id}"))


def _started_with_a_log(run: RunLog, runs: Iterable[RunLog]) -> Iterator[Doubt]:
    """A case that had ended is started again from its log: another run wrote it, and ended with it."""
    others = [one for one in runs if one.place == run.place and not one.ids & run.ids]
    count = len(run.received)
    if not others and run.kept_since and run.received_at and run.received_at < run.kept_since:
        words = Words(
            f"not checked: entries up to {count} of its log come from a run that the server no longer"
            " keeps; the archive may have it (--from archive)",
            f"未核验：其前 {count} 条承接自服务器已不再保存的运行；可从归档核对（--from archive）",
        )
        yield Doubt(run, words, missing=True)
        return
    known = {entry for one in others for entry in one.written}
    noted = {end for one in runs for end in one.noted.get(run.place, ())}
    wrong = list(_of_no_origin(run, known | noted, Words("another run", "其他运行")))
    ends = {end for one in others for end in one.ends} | noted
    part = next((one for one in others if _may_have_written(one, run.received)), None)
    if part and run.received[-1] not in ends:
        yield _in_part(run, part)  # it must have ended since: a workflow has one run at a time
        return
    yield from wrong
    if not wrong and run.received[-1] not in ends:
        words = Words(
            f"it began with {counted(count, 'entry', 'entries')} of a log that did not end there: no other run"
            " ended with them",
            f"其承接某记录的前 {count} 条，而该记录并未就此结束：没有其他运行以这些条目结束",
        )
        yield Doubt(run, words)


class AttestedParts(NamedTuple):
    """What only the register attests, since a case was gone on with from its log; by the histories at hand."""

    entries: Mapping[LogId, range]
    """The numbers of entries that no history of a run before has."""
    ended: frozenset[LogId]
    """Logs with whose last entry a run ended: they have no more."""

    def __bool__(self) -> bool:
        return any(self.entries.values())

    def may_hold_end(self, own: LogId, seq: int, of: LogId) -> bool:
        """Whether a log's entry that notes how another one ended, and that end, may stand there alone."""
        return seq in self.entries.get(own, ()) and of not in self.ended


NOTHING_ATTESTED = AttestedParts({}, frozenset())


def attested_parts(runs: Sequence[RunLog]) -> AttestedParts:
    """Return which parts of logs only the register attests."""
    recovered = (run for run in runs if run.recovered and run.received)
    ended = frozenset(run.place for run in runs if run.ends and not run.next_run)
    return AttestedParts({run.place: _attested(run, runs) for run in recovered}, ended)


def _attested(run: RunLog, runs: Iterable[RunLog]) -> range:
    """The entries that a run which went on from its log received, and that no history of a run before has."""
    others = [one for one in runs if one.place == run.place and not one.ids & run.ids]
    known = {entry for one in others for entry in one.written}
    known |= {end for one in runs for end in one.noted.get(run.place, ())}
    return range(_vouched(run, known) + 1, len(run.received) + 1)


def _recovered(run: RunLog, runs: Iterable[RunLog], by: Words) -> Iterator[Doubt]:
    """A case that was gone on with from its log: what no history has is attested by the register alone."""
    alone = _attested(run, runs)
    if not alone:
        return
    en, zh = (
        (f"entries {alone[0]} to {alone[-1]} of its log are", f"{alone[0]} 至 {alone[-1]}")
        if len(alone) > 1
        else (f"entry {alone[0]} of its log is", f"{alone[0]}")
    )
    words = Words(
        f"{en} attested by the register only: no history of the runs before is here; gone on with from the log"
        f" {by.en}",
        f"其第 {zh} 条仅由名册证明：此前运行的历史不在此处；{by.zh}据记录接续",
    )
    yield Doubt(run, words, missing=True)


def _vouched(run: RunLog, known: set[str]) -> int:
    """How many of the entries that a run received are vouched for: the last known one binds all before it."""
    return max((n for n, entry in enumerate(run.received, start=1) if entry in known), default=0)


def recovered_by(written: Iterable[LogEntry]) -> Words | None:
    """Return who went on with a log, and why, by the entries that a run wrote; None where nobody did."""
    for entry in written:
        if entry.name == Happening.RECOVERED:
            by, reason = str(entry.said.get("by")), str(entry.said.get("reason"))
            return Words(f"by {by} ({reason})", f"{by}（{reason}）")
    return None


def _may_have_written(run: RunLog, log: Sequence[str]) -> bool:
    """Whether a run whose history is a part may have written a log since: it begins as that run's does."""
    begins = run.received or ((run.first,) if run.first else ())
    return run.under_way and len(run.received) < len(log) and tuple(log[: len(begins)]) == begins


def _in_part(run: RunLog, other: RunLog) -> Doubt:
    """What a run received may stand in the part of another's history that is not here."""
    words = Words(
        f"not checked: its log comes from run {other.run_id}, whose history is here only in part",
        f"未核验：其记录承接自运行 {other.run_id}，而该运行的历史在此处不完整",
    )
    return Doubt(run, words, missing=True)


def _of_no_origin(run: RunLog, known: set[str], other: Words) -> Iterator[Doubt]:
    """Name the entries that a run received and that stand nowhere else."""
    count, last = len(run.received), _vouched(run, known)
    if last == count:
        return
    words = Words(
        f"entries {last + 1} to {count} of its log have no origin: they are only in its own input, and"
        f" {other.en} did not write them",
        f"其第 {last + 1} 至 {count} 条来历不明：仅见于其自身的输入，{other.zh}未写出",
    )
    yield Doubt(run, words)


def _child(run: RunLog, there: Mapping[str, RunLog]) -> Iterator[Doubt]:
    """An assessment is started by its platform's run, which says so itself."""
    parent = there.get(run.parent)
    if not run.parent:
        words = Words(
            "no platform started this assessment: it has no parent",
            "该考核并非由平台启动：没有父流程",
        )
        yield Doubt(run, words)
    elif parent and not parent.under_way and not run.ids & parent.children:
        # That a parent is missing is said elsewhere; an open one may say it later.
        words = Words(
            f"run {parent.run_id} should have started it as its child, and did not",
            f"运行 {parent.run_id} 并未将其作为子流程启动",
        )
        yield Doubt(run, words)


def _opened_twice(runs: Iterable[RunLog]) -> Iterator[Doubt]:
    """A log is opened once; whoever opens it again, with another first entry, begins a second one."""
    opened: dict[tuple[str, LogId], RunLog] = {}
    for run in runs:
        before = opened.setdefault((run.workflow_id, run.place), run) if run.first else run
        if before.first != run.first:
            words = Words(
                f"it opens the log {run.place.name} a second time: run {before.run_id} had opened it, with"
                " another first entry",
                f"其再次开始记录 {run.place.name}：运行 {before.run_id} 已开始该记录，首条不同",
            )
            yield Doubt(run, words)


def run_logs(reading: Reading) -> list[RunLog]:
    """The part of each run that has a log in it."""
    return [_run_log(run, run.place) for run in reading.runs if run.place is not None]


def _run_log(run: Run, place: LogId) -> RunLog:
    received = run.carried.record.log if run.carried else ()
    written = [e for e in _entries(run) if e.seq > len(received)]
    opened = next((entry.hash for entry in written if entry.seq == 1), None)
    ends = {run.result.log_hash} if run.result else set[str]()
    if run.carried_on and run.carried_on.record.log:
        ends.add(run.carried_on.record.log[-1].hash)
    return RunLog(
        workflow_id=run.history.workflow_id,
        run_id=run.history.run_id,
        place=place,
        received=tuple(entry.hash for entry in received),
        written=frozenset(entry.hash for entry in written),
        ends=frozenset(ends),
        first=opened,
        original=run.original_run or "",
        continued_from=run.continued_from or "",
        next_run=run.next_run or "",
        parent=run.parent_run or "",
        children=frozenset(child.run_id for child in run.children),
        under_way=run.open,
        received_at=received[-1].at if received else None,
        kept_since=run.history.kept_since,
        recovered=None if run.continued_from else recovered_by(written),
        noted={} if place.year else noted_ends((*received, *written), len(received)),
    )


def _entries(run: Run) -> Iterable[LogEntry]:
    """Return the entries that a run wrote; the last writing of an entry first, since that one counts."""
    if run.carried_on:
        yield from run.carried_on.record.log
    for telling in reversed(run.register_writes):
        yield from telling.batch.entries


def noted_ends(log: Iterable[LogEntry], received: int = 0) -> Mapping[LogId, frozenset[str]]:
    """The last hashes of assessments' logs that a platform's entries behind the first `received` ones note."""
    found: dict[LogId, set[str]] = defaultdict(set)
    openings, seen = Counter[int](), set[int]()
    term = 1
    for entry in sorted(log, key=lambda one: one.seq):
        if entry.seq == 1:
            term = entry.said.get("term", 1)
        if entry.seq in seen:
            continue  # written more than once
        seen.add(entry.seq)
        year, end = entry.said.get("year"), entry.said.get("log_hash")
        if not isinstance(year, int):
            continue
        if entry.name == Happening.ASSESSMENT_OPENED:
            openings[year] = entry.said.get("opening", openings[year] + 1)
        elif entry.name in ASSESSMENT_ENDS and entry.seq > received and isinstance(end, str):
            found[LogId(term, year, openings[year])].add(end)
    return {place: frozenset(hashes) for place, hashes in found.items()}
