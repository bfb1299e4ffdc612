"""Was it valid on that day: yes or no, and why."""

from datetime import date, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.register_store import PostgresRegister
from db.validity_queries import Listing, Validity, Why, on, validity
from starter.validity_words import why_valid
from tests.rules.builders import COMMISSION, OPERATOR
from workflows.periods import beijing_date, last_day
from workflows.record import LogEntry
from workflows.words import Words

from .cases import Told, application, batch, listed, opened, rectified, set_aside

DAY = timedelta(days=1)
FIRST, LAST = date(2024, 2, 29), date(2027, 2, 28)
LISTING = Listing(
    term=1, list_number="2024-01", certificate_number="C-1", listed_on=FIRST, last_day=LAST
)


@pytest.mark.parametrize(
    ("changes", "day", "why"),
    [
        ({}, FIRST - DAY, Why.NOT_YET_LISTED),
        ({}, FIRST, Why.VALID),
        ({}, LAST, Why.VALID),
        ({}, LAST + DAY, Why.EXPIRED),
        ({"ended_on": date(2025, 1, 1), "ended_as": Why.DELISTED}, date(2024, 12, 31), Why.VALID),
        ({"ended_on": date(2025, 1, 1), "ended_as": Why.DELISTED}, date(2025, 1, 1), Why.DELISTED),
        ({"ended_on": date(2025, 1, 1), "ended_as": Why.WITHDRAWN}, LAST + DAY, Why.WITHDRAWN),
        ({"set_aside_on": date(2025, 1, 1)}, FIRST, Why.SET_ASIDE),
        ({"set_aside_on": date(2025, 1, 1)}, LAST, Why.SET_ASIDE),
        ({"set_aside_on": date(2025, 1, 1)}, FIRST - DAY, Why.NEVER_LISTED),
        ({"set_aside_on": date(2025, 1, 1)}, LAST + DAY, Why.NEVER_LISTED),
    ],
)
def test_the_days_of_a_listing(changes: dict[str, object], day: date, why: Why) -> None:
    """The day of listing and the last day count; that of a delisting or withdrawal does not."""
    assert why == on([LISTING.model_copy(update=changes)], day)[1]


def test_no_listing() -> None:
    """Who was never listed was never valid."""
    assert (None, Why.NEVER_LISTED) == on([], FIRST)


def test_two_terms() -> None:
    """The listing that covers the day answers; between two, the one that came before."""
    second = LISTING.model_copy(
        update={"term": 2, "listed_on": date(2028, 1, 1), "last_day": date(2031, 1, 1)}
    )
    terms = [LISTING, second]
    assert (LISTING, Why.VALID) == on(terms, LAST)
    assert (LISTING, Why.EXPIRED) == on(terms, date(2027, 12, 31))
    assert (second, Why.VALID) == on(terms, date(2028, 1, 1))


def test_listed_again_after_a_wrong_listing() -> None:
    """A day that only the wrong listing covered is told so; one that both covered is valid."""
    wrong = LISTING.model_copy(update={"set_aside_on": date(2024, 6, 1)})
    right = LISTING.model_copy(update={"listed_on": date(2024, 7, 1), "last_day": date(2027, 7, 1)})
    assert (wrong, Why.SET_ASIDE) == on([wrong, right], FIRST)
    assert (right, Why.VALID) == on([wrong, right], LAST)
    assert (right, Why.EXPIRED) == on([wrong, right], date(2027, 7, 2))


async def asked(engine: AsyncEngine, day: date) -> Validity:
    """What the register answers of p-1."""
    found = await validity(engine, "p-1", day)
    assert found is not None
    return found


def decided(told: Told, name: str) -> LogEntry:
    """The last decision of a kind."""
    return next(entry for entry in reversed(told.case.log) if entry.name == name)


async def test_unknown_and_never_listed(engine: AsyncEngine, register: PostgresRegister) -> None:
    """None of a platform that the register does not know; no of one that is on its way."""
    await register.write(batch(opened()))
    assert await validity(engine, "p-9", FIRST) is None
    found = await asked(engine, FIRST)
    assert (False, Why.NEVER_LISTED, None) == (found.valid, found.reason, found.listing)


async def test_from_listing_to_delisting(engine: AsyncEngine, register: PostgresRegister) -> None:
    """Valid from the day of the listing until the day before the reassessment that delisted."""
    platform = listed()
    assessment = rectified(platform, outcome="not_met")
    await register.write(batch(platform))
    await register.write(batch(assessment, platform=platform))
    start = date.fromisoformat(decided(platform, "listing").said["decided_on"])
    end = date.fromisoformat(decided(assessment, "reassessment").said["decided_on"])
    assert end < beijing_date(platform.at)  # the platform noted it a week later
    answers = [(await asked(engine, day)).reason for day in (start - DAY, start, end - DAY, end)]
    assert [Why.NOT_YET_LISTED, Why.VALID, Why.VALID, Why.DELISTED] == answers
    listing = (await asked(engine, end)).listing
    assert listing is not None
    assert (1, "2024-01", end) == (listing.term, listing.list_number, listing.ended_on)
    assert beijing_date(decided(platform, "listing").at) == listing.entered_on


async def test_withdrawn_and_that_set_aside(
    engine: AsyncEngine, register: PostgresRegister
) -> None:
    """A withdrawal ends validity on its day; set aside, it never did."""
    told = listed()
    told.decide("withdrawal", OPERATOR, reason="调整")
    withdrawal = told.case.log[-1]
    await register.write(batch(told))
    assert Why.WITHDRAWN == (await asked(engine, beijing_date(told.at))).reason
    set_aside(told, str(withdrawal.decision_id))
    await register.write(batch(told))
    assert Why.VALID == (await asked(engine, beijing_date(told.at))).reason


async def test_a_listing_set_aside(engine: AsyncEngine, register: PostgresRegister) -> None:
    """No day of a listing that was set aside is valid, and the answer says since when."""
    told = listed()
    day = beijing_date(told.at)
    set_aside(told, str(told.case.log[-1].decision_id))
    await register.write(batch(told))
    found = await asked(engine, day)
    assert (Why.SET_ASIDE, beijing_date(told.at)) == (
        found.reason,
        found.listing and found.listing.set_aside_on,
    )
    numbers = {"list_number": "2024-02", "certificate_number": "C-9"}
    told.decide("listing", COMMISSION, outcome="included", **numbers)
    await register.write(batch(told))
    again = await asked(engine, beijing_date(told.at))
    assert (True, "2024-02") == (again.valid, again.listing and again.listing.list_number)
    assert Why.SET_ASIDE == (await asked(engine, day)).reason


async def test_the_policys_years(engine: AsyncEngine, register: PostgresRegister) -> None:
    """Validity lasts as long as the platform's own policy says."""
    told = listed(application(policy={"validity_years": 1}))
    await register.write(batch(told))
    listing = (await asked(engine, beijing_date(told.at))).listing
    assert listing is not None
    assert date(2025, 2, 12) == listing.last_day == last_day(told.case.state.valid_until)


def test_a_listing_that_was_entered_later_says_so() -> None:
    """Whoever asked before it was entered was told otherwise; entered on its day, nothing is said."""
    found = Validity(
        platform_id="p", name="P", day=FIRST, valid=True, reason=Why.VALID, listing=LISTING
    )

    def words(entered: date | None) -> Words:
        listing = LISTING.model_copy(update={"entered_on": entered})
        return why_valid(found.model_copy(update={"listing": listing}))

    en, zh = words(FIRST + 40 * DAY)
    assert en.endswith(f", entered on {FIRST + 40 * DAY})")
    assert zh.endswith(f"，{FIRST + 40 * DAY} 录入）")
    assert words(FIRST) == words(None)
    assert "entered" not in words(FIRST).en
