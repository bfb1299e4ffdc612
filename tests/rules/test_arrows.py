"""Every arrow of both tables, taken by a case that stands where it begins."""

from typing import Any

import pytest

from workflows.case import Case
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.state_folding import fold
from workflows.steps import AnyStage, Arrow, Lifecycle, Trigger
from workflows.vocabulary import AssessmentStage, Happening, Kind, NextTermOutcome, Stage

from .cases import at_stage, decide, policy_of, returned_from, standing, take, walk

Way = tuple[AnyStage, Trigger, Arrow]


def ways(table: Lifecycle) -> list[Way]:
    """Each arrow from each stage where it may be taken: where nothing was decided nothing is set aside."""
    return [
        (step.stage, trigger, arrow)
        for step in table.steps
        for trigger in table.triggers(step.stage)
        for arrow in trigger.arrows
        if (step.stage, trigger.name) != (AssessmentStage.SELF_REPORT, Kind.SET_ASIDE)
    ]


def named(way: Way) -> str:
    """A way's name in a report."""
    stage, trigger, arrow = way
    return f"{stage}-{trigger.name}-{arrow.outcome}-{trigger.by}-{arrow.to or 'stays'}"


def beginning(way: Way) -> Case[Any]:
    """A case that stands where an arrow begins."""
    stage, trigger, arrow = way
    if trigger.suspended and isinstance(stage, Stage):
        return walk(at_stage(stage), ((Kind.SUSPENSION, {}),))
    if trigger.suspended:
        return walk(at_stage(stage), ((Happening.PLATFORM_SUSPENDED, {}),))
    if arrow.returned_from or trigger.name == Happening.CLOCK_STOPPED:
        return returned_from(arrow.returned_from or Stage.INSPECTION)
    if (stage, trigger.name) == (Stage.RECOMMENDATION, Kind.SET_ASIDE):
        case = returned_from(Stage.RECOMMENDATION)
        decide(case, Kind.PLAN_REVISION)
        return case
    policy = policy_of(stage, arrow)
    case = at_stage(stage, **({"policy": policy} if policy else {}))
    if arrow.outcome == NextTermOutcome.TAKEN_BACK:
        decide(case, Kind.NEXT_TERM)
    return case


@pytest.mark.parametrize("way", [*ways(PLATFORM), *ways(ASSESSMENT)], ids=named)
def test_an_arrow_leads_where_the_table_says(way: Way) -> None:
    """A valid decision or a happening takes the arrow, the log says so, and a new stage is not overdue.

    A setting aside leads where its decision was awaited, which is where the log before it left the case.
    """
    stage, trigger, arrow = way
    case = beginning(way)
    goal = arrow.to or stage
    if trigger.name == Kind.SET_ASIDE:
        goal = fold(case.log[: standing(case)[-1].seq - 1]).stage
    entry = take(case, trigger, arrow)
    assert (case.state.stage, entry.stage) == (goal, goal)
    assert (entry.name, entry.outcome) == (trigger.name, arrow.outcome)
    assert isinstance(trigger.name, Kind) == (entry.actor is not None)
    assert case.state.overdue == (trigger.name == Happening.OVERDUE)
    assert case.state.reminded == (trigger.name == Happening.REMINDED)
    noted = [(later.name, later.outcome, later.stage) for later in case.log[entry.seq :]]
    stopped = [("clock_stopped", "stopped", goal)] if arrow.stops else []
    assert noted == ([("clock_started", "started", goal)] if arrow.resumes else stopped)
