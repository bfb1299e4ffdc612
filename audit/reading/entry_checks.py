"""An entry of a log against the message and the task of the history that it came of."""

from collections.abc import Iterator
from typing import Any

from audit.reading.case_logs import Line, Problem
from audit.reading.runs import Run, same_moment
from workflows.application import PlatformApplication
from workflows.assessment_years import opening_content
from workflows.case import decision_of
from workflows.model import InvalidMessage, parse
from workflows.record import EntryKind, LogEntry
from workflows.states import application_content, content_of
from workflows.vocabulary import Happening, HappeningOutcome, Kind


def check_entry(line: Line) -> Iterator[Problem]:
    """What does not fit, of one entry."""
    run, entry = line.run, line.entry
    if line.told_in == 1:
        return  # its own run is not there, which was said, or it stands there again
    where = f"{run.label}, event {line.event_id}"
    if not any(same_moment(task.at, entry.at) for task in run.tasks):
        yield Problem(
            f"{run.label}, event {line.told_in}",
            f"entry {line.name} bears a moment at which the history decided nothing",
            f"第 {line.name} 条的时刻与历史中任何一次处理都不符",
        )
    if entry.kind is EntryKind.DECISION:
        said = _decision(line)
        if said is None:
            yield Problem(
                f"{run.label}, event {line.told_in}",
                f"entry {line.name} is a decision, and the history has no message that said it",
                f"第 {line.name} 条是决定，而历史中没有相应的消息",
            )
        elif _comparable(said, line) != _comparable(_said(entry), line):
            yield Problem(
                where,
                f"entry {line.name} is not what was sent in this message",
                f"第 {line.name} 条与此消息所述不同",
            )
    elif entry.seq == 1 and _input(run) != _said(entry):
        yield Problem(
            where,
            f"entry {line.name} is not what the run began with",
            f"第 {line.name} 条与运行起始内容不同",
        )


def _said(entry: LogEntry) -> tuple[Any, ...]:
    content = {key: value for key, value in entry.said.items() if key != "sets_aside"}
    return entry.name, entry.outcome, content, entry.actor


def _decision(line: Line) -> tuple[Any, ...] | None:
    """What the message of a decision says, as the log would have it; None without a message."""
    raws = [(m.name, m.content) for m in line.run.messages if m.event_id == line.event_id]
    if not raws and line.run.opening and line.run.opening.set_aside:
        raws = [(str(Kind.SET_ASIDE), line.run.opening.set_aside)]
    if not raws and (brought := line.run.brought_in(line.entry.decision_id)):
        raws = [(str(Kind.BRINGING_IN), brought)]
    for name, raw in raws:
        try:
            decision = decision_of(raw, Kind(name) if name in tuple(Kind) else None)
        except InvalidMessage:
            return ()
        return decision.kind, decision.result, content_of(decision), decision.actor
    return None


def _input(run: Run) -> tuple[Any, ...]:
    """What the input of a run says, as the first entry of its log would have it."""
    opening = run.opening
    if opening:
        content = opening_content(opening)
        return str(Happening.ASSESSMENT_OPENED), HappeningOutcome.OPENED, content, None
    try:
        form = parse(PlatformApplication, run.application)
    except InvalidMessage:
        return ()
    return (
        str(Happening.APPLIED),
        HappeningOutcome.OPENED,
        application_content(form),
        form.submitted_by,
    )


def _comparable(said: tuple[Any, ...], line: Line) -> tuple[Any, ...]:
    """What a decision said. A bringing in names the case that it opens, though the application did not."""
    if line.event_id != 1 or not said:
        return said
    kind, outcome, content, actor = said
    return kind, outcome, {name: value for name, value in content.items() if name != "case"}, actor
