"""When a step is due, and its reminder: by the working days of the Chinese calendar.

For a year that is not announced yet only Saturdays and Sundays are left out, and the answer says so
(`provisional_years`), because the date may move by a holiday.
"""

from datetime import date, datetime, timedelta

from activities.unannounced_holidays import days_that_may_be_off, unannounced_years
from activities.working_days import announced, is_working_day, working_days_between
from workflows.activity_messages import DueDate, DueRequest, EscalationRequest
from workflows.periods import at_nine, beijing_date, end_of, last_day

_DAY = timedelta(days=1)


def working_day_due(request: DueRequest) -> DueDate:
    """When a step is due: 24:00 of the last of its working days; the day it began is not counted.

    A step with a day of its own (`until`) is due then. Its reminder is due at 09:00 of the day that is
    `reminder_days` working days before, if that comes after the day it began.
    """
    began = beijing_date(request.since)
    last = last_day(request.until) if request.until else _after(began, _left(request))
    remind = _before(last, request.reminder_days) if request.reminder_days else began
    unknown = () if request.until else unannounced_years(began, last, announced)
    latest = _latest(began, last) if request.latest and unknown else last
    return DueDate(
        due=end_of(last),
        provisional_years=unknown,
        remind=at_nine(remind) if remind > began else None,
        latest=end_of(latest) if latest > last else None,
    )


def _latest(began: date, last: date) -> date:
    """The day to which unannounced holidays may move a due day at most."""
    day = last
    while True:
        later = _after(last, days_that_may_be_off(began, day, announced))
        if later == day:
            return day
        day = later


def escalation(request: EscalationRequest) -> datetime:
    """Return when an overdue step is escalated next: 09:00 of the working day on or after each date."""
    day = last_day(request.due)
    while True:
        day += timedelta(days=request.every_days)
        moment = at_nine(day if is_working_day(day) else _after(day, 1))
        if moment > request.after:
            return moment


def _left(request: DueRequest) -> int:
    """The working days that a step has left, when its clock has run before."""
    if not request.used:
        return request.working_days
    spent = sum(
        working_days_between(beijing_date(since), beijing_date(until))
        for since, until in request.used
    )
    return max(request.working_days - spent, request.at_least)


def _after(day: date, working_days: int) -> date:
    """The last of so many working days after a day."""
    while working_days:
        day += _DAY
        working_days -= is_working_day(day)
    return day


def _before(day: date, working_days: int) -> date:
    """The last working day from which so many working days are left until a day, which counts."""
    while working_days or not is_working_day(day):
        working_days -= is_working_day(day)
        day -= _DAY
    return day
