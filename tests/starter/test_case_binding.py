"""Which decisions are repeats of what an earlier case took, and which are about the case at hand."""

from typing import Any

import pytest

from starter.client.case_binding import CaseBinding
from starter.client.case_queries import CaseQueries
from starter.client.register_lookups import DecidedBefore, NoRegister
from tests.rules.cases import at_stage, decide, decision, moment
from workflows.decision import CaseReference
from workflows.decision_reading import decision_of
from workflows.record import LogEntry
from workflows.vocabulary import AssessmentStage, Kind, Stage

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

        async def case_log(
            self, about: CaseReference, opening: int | None = None
        ) -> list[LogEntry]:
            return case.log

    binding = CaseBinding(CaseQueries.__new__(CaseQueries), Took())
    again = decision_of(raw | ({"case": dict(named)} if named else {}))
    answer = await binding.taken_before("bj-test", again, HERE)
    assert is_repeat == (answer is not None)
    if answer:
        assert (1, taken.entry.seq, True) == (answer.term, answer.seq, answer.repeated)


class Register(NoRegister):
    """Has the openings of a case, each with a log of its own, the last one last."""

    def __init__(self, *logs: list[LogEntry], year: int | None = None) -> None:
        self.logs, self.year = logs, year

    async def decided_before(self, platform_id: str, decision_id: str) -> list[DecidedBefore]:
        return [
            DecidedBefore(term=1, year=self.year, entry=entry, opening=number)
            for number, log in enumerate(self.logs)
            for entry in log
            if entry.decision_id == decision_id
        ]

    async def case_log(self, about: CaseReference, opening: int | None = None) -> list[LogEntry]:
        return list(self.logs[-1 if opening is None else opening])


def bound(register: Register) -> CaseBinding:
    """A binding that asks no case anything."""
    return CaseBinding(CaseQueries.__new__(CaseQueries), register)


async def test_an_earlier_case_s_first_answer_comes_back_whole() -> None:
    """With who was awaited then, as its case would repeat it; and with what set it aside since."""
    case = at_stage(Stage.RECOMMENDATION)
    raw = decision(Kind.RECOMMENDATION, case)
    first = decide(case, Kind.RECOMMENDATION)
    binding, again = bound(Register(case.log)), decision_of(raw)
    assert first.awaited
    answer = await binding.taken_before("bj-test", again, HERE)
    assert answer == first.model_copy(update={"repeated": True})
    by = decide(case, Kind.SET_ASIDE).decision_id
    answer = await binding.taken_before("bj-test", again, HERE)
    assert answer == first.model_copy(update={"repeated": True, "set_aside_by": by})
    assert answer == case.decide(raw, moment(case))


async def test_the_case_in_force_repeats_its_own_answer() -> None:
    """A signed decision names what it answers: the case itself is asked, and nothing is signed anew."""
    case = at_stage(Stage.RECOMMENDATION)
    now = CaseReference(platform_id="bj-test", term=1)
    raw = decision(Kind.RECOMMENDATION, case)
    raw["case"] = dict(now) | {"answers": case.log[-1].hash}
    decide(case, Kind.RECOMMENDATION)
    binding = bound(Register(case.log))
    assert await binding.taken_before("bj-test", decision_of(raw), now) is None
    assert await binding.is_taken("bj-test", decision_of(raw), now)


async def test_an_assessment_that_was_opened_again_did_not_take_what_the_first_took() -> None:
    """Each opening has a log of its own: the first opening's answer comes from the first log."""
    before, after = at_stage(AssessmentStage.SELF_REPORT), at_stage(AssessmentStage.SELF_REPORT)
    raw = decision(Kind.SELF_REPORT, before)
    first = decide(before, Kind.SELF_REPORT)
    now = CaseReference(platform_id="bj-test", term=1, year=1)
    raw["case"] = dict(now) | {"answers": before.log[0].hash}
    binding = bound(Register(before.log, after.log, year=1))
    answer = await binding.taken_before("bj-test", decision_of(raw), now)
    assert answer == first.model_copy(update={"repeated": True})
