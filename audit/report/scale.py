"""Time on paper: where a moment stands, and which months are named below."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from workflows.periods import add_months, beijing_date, start_of


@dataclass(frozen=True)
class Scale:
    """Moments from `first` to `last` on units from `left` to `right`."""

    first: datetime
    last: datetime
    left: float
    right: float

    def at(self, moment: datetime) -> float:
        """Where a moment stands; what lies beyond stands at the edge."""
        whole = (self.last - self.first) / timedelta(days=1) or 1
        part = (moment - self.first) / timedelta(days=1) / whole
        return self.left + (self.right - self.left) * min(max(part, 0), 1)

    def ticks(self, most: int = 9) -> Iterator[tuple[float, date]]:
        """First days of months to be named, at most so many: of each, each third, each year."""
        begin = beijing_date(self.first)
        days = (self.last - self.first) / timedelta(days=1)
        months = next((m for m in (1, 2, 3, 6, 12, 24) if days / 30.4 / m <= most), 60)
        day = date(begin.year, 1, 1)
        while start_of(day) <= self.last:
            if start_of(day) >= self.first:
                yield self.at(start_of(day)), day
            day = add_months(day, months)
