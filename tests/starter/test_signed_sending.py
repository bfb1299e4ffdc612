"""Nobody signs what a service wrote: it completes a decision, and changes nothing that its person said."""

from typing import Any

import pytest

from starter.client.outgoing_decision import outgoing
from starter.client.signed_decisions import completed_as_signed, seen_case
from starter.errors import BadInput
from tests.rules.builders import OPERATOR, Raw, application, decision, plan
from tests.rules.cases import assessment, at_stage
from workflows.decision_reading import decision_of
from workflows.run_io import CaseView
from workflows.signed_form import signed_form
from workflows.states import AssessmentState, PlatformState
from workflows.vocabulary import Kind, Stage

CASE = {"platform_id": "p-1", "term": 1, "answers": "a" * 64}


def said(kind: Kind = Kind.RECOMMENDATION, **changes: Any) -> Raw:
    """A decision of a person."""
    return decision(kind, "d-1", "2026-11-23", **changes)


def form(raw: Raw) -> str:
    """What a service says is signed of a decision."""
    return signed_form(decision_of(raw)).decode()


@pytest.mark.parametrize(
    ("own", "added"),
    [
        (said(), {"case": CASE}),
        (said(case={"platform_id": "p-1", "term": 1}), {"case": CASE}),
        (said(case=CASE), {}),
        (said(Kind.PLAN_REVISION), {"case": CASE}),
        (said(Kind.SET_ASIDE), {"case": CASE, "year": 2}),
    ],
)
def test_a_service_may_complete_a_decision(own: Raw, added: Raw) -> None:
    """With the case and what it answers there, and the year of what is set aside."""
    assert own | added == completed_as_signed([own], form(own | added))


@pytest.mark.parametrize(
    ("own", "changed_to"),
    [
        (said(), {"outcome": "declined"}),
        (said(), {"actor": OPERATOR}),
        (said(), {"note": "added"}),
        (said(), {"decision_id": "d-2"}),
        (said(Kind.PLAN_REVISION), {"plan": plan("另一思路")}),
        (said(case=CASE), {"case": CASE | {"answers": "b" * 64}}),
        (said(case=CASE), {"case": CASE | {"term": 2}}),
        (said(Kind.SET_ASIDE, year=1), {"year": 2}),
        (said(Kind.SET_ASIDE), {"target": "d-9"}),
    ],
)
def test_what_a_service_changes_is_not_signed(own: Raw, changed_to: Raw) -> None:
    """Whatever it is: another outcome, person, plan, or what somebody saw."""
    with pytest.raises(BadInput, match="not signed"):
        completed_as_signed([own], form({"case": CASE} | own | changed_to))


@pytest.mark.parametrize(
    "to_sign", ["", "[]", "{}", "null", '{"case": 1}', '{"case": {}}', "[" * 90_000]
)
def test_what_is_no_decision_is_not_signed(to_sign: str) -> None:
    """Whatever a service writes, it is told in the same words."""
    with pytest.raises(BadInput, match="not signed"):
        completed_as_signed([said()], to_sign)


def test_what_a_person_saw_is_what_they_answer() -> None:
    """The case by its view; one of an old release has nothing to answer."""
    for case, year in ((at_stage(Stage.CORRECTION), None), (assessment(), 1)):
        state = case.state
        view = CaseView(
            platform=state if isinstance(state, PlatformState) else None,
            assessment=state if isinstance(state, AssessmentState) else None,
            log_seq=1,
            log_hash="0" * 64,
            content_hash="c" * 64,
            refusals=0,
            recorded=0,
        )
        found = seen_case(view)
        assert found
        assert (state.facts.platform_id, 1, year) == (found.platform_id, found.term, found.year)
        assert "c" * 64 == found.answers
        assert seen_case(view.model_copy(update={"content_hash": None})) is None


def test_what_is_signed_goes_out_as_it_was_signed() -> None:
    """An application of a next term is completed before it is signed, and not after."""
    own = said(Kind.NEXT_TERM, application=application())
    _, completed = outgoing(own)
    assert completed != own
    signed = own | {"signatures": [{"sshsig": "AAAA"}]}
    assert signed == outgoing(signed)[1]
