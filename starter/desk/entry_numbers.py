"""A decision to be set aside, called by its entry's number as timelines show it: found by the register."""

import re
from collections.abc import Sequence
from typing import Any, TypeGuard

from db.log_order import in_order
from db.row_types import LogLine
from workflows.record import EntryKind


def decisions_of(log: Sequence[LogLine]) -> list[LogLine]:
    """The decisions of the latest term, also those that no longer count."""
    newest = max((line.term for line in log), default=0)
    return [
        line
        for line in in_order(log)
        if line.term == newest and line.entry.kind is EntryKind.DECISION
    ]


def is_entry_number(given: Any) -> TypeGuard[str]:
    """Whether a text is written as timelines number entries: `1.7`, `1-y2.3`."""
    return isinstance(given, str) and _ENTRY.fullmatch(given) is not None


def by_entry(log: Sequence[LogLine], given: str) -> dict[str, Any]:
    """How a setting aside names the decision of an entry; nothing where no entry is meant.

    An id that is written like an entry's number is an id.
    """
    decisions = decisions_of(log)
    if any(line.entry.decision_id == given for line in decisions):
        return {}
    found = [line for line in decisions if line.number == given]
    return target_of(decisions, found[0]) if found else {}


def target_of(decisions: Sequence[LogLine], line: LogLine) -> dict[str, Any]:
    """How a setting aside names a decision: by its id, and where others have the same one, by its entry."""
    said: dict[str, Any] = {"target": line.entry.decision_id}
    if sum(other.entry.decision_id == line.entry.decision_id for other in decisions) > 1:
        said["entry"] = line.entry.seq
    return said


_ENTRY = re.compile(r"[0-9]+(-y[0-9]+(-[0-9]+)?)?\.[0-9]+")
