"""Holidays that are announced after a step has begun, or not at all: the due date is asked for again."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta

import chinese_calendar
import pytest
from temporalio.client import WorkflowUpdateFailedError

from tests.workflows.test_deadlines import (
    NEXT_YEAR,
    forget_calendar,
    go_to,
    known,
    suspended_until,
    workdays_after,
)
from tests.workflows.world import World
from workflows.activity_messages import DueDate
from workflows.periods import last_day


class Calendar:
    """The announced calendar: of no year at first; then every year has the holidays of 2026."""

    def __init__(self) -> None:
        """Nothing is announced."""
        self.announced = False
        self.off: list[date] = []
        self._is_workday = chinese_calendar.is_workday

    def __setattr__(self, name: str, value: object) -> None:
        """Announce it, or change it."""
        super().__setattr__(name, value)
        forget_calendar()

    def is_workday(self, day: date) -> bool:
        """As the library answers."""
        if not self.announced:
            raise NotImplementedError
        return day not in self.off and bool(self._is_workday(known(day)))


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> Iterator[Calendar]:
    """A calendar that is announced when a test says so."""
    calendar = Calendar()
    monkeypatch.setattr(chinese_calendar, "is_workday", calendar.is_workday)
    yield calendar
    forget_calendar()


def due_of(due: DueDate | None) -> tuple[date, date | None]:
    """The due day, and until when it may move."""
    assert due
    return last_day(due.due), last_day(due.latest) if due.latest else None


async def test_a_holiday_that_is_announced_in_the_middle_of_a_step(
    world: World, calendar: Calendar
) -> None:
    """It moves the due date, in the register too: nobody is reminded, and nothing overdue, by the old one."""
    life = await world.apply()
    await suspended_until(life, date(NEXT_YEAR, 8, 25))
    receipt = await life.decide("recommendation")
    await life.settled(life.handle)
    before, latest = due_of((await life.view()).due)
    assert latest
    calendar.announced = True
    true = workdays_after(8, 25)[29]
    assert before < true <= latest
    await go_to(life, before + timedelta(days=1))
    await life.stands("inspection")
    assert (
        []
        == [entry.name for entry in (await life.log())[receipt.seq :] if entry.at > receipt.at][1:]
    )
    assert (true, None) == due_of((await life.view()).due)
    card = await world.queries.platform(life.id)
    assert card
    assert (await life.view()).due.due == card.terms[0].due  # type: ignore[union-attr]
    await go_to(life, true + timedelta(days=1))
    assert ["reminded", "overdue"] == [entry.name for entry in (await life.log())[receipt.seq :]]


@pytest.mark.usefixtures("calendar")
async def test_a_holiday_that_nobody_has_announced(world: World) -> None:
    """While the calendar is not known, nothing is overdue before the day to which holidays may move it."""
    life = await world.apply()
    await suspended_until(life, date(NEXT_YEAR, 8, 25))
    receipt = await life.decide("recommendation")
    await life.settled(life.handle)
    due, latest = due_of((await life.view()).due)
    assert latest
    await go_to(life, due + timedelta(days=1))
    assert ["reminded"] == [entry.name for entry in (await life.log())[receipt.seq :]]
    await go_to(life, latest + timedelta(days=1))
    assert ["reminded", "overdue"] == [entry.name for entry in (await life.log())[receipt.seq :]]


async def test_nothing_is_passed_over_on_a_provisional_date(
    world: World, calendar: Calendar
) -> None:
    """What comes with the timer of the due date waits until that was asked for again: days off were decreed."""
    calendar.announced = True
    life = await world.in_its_first_year()
    year = life.assessment
    assert year
    await life.settled(year)
    view = await world.client.assessment_state(life.id, 1, 1)
    assert view.due
    raw = await life.decision("self_report", "not_filed", case=await life.case("self_report"))
    due, day = view.due.due, last_day(view.due.due)
    await world.clockwork.move_to(year, due - timedelta(hours=9))
    calendar.off = [day - timedelta(days=n) for n in range(10)]
    await life.settled(year)
    span = due - await world.clockwork.now(year)
    async with world.without_worker():
        await world.clockwork.forward(year, span)
        passed_over = asyncio.create_task(year.execute_update("decide", raw))
        await asyncio.sleep(1)  # so that it is there before the worker
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await asyncio.wait_for(passed_over, 60)
    assert "not overdue yet" in str(refused.value.cause)
    assert "self_report" == (await world.client.assessment_state(life.id, 1, 1)).assessment.stage  # type: ignore[union-attr]
