"""What each run of a reading has to do with a log, for the check of where it comes from."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from audit.reading.case_logs import Reading
from audit.reading.origins import RunLog
from audit.reading.runs import Run
from workflows.log_id import LogId
from workflows.record import LogEntry
from workflows.vocabulary import Happening

_ENDS = (Happening.ASSESSMENT_ENDED, Happening.ASSESSMENT_CLOSED)


def run_logs(reading: Reading) -> list[RunLog]:
    """The part of each run that has a log in it."""
    return [_run_log(run, run.place) for run in reading.runs if run.place is not None]


def _run_log(run: Run, place: LogId) -> RunLog:
    taken = run.carried.record.log if run.carried else ()
    written = [e for e in _told(run) if e.seq > len(taken)]
    opened = next((entry.hash for entry in written if entry.seq == 1), None)
    ends = {run.result.log_hash} if run.result else set[str]()
    if run.carried_on and run.carried_on.record.log:
        ends.add(run.carried_on.record.log[-1].hash)
    return RunLog(
        workflow_id=run.history.workflow_id,
        run_id=run.history.run_id,
        place=place,
        taken=tuple(entry.hash for entry in taken),
        written=frozenset(entry.hash for entry in written),
        ends=frozenset(ends),
        first=opened,
        original=run.original_run or "",
        continued_from=run.continued_from or "",
        next_run=run.next_run or "",
        parent=run.parent_run or "",
        children=frozenset(child.run_id for child in run.children),
        under_way=run.open,
        taken_at=taken[-1].at if taken else None,
        kept_since=run.history.kept_since,
        noted={} if place.year else noted_ends((*taken, *written), len(taken)),
    )


def _told(run: Run) -> Iterable[LogEntry]:
    """The entries that a run tells; the last telling of an entry first, since that one counts."""
    if run.carried_on:
        yield from run.carried_on.record.log
    for telling in reversed(run.tellings):
        yield from telling.batch.entries


def noted_ends(log: Iterable[LogEntry], taken: int = 0) -> Mapping[LogId, frozenset[str]]:
    """The last hashes of assessments' logs that a platform's entries behind the first `taken` ones note."""
    found: dict[LogId, set[str]] = defaultdict(set)
    openings, seen = Counter[int](), set[int]()
    term = 1
    for entry in sorted(log, key=lambda one: one.seq):
        if entry.seq == 1:
            term = entry.said.get("term", 1)
        if entry.seq in seen:
            continue  # told more than once
        seen.add(entry.seq)
        year, end = entry.said.get("year"), entry.said.get("log_hash")
        if not isinstance(year, int):
            continue
        if entry.name == Happening.ASSESSMENT_OPENED:
            openings[year] = entry.said.get("opening", openings[year] + 1)
        elif entry.name in _ENDS and entry.seq > taken and isinstance(end, str):
            found[LogId(term, year, openings[year])].add(end)
    return {place: frozenset(hashes) for place, hashes in found.items()}
