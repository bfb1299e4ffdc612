"""What a clock says when several of its moments have passed at once, as after an outage. Pure."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tests.rules.cases import START, assessment, at_stage
from workflows.activity_messages import DueDate
from workflows.case import Case
from workflows.deadlines import ValidityEvent, clocks, next_in_validity, turn_after_outage
from workflows.states import PlatformState, next_assessment
from workflows.vocabulary import Happening, Stage

MOMENT = timedelta(seconds=1)


@pytest.fixture
def valid() -> Case[PlatformState]:
    """A platform that is valid."""
    case: Case[PlatformState] = at_stage(Stage.VALID)
    return case


def last_year(case: Case[PlatformState]) -> PlatformState:
    """The platform's state when only its last assessment has not been opened."""
    done = tuple({"year": n, "result": "effective", "log_hash": "0" * 64} for n in (1, 2))
    return PlatformState.model_validate({**dict(case.state), "assessments": done})


def test_the_end_goes_before_what_passed_with_it(valid: Case[PlatformState]) -> None:
    """Notices, the kick-off, the end: at the end and after it nothing but the end is left to say."""
    state = last_year(valid)
    end, opens = state.valid_until, next_assessment(state)
    assert end
    assert opens
    found = [
        next_in_validity(state, at).happening
        for at in (START, opens - MOMENT, end - MOMENT, end, end + timedelta(days=400))
    ]
    nearing, ended = Happening.VALIDITY_NEARING, Happening.VALIDITY_ENDED
    opened = Happening.ASSESSMENT_OPENED
    assert [nearing, nearing, opened, ended, ended] == found
    told = state.model_copy(update={"told_days": 30})
    missed = [next_in_validity(told, at).happening for at in (opens, end - MOMENT, end)]
    assert [opened, opened, ended] == missed


def test_an_older_run_goes_on_as_it_did(valid: Case[PlatformState]) -> None:
    """A run of before 0.5.0 opens what it has missed, so that its history replays."""
    state = last_year(valid).model_copy(update={"told_days": 30})
    assert state.valid_until
    late = state.valid_until + timedelta(days=1)
    assert Happening.ASSESSMENT_OPENED is next_in_validity(state, late, end_first=False).happening


def test_an_assessment_ends_before_it_is_overdue(valid: Case[PlatformState]) -> None:
    """A reminder and a due date that passed with the end of validity are not told any more."""
    state = assessment(valid).state
    end = state.valid_until
    due = DueDate(due=end - timedelta(days=30), remind=end - timedelta(days=37))
    reminded, overdue = Happening.REMINDED, Happening.OVERDUE
    at = [datetime(2024, 1, 1, tzinfo=UTC), end - MOMENT, end, end + MOMENT]
    said = [[name for _, name in clocks(state, due, end, ended_at=now)] for now in at]
    before = [reminded, overdue, None]
    assert [before, before, [None], [None]] == said


def test_kick_offs_that_an_outage_held_up_do_not_meet(valid: Case[PlatformState]) -> None:
    """Each has a turn of its own, fixed by its id, and all have had it within a quarter of an hour."""
    opens = next_assessment(valid.state)
    assert opens
    event = ValidityEvent(opens, Happening.ASSESSMENT_OPENED)
    back = opens + timedelta(hours=2)
    ids = [f"platform-{number}" for number in range(900)]
    turns = [turn_after_outage(event, START, back, name) for name in ids]
    assert turns == [turn_after_outage(event, START, back, name) for name in ids]
    minutes = Counter((turn - back) // timedelta(minutes=1) for turn in turns if turn)
    assert 900 == minutes.total()
    assert set(range(15)) == set(minutes)
    assert 100 > max(minutes.values())


@pytest.mark.parametrize(
    ("happening", "began", "late"),
    [
        pytest.param(Happening.ASSESSMENT_OPENED, START, timedelta(seconds=59), id="busy"),
        pytest.param(Happening.VALIDITY_ENDED, START, timedelta(hours=2), id="the end"),
        pytest.param(Happening.VALIDITY_NEARING, START, timedelta(hours=2), id="a notice"),
        pytest.param(Happening.ASSESSMENT_OPENED, None, timedelta(hours=2), id="not waited for"),
    ],
)
def test_only_a_kick_off_that_was_held_up_waits_for_its_turn(
    valid: Case[PlatformState], happening: Happening, began: datetime | None, late: timedelta
) -> None:
    """What the law dates happens at once, and so does a kick-off that nobody waited for or is hardly late."""
    opens = next_assessment(valid.state)
    assert opens
    now = opens + late
    assert turn_after_outage(ValidityEvent(opens, happening), began or now, now, "p") is None
