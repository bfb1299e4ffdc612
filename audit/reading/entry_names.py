"""An entry as people name it: `1.7`, `1-y2.3`, `1-y2-2.3`."""

import re
from typing import NamedTuple

from workflows.log_id import LogId

_ENTRY = re.compile(
    r"^(?:(?P<term>\d{1,4})(?:-y(?P<year>\d{1,3})(?:-(?P<opening>\d{1,4}))?)?\.)?(?P<seq>\d{1,7})$"
)


class EntryName(NamedTuple):
    """An entry as it was named; `place` is None where only a number was said."""

    place: LogId | None
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
    return EntryName(LogId(int(found["term"]), year, int(found["opening"] or min(year, 1))), seq)
