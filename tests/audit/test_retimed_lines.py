"""Entries that a later run received with other moments: whose they are."""

from collections.abc import Iterator

from audit.reading.case_logs import Reading, _Log, read_runs
from tests.audit.lives import SHORT, recorded
from tests.rules.builders import DAY
from workflows.log_id import LogId
from workflows.record import LogEntry


def a_day_later(log: tuple[LogEntry, ...]) -> Iterator[LogEntry]:
    """The same entries at other moments, chained anew."""
    previous = log[0].previous
    for entry in log:
        moved = entry.model_copy(update={"at": entry.at + DAY, "previous": previous})
        previous = moved.seal()
        yield moved.model_copy(update={"hash": previous})


def test_what_a_run_received_is_not_held_against_the_history_of_another() -> None:
    """An older copy takes messages once more; the case goes on with the register's moments."""
    read = read_runs(SHORT, recorded(SHORT))
    older, goes_on, entries = read.runs[0], read.runs[-1], read.entries(LogId(1))[:3]
    reading = Reading(SHORT)
    log = _Log(reading, LogId(1))
    log.take(older, 9, entries)
    log.take(goes_on, 1, tuple(a_day_later(entries)))
    assert [(line.run, line.held_in) for line in log.lines()] == [(goes_on, 1)] * 3
    assert len(reading.retimed) == 3
    assert reading.problems == []
