"""Which decisions are repeats of what an earlier case took, and which are about the case at hand."""

from typing import Any

import pytest

from starter.client.case_binding import CaseBinding
from starter.client.case_queries import CaseQueries
from starter.client.register_lookups import DecidedBefore, NoRegister
from tests.rules.cases import at_stage, decide, decision
from workflows.decision import CaseReference
from workflows.decision_reading import decision_of
from workflows.vocabulary import Kind, Stage

HERE = CaseReference(platform_id="bj-test", term=2)


@pytest.mark.parametrize(
    ("named", "is_repeat"),
    [(None, True), ({"platform_id": "bj-test", "term": 1}, True), (HERE, False)],
    ids=["no case", "the earlier one", "this one"],
)
async def test_a_decision_that_an_earlier_term_took(named: Any, is_repeat: bool) -> None:
    """It gets its first answer, unless it says itself that it is about the term at hand."""
    case = at_stage(Stage.RECOMMENDATION)
    raw = decision(Kind.RECOMMENDATION, case)
    decide(case, Kind.RECOMMENDATION)
    taken = DecidedBefore(term=1, year=None, entry=case.log[-1])

    class Took(NoRegister):
        async def decided_before(self, platform_id: str, decision_id: str) -> list[DecidedBefore]:
            return [taken]

    binding = CaseBinding(CaseQueries.__new__(CaseQueries), Took())
    again = decision_of(raw | ({"case": dict(named)} if named else {}))
    answer = await binding.taken_before("bj-test", again, HERE)
    assert is_repeat == (answer is not None)
    if answer:
        assert (1, taken.entry.seq, True) == (answer.term, answer.seq, answer.repeated)
