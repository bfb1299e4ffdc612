"""How many working days are left until a step is due: said in one way, wherever it is said."""

from collections.abc import Sequence
from datetime import date, datetime

from activities.unannounced_holidays import unannounced_years
from activities.working_days import announced, working_days_left
from workflows.periods import last_day
from workflows.words import Words, listed_zh


def days_left_words(due: datetime, today: date, *, provisional: bool = False) -> Words:
    """Return how many working days of the Chinese calendar are left after today, or have passed since.

    "about" where holidays that are not announced may fall between, or the due day may move by them.
    """
    days = working_days_left(today, due)
    working_days = "working day" if abs(days) == 1 else "working days"
    if days < 0:
        return Words(f"{-days} {working_days} late", f"已超过 {-days} 个工作日")
    if today == last_day(due):
        return Words("today", "今天")
    about = provisional or bool(unannounced_until(due, today))
    return Words(
        f"{'about ' * about}{days} {working_days} left", f"还有{'约' * about} {days} 个工作日"
    )


def unannounced_until(due: datetime, today: date) -> tuple[int, ...]:
    """The years of which no holidays are announced, and may fall until a step is due."""
    last = last_day(due)
    return unannounced_years(min(today, last), last, announced)


def holidays_missing(years: Sequence[int]) -> Words:
    """Say of which years the holidays are not announced; empty where there are none."""
    if not years:
        return Words("", "")
    *others, last = map(str, years)
    en = " and ".join((*filter(None, [", ".join(others)]), last))
    zh = listed_zh((*others, last))
    return Words(f"the holidays of {en} are not announced yet", f"{zh} 年节假日安排尚未公布")


def when_due(due: datetime, today: date | None, *, provisional: bool = False) -> Words:
    """Say what belongs to a due day: the days that are left today, and why that is not certain."""
    last = last_day(due)
    years = unannounced_until(due, today or last) or ((last.year,) if provisional else ())
    about = holidays_missing(years if today or provisional else ())
    left = days_left_words(due, today, provisional=provisional) if today else Words("", "")
    return Words(
        ": ".join(filter(None, (left.en, about.en))), "，".join(filter(None, (left.zh, about.zh)))
    )
