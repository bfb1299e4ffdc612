"""All that happened to a platform in one order: entries of all its logs, runs, messages without an entry."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.reading.case_logs import Line, Reading
from audit.reading.runs import Message, Run
from audit.reading.senders import sender_of, senders
from db.log_order import in_order as rows_in_order
from db.row_types import LogLine
from workflows.state_folding import set_aside_marks
from workflows.vocabulary import Kind

ENTRY, RUN, MESSAGE = "entry", "run", "message"


@dataclass(frozen=True)
class Moment:
    """An entry, the beginning or the end of a run, or a message without an entry."""

    at: datetime
    what: str
    """`ENTRY`, `RUN` or `MESSAGE`."""
    run: int
    """Which run, counted from 1."""
    event_id: int
    line: Line | None = None
    set_aside_by: int | None = None
    how: str = ""
    """Of a run: began, completed, continued …; of a message: repeated, refused, waiting."""
    message: Message | None = None
    sent_by: str | None = None
    """Of a decision: whom the server names as its sender."""


def moments(reading: Reading) -> list[Moment]:
    """Return all moments of a platform's life. Entries keep the order of their logs, whatever clocks say."""
    waiting = sorted((*_runs(reading), *_messages(reading)), key=lambda one: one.at)
    found: list[Moment] = []
    for entry in _entries(reading):
        # A run begins before what is written in it, and ends after it.
        while waiting and _before(waiting[0], entry):
            found.append(waiting.pop(0))
        found.append(entry)
    return found + waiting


def in_order(reading: Reading) -> list[Line]:
    """Return all lines, each log in its own order; an assessment stands between its platform's notes of it."""
    lines = {(*line.place, line.entry.seq): line for log in reading.logs.values() for line in log}
    rows = [
        LogLine(
            platform_id=reading.platform_id,
            term=line.place.term,
            year=line.place.year,
            opening=line.place.opening,
            workflow_id=line.run.history.workflow_id,
            entry=line.entry,
        )
        for line in lines.values()
    ]
    return [lines[row.term, row.year, row.opening, row.entry.seq] for row in rows_in_order(rows)]


def documents(said: Any) -> Iterator[tuple[str, str]]:
    """Return the documents that were named in what was said, wherever they stand in it: name and SHA-256."""
    if isinstance(said, dict):
        name, digest = said.get("name"), said.get("sha256")
        if isinstance(name, str) and isinstance(digest, str):
            yield name, digest
            return
        if isinstance(said.get("plan_sha256"), str):
            yield "plan", said["plan_sha256"]
    parts = said.values() if isinstance(said, dict) else said if isinstance(said, list) else ()
    for part in parts:
        yield from documents(part)


def _before(one: Moment, entry: Moment) -> bool:
    return one.at < entry.at or (one.at == entry.at and one.how == "began")


def _entries(reading: Reading) -> Iterator[Moment]:
    marks = {place: set_aside_marks(reading.entries(place)) for place in reading.logs}
    numbers = {id(run): number for number, run in enumerate(reading.runs, start=1)}
    sent = senders(reading)
    for line in in_order(reading):
        yield Moment(
            at=line.entry.at,
            what=ENTRY,
            run=numbers[id(line.run)],
            event_id=line.event_id,
            line=line,
            set_aside_by=marks[line.place].get(line.entry.seq),
            sent_by=sender_of(line, sent),
        )


def _runs(reading: Reading) -> Iterator[Moment]:
    for number, run in enumerate(reading.runs, start=1):
        # A server that skips time may give a child an earlier beginning than its parent's day.
        began = run.tasks[0].at if run.tasks else run.history.started_at
        yield Moment(began, RUN, number, 1, how="began")
        if run.ended:
            ended = run.history.closed_at or began
            yield Moment(ended, RUN, number, run.last_event, how=run.ended)


def _messages(reading: Reading) -> Iterator[Moment]:
    """Return decisions that were sent without an entry: repeated, refused and only counted, or waiting.

    Waiting: the run wrote nothing to the register since, and the entry may still come.
    """
    written = {
        (line.run.history.run_id, line.event_id)
        for lines in reading.logs.values()
        for line in lines
    }
    for number, run in enumerate(reading.runs, start=1):
        for message in run.messages:
            ours = message.name == "decide" or message.name in tuple(Kind)
            if ours and (run.history.run_id, message.event_id) not in written:
                how = "repeated" if _known(reading, run, message) else "refused"
                if how == "refused" and run.last_written < message.event_id:
                    how = "waiting"
                yield Moment(
                    message.at,
                    MESSAGE,
                    number,
                    message.event_id,
                    how=how,
                    message=message,
                    sent_by=message.sent_by,
                )


def _known(reading: Reading, run: Run, message: Message) -> bool:
    """Whether the decision stands in the log already."""
    if message.answer and message.answer.get("repeated"):
        return True
    lines = reading.logs.get(run.place, ()) if run.place else ()
    return message.decision_id is not None and any(
        line.entry.decision_id == message.decision_id for line in lines
    )
