"""The state of the roster: the fold of its log. Of the entries it holds hashes alone, by their ids.

So thousands of entries are carried from run to run in one message; the entries themselves stand in the
log, in the register, and in each change, which shows what it replaces.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from pydantic import Field

from workflows.model import Instant, Record
from workflows.record import EntryKind, LogEntry
from workflows.roster_decisions import RosterChange, RosterItem, roster_decision_of
from workflows.roster_entries import RosterRoot
from workflows.roster_lifecycle import ROSTER_LIFECYCLE
from workflows.roster_words import RosterOutcome, RosterStage
from workflows.signatures import Signature
from workflows.signed_roots import SignedRoot
from workflows.steps import Arrow
from workflows.vocabulary import Role

_KEY_LETTERS = 16


class WaitingChange(Record):
    """A change that two officers have not signed yet."""

    seq: int
    digest: str
    items: tuple[RosterItem, ...]


class RosterState(Record):
    """Where the roster stands after an entry of its log."""

    stage: RosterStage = RosterStage.UNSET
    since: Instant | None = None
    root: SignedRoot | None = None
    """The version in force."""
    leaves: dict[str, str] = Field(default_factory=dict)
    """The hash of each entry in force, by its id."""
    keys: tuple[str, ...] = ()
    """Marks of all keys that were ever entered: none is entered for a second person, or again."""
    proposed: SignedRoot | None = None
    """The version that waits, with the signatures of officers of the commission that it has."""
    waiting: tuple[WaitingChange, ...] = ()

    @property
    def in_force(self) -> RosterRoot | None:
        return self.root.root if self.root else None

    def with_waiting(self) -> dict[str, str]:
        """Return the leaves as they will be when what waits is in force."""
        return self.leaves | {
            item.entry.id: item.entry.leaf().hex()
            for change in self.waiting
            for item in change.items
        }


def key_mark(public: str) -> str:
    """Return the mark of a key among those that were ever entered."""
    return sha256(public.encode()).hexdigest()[:_KEY_LETTERS]


def new_keys(items: Iterable[RosterItem]) -> list[str]:
    """Return the marks of the keys that items bring."""
    marks: list[str] = []
    for item in items:
        known = {key.public for key in item.before.keys} if item.before else set()
        marks += [key_mark(key.public) for key in item.entry.keys if key.public not in known]
    return marks


def roster_arrow(stage: RosterStage, kind: str, role: Role, outcome: str) -> Arrow | None:
    """Return the arrow of the table that a decision takes; None where it has none."""
    for trigger in ROSTER_LIFECYCLE.triggers(stage):
        if (trigger.name, trigger.by) == (kind, role):
            for arrow in trigger.arrows:
                if arrow.outcome == outcome:
                    return arrow
    return None


def officers_signatures(signatures: Iterable[Signature]) -> tuple[Signature, ...]:
    """Return those of signatures, which have been checked, that are the commission's."""
    return tuple(s for s in signatures if s.proof and s.proof.entry.role is Role.COMMISSION)


def moved(state: RosterState, entry: LogEntry) -> RosterState:
    """Return the state after an entry of the log, which the judge has let pass."""
    if entry.kind is not EntryKind.DECISION or entry.actor is None:
        return state
    arrow = roster_arrow(state.stage, entry.name, entry.actor.role, entry.outcome)
    if arrow is None:
        raise LookupError(f"no arrow from {state.stage} by {entry.name} {entry.outcome}")
    step: dict[str, Any] = {}
    if arrow.to is not None:
        step = {"stage": arrow.to, "since": entry.at}
    decision = roster_decision_of(entry.said)
    ours = officers_signatures(decision.signatures)
    if isinstance(decision, RosterChange):
        change = WaitingChange(seq=entry.seq, digest=decision.content_digest, items=decision.items)
        step["waiting"] = (*state.waiting, change)
        # Whoever signed what waited before signed another version.
        step["proposed"] = SignedRoot(root=decision.root, signatures=ours)
    elif state.proposed and entry.outcome != RosterOutcome.REJECTED:
        both = (*state.proposed.signatures, *ours)
        step["proposed"] = SignedRoot(root=state.proposed.root, signatures=both)
    after = state.model_copy(update=step)
    if entry.outcome in (RosterOutcome.IN_FORCE, RosterOutcome.CONFIRMED):
        items = [item for change in after.waiting for item in change.items]
        return after.model_copy(
            update={
                "root": after.proposed,
                "leaves": after.with_waiting(),
                "keys": tuple(sorted({*after.keys, *new_keys(items)})),
                "proposed": None,
                "waiting": (),
            }
        )
    if entry.outcome == RosterOutcome.REJECTED:
        return after.model_copy(update={"proposed": None, "waiting": ()})
    return after


def put_in_force(before: RosterState, entry: LogEntry) -> tuple[RosterItem, ...]:
    """Return what an entry of the log puts in force; `before` is the state before it."""
    if entry.outcome not in (RosterOutcome.IN_FORCE, RosterOutcome.CONFIRMED):
        return ()
    decision = roster_decision_of(entry.said)
    own = decision.items if isinstance(decision, RosterChange) else ()
    return tuple(item for change in before.waiting for item in change.items) + own


def takes_away(items: Iterable[RosterItem]) -> bool:
    """Return whether entries end a person's days or a key: open cases must not trust them any longer."""
    return any(
        item.before is not None
        and (
            item.entry.last_day != item.before.last_day
            or {k.public for k in item.before.keys if not (k.revoked or k.last)}
            - {k.public for k in item.entry.keys if not (k.revoked or k.last)}
        )
        for item in items
    )


def fold_roster(log: Iterable[LogEntry]) -> RosterState:
    """Return the state that a log of the roster leads to."""
    state = RosterState()
    for entry in log:
        state = moved(state, entry)
    return state
