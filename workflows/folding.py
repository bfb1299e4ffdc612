"""A log taken again: the state of a case is the fold of its log, and at any date that of a prefix.

A decision that is set aside (撤销更正) stays in the log with all that followed from it, and no longer
counts: the case stands where the log before it left it, and waits there again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from workflows.record import EntryKind, LogEntry
from workflows.rules import CaseState, S, begin, lifecycle_of, take
from workflows.state import PlatformState
from workflows.vocabulary import Kind


def fold(log: Iterable[LogEntry]) -> CaseState:
    """The state that a log leads to; a prefix of the log gives the state at its end."""
    entries = list(log)
    state: Any = begin(entries[0].said, entries[0].at)
    for number, entry in enumerate(entries[1:], start=1):
        if entry.kind is not EntryKind.REFUSED:
            before = entries[:number] if entry.name == Kind.SET_ASIDE else ()
            state = move(state, before, entry.name, entry.outcome, said=entry.said, at=entry.at)
    return cast(CaseState, state)


def move(
    state: S,
    before: Sequence[LogEntry],
    name: str,
    outcome: str,
    *,
    said: dict[str, Any],
    at: datetime,
) -> S:
    """Move a state on by one entry; `before` is the log before it, which `state` is the fold of.

    Raises:
        LookupError: the table has no such arrow here (never after `judge`).
    """
    if name == Kind.SET_ASIDE:
        return _stand_again(state, before, said, at)
    return take(state, name, outcome, said, at)


def _stand_again(state: S, before: Sequence[LogEntry], said: dict[str, Any], at: datetime) -> S:
    """Where a case stands when entries are set aside: where it stood before them, with a new clock."""
    first = said["sets_aside"][0]
    if lifecycle_of(state).alone(before[first - 1].name):
        return state
    changes: dict[str, Any] = {"since": at, "overdue": False, "reminded": False}
    if isinstance(state, PlatformState):
        changes["plans_filed"] = max(state.plans_filed, state.plan_version)
        changes["reopening"] = (
            {key: value for key, value in said.items() if key != "sets_aside"}
            if "year" in said
            else None
        )
    return cast(S, fold(before[: first - 1])).model_copy(update=changes)


def fallen(log: Iterable[LogEntry]) -> dict[int, int]:
    """The entries of a log that no longer count: by their numbers, the entry that set each aside."""
    marks: dict[int, int] = {}
    for entry in log:
        if entry.name == Kind.SET_ASIDE and entry.kind is EntryKind.DECISION:
            first, last = entry.said["sets_aside"]
            for seq in range(first, last + 1):
                marks.setdefault(seq, entry.seq)
    return marks
