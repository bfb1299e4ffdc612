"""The identity of a log within its platform: its order, and each of its names."""

import re
from typing import NamedTuple

from workflows.words import Words

_FILE = re.compile(
    r"logs/term-(?P<term>[1-9]\d{0,3})"
    r"(-year-(?P<year>[1-9]\d{0,2})(-opening-(?P<opening>[1-9]\d{0,3}))?)?\.jsonl",
    re.ASCII,
)


class LogId(NamedTuple):
    """Whose log: the term, the year (0: the platform's own), and which opening of that year (0 then).

    In order the platform's own comes first, then its assessments by year and opening.
    """

    term: int
    year: int = 0
    opening: int = 0

    @property
    def name(self) -> str:
        """`1` is the platform's own log of term 1, `1-y2` of its second assessment, `1-y2-2` opened again."""
        year = f"-y{self.year}" if self.year else ""
        again = f"-{self.opening}" if self.opening > 1 else ""
        return f"{self.term}{year}{again}"

    def entry(self, seq: int) -> str:
        """The name of an entry: `1.7`, `1-y2.3`."""
        return f"{self.name}.{seq}"

    @property
    def long_name(self) -> str:
        """Such as term-1, term-1-year-2, term-1-year-2-opening-2."""
        year = f"-year-{self.year}" if self.year else ""
        again = f"-opening-{self.opening}" if self.opening > 1 else ""
        return f"term-{self.term}{year}{again}"

    @property
    def file(self) -> str:
        return f"logs/{self.long_name}.jsonl"

    @classmethod
    def of_file(cls, file: str) -> "LogId":
        """Whose log a file is of.

        Raises:
            ValueError: the name is none of ours.
        """
        found = _FILE.fullmatch(file)
        if found is None:
            raise ValueError(file)
        year = int(found["year"] or 0)
        log = cls(int(found["term"]), year, int(found["opening"] or min(year, 1)))
        if log.file != file:  # an opening that is said without need
            raise ValueError(file)
        return log

    @property
    def words(self) -> Words:
        en, zh = f"the log of term {self.term}", f"第 {self.term} 期记录"
        if self.year:
            en = f"the log of assessment {self.year} in term {self.term}"
            zh = f"第 {self.term} 期第 {self.year} 年考核记录"
        if self.opening > 1:
            en, zh = f"{en}, opening {self.opening}", f"{zh}（第 {self.opening} 次）"
        return Words(en, zh)
