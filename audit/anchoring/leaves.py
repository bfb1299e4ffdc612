"""What a day's digest is made of: its day and the digest before, then the last hash of every log.

One JSON object a line, in one fixed form: the bytes of a line, without its end, are the leaf.
"""

import json
from datetime import date

from pydantic import ValidationError

from workflows.log_id import LogId
from workflows.model import Record, Sha256, canonical
from workflows.words import Words


class Head(Record):
    """The first leaf: so the root says its day, and the chain of days is in the roots themselves."""

    day: date
    previous: Sha256


ROSTER = ""
"""In place of a platform's id: the log of the roster, which comes first."""


_ERASURE = "erasure:"


def erasure_of(platform_id: str) -> str:
    """What stands in place of a platform's id for the log of an erasure: no platform has such an id."""
    return f"{_ERASURE}{platform_id}"


def erased_platform(leaf_id: str) -> str | None:
    """Whose erasure a leaf is of; None: it is of another log."""
    return leaf_id.removeprefix(_ERASURE) if leaf_id.startswith(_ERASURE) else None


class LogLeaf(Record):
    """How a log stood at the end of the day. `year` 0 is the platform's own log; term 0 the roster's."""

    platform_id: str
    term: int
    year: int
    opening: int
    seq: int
    hash: Sha256

    @property
    def log(self) -> LogId:
        return LogId(self.term, self.year, self.opening)

    @property
    def key(self) -> tuple[str, int, int, int]:
        """The log, by which leaves are in order."""
        return self.platform_id, self.term, self.year, self.opening

    @property
    def words(self) -> Words:
        if self.platform_id == ROSTER:
            return Words("the roster", "人员目录")
        if whose := erased_platform(self.platform_id):
            return Words(
                f"the erasure of {whose}, term {self.term}", f"{whose} 第 {self.term} 期的删除记录"
            )
        year = f", year {self.year}, opening {self.opening}" if self.year else ""
        zh = f"第 {self.year} 年（第 {self.opening} 次）" if self.year else ""
        return Words(
            f"{self.platform_id}, term {self.term}{year}",
            f"{self.platform_id} 第 {self.term} 期{zh}",
        )


Leaf = Head | LogLeaf


def line_of(leaf: Leaf) -> bytes:
    return canonical(leaf.model_dump(mode="json"))


def read_line(line: bytes) -> Leaf | None:
    """The leaf in a line; None when it is none in our form."""
    try:
        data = json.loads(line)
        model = Head if isinstance(data, dict) and "day" in data else LogLeaf
        leaf = model.model_validate_json(line)
    except (ValueError, ValidationError, RecursionError):
        return None
    return leaf if line_of(leaf) == line else None


def lines_of(content: bytes) -> list[bytes]:
    """Return the lines of a digest's leaves."""
    return content.removesuffix(b"\n").split(b"\n")
