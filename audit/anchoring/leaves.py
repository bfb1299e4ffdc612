"""What a day's digest is made of: its day and the digest before, then the last hash of every log.

One JSON object a line, in one fixed form: the bytes of a line, without its end, are the leaf.
"""

import json
from datetime import date

from pydantic import ValidationError

from workflows.log_id import LogId
from workflows.model import Record, Sha256, canonical


class Head(Record):
    """The first leaf: so the root says its day, and the chain of days is in the roots themselves."""

    day: date
    previous: Sha256


class LogLeaf(Record):
    """How a log stood at the end of the day. `year` 0 is the platform's own log."""

    platform_id: str
    term: int
    year: int
    opening: int
    seq: int
    hash: Sha256

    @property
    def log(self) -> LogId:
        """Whose log it is, within its platform."""
        return LogId(self.term, self.year, self.opening)


Leaf = Head | LogLeaf


def line_of(leaf: Leaf) -> bytes:
    """The bytes of a leaf."""
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
