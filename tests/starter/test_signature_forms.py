"""What is signed is read off the register, unless that is behind what was decided here, or away."""

from typing import Any, cast

import pytest

from starter.client.case_queries import CaseQueries
from starter.client.register_lookups import NoRegister
from starter.client.signature_forms import SignatureForms
from starter.errors import Unreachable
from tests.rules.builders import Raw
from tests.rules.cases import at_stage, decide, decision
from workflows.case import Case
from workflows.decision import CaseReference
from workflows.decision_reading import decision_of
from workflows.record import LogEntry
from workflows.run_io import DecisionPreview
from workflows.signature_requests import form_to_sign
from workflows.states import Receipt
from workflows.vocabulary import Kind, Stage

ABOUT = CaseReference(platform_id="bj-test", term=1)


class Asked:
    """A case that answers, and counts how often it was asked."""

    def __init__(self, case: Case[Any]) -> None:
        """Answer as this case stands."""
        self.case, self.times = case, 0

    async def query(self, _: str, __: str, ___: Any, raw: Raw) -> DecisionPreview:
        """The query `check`."""
        self.times += 1
        return DecisionPreview(to_sign=form_to_sign(self.case, decision_of(raw)).decode())


class Register(NoRegister):
    """A register with a log, or none that answers."""

    def __init__(self, log: list[LogEntry] | None) -> None:
        """None: it is away."""
        self.log = log

    async def case_log(self, about: CaseReference, opening: int | None = None) -> list[LogEntry]:
        """Its log."""
        if self.log is None:
            raise Unreachable("away", "")
        return self.log


def forms(case: Case[Any], log: list[LogEntry] | None) -> tuple[SignatureForms, Asked]:
    """What completes decisions by this log, or by the case."""
    asked = Asked(case)
    return SignatureForms(cast("CaseQueries", asked), Register(log)), asked


async def test_the_register_is_asked_and_not_the_case() -> None:
    """It says the same."""
    case = at_stage(Stage.LISTING)
    raw = decision(Kind.LISTING, case, "included")
    by_register, asked = forms(case, list(case.log))
    by_case, _ = forms(case, [])
    found = await by_register.complete("w", ABOUT, raw)
    assert found == await by_case.complete("w", ABOUT, raw)
    assert found
    assert (0, case.content_chain().newest) == (asked.times, found.decision["case"]["answers"])


@pytest.mark.parametrize("behind", [True, False])
async def test_a_register_that_is_behind_or_away_is_passed_over(
    behind: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has just decided knows how far the case is."""
    monkeypatch.setattr("starter.client.signature_forms._UNTIL_RECORDED", (0.0, 0.0))
    case = at_stage(Stage.CORRECTION)
    log = list(case.log) if behind else None
    receipt: Receipt = decide(case, Kind.PLAN_REVISION)
    raw = decision(Kind.RECOMMENDATION, case)
    completing, asked = forms(case, log)
    completing.note("w", receipt)
    found = await completing.complete("w", ABOUT, raw)
    assert found
    assert (1, case.content_chain().newest) == (asked.times, found.decision["case"]["answers"])
