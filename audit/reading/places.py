"""Whose log an entry is of, and how it is named: `1.7`, `1-y2.3`, `1-y2-2.3`."""

import re
from typing import NamedTuple

_ENTRY = re.compile(
    r"^(?:(?P<term>\d{1,4})(?:-y(?P<year>\d{1,3})(?:-(?P<opening>\d{1,4}))?)?\.)?(?P<seq>\d{1,7})$"
)


class Place(NamedTuple):
    """Whose log: the term, the year (0: the platform's own), and which opening of that year (0 then)."""

    term: int
    year: int = 0
    opening: int = 0

    def entry(self, seq: int) -> str:
        """The name of an entry: as the timelines name it."""
        return f"{self.name}.{seq}"

    @property
    def name(self) -> str:
        """`1` is the platform's own log of term 1, `1-y2` of its second assessment, `1-y2-2` opened again."""
        year = f"-y{self.year}" if self.year else ""
        again = f"-{self.opening}" if self.opening > 1 else ""
        return f"{self.term}{year}{again}"


class EntryName(NamedTuple):
    """An entry as it was named; `place` is None where only a number was said."""

    place: Place | None
    seq: int


def entry_named(name: str) -> EntryName | None:
    """Read the name of an entry; None when it is none."""
    found = _ENTRY.match(name)
    if found is None:
        return None
    seq = int(found["seq"])
    if found["term"] is None:
        return EntryName(None, seq)
    year = int(found["year"] or 0)
    return EntryName(Place(int(found["term"]), year, int(found["opening"] or min(year, 1))), seq)
