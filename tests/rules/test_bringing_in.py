"""A platform that was listed before it came here: brought in as it stood, and no impossible past with it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from workflows.application import PlatformApplication
from workflows.case import Case
from workflows.case_opening import open_platform
from workflows.model import InvalidMessage, parse
from workflows.periods import validity_end
from workflows.record import BEGINNING, find_chain_break
from workflows.refusal import Refused
from workflows.state_folding import fold
from workflows.states import PlatformState
from workflows.vocabulary import Kind, Stage

from .builders import ABSENT, COMMISSION, DISTRICT, DOCUMENT, Raw, application, changed, content
from .cases import at_stage, decide, decision, moment
from .refusing import refusal

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
"""A Monday, 10:00 in Beijing."""


def past(year: int, result: str, day: str) -> Raw:
    """An assessment that ended before."""
    return {"year": year, "result": result, "concluded_on": day, "documents": [DOCUMENT]}


TWO_YEARS = [past(1, "effective", "2025-05-20"), past(2, "met", "2026-09-30")]


def brought(**changes: Any) -> Raw:
    """A term that was listed in June 2024, two years of it assessed, as it stood in November 2026."""
    whole = {
        "kind": "bringing_in",
        "decision_id": "zr-1",
        "actor": COMMISSION,
        "decided_on": "2026-11-02",
        **content(Kind.BRINGING_IN),
        "listed_on": "2024-06-03",
        "assessments": TWO_YEARS,
    }
    return changed(whole, **changes)


def opened(of_application: Raw | None = None, **changes: Any) -> Case[PlatformState]:
    """A case opened by an application that brings its platform in."""
    raw = application(brought_in=brought(**changes), **(of_application or {}))
    return open_platform(parse(PlatformApplication, raw), AT)


def test_it_begins_valid_for_the_time_that_is_left() -> None:
    """No step of getting in is gone through; the numbers, the end and the years assessed are as told."""
    case = opened()
    state = case.state
    assert (Stage.VALID, "2024-1", "GX-001") == (
        state.stage,
        state.list_number,
        state.certificate_number,
    )
    assert (date(2024, 6, 3), date(2026, 11, 2)) == (state.listed_on, state.brought_in_on)
    assert validity_end(date(2024, 6, 3), 3) == state.valid_until
    assert [(1, "effective", True), (2, "met", True)] == [
        (one.year, one.result, one.brought_in) for one in state.assessments
    ]
    assert fold(case.log) == state
    assert find_chain_break(case.log, BEGINNING) is None


def test_the_log_says_that_it_was_brought_in() -> None:
    """By an entry of its own: by whom, on which day, from which document; the application does not say it."""
    applied, told = opened().log
    assert ("applied", "brought_in" in applied.said) == (applied.name, False)
    assert ("bringing_in", "brought_in", "valid") == (told.name, told.outcome, told.stage)
    assert told.actor is not None
    assert (COMMISSION["id"], "zr-1") == (told.actor.id, told.decision_id)
    assert ["名单公告"] == [one["name"] for one in told.said["documents"]]
    assert "2026-11-02" == told.said["decided_on"]


def test_it_may_be_the_second_term() -> None:
    """Its log begins here all the same; what was before has none."""
    case = opened({"term": 2}, term=2)
    assert (2, BEGINNING) == (case.state.facts.term, case.before)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"listed_on": "2026-11-03"}, "lies after decided_on"),
        ({"documents": []}, "needs a document"),
        ({"assessments": [past(2, "met", "2026-09-30")]}, "year 1 is missing"),
        ({"assessments": [*TWO_YEARS[:1], *TWO_YEARS[:1]]}, "year 2 is missing"),
        ({"assessments": [past(1, "effective", "2024-06-03")]}, "lies after 2024-06-03"),
        ({"assessments": [past(1, "effective", "2026-11-03")]}, "not after 2026-11-02"),
        (
            {"assessments": [TWO_YEARS[0], past(2, "met", "2025-06-03")]},
            "year 2 was concluded on 2025-06-03: it lies after 2025-06-03",
        ),
        (
            {"assessments": [past(1, "not_met", "2025-05-20"), TWO_YEARS[1]]},
            "an assessment of year 2 after the platform was delisted in year 1",
        ),
        ({"list_number": ABSENT}, "Field required"),
        ({"assessments": [past(1, "withdrawn", "2025-05-20")]}, "'effective', 'met' or 'not_met'"),
        (
            {"assessments": [{**TWO_YEARS[0], "documents": []}]},
            "at least 1 item",
        ),
    ],
)
def test_impossible_pasts_are_no_messages(changes: dict[str, Any], why: str) -> None:
    """Whatever cannot have been is refused with its field, in both languages, and opens nothing."""
    with pytest.raises(InvalidMessage) as caught:
        opened(**changes)
    [(field, (en, zh))] = caught.value.problems
    assert field.startswith("brought_in")
    assert why in en
    assert zh


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"decided_on": "2026-11-24"}, "in the future"),
        ({"last_day": "2028-06-03"}, "valid for 3 years, until 2027-06-03, and not until"),
        ({"last_day": "2027-06-01"}, "valid for 3 years, until 2027-06-03, and not until"),
        (
            {"listed_on": "2023-11-01", "assessments": []},
            "on 2026-11-02 it was no longer valid: its validity ended on 2026-11-01",
        ),
        (
            {"listed_on": "2023-11-10", "assessments": []},
            "its validity ended on 2026-11-10: such a term is not entered",
        ),
        (
            {"assessments": [TWO_YEARS[0], past(2, "not_met", "2026-09-30")]},
            "delisted by the assessment of year 2, on 2026-09-30",
        ),
        ({"actor": DISTRICT}, "for the commission to take"),
    ],
)
def test_impossible_pasts_are_refused(changes: dict[str, Any], why: str) -> None:
    """What needs the clock or the policy, with the article; the application opens nothing."""
    with pytest.raises(InvalidMessage) as caught:
        opened(**changes)
    [(field, (en, zh))] = caught.value.problems
    assert "brought_in" == field
    assert why in en
    assert "§" in en
    assert "§" in zh


def test_another_term_than_the_case() -> None:
    """What is brought in later, by itself, is the term that was applied for."""
    case = open_platform(parse(PlatformApplication, application()), AT)
    why = refusal(case, decision(Kind.BRINGING_IN, case, term=2), "§四")
    assert "the case is about term 1, not about term 2" == why


def test_a_wrong_one_is_set_aside_and_said_again() -> None:
    """As any decision: it stays in the log, the case stands where it stood, and what is right is brought in."""
    case = opened()
    raw = {**decision(Kind.SET_ASIDE, case, target="zr-1")}
    assert Stage.RECOMMENDATION == case.decide(raw, moment(case)).stage
    assert (None, None, ()) == (
        case.state.listed_on,
        case.state.brought_in_on,
        case.state.assessments,
    )
    again = brought(decision_id="zr-2", decided_on=raw["decided_on"], listed_on="2024-06-13")
    assert Stage.VALID == case.decide(again, moment(case)).stage
    assert date(2024, 6, 13) == case.state.listed_on
    assert fold(case.log) == case.state


def test_it_may_also_be_recommended_as_any_other() -> None:
    """After a setting aside the usual way is open, too; and then nothing is brought in any more."""
    case = opened()
    case.decide(decision(Kind.SET_ASIDE, case, target="zr-1"), moment(case))
    decide(case, Kind.RECOMMENDATION)
    refusal(case, decision(Kind.BRINGING_IN, case), "§四")


def test_the_term_is_the_applicant_s_to_name_or_to_leave_out() -> None:
    """Left out it is filled in by whoever hands the application in; said, it is the one that is brought in."""
    assert parse(PlatformApplication, application(brought_in=brought(term=2)))
    with pytest.raises(
        InvalidMessage, match=r"brought_in\.term is 2, and the platform's next term"
    ):
        parse(PlatformApplication, application(brought_in=brought(term=2), term=1))


def test_a_certificate_that_counts_the_day_of_listing_is_brought_in_as_printed() -> None:
    """Printed as valid until the day before the anniversary, it is valid until that day, and no longer."""
    case = opened(last_day="2027-06-02")
    assert datetime(2027, 6, 2, 16, tzinfo=UTC) == case.state.valid_until
    assert case.state == fold(case.log)


def test_days_of_a_leap_year() -> None:
    """Listed on 29 February it is valid until 28 February, and that is what its certificate says."""
    case = opened(listed_on="2024-02-29", last_day="2027-02-28", assessments=[])
    assert datetime(2027, 2, 28, 16, tzinfo=UTC) == case.state.valid_until
    assert case.state.since - AT == timedelta()


def test_a_listing_that_is_entered_long_after_its_day() -> None:
    """Beyond the policy's days it is refused, and brought in from where the case stands, with its true day."""
    case: Case[PlatformState] = at_stage(
        Stage.LISTING, policy={"listing_entered_within_days": 90, "validity_years": 3}
    )
    opinion = case.state.decided_on
    assert opinion
    late = datetime.combine(opinion, time(), UTC) + timedelta(days=100)
    listing = decision(Kind.LISTING, case, decided_on=str(opinion + timedelta(days=2)))
    with pytest.raises(Refused, match=r"entered 98 days later.*bring the platform in"):
        case.decide(listing, late)
    not_included = decision(Kind.LISTING, case, "not_included", decided_on=str(opinion))
    case.validate(not_included, late)
    case.validate(listing, late - timedelta(days=9))
    stands = decision(
        Kind.BRINGING_IN,
        case,
        decided_on=str(late.date()),
        listed_on=str(opinion + timedelta(days=2)),
    )
    assert Stage.VALID == case.decide(stands, late).stage
    assert opinion + timedelta(days=2) == case.state.listed_on
    assert late.date() == case.state.brought_in_on


def test_older_cases_enter_their_listings_at_any_time() -> None:
    """Their policy has no such days."""
    case: Case[PlatformState] = at_stage(Stage.LISTING)
    opinion = case.state.decided_on
    assert opinion
    late = datetime.combine(opinion, time(), UTC) + timedelta(days=1000)
    listing = decision(Kind.LISTING, case, decided_on=str(opinion))
    assert Stage.VALID == case.decide(listing, late).stage
