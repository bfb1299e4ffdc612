"""Working days of the Chinese calendar: holidays and make-up working days as the State Council announces them.

The library knows the announced years. For a year that is not announced yet only Saturdays and Sundays
are left out. What it says is kept: it goes through all its years to say it once.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache

import chinese_calendar

from workflows.periods import last_day

SATURDAY = 5
_DAY = timedelta(days=1)


@lru_cache(maxsize=1_000)
def announced(year: int) -> bool:
    """Whether the calendar of a year is known."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=10_000)
def is_working_day(day: date) -> bool:
    """Whether a day is worked: by the announced calendar, or Monday to Friday where there is none."""
    if announced(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < SATURDAY


def working_days_between(first: date, last: date) -> int:
    """The working days after `first` up to `last`, which counts; negative when `last` lies before."""
    if last < first:
        return -working_days_between(last, first)
    return sum(is_working_day(first + _DAY * n) for n in range(1, (last - first).days + 1))


def working_days_left(today: date, due: datetime) -> int:
    """The working days that are left after today until a step is due; negative when it is overdue."""
    return working_days_between(today, last_day(due))
