"""Dates and periods in Beijing time, by the Civil Code's rule for periods (arts. 200–203).

The first day is not counted; a period of months or years ends on the day of the same number, or on
the month's last day where there is none; the last day ends at 24:00, which is the next day's 00:00.
Beijing time is a fixed +08:00: no time-zone data is read.
"""

import hashlib
from calendar import monthrange
from datetime import date, datetime, time, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")


def beijing_date(at: datetime) -> date:
    """The day it is in Beijing at a moment."""
    return at.astimezone(BEIJING).date()


def beijing_time(at: datetime) -> str:
    """A moment to the second, on the clocks of Beijing."""
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def start_of(day: date) -> datetime:
    """00:00 of a day in Beijing."""
    return datetime.combine(day, time(), BEIJING)


def end_of(day: date) -> datetime:
    """24:00 of a day in Beijing."""
    return start_of(day + timedelta(days=1))


def at_nine(day: date) -> datetime:
    """09:00 of a day in Beijing: when notices are due."""
    return start_of(day) + timedelta(hours=9)


def days_before(day: date, days: int) -> date:
    return day - timedelta(days=days)


def last_day(end: datetime) -> date:
    """The last day of a period that ends at `end` (24:00 of that day)."""
    return beijing_date(end - timedelta(microseconds=1))


def add_months(day: date, months: int) -> date:
    """The last day of a period of months that begins with `day` (art. 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def anniversary(listed_on: date, year: int) -> date:
    """The day on which the `year`-th year of validity ends."""
    return add_months(listed_on, 12 * year)


def validity_end(listed_on: date, years: int) -> datetime:
    """The moment validity ends: 24:00 of its last day (§四, three years; no holiday extension)."""
    return end_of(anniversary(listed_on, years))


def validity_as_printed(listed_on: date, years: int, printed: date | None) -> datetime:
    """The moment validity ends of a term brought in: 24:00 of the day on its certificate, if that says one."""
    return end_of(printed) if printed else validity_end(listed_on, years)


def kick_off(
    listed_on: date, year: int, lead_days: int, hours: tuple[int, int], platform_id: str
) -> datetime:
    """The moment the assessment of a year opens: `lead_days` before the anniversary (§六, Default).

    Within that day it falls between the two hours, at a moment that the platform's id fixes, so that
    many platforms of one list do not all wake at once.
    """
    day = start_of(anniversary(listed_on, year) - timedelta(days=lead_days))
    first, last = (hour * 3600 for hour in hours)
    digest = hashlib.sha256(platform_id.encode()).digest()
    offset = first + int.from_bytes(digest[:8]) % (last - first)
    return day + timedelta(seconds=offset)
