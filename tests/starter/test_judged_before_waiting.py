"""What would be refused with both signatures is refused at the first: it waits for nobody."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from starter.clock import today
from tests.register.cases import Told
from tests.rules.cases import at_stage
from tests.starter.shown_cases import lines
from tests.starter.test_countersign import LISTING, Run, Sit, drafts, sit_down
from tests.starter.waiting_drafts import PretendDrafts
from workflows.refusal import Refusal, Refused
from workflows.vocabulary import Stage

__all__ = ["drafts", "sit_down"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_first_officer_hears_it_and_not_the_second(
    pingtai: Run, drafts: PretendDrafts, sit_down: Sit, answers: dict[str, Any], lang: str
) -> None:
    """One alone and a line of a batch; of a setting aside also what may be set aside."""
    sit_down("kw-1")
    answers["check"] = Refused(Refusal(rule="§四", en="not now", zh="时机不符", stage="x"))
    why = "not now" if lang == "en" else "时机不符"
    refused = pingtai(*LISTING, lang=lang)
    assert (3, True) == (refused.exit_code, why in refused.stderr), refused.output
    row = {"platform": "p-1", "kind": "listing", "outcome": "included", "list_number": "2027-01",
           "certificate_number": "GX-1", "decided_on": str(today())}  # fmt: skip
    batch = pingtai("decide", "--file", "-", "--yes", stdin=json.dumps(row), lang=lang)
    assert (3, True) == (batch.exit_code, why in batch.output), batch.output
    log = lines(Told(at_stage(Stage.LISTING), datetime.now(UTC)))
    answers["log"] = log
    aside = ("set-aside", "p-1", "--decision", "9.9", "--reason", "录入有误", "--yes")
    unknown = pingtai(*aside, lang=lang)
    listed = "Decisions in force" if lang == "en" else "有效的决定"
    assert (3, True) == (unknown.exit_code, listed in unknown.stderr), unknown.output
    last = log[-1].entry.decision_id
    assert last and last in unknown.stderr
    assert {} == drafts.kept
