"""The same decision twice, one id for two decisions, and signals that were refused."""

from typing import Any

import pytest

from workflows.circumstances import Edition
from workflows.model import InvalidMessage, sha256
from workflows.record import BEGINNING, KEPT_REFUSALS, find_chain_break
from workflows.refusal import Refused
from workflows.state_folding import fold
from workflows.vocabulary import Kind, Stage

from .builders import changed
from .cases import at_stage, decide, decision, moment, platform


@pytest.mark.parametrize("later", [Stage.INSPECTION, Stage.LISTING, Stage.DECLINED])
def test_a_repeated_decision_gives_the_first_receipt_and_changes_nothing(later: Stage) -> None:
    """Also when the case has gone on or ended, and however much later."""
    case = at_stage(later)
    first = case.receipts.sealed(next(iter(case.receipts)), case.log)
    raw = decision(Kind.RECOMMENDATION, platform(), "declined" if case.ended else None)
    before = case.record()
    receipt = case.decide(raw, moment(case))
    assert receipt == first.model_copy(update={"repeated": True})
    assert (case.record(), [r.repeated for r in case.receipts if r.decision_id == "d-2"]) == (
        before,
        [False],
    )


def test_a_repeated_decision_may_be_spelt_otherwise() -> None:
    """The order of fields and spaces around a text make no other decision."""
    case = platform()
    raw = decision(Kind.RECOMMENDATION, case)
    case.decide(raw, moment(case))
    respelt = dict(reversed(raw.items())) | {"opinion": f"  {raw['opinion']}\n"}
    assert case.decide(respelt, moment(case)).repeated


@pytest.mark.parametrize(
    "change",
    [
        {"note": "另一份"},
        {"outcome": "declined"},
        {"opinion": "其他意见"},
        {"decided_on": "2024-03-04"},
    ],
)
def test_an_id_stands_for_one_decision_only(change: dict[str, Any]) -> None:
    """The same id with another content is refused and told what the id was used for."""
    case = platform()
    raw = decision(Kind.RECOMMENDATION, case)
    case.decide(raw, moment(case))
    before = case.record()
    with pytest.raises(Refused) as caught:
        case.decide(changed(raw, **change), moment(case))
    told = caught.value.refusal
    assert (told.rule, told.stage) == ("§四(一)", "inspection")
    assert "d-2 was used before, for recommendation recommended (entry 2)" in told.en
    assert "d-2 已用于 recommendation recommended（第 2 条）" in told.zh
    assert [(a.kind, a.role) for a in told.awaited] == [("inspection", "commission")]
    assert case.record() == before


def test_a_refused_decision_may_be_taken_later_with_the_same_id() -> None:
    """A refusal leaves nothing behind, not even the id."""
    case = at_stage(Stage.RECOMMENDATION)
    early = decision(Kind.INSPECTION, case, decision_id="inspection-1")
    with pytest.raises(Refused):
        case.decide(early, moment(case))
    decide(case, Kind.RECOMMENDATION)
    assert case.decide(early, moment(case)).repeated is False
    assert case.state.stage == Stage.EXPERT_REVIEW


def refuse(case: Any, kind: Kind, raw: Any) -> None:
    """Do as a signal handler does with what it cannot take."""
    with pytest.raises((Refused, InvalidMessage)) as caught:
        case.decide(raw, moment(case), kind)
    case.refuse(kind, raw, caught.value, moment(case))


def test_a_refused_signal_is_written_with_its_reason_in_both_languages() -> None:
    """It can't answer, so the log says what was refused and why; the state stays."""
    case = platform()
    state = case.state
    raw = decision(Kind.LISTING, case)
    refuse(case, Kind.LISTING, raw)
    entry = case.log[-1]
    assert (entry.kind, entry.name, entry.outcome) == ("refused", "listing", "refused")
    assert (entry.decision_id, entry.said) == (
        "d-2",
        {"said_sha256": sha256(raw), "rule": "§四(四)"},
    )
    assert entry.reason is not None
    assert entry.reason.startswith(
        "listing is not awaited: the stage is “recommendation” (§四(四))."
    )
    assert "现在不能作“纳入名单”：目前处于“待所在区推荐”（§四(四)）。" in entry.reason
    assert (case.state, fold(case.log), len(case.receipts)) == (state, state, 0)


@pytest.mark.parametrize(
    "raw", [None, 7, "x", b"x", [], {"decision_id": 7}, {"decision_id": "i" * 999}]
)
def test_a_refused_signal_may_carry_anything(raw: Any) -> None:
    """What is no decision at all is written too, bounded."""
    case = platform()
    refuse(case, Kind.INSPECTION, raw)
    assert case.log[-1].said == {"said_sha256": sha256(raw), "rule": "message"}
    assert len(case.log[-1].decision_id or "") <= 128
    assert len(case.log[-1].reason or "") <= 2_000
    assert find_chain_break(case.log, BEGINNING) is None


def test_a_long_reason_is_cut() -> None:
    """Who writes at length what does not fit does not fill the log with it."""
    case = platform()
    odd = {letter * 120: {"finding": "satisfactory"} for letter in "abcdef"}
    refuse(case, Kind.INSPECTION, decision(Kind.INSPECTION, case, findings=odd))
    assert case.log[-1].reason is not None
    assert len(case.log[-1].reason) == 400


def test_so_many_refusals_are_kept_and_those_after_them_counted() -> None:
    """A sender that never stops cannot fill the log."""
    case = platform()
    for number in range(KEPT_REFUSALS + 7):
        refuse(case, Kind.LISTING, {"decision_id": f"x-{number}"})
    assert (case.refusals, len(case.log)) == (KEPT_REFUSALS + 7, KEPT_REFUSALS + 1)
    assert (case.record().refusals, find_chain_break(case.log, BEGINNING)) == (
        KEPT_REFUSALS + 7,
        None,
    )
    assert decide(case, Kind.RECOMMENDATION).seq == KEPT_REFUSALS + 2


@pytest.mark.parametrize("bounded", [True, False])
def test_what_is_set_aside_has_room_and_is_bounded_too(bounded: bool) -> None:
    """A full record can still be corrected; to withdraw and to take it back for ever is not carried on."""
    case = platform()
    case.edition = Edition.V0_4 if bounded else Edition.V0_1
    words = "大" * 5_000
    with pytest.raises(Refused, match="would grow to" if not bounded else "30,000 are kept for it"):
        for _ in range(50):
            decide(case, Kind.RECOMMENDATION, "returned", note=words, opinion=words)
            decide(case, Kind.PLAN_REVISION, changes=words, note=words)
            case.plans.clear()
    full = len(case.log)
    with pytest.raises(
        Refused, match="would grow to" if not bounded else "200,000 are kept for it"
    ):
        for _ in range(50):
            withdrawn = decide(case, Kind.WITHDRAWAL, reason=words)
            decide(case, Kind.SET_ASIDE, target=withdrawn.decision_id, reason=words)
    assert len(case.log) >= full + 4
    assert len(case.record().model_dump_json().encode()) < 1_500_000


def test_a_record_that_would_grow_too_large_is_refused() -> None:
    """As it was before 0.4.0: what could not be carried on is refused; a withdrawal always fits."""
    case = platform()
    case.edition = Edition.V0_1
    words = {"note": "大" * 5_000, "opinion": "大" * 5_000}
    with pytest.raises(Refused, match="would grow to"):
        for _ in range(50):
            decide(case, Kind.RECOMMENDATION, "returned", **words)
            decide(case, Kind.PLAN_REVISION, changes="大" * 5_000, note="大" * 5_000)
            case.plans.clear()  # as when the register has them
    carried = case.record().model_dump_json().encode()
    assert len(carried) < 1_500_000
    assert decide(case, Kind.WITHDRAWAL).stage == Stage.WITHDRAWN
