"""A log folded: the state of a case is the fold of its log, and at any date that of a prefix.

A decision that is set aside (撤销更正) stays in the log with all that followed from it, and no longer
counts: the case stands where the log before it left it, and waits there again. Entries that last (信息变更,
暂停, 恢复) stay, and what they say.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from workflows.lifecycle import STAYS
from workflows.record import EntryKind, LogEntry
from workflows.rules import CaseState, S, arrow_of, begin, follow_arrow, lifecycle_of
from workflows.states import PlatformChanges, PlatformState, StepChanges
from workflows.steps import Arrow
from workflows.vocabulary import Kind


def fold(log: Iterable[LogEntry]) -> CaseState:
    """The state that a log leads to; a prefix of the log gives the state at its end."""
    return states(log)[-1]


def states(log: Iterable[LogEntry]) -> list[CaseState]:
    """The state after each entry of a log, in one walk: however often a case was corrected."""
    entries: list[LogEntry] = []
    after: list[Any] = []
    for entry in log:
        if not entries:
            after.append(begin(entry.said, entry.at))
        elif entry.kind is EntryKind.REFUSED:
            after.append(after[-1])
        elif entry.name == Kind.SET_ASIDE:
            first = entry.said["sets_aside"][0]
            alone = lifecycle_of(after[-1]).alone(entries[first - 1].name)
            stood = after[-1] if alone else after[first - 2]
            after.append(_restored(after[-1], stood, entry.said, entry.at))
        else:
            arrow = arrow_of(after[-1], entry.name, entry.outcome, entry.said)
            after.append(follow_arrow(after[-1], arrow, entry.name, entry.said, entry.at))
        entries.append(entry)
    return cast(list[CaseState], after)


def move(
    state: S,
    log: Sequence[LogEntry],
    arrow: Arrow,
    name: str,
    *,
    content: dict[str, Any],
    at: datetime,
) -> S:
    """Move a state on by one entry along an arrow; `log`, of which `state` is the fold, ends before it."""
    if name != Kind.SET_ASIDE:
        return follow_arrow(state, arrow, name, content, at)
    first = content["sets_aside"][0]
    alone = lifecycle_of(state).alone(log[first - 1].name)
    stood = state if alone else cast(S, fold(log[: first - 1]))
    return _restored(state, stood, content, at)


def _restored(state: S, stood: S, said: dict[str, Any], at: datetime) -> S:
    """Where a case stands when entries are set aside: as it stood before them, with a new clock."""
    if stood is state:  # nothing followed from what was set aside
        return state
    step: StepChanges = {
        "since": at,
        "overdue": False,
        "reminded": False,
        # A new clock: what the old one had run before it stopped is not taken off once more.
        "spent": tuple(s for s in stood.spent if s.stage is not stood.stage),
        "facts": state.facts,
        "suspended_since": state.suspended_since,
        "roster": state.roster,
    }
    changes: PlatformChanges = {}
    if isinstance(state, PlatformState) and isinstance(stood, PlatformState):
        changes["facts_version"] = state.facts_version
        changes["suspensions"] = state.suspensions
        if state.changed_on:
            changes["changed_on"] = state.changed_on
        changes["plans_filed"] = max(state.plans_filed, state.plan_version)
        if stood.valid_until == state.valid_until:  # announced already
            changes["told_days"] = state.told_days
        # An application for the next term rests on validity alone, and has lapsed where the term had ended.
        goes_on = not lifecycle_of(state).ended(state.stage) and stood.valid_until is not None
        changes["next_term"] = state.next_term if goes_on else None
        over = stood.valid_until is not None and at >= stood.valid_until
        if "year" in said and not over:
            changes["reopening"] = {k: v for k, v in said.items() if k != "sets_aside"}
        else:
            # An assessment that was open ended with what is set aside: its year is opened anew. Where
            # validity is over it is not, and the year stands without a conclusion.
            changes["reopening"] = changes["open_assessment"] = None
    return stood.model_copy(update={**step, **changes})


def set_aside_marks(log: Iterable[LogEntry]) -> dict[int, int]:
    """The entries of a log that no longer count: by their numbers, the entry that set each aside."""
    marks: dict[int, int] = {}
    names: dict[int, str] = {}
    for entry in log:
        names[entry.seq] = entry.name
        if entry.name == Kind.SET_ASIDE and entry.kind is EntryKind.DECISION:
            first, last = entry.said["sets_aside"]
            for seq in range(first, last + 1):
                if names.get(seq) not in STAYS:
                    marks.setdefault(seq, entry.seq)
    return marks
