"""Working days of the Chinese calendar: holidays, make-up days, and years not announced yet."""

from datetime import UTC, date, datetime, timedelta

import pytest

from activities.calendar import working_day_due
from activities.unannounced_holidays import days_that_may_be_off
from activities.working_days import announced, is_working_day
from workflows.activity_messages import DueDate, DueRequest
from workflows.periods import last_day


def due(since: datetime, days: int) -> date:
    """The last day of a step that began at a moment."""
    return last_day(working_day_due(DueRequest(since=since, working_days=days)).due)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 2, 13), True),
        (date(2026, 2, 14), True),  # a Saturday, made up for Spring Festival
        (date(2026, 2, 15), False),
        (date(2026, 2, 16), False),
        (date(2026, 2, 23), False),
        (date(2026, 2, 24), True),
        (date(2026, 2, 28), True),  # a Saturday, made up for Spring Festival
        (date(2026, 3, 1), False),
        (date(2026, 9, 20), True),  # a Sunday, made up for National Day
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # a Saturday, made up for National Day
        (date(2026, 10, 11), False),
    ],
)
def test_holidays_and_make_up_days_of_2026(day: date, worked: bool) -> None:
    """As the State Council announced them."""
    assert is_working_day(day) == worked


@pytest.mark.parametrize(
    ("since", "days", "last"),
    [
        (datetime(2026, 2, 12, 2, tzinfo=UTC), 1, date(2026, 2, 13)),
        (datetime(2026, 2, 12, 2, tzinfo=UTC), 2, date(2026, 2, 14)),
        (datetime(2026, 2, 12, 2, tzinfo=UTC), 3, date(2026, 2, 24)),
        (datetime(2026, 2, 12, 2, tzinfo=UTC), 7, date(2026, 2, 28)),
        (datetime(2026, 2, 12, 2, tzinfo=UTC), 8, date(2026, 3, 2)),
        (datetime(2026, 9, 30, 2, tzinfo=UTC), 1, date(2026, 10, 8)),
        (datetime(2026, 9, 30, 2, tzinfo=UTC), 3, date(2026, 10, 10)),
        (datetime(2026, 9, 30, 2, tzinfo=UTC), 4, date(2026, 10, 12)),
        (datetime(2026, 3, 2, 2, tzinfo=UTC), 20, date(2026, 3, 30)),
    ],
)
def test_the_day_a_step_is_due(since: datetime, days: int, last: date) -> None:
    """Counted by hand over Spring Festival and National Day; the day of `since` is not counted."""
    assert due(since, days) == last


def test_due_at_24_00_in_beijing() -> None:
    """A step due on Friday is overdue when Saturday begins in Beijing."""
    answer = working_day_due(DueRequest(since=datetime(2026, 3, 5, 2, tzinfo=UTC), working_days=1))
    assert answer == DueDate(due=datetime(2026, 3, 6, 16, tzinfo=UTC))


def test_the_day_of_since_is_beijings() -> None:
    """What began at 23:59 on Monday is due on Tuesday, at 00:00 on Tuesday (16:00 UTC Monday) on Wednesday."""
    assert due(datetime(2026, 3, 2, 15, 59, tzinfo=UTC), 1) == date(2026, 3, 3)
    assert due(datetime(2026, 3, 2, 16, 0, tzinfo=UTC), 1) == date(2026, 3, 4)


def test_a_step_that_begins_on_a_holiday() -> None:
    """The first working day after the holiday is the first that counts."""
    assert due(datetime(2026, 10, 3, 2, tzinfo=UTC), 1) == date(2026, 10, 8)


def test_a_year_that_is_not_announced_is_provisional() -> None:
    """Then weekends alone are left out, and the answer says so."""
    request = DueRequest(since=datetime(2090, 9, 29, 2, tzinfo=UTC), working_days=5)
    answer = working_day_due(request)
    assert not announced(2090)
    assert last_day(answer.due) == date(2090, 10, 6)
    assert answer.provisional_years == (2090,)


def test_a_step_over_the_new_year_names_each_year_that_is_not_announced() -> None:
    """Both years count when neither is announced; none when both are."""
    over = DueRequest(since=datetime(2090, 12, 20, 2, tzinfo=UTC), working_days=20)
    known = DueRequest(since=datetime(2024, 12, 20, 2, tzinfo=UTC), working_days=20)
    assert working_day_due(over).provisional_years == (2090, 2091)
    assert working_day_due(known).provisional_years == ()


def asked(since: date, days: int) -> DueDate:
    """What a case of today is answered."""
    moment = datetime(since.year, since.month, since.day, 2, tzinfo=UTC)
    return working_day_due(DueRequest(since=moment, working_days=days, latest=True))


@pytest.mark.parametrize(
    ("since", "days", "last", "latest"),
    [
        (date(2090, 3, 6), 10, date(2090, 3, 20), None),  # no holiday can fall there
        (date(2090, 9, 25), 5, date(2090, 10, 2), date(2090, 10, 12)),
        (date(2090, 1, 20), 20, date(2090, 2, 17), date(2090, 3, 1)),
        (date(2026, 9, 25), 5, date(2026, 10, 9), None),  # announced
        (date(2026, 11, 27), 10, date(2026, 12, 11), None),
    ],
)
def test_until_when_a_date_may_move(
    since: date, days: int, last: date, latest: date | None
) -> None:
    """By no more than the holidays of the season take; not at all where they are announced."""
    answer = asked(since, days)
    found = last_day(answer.latest) if answer.latest else None
    assert (last, latest) == (last_day(answer.due), found)


def test_the_last_days_of_the_last_year_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next year's announcement may take days of late December for New Year: until then they may move."""
    monkeypatch.setattr("activities.calendar.announced", lambda year: year <= 2026)
    late, before = asked(date(2026, 12, 1), 20), asked(date(2026, 12, 1), 18)
    assert (last_day(late.due), (2027,)) == (date(2026, 12, 29), late.provisional_years)
    assert late.latest
    assert (last_day(before.due), ()) == (date(2026, 12, 25), before.provisional_years)
    assert before.latest is None


@pytest.mark.parametrize("year", [y for y in range(2013, 2040) if announced(y) and y != 2015])
def test_no_announced_holiday_was_outside_its_season(year: int) -> None:
    """No year moved a due date further than the seasons allow; 2015 had a day off that was decreed in May."""

    def not_yet(other: int) -> bool:
        return announced(other) and other < year

    for first in range(0, 330, 17):
        began = date(year, 1, 1) + timedelta(days=first)
        for days in (10, 40):
            true = due(datetime(began.year, began.month, began.day, 2, tzinfo=UTC), days)
            last = latest = _weekdays_after(began, days)
            for _ in range(5):
                latest = _weekdays_after(last, days_that_may_be_off(began, latest, not_yet))
            assert true <= latest or not announced(true.year), f"{began} and {days} working days"


def _weekdays_after(day: date, days: int) -> date:
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day
