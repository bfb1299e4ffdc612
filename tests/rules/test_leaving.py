"""Which cases leave for another Temporal, and how they answer then."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from workflows.errors import Moved
from workflows.leaving import (
    BEFORE_THE_END,
    departure_in,
    destination_in,
    moved_answer,
    objection_to_leaving,
)
from workflows.states import PlatformState
from workflows.vocabulary import AssessmentStage, Stage

from .cases import at_stage, moment

MOMENT = timedelta(seconds=1)


def objection(stage: Stage | AssessmentStage, *, before_end: timedelta | None = None) -> str:
    """What stands against a case in this stage, so long before its validity ends."""
    case = at_stage(stage)
    end = case.state.valid_until if isinstance(case.state, PlatformState) else None
    at = end - before_end if before_end is not None and end else moment(case)
    found = objection_to_leaving(end, ended=case.ended, at=at)
    return found.en if found else ""


@pytest.mark.parametrize("stage", [Stage.RECOMMENDATION, Stage.VALID, AssessmentStage.EVALUATION])
def test_what_is_open_leaves(stage: Stage | AssessmentStage) -> None:
    """In any stage, an assessment too."""
    assert objection(stage) == ""


def test_what_has_ended_stays() -> None:
    """Nothing of it moves."""
    assert "it has ended" in objection(Stage.WITHDRAWN)


def test_who_ends_within_the_hour_stays() -> None:
    """It may go on as its next term in that very moment."""
    assert isinstance(at_stage(Stage.VALID).state, PlatformState)
    assert "ends within the hour" in objection(Stage.VALID, before_end=BEFORE_THE_END - MOMENT)
    assert objection(Stage.VALID, before_end=BEFORE_THE_END) == ""


@pytest.mark.parametrize(
    "raw", [None, [], {}, "x", {"to": ""}, {"to": "a b"}, {"to": 1}, {"to": "a", "of": 1}]
)
def test_a_signal_that_asks_for_nothing_known(raw: Any) -> None:
    """Anyone can send one: it is passed over."""
    assert departure_in(raw) is None


def test_the_answer_says_where() -> None:
    """A client reads the profile out of it; out of any other answer none."""
    answer = moved_answer("p-1", "cluster")
    assert destination_in(answer) == "cluster"
    assert "p-1 moves to the Temporal of profile cluster" in str(answer)
    read = Moved.said_in(str(answer))
    assert read
    assert (read.name, read.to, read.words) == ("p-1", "cluster", Moved("p-1", "cluster").words)
    assert Moved.said_in("the case is being compared with the register") is None
    others = [ApplicationError("no", type="Refused"), ApplicationError("no", type="Moved"), None]
    assert [destination_in(one) for one in (*others, ValueError())] == [None] * 4
