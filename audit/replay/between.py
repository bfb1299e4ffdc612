"""Whether replayed runs go on from each other: what they took up, and how their logs are linked."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from audit.dossier.check_logs import check_links
from audit.reading.origins import check_origins
from audit.replay.findings import Finding
from audit.replay.replaying import Replayed
from workflows.log_id import LogId

FIRST = 1
"""What a run took up stands in the event with which it began."""


def between_runs(
    replayed: Sequence[Replayed], last: Mapping[LogId, Replayed]
) -> Mapping[str, Sequence[Finding]]:
    """What does not hold between the runs of a platform, by the run that it is about.

    `last` is the run in which each log ends. What depends on a run that is not here is not checked.
    """
    found: dict[str, list[Finding]] = defaultdict(list)
    runs = [one.run_log for one in replayed if one.run_log and one.divergence is None]
    for doubt in check_origins(runs):
        finding = Finding(doubt.en, doubt.zh, FIRST, unchecked=doubt.missing)
        found[doubt.run.run_id].append(finding)
    for run_id, finding in _links(last, whole=all(one.divergence is None for one in replayed)):
        found[run_id].append(finding)
    return found


def _links(last: Mapping[LogId, Replayed], *, whole: bool) -> Iterator[tuple[str, Finding]]:
    logs = {place: one.log for place, one in last.items()}
    ends = {place.file: one.run_id for place, one in last.items()}
    known = list(ends)
    for problem in check_links(logs):
        # What is missing is named by the log that should be there: it is told of the last run at hand.
        run_id = ends.get(problem.where) or ends[known[-1]]
        log = problem.where.removeprefix("logs/").removesuffix(".jsonl")
        unchecked = problem.missing or not whole
        yield (
            run_id,
            Finding(f"log {log}: {problem.en}", f"记录 {log}：{problem.zh}", unchecked=unchecked),
        )
