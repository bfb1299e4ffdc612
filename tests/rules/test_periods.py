"""Dates and periods in Beijing time, by the Civil Code (arts. 200–203)."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.periods import (
    BEIJING,
    add_months,
    anniversary,
    beijing_date,
    end_of,
    kick_off,
    last_day,
    start_of,
    validity_end,
)
from workflows.policy import Policy

QUIET = settings(derandomize=True, deadline=None, database=None, max_examples=200)
DAYS = st.dates(min_value=date(1949, 10, 1), max_value=date(2999, 12, 31))
MONTHS = st.integers(min_value=1, max_value=120)
POLICY = Policy()
HOURS = (POLICY.assessment_opens_from_hour, POLICY.assessment_opens_until_hour)


@pytest.mark.parametrize(
    ("listed", "last"),
    [
        (date(2024, 2, 29), date(2027, 2, 28)),
        (date(2025, 2, 28), date(2028, 2, 28)),
        (date(2024, 1, 8), date(2027, 1, 8)),
        (date(2023, 12, 31), date(2026, 12, 31)),
    ],
)
def test_three_years_end_on_the_same_day_of_the_month(listed: date, last: date) -> None:
    """Art. 202: the day of the same number, or the month's last; the first day is not counted."""
    assert anniversary(listed, 3) == last
    assert last_day(validity_end(listed, 3)) == last


def test_validity_ends_at_24_00_in_beijing() -> None:
    """§四: listed on 29 February 2024, valid to 28 February 2027 24:00, which is 16:00 UTC."""
    end = validity_end(date(2024, 2, 29), 3)
    assert end == datetime(2027, 2, 28, 16, tzinfo=UTC)
    assert end == datetime(2027, 3, 1, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2024, 8, 31), 6, date(2025, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2024, 3, 31), 1, date(2024, 4, 30)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
        (date(2024, 6, 30), 6, date(2024, 12, 30)),
        (date(2024, 1, 31), 12, date(2025, 1, 31)),
    ],
)
def test_a_period_of_months(day: date, months: int, last: date) -> None:
    """Art. 202 at the ends of months and of years."""
    assert add_months(day, months) == last


@QUIET
@given(DAYS, MONTHS)
def test_months_are_never_skipped(day: date, months: int) -> None:
    """The last day lies in exactly the month so many months on, on the same day or the month's last."""
    last = add_months(day, months)
    assert (last.year - day.year) * 12 + last.month - day.month == months
    ends_month = (last + timedelta(days=1)).day == 1
    assert last.day == day.day or (ends_month and last.day < day.day)


@QUIET
@given(DAYS, DAYS, MONTHS)
def test_a_later_day_never_ends_earlier(one: date, other: date, months: int) -> None:
    """Who was listed later is not valid for a shorter time."""
    first, second = sorted((one, other))
    assert add_months(first, months) <= add_months(second, months)
    assert add_months(first, months) < add_months(first, months + 1)


@QUIET
@given(DAYS)
def test_a_day_lasts_from_0_to_24_in_beijing(day: date) -> None:
    """24:00 is the next day's 00:00, and a period that ends then has this day as its last."""
    assert end_of(day) - start_of(day) == timedelta(days=1)
    assert last_day(end_of(day)) == day
    assert beijing_date(start_of(day)) == day
    assert beijing_date(start_of(day) - timedelta(microseconds=1)) == day - timedelta(days=1)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2024, 3, 4, 15, 59, 59, tzinfo=UTC), date(2024, 3, 4)),
        (datetime(2024, 3, 4, 16, 0, tzinfo=UTC), date(2024, 3, 5)),
        (datetime(2024, 12, 31, 16, 0, tzinfo=UTC), date(2025, 1, 1)),
    ],
)
def test_the_day_in_beijing(moment: datetime, day: date) -> None:
    """Beijing is eight hours ahead of UTC, all year."""
    assert beijing_date(moment) == day


@pytest.mark.parametrize(
    ("year", "day"), [(1, date(2024, 11, 30)), (2, date(2025, 11, 30)), (3, date(2026, 11, 30))]
)
def test_an_assessment_opens_ninety_days_before_the_anniversary(year: int, day: date) -> None:
    """§六, Default: within the working hours of that day in Beijing, inside the year it judges."""
    listed = date(2024, 2, 29)
    opens = kick_off(listed, year, POLICY.assessment_lead_days, HOURS, "bj-test")
    assert beijing_date(opens) == day
    assert start_of(day) + timedelta(hours=8) <= opens < start_of(day) + timedelta(hours=18)
    assert anniversary(listed, year - 1) < day < anniversary(listed, year)


def test_openings_are_spread_over_the_hours() -> None:
    """Many platforms of one list do not all wake at once: of 3,000, each hour has its tenth."""
    listed = date(2024, 5, 6)
    opens = [kick_off(listed, 1, 90, HOURS, f"bj-{number}") for number in range(3_000)]
    hours = Counter(moment.astimezone(BEIJING).hour for moment in opens)
    assert sorted(hours) == list(range(8, 18))
    assert [hour for hour, count in hours.items() if not 240 <= count <= 360] == []
    assert max(Counter(opens).values()) <= 4


def test_an_opening_is_fixed_by_the_platforms_id() -> None:
    """Replayed years later, it falls on the same second."""
    opens = [kick_off(date(2024, 5, 6), 1, 90, HOURS, "bj-eda-verification") for _ in range(2)]
    assert opens == [datetime(2025, 2, 5, 9, 29, 13, tzinfo=UTC)] * 2
