"""Working days of the Chinese calendar: holidays and make-up working days as the State Council announces them.

The library knows the announced years. For a year that is not announced yet only Saturdays and Sundays
are left out, and the answer says so (`provisional_years`), because the date may move by a holiday.
"""

from datetime import date, timedelta

import chinese_calendar

from workflows.handing_in import DueDate, DueRequest
from workflows.periods import beijing_date, end_of

SATURDAY = 5


def announced(year: int) -> bool:
    """Whether the calendar of a year is known."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def is_working_day(day: date) -> bool:
    """Whether a day is worked: by the announced calendar, or Monday to Friday where there is none."""
    if announced(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < SATURDAY


def working_day_due(request: DueRequest) -> DueDate:
    """The end of the last of `working_days` after the day of `since`; that day itself is not counted."""
    day = beijing_date(request.since)
    years = {day.year}
    left = request.working_days
    while left:
        day += timedelta(days=1)
        years.add(day.year)
        left -= is_working_day(day)
    provisional = tuple(sorted(year for year in years if not announced(year)))
    return DueDate(due=end_of(day), provisional_years=provisional)
