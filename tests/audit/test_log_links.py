"""Logs held against each other, where there is no history to take them from."""

import pytest

from audit.reading.case_logs import read_runs
from audit.reading.log_links import check_logs
from tests.audit.lives import TWICE, recorded
from tests.rules.cases import SOON, at_stage, decide, moment, record_event
from tests.rules.test_bringing_in import opened
from workflows.case_opening import open_platform
from workflows.log_id import LogId
from workflows.next_term import next_application
from workflows.vocabulary import AssessmentStage, Happening, Kind, Stage


def test_a_second_term_that_was_brought_in_goes_on_from_nothing() -> None:
    """What was before it was decided elsewhere and has no log: none is missing."""
    log = opened({"term": 2}, term=2).log
    assert [] == list(check_logs({LogId(2): log}))
    assert 1 == len(list(check_logs({LogId(2): log[:1]})))


@pytest.mark.parametrize(("named", "problems"), [("effective", 0), ("not_effective_unmended", 1)])
def test_a_term_names_the_years_of_the_one_before_it(named: str, problems: int) -> None:
    """As they ended; a term that names none was applied for where nobody knew them."""
    first = at_stage(Stage.VALID, policy=SOON)
    record_event(first, Happening.ASSESSMENT_OPENED)
    record_event(first, Happening.ASSESSMENT_ENDED, "effective")
    decide(first, Kind.NEXT_TERM)
    record_event(first, Happening.VALIDITY_ENDED)
    form = next_application(first.state, tuple(first.log), first.next_application)
    assert form and form.previous
    years = tuple(
        one.model_copy(update={"result": AssessmentStage(named)})
        for one in form.previous.assessments
    )
    previous = form.previous.model_copy(update={"assessments": years})
    again = open_platform(form.model_copy(update={"previous": previous}), moment(first))
    logs = {LogId(1): tuple(first.log), LogId(2): tuple(again.log)}
    found = [one.words.en for one in check_logs(logs) if one.where == LogId(2).file]
    assert ["it names other yearly assessments of term 1 than that had"] * problems == found


def test_a_first_term_that_was_here_is_missed() -> None:
    """A second term that goes on from a log says so by its first hash: that log must be there."""
    reading = read_runs(TWICE, recorded(TWICE))
    logs = {place: reading.entries(place) for place in reading.logs}
    assert [] == list(check_logs(logs))
    [found] = check_logs({place: log for place, log in logs.items() if place.term == 2})
    assert "the log of term 1, which it continues, is missing" == found.words.en
