"""§四, 期满须重新申请: an application for the next term waits with the case of the term that ends."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from workflows.application import PlatformApplication
from workflows.case import Case
from workflows.case_opening import open_platform
from workflows.model import as_sent, parse, sha256
from workflows.next_term import next_application
from workflows.periods import beijing_date, last_day
from workflows.reopening import record_of
from workflows.state_folding import fold, set_aside_marks
from workflows.states import PlatformState
from workflows.vocabulary import Happening, Kind, Stage

from .builders import COMMISSION, DISTRICT, NEXT, OPERATOR_NAME, Raw
from .cases import SOON, at_stage, decide, decision, moment, record_event
from .refusing import refusal

NEW: Raw = {"next_term_days": 180}
FORM = as_sent(parse(PlatformApplication, NEXT))


def valid(policy: Raw = SOON) -> Case[PlatformState]:
    """A valid platform that may be applied for again at once, or by another policy."""
    return at_stage(Stage.VALID, policy=policy)


def text_of(case: Case[PlatformState]) -> PlatformApplication | None:
    """With which application the next term begins, if the term ended so."""
    return next_application(case.state, tuple(case.log), case.next_application)


def test_it_is_kept_and_begins_with_the_last_hash_of_the_term() -> None:
    """The log binds it by its id and its SHA-256; term and previous are filled in at the end."""
    case = valid()
    receipt = decide(case, Kind.NEXT_TERM)
    said = case.log[-1].said
    assert (receipt.stage, receipt.awaited) == (Stage.VALID, ())
    assert (said["application_id"], said["application_sha256"]) == ("a-2024-2", sha256(FORM))
    assert "application" not in said
    record_event(case, Happening.ASSESSMENT_OPENED)
    record_event(case, Happening.ASSESSMENT_ENDED, "not_effective_unmended")
    record_event(case, Happening.VALIDITY_ENDED)
    form = text_of(case)
    assert form and form.previous
    assert (form.term, form.previous.log_hash) == (2, case.log[-1].hash)
    years = [(one.year, one.result) for one in form.previous.assessments]
    assert years == [(1, "not_effective_unmended")]
    opened = open_platform(form, moment(case))
    assert opened.log[0].previous == case.log[-1].hash
    assert opened.state.facts.name == NEXT["name"]


def test_a_later_one_takes_its_place_and_one_can_be_taken_back() -> None:
    """The last word counts; what was not handed in is not taken back."""
    case = valid()
    early = decision(Kind.NEXT_TERM, case, "taken_back")
    assert "no application for the next term was handed in" in refusal(case, early, "§四")
    decide(case, Kind.NEXT_TERM)
    decide(case, Kind.NEXT_TERM, application=NEXT | {"application_id": "a-2024-3"})
    form = text_of(case)
    assert form and form.application_id == "a-2024-3"
    decide(case, Kind.NEXT_TERM, "taken_back")
    assert (case.state.next_term, text_of(case)) == (None, None)
    decide(case, Kind.NEXT_TERM)
    assert text_of(case)
    assert fold(case.log) == case.state


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"platform_id": "bj-other"}, "is for bj-other, not for bj-test"),
        ({"application_id": "a-2024-1"}, "is that of the present term"),
        ({"operator": {"name": "另一家公司"}}, "another one applies after the end"),
        ({"term": 1}, "leave out term"),
        ({"policy": {"validity_years": 5}}, "is the commission's to give"),
    ],
)
def test_what_would_not_open_the_next_term_is_refused_now(changes: Raw, why: str) -> None:
    """It is the same platform's, its operator's, under an id of its own, by the usual policy."""
    case = valid()
    raw = decision(Kind.NEXT_TERM, case, application=NEXT | changes)
    assert why in refusal(case, raw, "§四")


def test_only_in_the_last_days() -> None:
    """From the day of the first notice of the end on; never by the policy of an older case."""
    old = at_stage(Stage.VALID)
    assert "after the end of validity" in refusal(old, decision(Kind.NEXT_TERM, old), "§四")
    case = valid(NEW)
    assert case.state.valid_until
    first = last_day(case.state.valid_until) - timedelta(days=180)
    assert f"from {first} on" in refusal(case, decision(Kind.NEXT_TERM, case), "§四")
    for day, taken in ((first - timedelta(days=1), False), (first, True)):
        at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        raw = decision(Kind.NEXT_TERM, case) | {"decided_on": str(day)}
        assert beijing_date(at) == day
        if taken:
            assert case.validate(raw, at)
        else:
            with pytest.raises(Exception, match="applied for from"):
                case.validate(raw, at)


@pytest.mark.parametrize("actor", [COMMISSION, DISTRICT])
def test_the_operator_applies(actor: Raw) -> None:
    """Nobody does so in its place."""
    case = valid()
    refusal(case, decision(Kind.NEXT_TERM, case, actor=actor), "§四")


def test_it_orders_nothing_else() -> None:
    """What staff date before it is still taken after it: it is no decision on the platform."""
    case = valid()
    before = case.state.decided_on
    decide(case, Kind.NEXT_TERM)
    assert case.state.decided_on == before
    assert decide(case, Kind.SUPPORT, decided_on=str(before), given_on=str(before))


def test_it_stays_when_a_year_is_set_aside() -> None:
    """It rests on validity alone: the year is opened again, and the application still stands."""
    case = valid()
    record_event(case, Happening.ASSESSMENT_OPENED)
    record_event(case, Happening.ASSESSMENT_ENDED, "effective")
    decide(case, Kind.NEXT_TERM)
    filed = case.log[-1]
    decide(case, Kind.SET_ASIDE, target="d-in-the-year", year=1)
    assert case.state.next_term and text_of(case)
    assert filed.seq not in set_aside_marks(case.log)
    assert fold(case.log) == case.state
    raw = decision(Kind.SET_ASIDE, case, target=filed.decision_id)
    assert "take back or to replace" in refusal(case, raw, "§四, §六")


def test_it_is_handed_in_and_taken_back_while_the_platform_is_suspended() -> None:
    """Validity runs on, and so do its last days; the next term begins when it ends, and is not suspended."""
    case = valid()
    decide(case, Kind.SUSPENSION)
    decide(case, Kind.NEXT_TERM)
    decide(case, Kind.NEXT_TERM, "taken_back")
    decide(case, Kind.NEXT_TERM, application=NEXT | {"application_id": "a-2024-3"})
    record_event(case, Happening.VALIDITY_ENDED)
    form = text_of(case)
    assert form and (form.application_id, form.term) == ("a-2024-3", 2)
    again = open_platform(form, moment(case))
    assert (again.state.stage, again.state.suspended_since) == (Stage.RECOMMENDATION, None)
    assert fold(case.log) == case.state


@pytest.mark.parametrize("end", ["withdrawal", "not_met", "listing"])
def test_it_lapses_with_any_other_end(end: str) -> None:
    """Withdrawn, delisted, or the listing set aside: no next term begins, nor when the end is set aside."""
    case = valid()
    listing = next(entry for entry in case.log if entry.name == Kind.LISTING)
    decide(case, Kind.NEXT_TERM)
    if end == "listing":
        decide(case, Kind.SET_ASIDE, target=listing.decision_id)
        assert (case.state.stage, case.state.next_term) == (Stage.LISTING, None)
        return
    if end == "withdrawal":
        decide(case, Kind.WITHDRAWAL)
        target: Raw = {"target": case.log[-1].decision_id}
    else:
        record_event(case, Happening.ASSESSMENT_OPENED)
        record_event(case, Happening.ASSESSMENT_ENDED, "not_met")
        target = {"target": "d-in-the-year", "year": 1}
    assert case.ended and case.state.next_term
    again: Case[Any] = Case(case.state, record_of(case.log, {}))
    assert again.next_application is None
    again.decide(decision(Kind.SET_ASIDE, case, **target), moment(case))
    assert (again.state.stage, again.state.next_term) == (Stage.VALID, None)


def test_a_repeat_is_recognised_after_the_term_was_opened_again_from_its_log() -> None:
    """The log has no text of the application, and still knows what was said."""
    case = valid()
    raw = decision(Kind.NEXT_TERM, case)
    first = case.decide(raw, moment(case))
    decide(case, Kind.WITHDRAWAL)
    again: Case[Any] = Case(case.state, record_of(case.log, plans_of(case)))
    assert again.decide(raw, moment(case)).seq == first.seq


def test_it_begins_with_the_facts_of_that_day() -> None:
    """A body that is renamed after it applied applies no more under a name that it no longer has."""
    case = valid()
    decide(case, Kind.NEXT_TERM)
    decide(case, Kind.FACTS_CHANGE, operator={"name": "京芯平台科技有限公司"})
    record_event(case, Happening.VALIDITY_ENDED)
    form = text_of(case)
    assert form and form.operator.name == "京芯平台科技有限公司"
    assert form.name == NEXT["name"]


def test_facts_of_that_day_follow_however_the_name_was_written() -> None:
    """The operator in other brackets is the one that was renamed."""
    case = valid()
    written = {"name": OPERATOR_NAME.replace("有限公司", "（有限责任公司）")}
    decide(case, Kind.NEXT_TERM, application=NEXT | {"operator": written})
    decide(case, Kind.FACTS_CHANGE, operator={"name": "京芯平台科技有限公司"})
    record_event(case, Happening.VALIDITY_ENDED)
    form = text_of(case)
    assert form and form.operator.name == "京芯平台科技有限公司"


def plans_of(case: Case[Any]) -> Raw:
    """The plans' texts, as the register has them."""
    return {plan.sha256: plan.plan for plan in case.plans}
