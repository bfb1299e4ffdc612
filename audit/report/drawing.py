"""Drawings as inline SVG: time on paper, and shapes by numbers; every text escaped."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup

from activities.harmless_text import harmless
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


class Drawing:
    """A drawing of a width and a height, in units that are as wide on the page as the drawing is scaled."""

    def __init__(self, width: float, height: float, title: str) -> None:
        """Nothing drawn yet; `title` says in words what is shown."""
        self._width = width
        self._height = height
        self._title = title
        self._parts: list[Markup] = []

    def rectangle(
        self, x: float, y: float, size: tuple[float, float], kind: str, about: str = ""
    ) -> None:
        """A bar of a width and a height; `kind` is its class, `about` is said where one points at it."""
        self._parts.append(
            Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="2" class="{}">{}</rect>').format(
                _n(x), _n(y), _n(max(size[0], 1.2)), _n(size[1]), kind, _about(about)
            )
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        self._parts.append(
            Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>').format(
                _n(x1), _n(y1), _n(x2), _n(y2), kind
            )
        )

    def text(self, x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> None:
        """Words; `anchor` is start, middle or end."""
        self._parts.append(
            Markup('<text x="{}" y="{}" class="{}" text-anchor="{}">{}</text>').format(
                _n(x), _n(y), kind, anchor, harmless(words)
            )
        )

    def shape(self, points: list[tuple[float, float]], kind: str, about: str = "") -> None:
        at = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        self._parts.append(
            Markup('<polygon points="{}" class="{}">{}</polygon>').format(at, kind, _about(about))
        )

    def circle(self, x: float, y: float, radius: float, kind: str, about: str = "") -> None:
        self._parts.append(
            Markup('<circle cx="{}" cy="{}" r="{}" class="{}">{}</circle>').format(
                _n(x), _n(y), _n(radius), kind, _about(about)
            )
        )

    def done(self) -> Markup:
        return Markup(
            '<svg viewBox="0 0 {} {}" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">'
            "{}</svg>"
        ).format(_n(self._width), _n(self._height), self._title, Markup("").join(self._parts))


def wide(words: str, size: float = 9) -> float:
    """About how wide words are drawn, in units: Chinese is as wide as it is high."""
    return sum(size if ord(c) > 0x2E80 else size * 0.53 for c in words)


def _about(words: str) -> Markup:
    return Markup("<title>{}</title>").format(harmless(words)) if words else Markup("")


def _n(number: float) -> str:
    """A number, short, and the same everywhere."""
    return f"{number:.1f}".removesuffix(".0")
