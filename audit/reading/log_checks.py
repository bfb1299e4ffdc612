"""Whether the histories of a platform hold in themselves: each says the same as the others.

A history names the runs and children that belong to it, holds each entry several times over, and the
messages that people sent. So whatever is left out or changed in one place does not fit another.
"""

from collections.abc import Iterator

from audit.dossier.check_logs import check_logs
from audit.reading.case_logs import Line, Problem, Reading
from audit.reading.entry_checks import check_entry
from audit.reading.origins import check_origins
from audit.reading.run_checks import check_run, check_runs
from audit.reading.run_logs import run_logs
from workflows.log_id import LogId
from workflows.model import sha256
from workflows.record import EntryKind
from workflows.rules import CaseState
from workflows.state_folding import states


def check_reading(reading: Reading) -> list[Problem]:
    """All that does not hold in the histories of a platform, and between them."""
    found = list(reading.problems)
    found += check_runs(reading)
    found += _origins(reading)
    found += _links(reading)
    for place, lines in reading.logs.items():
        after = _states(place, lines, found)
        for line in lines:
            found += check_entry(line)
        for run in (run for run in reading.runs if run.place == place):
            found += check_run(reading, run, lines, after)
    found += _plans(reading)
    return list(dict.fromkeys(found))


def not_checked(reading: Reading) -> list[Problem]:
    """What nobody can say of the histories: another run is not here, or in part, and nothing names it."""
    return [
        Problem(f"{doubt.run.workflow_id} run {doubt.run.run_id}, event 1", doubt.en, doubt.zh)
        for doubt in check_origins(run_logs(reading))
        if doubt.missing and not doubt.named
    ]


def _origins(reading: Reading) -> Iterator[Problem]:
    """What runs took up must have been written by others. Runs that are missing have been named."""
    for doubt in check_origins(run_logs(reading)):
        if not doubt.missing:
            where = f"{doubt.run.workflow_id} run {doubt.run.run_id}, event 1"
            yield Problem(where, doubt.en, doubt.zh)


def _links(reading: Reading) -> Iterator[Problem]:
    """The hash chain of each log, and how logs go on from each other."""
    for problem in check_logs({log: reading.entries(log) for log in reading.logs}):
        log = LogId.of_file(problem.where).name
        yield Problem(f"{reading.platform_id}, log {log}", problem.en, problem.zh)


def _states(place: LogId, lines: tuple[Line, ...], found: list[Problem]) -> list[CaseState]:
    try:
        return states(line.entry for line in lines)
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        where = f"{lines[0].run.history.platform_id}, log {place.name}"
        found.append(Problem(where, f"no case has such a log: {error}", f"此记录不能成立：{error}"))
        return []


def _plans(reading: Reading) -> Iterator[Problem]:
    """The text of each plan version that a log binds is there, and is the one."""
    for plan in reading.plans.values():
        if sha256(plan.plan) != plan.sha256:
            yield Problem(
                f"{reading.platform_id}, plan version {plan.version}",
                f"its text is not the one that was filed ({plan.sha256})",
                f"方案文本与所提交的（{plan.sha256}）不同",
            )
    texts = {(term, plan.sha256) for (term, _), plan in reading.plans.items()}
    for place, lines in reading.logs.items():
        for line in lines if place.year == 0 else ():
            digest = line.entry.said.get("plan_sha256")
            if (
                digest
                and line.entry.kind is not EntryKind.REFUSED
                and (place.term, digest) not in texts
            ):
                yield Problem(
                    f"{line.run.label}, event {line.told_in}",
                    f"entry {line.name} files the plan {digest}, whose text is not there",
                    f"第 {line.name} 条所提交的方案（{digest}）没有文本",
                )
