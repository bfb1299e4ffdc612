"""撤销更正, after the end: a term that was ended by mistake reads as valid until its last day."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from workflows.case import Case
from workflows.circumstances import Edition
from workflows.deadlines import next_in_validity
from workflows.periods import beijing_date
from workflows.refusal import Refused
from workflows.state_folding import fold
from workflows.states import PlatformState
from workflows.vocabulary import Happening, Kind, Stage

from .builders import Raw
from .cases import at_stage, decide, decision, record_event


def ended(by: str) -> tuple[Case[PlatformState], Raw, datetime]:
    """A term that ended before its time, what to set aside, and a moment after its validity."""
    case = at_stage(Stage.VALID, policy={"validity_years": 1})
    record_event(case, Happening.ASSESSMENT_OPENED)
    if by == "not_met":
        record_event(case, Happening.ASSESSMENT_ENDED, "not_met")
        target: Raw = {"target": "d-in-the-year", "year": 1}
    else:
        decide(case, by)
        target = {"target": case.log[-1].decision_id}
        record_event(case, Happening.ASSESSMENT_ENDED, "ended_with_platform")
    assert case.state.valid_until
    return case, target, case.state.valid_until + timedelta(days=40)


def raw_of(case: Case[Any], target: Raw, at: datetime) -> Raw:
    """The setting aside, dated after the end."""
    return decision(Kind.SET_ASIDE, case, **target) | {"decided_on": str(beijing_date(at))}


@pytest.mark.parametrize("by", ["not_met", Kind.WITHDRAWAL, Kind.TERMINATION])
def test_it_reads_as_valid_until_its_end_and_then_expired(by: str) -> None:
    """Nothing is opened again: the end of validity is all that follows, and the year has no conclusion."""
    case, target, at = ended(by)
    receipt = case.decide(raw_of(case, target, at), at)
    state = case.state
    assert (receipt.stage, state.open_assessment, state.reopening) == (Stage.VALID, None, None)
    assert state.assessments == ()
    event = next_in_validity(state, at, sends_reminders=True, end_first=True)
    assert (event.happening, event.moment) == (Happening.VALIDITY_ENDED, state.valid_until)
    case.record_event(Happening.VALIDITY_ENDED, {}, at)
    assert case.state.stage == Stage.EXPIRED
    assert fold(case.log) == case.state
    with pytest.raises(Refused, match="validity ended on"):
        case.decide(raw_of(case, target, at) | {"decision_id": "d-again"}, at)


def test_only_what_ended_the_term_is_corrected() -> None:
    """The listing, say, is not: the term would wait for a decision that comes too late."""
    case, _, at = ended("not_met")
    listing = next(entry for entry in case.log if entry.name == Kind.LISTING)
    raw = raw_of(case, {"target": listing.decision_id}, at)
    with pytest.raises(Refused, match="only what ended the term before its time"):
        case.decide(raw, at)


def test_a_run_of_before_corrects_nothing_after_the_end() -> None:
    """It is refused as it was, by its own edition."""
    case, target, at = ended("not_met")
    old: Case[Any] = Case(case.state, case.record(), Edition.V0_4)
    with pytest.raises(Refused, match="validity ended on"):
        old.decide(raw_of(case, target, at), at)


def test_before_the_end_the_year_is_opened_again() -> None:
    """As long as there is time somebody decides anew."""
    case, target, _ = ended("not_met")
    decide(case, Kind.SET_ASIDE, **target)
    assert (case.state.stage, case.state.open_assessment) == (Stage.VALID, 1)
    assert case.state.reopening
