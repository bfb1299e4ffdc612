"""Where the log that a run took up comes from: input is not state, whoever sent it.

Whoever reaches the server can start a workflow with a log of their own, and its hash chain will hold. So
whatever a run takes up must have been written by *another* run, which did not take it up itself.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from workflows.log_id import LogId


@dataclass(frozen=True)
class RunLog:
    """What one run has to do with a log: what it took up, what it wrote itself, and how it ended."""

    workflow_id: str
    run_id: str
    place: LogId
    taken: tuple[str, ...] = ()
    """The hashes of the entries that it took up, in order."""
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
    taken_at: datetime | None = None
    """The moment of the last entry that it took up."""
    kept_since: datetime | None = None
    """Where its history came from, runs that ended before this are kept no longer."""
    noted: Mapping[LogId, frozenset[str]] = field(default_factory=dict)
    """The last hashes of assessments' logs that it noted itself when they ended."""

    @property
    def ids(self) -> frozenset[str]:
        """Its ids: a run that was reset bears the one of before, too."""
        return frozenset((self.run_id, self.original or self.run_id))


class Doubt(NamedTuple):
    """What is wrong with the origin of a run; or what nobody can say, since another run is `missing`.

    It is `named` where the history itself names that run: then whoever reads all of them misses it, too.
    """

    run: RunLog
    en: str
    zh: str
    missing: bool = False
    named: bool = False


def check_origins(runs: Sequence[RunLog]) -> Iterator[Doubt]:
    """Whatever a run takes up that no other run wrote; logs that were opened twice; children of nobody."""
    there = {run_id: run for run in runs for run_id in run.ids}
    for run in runs:
        if run.continued_from:
            yield from _continued(run, there)
        elif run.taken:
            yield from _started_with_a_log(run, runs)
        if run.place.year and not run.continued_from:
            yield from _child(run, there)
    yield from _second_lives(runs)


def _continued(run: RunLog, there: Mapping[str, RunLog]) -> Iterator[Doubt]:
    """A run that goes on from another takes up the log with which that one ended, and nothing more."""
    before = there.get(run.continued_from)
    if before is None:
        if run.taken:
            en, zh = _entries(1, len(run.taken))
            yield Doubt(
                run,
                f"{en} of its log it took up from run {run.continued_from}, which is not here: not checked",
                f"其{zh}承接自运行 {run.continued_from}，该运行的历史不在此处：未核验",
                missing=True,
                named=True,
            )
        return
    if before.next_run and before.next_run not in run.ids:
        yield Doubt(
            run,
            f"it says that it goes on from run {before.run_id}, which went on in run {before.next_run}",
            f"其自称接续运行 {before.run_id}，而后者由运行 {before.next_run} 接续",
        )
        return
    known = {*before.taken, *before.written}
    if _may_have_written(before, run.taken) and run.taken[-1] not in known:
        yield _in_part(run, before)
        return
    yield from _from_nowhere(run, known, f"run {before.run_id}", f"运行 {before.run_id}")


def _started_with_a_log(run: RunLog, runs: Iterable[RunLog]) -> Iterator[Doubt]:
    """A case that had ended is started again from its log: another run wrote it, and ended with it."""
    others = [one for one in runs if one.place == run.place and not one.ids & run.ids]
    if not others and run.kept_since and run.taken_at and run.taken_at < run.kept_since:
        en, zh = _entries(1, len(run.taken))
        yield Doubt(
            run,
            f"{en} of its log it took up from a run that the server keeps no longer: not checked; the archive"
            " may have it (--from archive)",
            f"其{zh}承接自服务器已不再保存的运行：未核验；可从归档核对（--from archive）",
            missing=True,
        )
        return
    known = {entry for one in others for entry in one.written}
    noted = {end for one in runs for end in one.noted.get(run.place, ())}
    wrong = list(_from_nowhere(run, known | noted, "another run", "其他运行"))
    ends = {end for one in others for end in one.ends} | noted
    part = next((one for one in others if _may_have_written(one, run.taken)), None)
    if part and run.taken[-1] not in ends:
        yield _in_part(run, part)  # it must have ended since: a workflow has one run at a time
        return
    yield from wrong
    if not wrong and run.taken[-1] not in ends:
        count = len(run.taken)
        yield Doubt(
            run,
            f"it took up {count} entries of a log that did not end there: no other run ended with them",
            f"其承接某记录的前 {count} 条，而该记录并未就此结束：没有其他运行以这些条目结束",
        )


def _may_have_written(run: RunLog, log: Sequence[str]) -> bool:
    """Whether a run whose history is a part may have written a log since: it begins as that run's does."""
    begins = run.taken or ((run.first,) if run.first else ())
    return run.under_way and len(run.taken) < len(log) and tuple(log[: len(begins)]) == begins


def _in_part(run: RunLog, other: RunLog) -> Doubt:
    """What a run took up may stand in the part of another's history that is not here."""
    return Doubt(
        run,
        f"it took up the log of run {other.run_id}, whose history is here only in part: not checked",
        f"其承接运行 {other.run_id} 的记录，而该运行的历史在此处不完整：未核验",
        missing=True,
    )


def _from_nowhere(run: RunLog, known: set[str], en: str, zh: str) -> Iterator[Doubt]:
    """Name the entries that a run took up and that stand nowhere else.

    The chain of hashes binds what stands before: the last entry that is known vouches for those.
    """
    if not run.taken:
        return
    last = max((n for n, entry in enumerate(run.taken, start=1) if entry in known), default=0)
    if last == len(run.taken):
        return
    which, welche = _entries(last + 1, len(run.taken))
    yield Doubt(
        run,
        f"{which} of its log were taken up from nowhere: they stand in its own input, and {en} did"
        " not write them",
        f"其{welche}来历不明：仅见于其自身的输入，{zh}并未写出",
    )


def _child(run: RunLog, there: Mapping[str, RunLog]) -> Iterator[Doubt]:
    """An assessment is started by its platform's run, which says so itself."""
    if not run.parent:
        yield Doubt(
            run,
            "no platform started this assessment: it has no parent",
            "并非由平台启动的考核：没有父流程",
        )
        return
    parent = there.get(run.parent)
    if parent is None or parent.under_way or run.ids & parent.children:
        return  # that it is missing is said where it is looked for; an open one may say it later
    yield Doubt(
        run,
        f"run {parent.run_id}, which should have started it as its child, did not",
        f"运行 {parent.run_id} 并未将其作为子流程启动",
    )


def _second_lives(runs: Iterable[RunLog]) -> Iterator[Doubt]:
    """A log is opened once; whoever opens it again, with another first entry, tells a second life."""
    opened: dict[tuple[str, LogId], RunLog] = {}
    for run in runs:
        if run.first is None:
            continue
        before = opened.setdefault((run.workflow_id, run.place), run)
        if before.first != run.first:
            yield Doubt(
                run,
                f"it opens the log {run.place.name} a second time: run {before.run_id} had opened it,"
                " with another first entry",
                f"其再次开始记录 {run.place.name}：运行 {before.run_id} 已开始该记录，首条不同",
            )


def _entries(first: int, last: int) -> tuple[str, str]:
    if first == last:
        return f"entry {first}", f"第 {first} 条"
    return f"entries {first} to {last}", f"第 {first} 至 {last} 条"
