"""Logs held against each other, where there is no history to take them from."""

from audit.reading.case_logs import read_runs
from audit.reading.log_links import check_logs
from tests.audit.lives import TWICE, recorded
from tests.rules.test_bringing_in import opened
from workflows.log_id import LogId


def test_a_second_term_that_was_brought_in_goes_on_from_nothing() -> None:
    """What was before it was decided elsewhere and has no log: none is missing."""
    log = opened({"term": 2}, term=2).log
    assert [] == list(check_logs({LogId(2): log}))
    assert 1 == len(list(check_logs({LogId(2): log[:1]})))


def test_a_first_term_that_was_here_is_missed() -> None:
    """A second term that goes on from a log says so by its first hash: that log must be there."""
    reading = read_runs(TWICE, recorded(TWICE))
    logs = {place: reading.entries(place) for place in reading.logs}
    assert [] == list(check_logs(logs))
    [found] = check_logs({place: log for place, log in logs.items() if place.term == 2})
    assert "the log of term 1, which it continues, is missing" == found.words.en
