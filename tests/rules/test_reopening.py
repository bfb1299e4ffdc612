"""A case that has ended, taken up again from its log alone: the same record, or none."""

from typing import Any

import pytest

from audit.reading.check_signatures import examined_entries
from workflows.assessment_years import reopened
from workflows.case import Case
from workflows.log_id import LogId
from workflows.model import sha256
from workflows.record import LogEntry
from workflows.refusal import Refused
from workflows.reopening import BrokenLog, record_of
from workflows.run_io import AssessmentOpening
from workflows.signed_form import signed_form_of_entry, signers
from workflows.state_folding import fold
from workflows.vocabulary import AssessmentStage, Happening, Kind, Stage

from .builders import Raw, plan
from .cases import PATHS, at_stage, decide, decision, moment, record_event, returned_from
from .signing import Person, bound, signed


def texts(case: Case[Any]) -> dict[str, Any]:
    """A case's plans by their SHA-256, as the register keeps them."""
    return {version.sha256: version.plan for version in case.plans}


def corrected() -> Case[Any]:
    """A platform with two corrected plans, a decision that was set aside, and a refused signal."""
    case = returned_from(Stage.RECOMMENDATION)
    decide(case, Kind.PLAN_REVISION, plan=plan("第二版"))
    decide(case, Kind.RECOMMENDATION)
    decide(case, Kind.INSPECTION, "failed")
    early = decision(Kind.LISTING, case)
    with pytest.raises(Refused) as caught:
        case.decide(early, moment(case))
    case.refuse(Kind.LISTING, early, caught.value, moment(case))
    decide(case, Kind.SET_ASIDE)
    decide(case, Kind.INSPECTION, corrections=["补充"])
    decide(case, Kind.PLAN_REVISION, plan=plan("第三版"))
    decide(case, Kind.EXPERT_OPINION, "not_supported")
    return case


@pytest.mark.parametrize("stage", PATHS)
def test_the_record_of_any_case(stage: Any) -> None:
    """Wherever it stands, its log gives the receipts it had given, and the state it has."""
    case = at_stage(stage)
    record = record_of(case.log, texts(case))
    assert record.receipts == tuple(case.receipts)
    assert record == case.record().model_copy(update={"plans": ()})
    assert fold(record.log) == case.state


def test_a_case_goes_on_from_its_log() -> None:
    """Also with corrected plans and corrections: each decision sent again gets its first receipt."""
    case = corrected()
    record = record_of(case.log, texts(case))
    assert record == case.record().model_copy(update={"plans": ()})
    again: Case[Any] = Case(fold(case.log), record)
    raw = [decision(Kind.PLAN_REVISION, case, plan=plan("第三版"))]
    filed = case.log[-2]
    raw[0] |= {key: filed.said[key] for key in ("decision_id", "decided_on")}
    assert again.decide(raw[0], moment(case)).repeated
    assert decide(again, Kind.SET_ASIDE).stage == Stage.EXPERT_REVIEW
    assert decide(case, Kind.SET_ASIDE) == again.answered(f"d-{len(case.log)}")
    assert again.log == case.log


@pytest.mark.parametrize(
    "spoil",
    [
        lambda log: [*log[:3], log[3].model_copy(update={"outcome": "passed"}), *log[4:]],
        lambda log: [*log[:2], *log[3:]],
        lambda log: [log[0], log[2], log[1], *log[3:]],
    ],
    ids=["changed", "missing", "moved"],
)
def test_a_log_that_is_not_whole_is_no_ground_to_go_on_from(spoil: Any) -> None:
    """Whoever changed the register cannot change what a case goes on from."""
    case = corrected()
    with pytest.raises(BrokenLog, match=r"entry [234] "):
        record_of(spoil(case.log), texts(case))


def test_a_plan_that_is_missing_is_named() -> None:
    """Without the text of a plan, or with another, its receipt cannot be made."""
    case = corrected()
    missing = case.log[-2].said["plan_sha256"]
    plans = {key: text for key, text in texts(case).items() if key != missing}
    for other in ({}, {missing: plan("另一份")}):
        with pytest.raises(BrokenLog, match=missing):
            record_of(case.log, plans | other)


def year(*, signed_by: str = "") -> tuple[Case[Any], Case[Any], AssessmentOpening, dict[str, Any]]:
    """A platform that was delisted, its assessment, and the setting aside of the reassessment."""
    child = at_stage(AssessmentStage.NOT_MET)
    case = at_stage(Stage.VALID)
    record_event(case, Happening.ASSESSMENT_OPENED)
    said = {"year": 1, "entries": len(child.log), "log_hash": child.log[-1].hash}
    case.record_event(Happening.ASSESSMENT_ENDED, said, moment(child), AssessmentStage.NOT_MET)
    aside = decision(Kind.SET_ASIDE, case, target="d-6", year=1) | {"decision_id": "aside-1"}
    if signed_by:
        aside = signed(bound(aside, case), Person(signed_by))
    case.decide(aside, moment(case))
    opening = AssessmentOpening(
        facts=case.state.facts,
        year=1,
        valid_until=case.state.valid_until,
        before=case.log[-1].hash,
    )
    return case, child, opening, aside


def test_an_assessment_is_opened_again_from_its_log() -> None:
    """Its log goes on in the same chain, and the first that it hears is the setting aside."""
    case, child, opening, aside = year()
    again = reopened(opening, child.log, case.log, case.state.reopening)
    assert (again.set_aside, again.before) == (aside, child.before)
    carried = again.carried
    assert carried is not None
    assert (carried.state, carried.record) == (child.state, child.record())
    assert (carried.recorded, carried.due) == (len(child.log), None)


def sent_on(*, signed_by: str = "") -> tuple[Case[Any], Case[Any], Raw]:
    """A platform that was delisted, the year that is opened again for it, and the setting aside."""
    case, child, opening, _ = year(signed_by=signed_by)
    again = reopened(opening, child.log, case.log, case.state.reopening)
    assert again.carried
    assert again.set_aside
    opened = Case(again.carried.state, again.carried.record)
    if signed_by:
        opened.sent_on = sha256(again.set_aside)
    return case, opened, again.set_aside


def test_what_was_signed_is_sent_on_as_it_was_signed() -> None:
    """The year takes it, and its log gives back what was signed; an auditor finds it in both."""
    case, opened, message = sent_on(signed_by="wang")
    opened.decide(message, moment(case))
    assert opened.state.stage is AssessmentStage.REASSESSMENT
    entry = opened.log[-1]
    assert signers(entry.said["signatures"], signed_form_of_entry(entry)) == [Person("wang").key]
    logs = {LogId(1): tuple(case.log), LogId(1, 1): tuple(opened.log)}
    assert [one.faults for place in logs for one in examined_entries(place, logs)] == [[], []]
    # Without the platform's own decision, nobody sent it on.
    logs[LogId(1)] = tuple(case.log[:-1])
    [(_, faults, _)] = examined_entries(LogId(1, 1), logs)
    assert "the decision is about platform" in faults[0].words.en


def test_only_the_platform_sends_on_what_it_took() -> None:
    """The same signed message that comes by itself, or with one word changed, is none of the year's."""
    case, opened, message = sent_on(signed_by="wang")
    for changed in (message | {"reason": "另一理由"}, message | {"decision_id": "other"}):
        with pytest.raises(Refused, match="the decision is about platform"):
            opened.validate(changed, moment(case))
    opened.sent_on = None
    with pytest.raises(Refused, match="the decision is about platform"):
        opened.validate(message, moment(case))


def _shorter(log: list[LogEntry]) -> list[LogEntry]:
    return log[:-1]


def _other(log: list[LogEntry]) -> list[LogEntry]:
    return list(at_stage(AssessmentStage.MET).log)


@pytest.mark.parametrize("spoil", [_shorter, _other])
def test_only_the_log_that_the_platform_saw_end_is_gone_on_from(spoil: Any) -> None:
    """The platform's note of the end holds the hash; a shorter log or another one is refused."""
    case, child, opening, aside = year()
    with pytest.raises(BrokenLog, match="entry 6 of the assessment is not the one that ended it"):
        reopened(opening, spoil(child.log), case.log, aside)
