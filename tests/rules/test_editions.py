"""What only a newer edition knows: refused by one of before, and taken with it where a run may go over."""

from typing import Any

import pytest

from workflows.case import Case
from workflows.circumstances import NEWEST, Edition
from workflows.lifecycle import known_since
from workflows.model import InvalidMessage
from workflows.refusal import Refused
from workflows.rules import awaited
from workflows.vocabulary import Kind, Stage

from .cases import at_stage, decision, moment

CHANGES = (Kind.FACTS_CHANGE, Kind.SUSPENSION, Kind.TERMINATION)


def of(edition: Edition) -> Case[Any]:
    """A platform whose run began with an edition."""
    case = at_stage(Stage.INSPECTION)
    case.take_edition(edition)
    return case


@pytest.mark.parametrize("kind", CHANGES)
def test_a_case_of_0_4_takes_the_newer_edition_with_a_change(kind: Kind) -> None:
    """The decision is judged by the edition that knows it; a preview says so, and the case stays as it is."""
    case = of(Edition.V0_4)
    read = case.validate(decision(kind, case), moment(case))
    assert Edition.V0_5 == case.edition_for(read) == known_since(kind)
    assert Edition.V0_4 is case.edition
    with pytest.raises(Refused, match=f"{kind.words.en} is not awaited"):
        case.decide(read, moment(case))
    case.take_edition(case.edition_for(read))
    assert str(kind) == case.decide(read, moment(case)).kind


@pytest.mark.parametrize("kind", CHANGES)
def test_a_case_of_before_0_4_waits_for_its_next_run(kind: Kind) -> None:
    """Its messages come in another order: it keeps its edition."""
    case = of(Edition.V0_1)
    with pytest.raises((Refused, InvalidMessage), match=f"{kind.words.en} is not awaited"):
        case.validate(decision(kind, case), moment(case))


@pytest.mark.parametrize("kind", [Kind.INSPECTION, Kind.WITHDRAWAL, Kind.SET_ASIDE])
def test_what_was_known_before_changes_no_edition(kind: Kind) -> None:
    """Whatever 0.4 accepted is still judged by it."""
    case = of(Edition.V0_4)
    assert Edition.V0_4 is case.edition_for(case.validate(decision(kind, case), moment(case)))


def test_a_suspended_case_awaits_its_resumption_from_the_edition_that_brought_it() -> None:
    """An older edition would not know what it waits for."""
    case = at_stage(Stage.INSPECTION)
    case.decide(decision(Kind.SUSPENSION, case), moment(case))
    assert ["resumption"] == [one.kind for one in awaited(case.state, NEWEST)]
    assert () == awaited(case.state, Edition.V0_4)
