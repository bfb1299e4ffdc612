"""Until when a step was due: not in the log, but in what activities answered and the case handed in."""

from collections.abc import Sequence

from audit.reading.case_logs import Reading
from workflows.activity_messages import DueDate
from workflows.log_id import LogId
from workflows.rules import CaseState


def due_of(reading: Reading, place: LogId, after: Sequence[CaseState]) -> DueDate | None:
    """The due date of the step in which a log stands after its last state, as it was told last.

    `after` are the states after each entry, perhaps of a part of the log. What was handed in within a
    step need not say the date again.
    """
    end, due = after[-1], None
    for last, given in _told(reading, place):
        state = after[last - 1] if 0 < last <= len(after) else None
        if given and state and (state.stage, state.since) == (end.stage, end.since):
            due = given
    return due


def _told(reading: Reading, place: LogId) -> list[tuple[int, DueDate | None]]:
    runs = [run for run in reading.runs if run.place == place]
    # What runs handed in that are no more there, the first that is left knows.
    first = runs[0].carried if runs else None
    known = [(len(first.record.log), first.due)] if first else []
    return known + [
        (told.batch.entries[-1].seq, told.batch.due)
        for run in runs
        for told in run.tellings
        if told.batch.entries
    ]
