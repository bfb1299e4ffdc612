"""Whether the histories of a platform hold in themselves: each says the same as the others.

A history names the runs and children that belong to it, holds each entry several times over, and the
messages that people sent. So whatever is left out or changed in one place does not fit another.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from audit.problems import Problem
from audit.reading.case_logs import Line, Reading
from audit.reading.check_runs import check_run, check_runs
from audit.reading.log_links import check_logs, ends_in_attested, opened_in_attested
from audit.reading.log_states import NO_LOG
from audit.reading.origins import AttestedParts, attested_parts, check_origins, run_logs
from audit.reading.runs import OLDER, Run, same_moment
from audit.reading.sent_decisions import said_by, said_in
from workflows.application import PlatformApplication
from workflows.assessment_years import opening_content
from workflows.contract import NOTE_YEAR_END
from workflows.log_id import LogId
from workflows.model import InvalidMessage, parse, record_from, sha256
from workflows.record import EntryKind, LogEntry
from workflows.rules import CaseState
from workflows.run_io import YearEnd
from workflows.state_folding import states
from workflows.states import application_content
from workflows.vocabulary import Happening, HappeningOutcome, Kind
from workflows.words import Words, counted


def check_reading(reading: Reading) -> list[Problem]:
    """Return all that does not hold in the histories of a platform, and between them."""
    found = list(reading.problems)
    found += check_runs(reading)
    # Runs that are missing were named above.
    found += (one.problem for one in check_origins(run_logs(reading)) if not one.missing)
    attested = attested_parts(run_logs(reading))
    found += (problem for problem in _links(reading, attested) if not problem.unchecked)
    for place, lines in reading.logs.items():
        after = _states(place, lines, found)
        for line in lines:
            found += _entry(line)
        for run in (run for run in reading.runs if run.place == place):
            found += check_run(reading, run, lines, after)
    found += _plans(reading)
    return list(dict.fromkeys(found))


def not_checked(reading: Reading) -> list[Problem]:
    """Return what depends on a run that is not here, or in part, and that no history names."""
    runs = run_logs(reading)
    found = [one.problem for one in check_origins(runs) if one.missing and not one.named]
    if attested := attested_parts(runs):  # else nothing in the logs is unchecked
        found += (problem for problem in _links(reading, attested) if problem.unchecked)
    found += _of_older_copies(reading)
    return [*reading.erased, *found]


def _of_older_copies(reading: Reading) -> Iterator[Problem]:
    """Name the logs that go on elsewhere: the last run was of an older copy of the engine's data, and ended."""
    for place, run in reading.last_runs().items():
        if run.reason == OLDER:
            yield Problem(f"{reading.platform_id}, log {place.name}", ended_as_older())


def ended_as_older(more: int = 0) -> Words:
    """Say what is not known of a log whose workflow was ended before; `more`: what the register has of it."""
    en, zh = (
        (f"the register's last {counted(more, 'entry', 'entries')} of it", f"名册中最后 {more} 条")
        if more
        else ("what came after", "其后的条目")
    )
    return Words(
        f"its workflow at Temporal was ended before its log: {en} the register alone attests; the archive may"
        " have more (--from archive)",
        f"Temporal 中的流程在其记录结束之前已被终止：{zh}仅由名册证明；可从归档核对（--from archive）",
    )


def wrong_in_logs(
    reading: Reading,
    logs: Mapping[LogId, Sequence[LogEntry]],
    until: datetime | None = None,
) -> Iterator[Problem]:
    """Return what does not hold in logs that came with these histories, such as a dossier's.

    What only the register attests is not wrong: `not_checked` names it. `until`: see `check_logs`.
    """
    attested = attested_parts(run_logs(reading))
    for problem in check_logs(logs, until, erased=reading.erased_logs, attested=attested):
        if not problem.unchecked:
            yield problem


def attested_assessments(reading: Reading) -> Iterator[LogId]:
    """Return the assessments that were opened, or ended, by entries which only the register attests."""
    if parts := attested_parts(run_logs(reading)):
        logs = {place: reading.entries(place) for place in reading.logs}
        yield from opened_in_attested(logs, parts)
        yield from ends_in_attested(logs, parts)


def _links(reading: Reading, attested: AttestedParts) -> Iterator[Problem]:
    """Check the hash chain of each log, and how logs continue each other."""
    logs = {log: reading.entries(log) for log in reading.logs}
    for problem in check_logs(logs, erased=reading.erased_logs, attested=attested):
        if problem.missing and reading.erased and not reading.erased_logs:
            continue  # it cannot be read, which is said; what it goes on from is not checked
        log = LogId.of_file(problem.where).name
        where = f"{reading.platform_id}, log {log}"
        yield Problem(where, problem.words, unchecked=problem.unchecked)


def _states(place: LogId, lines: tuple[Line, ...], found: list[Problem]) -> list[CaseState]:
    try:
        return states(line.entry for line in lines)
    except NO_LOG as error:
        where = f"{lines[0].run.history.platform_id}, log {place.name}"
        words = Words(f"no case can have such a log: {error}", f"此记录不能成立：{error}")
        found.append(Problem(where, words))
        return []


def _plans(reading: Reading) -> Iterator[Problem]:
    """Check that the text of each plan version that a log binds is there, and is the one."""
    for plan in reading.plans.values():
        if sha256(plan.plan) != plan.sha256:
            words = Words(
                f"its text is not the one that was filed ({plan.sha256})",
                f"方案文本与所提交的（{plan.sha256}）不同",
            )
            yield Problem(f"{reading.platform_id}, plan version {plan.version}", words)
    texts = {(term, plan.sha256) for (term, _), plan in reading.plans.items()}
    for line in (one for place, log in reading.logs.items() if not place.year for one in log):
        digest = line.entry.said.get("plan_sha256")
        refused = line.entry.kind is EntryKind.REFUSED
        if digest and not refused and (line.place.term, digest) not in texts:
            words = Words(
                f"entry {line.name} files the plan {digest}, whose text is missing",
                f"第 {line.name} 条所提交的方案（{digest}）没有文本",
            )
            yield Problem(line.run.at(line.held_in), words)


def _entry(line: Line) -> Iterator[Problem]:
    """Check an entry against the message and the task of the history that it came of."""
    run, entry, name = line.run, line.entry, line.name
    if line.held_in == 1:
        return  # its own run is not there, which was said, or it stands there again
    if not any(same_moment(at, entry.at) for at in _moments(run, entry)):
        words = Words(
            f"entry {name} bears a moment at which the history decided nothing",
            f"第 {name} 条的时刻与历史中任何一次处理都不符",
        )
        yield Problem(run.at(line.held_in), words)
    if entry.kind is EntryKind.DECISION:
        said = _decision(line)
        if said is None:
            words = Words(
                f"entry {name} is a decision, and no message of the history holds it",
                f"第 {name} 条是决定，而历史中没有相应的消息",
            )
            yield Problem(run.at(line.held_in), words)
        elif _comparable(said, line) != _comparable(said_in(entry), line):
            words = Words(
                f"entry {name} differs from what this message sent", f"第 {name} 条与此消息所述不同"
            )
            yield Problem(run.at(line.event_id), words)
    elif entry.seq == 1 and _input(run) != said_in(entry):
        words = Words(
            f"entry {name} differs from the input of the run", f"第 {name} 条与运行起始内容不同"
        )
        yield Problem(run.at(line.event_id), words)


def _moments(run: Run, entry: LogEntry) -> Iterator[datetime]:
    """The moments that an entry may bear: of a task; or of its signal, when Temporal took that; or, of the
    end of an assessment, the moment at which the assessment was concluded, as it said itself.
    """
    yield from (task.at for task in run.tasks)
    for message in run.messages:
        if message.name == NOTE_YEAR_END == entry.name:
            with suppress(InvalidMessage):
                yield record_from(YearEnd, message.content).at
        elif message.name == entry.name:
            yield message.at


def _decision(line: Line) -> tuple[Any, ...] | None:
    """What the message of a decision says, as the log would have it; None without a message."""
    raws = [(m.name, m.content) for m in line.run.messages if m.event_id == line.event_id]
    if not raws and line.run.opening and line.run.opening.set_aside:
        raws = [(str(Kind.SET_ASIDE), line.run.opening.set_aside)]
    if not raws and (brought := line.run.brought_in(line.entry.decision_id)):
        raws = [(str(Kind.BRINGING_IN), brought)]
    return said_by(*raws[0]) if raws else None


def _input(run: Run) -> tuple[Any, ...]:
    """What the input of a run says, as the first entry of its log would have it."""
    opening = run.opening
    if opening:
        content = opening_content(opening)
        return str(Happening.ASSESSMENT_OPENED), HappeningOutcome.OPENED, content, None
    try:
        form = parse(PlatformApplication, run.application, blank_allowed=True)
    except InvalidMessage:
        return ()
    content = application_content(form)
    return str(Happening.APPLIED), HappeningOutcome.OPENED, content, form.submitted_by


def _comparable(said: tuple[Any, ...], line: Line) -> tuple[Any, ...]:
    """What a decision said. A bringing in names the case that it opens, though the application did not."""
    if line.event_id != 1 or not said:
        return said
    kind, outcome, content, actor = said
    return kind, outcome, {name: value for name, value in content.items() if name != "case"}, actor
