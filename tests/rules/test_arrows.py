"""Every arrow of both tables, taken by a case that stands where it begins."""

import pytest

from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.steps import AnyStage, Arrow, Lifecycle, Trigger
from workflows.vocabulary import Happening, Kind

from .cases import at_stage, returned_from, take

Way = tuple[AnyStage, Trigger, Arrow]


def ways(table: Lifecycle) -> list[Way]:
    """Each arrow from each stage where it may be taken."""
    return [
        (step.stage, trigger, arrow)
        for step in table.steps
        for trigger in table.triggers(step.stage)
        for arrow in trigger.arrows
    ]


def named(way: Way) -> str:
    """A way's name in a report."""
    stage, trigger, arrow = way
    return f"{stage}-{trigger.name}-{arrow.outcome}-{arrow.to or 'stays'}"


@pytest.mark.parametrize("way", [*ways(PLATFORM), *ways(ASSESSMENT)], ids=named)
def test_an_arrow_leads_where_the_table_says(way: Way) -> None:
    """A valid decision or a happening takes the arrow, the log says so, and a new stage is not overdue."""
    stage, trigger, arrow = way
    case = returned_from(arrow.returned_from) if arrow.returned_from else at_stage(stage)
    take(case, trigger, arrow)
    last = case.log[-1]
    goal = arrow.to or stage
    assert (case.state.stage, last.stage) == (goal, goal)
    assert (last.name, last.outcome) == (trigger.name, arrow.outcome)
    assert isinstance(trigger.name, Kind) == (last.actor is not None)
    assert case.state.overdue == (trigger.name == Happening.OVERDUE)
