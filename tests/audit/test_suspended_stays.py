"""The report of a case that was suspended: what stood still is drawn, and is no time of its step."""

from datetime import timedelta

import pytest

from audit.dossier.format import Deadline
from audit.report.steps_chart import steps_chart
from audit.report.visits import visits
from starter.terminal.chosen_language import speaking
from tests.rules.cases import at_stage, decide
from workflows.log_id import LogId
from workflows.vocabulary import Kind, Stage
from workflows.words import Language

DAY = timedelta(days=1)
OWN = LogId(1)


def test_a_suspension_is_part_of_a_stay() -> None:
    """One stay with the time at which it stood still; its due date is that of the clock that went on."""
    case = at_stage(Stage.INSPECTION)  # each entry a day after the last
    begun = case.state.since
    decide(case, Kind.SUSPENSION)
    [*_, still] = visits(OWN, case.log, ())
    assert (still.suspended, still.until) == (((begun + DAY, None),), None)
    decide(case, Kind.RESUMPTION)
    due = [
        Deadline(**OWN._asdict(), since=since, due=begun + days * DAY)
        for since, days in ((begun, 30), (case.state.since, 31))
    ]
    decide(case, Kind.SUSPENSION)
    decide(case, Kind.RESUMPTION)
    decide(case, Kind.INSPECTION)
    *_, stay, _ = visits(OWN, case.log, due)
    assert (stay.stage, stay.since, stay.until) == ("inspection", begun, begun + 5 * DAY)
    assert stay.suspended == (
        (begun + DAY, begun + 2 * DAY),
        (begun + 3 * DAY, begun + 4 * DAY),
    )
    assert stay.still(begun) == 2 * DAY


def test_nothing_is_overdue_while_it_stands_still() -> None:
    """What was overdue before stays so up to there; what was not is not, however long it stands."""
    case = at_stage(Stage.INSPECTION)
    begun = case.state.since
    decide(case, Kind.SUSPENSION)
    much_later = begun + 300 * DAY
    for due, late in (
        (begun + 30 * DAY, None),
        (begun + DAY / 2, (begun + DAY / 2, begun + DAY)),
    ):
        [*_, stay] = visits(OWN, case.log, [Deadline(**OWN._asdict(), since=begun, due=due)])
        assert stay.late(much_later) == late


@pytest.mark.parametrize(
    ("language", "words"), [("en", "suspended 1 day"), ("zh", "其间暂停 1 日")]
)
def test_the_chart_says_so(language: Language, words: str) -> None:
    """It draws when the step stood still, and says for how many days."""
    case = at_stage(Stage.INSPECTION)
    decide(case, Kind.SUSPENSION)
    decide(case, Kind.RESUMPTION)
    decide(case, Kind.INSPECTION)
    with speaking(language):
        drawn = steps_chart(visits(OWN, case.log, ()), case.log[-1].at, "steps")
    assert words in drawn
    assert 1 == drawn.count('class="still"')
