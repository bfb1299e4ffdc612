"""A decision is judged once, where it is taken on the grounds on which it was found to be one that may be."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from workflows.case import Case
from workflows.case_record import PlanVersion
from workflows.circumstances import Edition
from workflows.decision import Decision
from workflows.decision_reading import decision_of
from workflows.judge import judge
from workflows.model import as_sent
from workflows.refusal import Refused
from workflows.signed_form import signed_form
from workflows.vocabulary import Happening, Kind, Role, Stage
from workflows.words import Words

from .authored_cases import at
from .cases import at_stage, decision, moment, record_event

STAGE = Stage.LISTING
Change = Callable[[Case[Any]], object]

CHANGES: dict[str, Change] = {
    "state": lambda case: setattr(case, "state", case.state.model_copy()),
    "log": lambda case: record_event(case, Happening.REMINDED),
    "edition": lambda case: case.take_edition(Edition.V0_4),
    "roles": lambda case: case.note_outside_roles({"somebody": Role.DISTRICT}),
    "holders": lambda case: case.holders.update({"京共-1": "bj-other"}),
    "plans": lambda case: case.plans.append(PlanVersion(version=9, sha256="ab" * 32, plan={})),
    "next_application": lambda case: setattr(case, "next_application", {"name": "x"}),
    "sent_on": lambda case: setattr(case, "sent_on", "ab" * 32),
    "recorded": lambda case: setattr(case, "recorded", len(case.log)),
    "receipts": lambda case: case.receipts.keep(
        next(iter(case.receipts)).model_copy(update={"decision_id": "another"})
    ),
}
NO_GROUNDS = {
    "_kept",
    "_chain",  # of the log
    "_room",  # of the log
    "before",  # never changes
    "older",  # nothing is judged before it is read back
    "outside_roles",  # they are among the roles
    "refusals",  # each is in the log; those after the last that is kept change no judgement
}


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[Decision]:
    """The decisions that were judged, one for each time."""
    seen: list[Decision] = []

    def judging(state: Any, decision: Decision, circumstances: Any) -> None:
        seen.append(decision)
        judge(state, decision, circumstances)

    monkeypatch.setattr("workflows.case.judge", judging)
    return seen


def listing(case: Case[Any]) -> Decision:
    return decision_of(decision(Kind.LISTING, case, "included"))


def test_what_was_found_beforehand_is_not_judged_again(judged: list[Decision]) -> None:
    """And a repeat, and the next decision, are judged for themselves."""
    case = at_stage(STAGE)
    said, now = listing(case), moment(case)
    judged.clear()
    case.validate(said, now)
    receipt = case.decide(said, now)
    assert judged == [said]
    assert receipt.stage == "valid"
    assert case.decide(said, now).repeated


def test_in_a_replay_it_is_judged_when_it_is_taken(judged: list[Decision]) -> None:
    """Nothing was found beforehand there: it comes to the same entry."""
    live, replayed = at_stage(STAGE), at_stage(STAGE)
    said, now = listing(live), moment(live)
    judged.clear()
    live.validate(said, now)
    assert live.decide(said, now) == replayed.decide(said, now)
    assert judged == [said, said]
    assert live.log == replayed.log


@pytest.mark.parametrize("ground", CHANGES)
def test_on_other_grounds_it_is_judged_anew(ground: str, judged: list[Decision]) -> None:
    """Whatever changed in between."""
    case = at_stage(STAGE)
    said, now = listing(case), moment(case)
    case.validate(said, now)
    judged.clear()
    CHANGES[ground](case)
    case.decide(said, now)
    assert judged == [said]


def test_what_has_closed_in_between_takes_nothing() -> None:
    case = at_stage(STAGE)
    said, now = listing(case), moment(case)
    case.validate(said, now)
    case.closed = Words("it is over", "已办结")
    with pytest.raises(Refused, match="it is over"):
        case.decide(said, now)


@pytest.mark.parametrize("moved", ["moment", "deadline"])
def test_at_another_moment_it_is_judged_anew(moved: str, judged: list[Decision]) -> None:
    """Also where only the deadline has moved: a step may be passed over once it is overdue."""
    case = at_stage(STAGE)
    said, now = listing(case), moment(case)
    case.validate(said, now)
    judged.clear()
    later = now + timedelta(hours=1)
    case.decide(said, *((later,) if moved == "moment" else (now, None, later)))
    assert judged == [said]


def test_a_judgement_is_of_one_message() -> None:
    """Decisions that are equal may leave out other fields: who signed one has not signed the other."""
    case, known = at(STAGE)
    raw = known.signed(decision(Kind.LISTING, case, "included"), case, "kw-1", "kw-2")
    good, now = decision_of(raw), moment(case)
    other = decision_of(raw | {"note": None})
    assert other == good and as_sent(other) != as_sent(good)
    case.validate(good, now)
    with pytest.raises(Refused, match="the signature does not hold"):
        case.decide(other, now)


def test_a_question_beforehand_counts_for_nothing(judged: list[Decision]) -> None:
    """It counts what is not signed yet as signed."""
    case, _ = at(STAGE)
    said, now = listing(case), moment(case)
    case.would_lead_to(said, now)
    judged.clear()
    with pytest.raises(Refused):
        case.decide(said, now)
    assert judged == [said]


def test_all_that_a_case_has_is_among_the_grounds() -> None:
    """Whoever gives a case more says here why no judgement looks at it, or adds it to the grounds."""
    assert set(vars(at_stage(STAGE))) == {*CHANGES, *NO_GROUNDS}


def test_a_copy_of_a_decision_was_sent_otherwise() -> None:
    """What was sent is written once for each decision, and never taken over by a copy that says more."""
    said = listing(at_stage(STAGE))
    assert said.sent == as_sent(said) and said.sent is said.sent
    copied = said.model_copy(update={"note": "另有说明"})
    assert copied.sent == as_sent(copied) != said.sent
    assert signed_form(copied) != signed_form(said)
    assert said.model_dump(mode="json") == decision_of(dict(said.sent)).model_dump(mode="json")
