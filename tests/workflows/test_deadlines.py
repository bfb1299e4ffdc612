"""What the clock tells, on the real server with time skipped: reminders, overdue, escalations, stops.

The holidays are those of 2026, moved to the year that comes next: the library knows announced years
only, and a virtual clock starts today and runs forward.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import chinese_calendar
import pytest

from activities.working_days import announced, is_working_day
from tests.workflows.world import Life, World
from workflows.periods import BEIJING, beijing_date, start_of
from workflows.record import LogEntry

NEXT_YEAR = date.today().year + 1
KNOWN = 2026


def known(day: date) -> date:
    """The same day of the year whose holidays are known."""
    return date(KNOWN, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


@pytest.fixture
def holidays(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every year has the holidays and the make-up working days of 2026."""
    is_workday = chinese_calendar.is_workday
    monkeypatch.setattr(chinese_calendar, "is_workday", lambda day: is_workday(known(day)))
    forget_calendar()
    yield
    forget_calendar()


def forget_calendar() -> None:
    """What was kept of the calendar before it changed."""
    announced.cache_clear()
    is_working_day.cache_clear()


def workdays_after(month: int, day: int, until: tuple[int, int] = (12, 31)) -> list[date]:
    """The working days of the next year after a day, by the library's own list of 2026."""
    first = date(KNOWN, month, day) + timedelta(days=1)
    found: list[date] = chinese_calendar.get_workdays(first, date(KNOWN, *until))
    return [date(NEXT_YEAR, found_day.month, found_day.day) for found_day in found]


async def go_to(life: Life, day: date, hour: int = 10) -> None:
    """Move the platform's clock to an hour of a day, Beijing time."""
    moment = start_of(day) + timedelta(hours=hour)
    await life.world.clockwork.move_to(life.handle, moment)


async def suspended_until(life: Life, day: date) -> None:
    """Go to a day with no clock running: a step that is left alone for months is escalated each week."""
    await life.decide("suspension")
    await go_to(life, day)
    await life.decide("resumption")


def told(log: list[LogEntry], since: int) -> list[tuple[str, date, int]]:
    """What was told after an entry: what, on which day, at which hour of Beijing."""
    after = [e for e in log if e.seq > since]
    return [(e.name, beijing_date(e.at), e.at.astimezone(BEIJING).hour) for e in after]


def expected_after(
    workdays: list[date], days: int, escalations: int
) -> list[tuple[str, date, int]]:
    """A step of so many days left alone: five days before, when it is over, and weekly from then on."""
    due = workdays[days - 1]
    weekly = [due + timedelta(days=7 * n) for n in range(1, escalations + 1)]
    return [
        ("reminded", workdays[days - 6], 9),
        ("overdue", due + timedelta(days=1), 0),
        *(("escalated", next(d for d in workdays if d >= day), 9) for day in weekly),
    ]


@pytest.mark.usefixtures("holidays")
async def test_a_step_left_alone_over_the_spring_festival(world: World) -> None:
    """Thirty working days over the holiday and its two make-up Saturdays; then told weekly, until decided."""
    life = await world.apply()
    await suspended_until(life, date(NEXT_YEAR, 1, 20))
    receipt = await life.decide("recommendation")
    workdays = workdays_after(1, 20)
    assert date(NEXT_YEAR, 2, 28) in workdays, "a make-up Saturday"
    assert date(NEXT_YEAR, 2, 18) not in workdays, "a holiday"
    assert start_of(workdays[29] + timedelta(days=1)) == receipt.due
    await go_to(life, workdays[29] + timedelta(days=22))
    assert expected_after(workdays, 30, 3) == told(await life.log(), receipt.seq)
    decided = await life.decide("inspection")
    await go_to(life, workdays[29] + timedelta(days=30))
    assert [] == told(await life.log(), decided.seq), "the escalations ended with the step"


@pytest.mark.usefixtures("holidays")
async def test_a_step_left_alone_over_the_national_day(world: World) -> None:
    """An escalation that falls into the holiday is told on the first working day after it."""
    life = await world.apply()
    await suspended_until(life, date(NEXT_YEAR, 8, 26))
    receipt = await life.decide("recommendation")
    workdays = workdays_after(8, 26)
    await go_to(life, date(NEXT_YEAR, 11, 1))
    found = told(await life.log(), receipt.seq)
    assert expected_after(workdays, 30, len(found) - 2) == found
    assert date(NEXT_YEAR, 10, 10) in workdays, "a make-up Saturday"
    assert not {date(NEXT_YEAR, 10, day) for day in range(1, 8)} & {day for _, day, _ in found[2:]}


@pytest.mark.usefixtures("holidays")
async def test_the_clock_stops_while_a_plan_is_corrected(world: World) -> None:
    """Ten of thirty days were used when the plan was returned: twenty are left when it comes back."""
    life = await world.apply()
    await suspended_until(life, date(NEXT_YEAR, 3, 2))
    await life.decide("recommendation")
    workdays = workdays_after(3, 2)
    await go_to(life, workdays[9])
    returned = await life.decide("inspection", "returned")
    await go_to(life, workdays[14])
    filed = await life.decide("plan_revision")
    left = [day for day in workdays if day > workdays[14]]
    assert start_of(left[19] + timedelta(days=1)) == filed.due
    log = await life.log()
    stops = [(e.name, e.outcome, e.said["of"]) for e in log if e.name.startswith("clock_")]
    assert [
        ("clock_stopped", "stopped", "inspection"),
        ("clock_started", "started", "inspection"),
    ] == stops
    assert [returned.seq + 1, filed.seq + 1] == [e.seq for e in log if e.name.startswith("clock_")]
    assert datetime.fromisoformat(log[returned.seq].said["since"]) == log[returned.seq - 2].at
