"""Until when a due date may move by holidays that are not announced yet.

The State Council announces the holidays of a year in the autumn before. Which they are is law; on which working
days they fall, and which weekends are worked for them, is not known before. So for each the days between which
it has fallen or been moved, and how many working days of these it takes at most. Worked weekends only make a
step due earlier, and do not count.
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

MonthDay = tuple[int, int]


class Season(NamedTuple):
    """Days of a year within which a holiday falls, and the working days that it takes at most."""

    first: MonthDay
    last: MonthDay
    working_days: int


SEASONS = (
    Season((1, 1), (1, 4), 2),
    Season((1, 19), (3, 1), 8),  # Spring Festival
    Season((4, 2), (4, 8), 2),  # Qingming
    Season((4, 27), (5, 7), 5),  # Labour Day
    Season((5, 27), (6, 26), 3),  # Dragon Boat Festival
    Season((9, 7), (10, 10), 8),  # Mid-Autumn Festival and National Day
)
NEW_YEAR_BEFORE = Season((12, 27), (12, 31), 3)
"""Days off for New Year in the year before: the next year's announcement says them."""


def days_that_may_be_off(began: date, last: date, announced: Callable[[int], bool]) -> int:
    """Return how many working days after `began`, up to `last`, unannounced holidays may take at most."""
    return sum(
        season.working_days
        for year in range(began.year, last.year + 1)
        for season, known in [
            *((season, announced(year)) for season in SEASONS),
            (NEW_YEAR_BEFORE, announced(year + 1)),
        ]
        if not known and date(year, *season.first) <= last and date(year, *season.last) > began
    )


def unannounced_years(began: date, last: date, announced: Callable[[int], bool]) -> tuple[int, ...]:
    """Return the years whose holidays are not announced, and may fall between two days."""
    year, first = last.year, NEW_YEAR_BEFORE.first
    end = year + 1 if last >= date(year, *first) else year
    return tuple(y for y in range(began.year, end + 1) if not announced(y))
