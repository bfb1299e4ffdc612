"""A case that has ended, taken up again from its log: so that a wrong decision that ended it can be set aside.

Its log is enough: the state is its fold, and the receipts say what the entries say. What comes from the
register is checked by the hash chain, up to the hash that the next case above it holds.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from workflows.case import CaseRecord
from workflows.folding import fold
from workflows.model import sha256
from workflows.record import EntryKind, LogEntry, broken
from workflows.rules import awaited
from workflows.state import Receipt


class BrokenLog(ValueError):
    """A log that is not whole is no ground to go on from; says where it is broken."""


def record_of(log: Sequence[LogEntry], plans: Mapping[str, Any]) -> CaseRecord:
    """The record of a case from its whole log; `plans` are its plans' texts by their SHA-256.

    Raises:
        BrokenLog: an entry was changed, moved or is missing.
    """
    wrong = broken(log, log[0].previous)
    if wrong:
        raise BrokenLog(wrong)
    return CaseRecord(
        before=log[0].previous,
        log=tuple(log),
        receipts=tuple(
            _receipt(log[: entry.seq], plans) for entry in log if entry.kind is EntryKind.DECISION
        ),
        refusals=sum(entry.kind is EntryKind.REFUSED for entry in log),
    )


def _receipt(log: Sequence[LogEntry], plans: Mapping[str, Any]) -> Receipt:
    """The receipt that the last entry of a log was answered with."""
    entry, state = log[-1], fold(log)
    said = {key: value for key, value in entry.said.items() if key != "sets_aside"}
    if "plan_sha256" in said:  # a decision is compared with its plan in it
        said["plan"] = plans[said.pop("plan_sha256")]
    return Receipt(
        decision_id=entry.decision_id or "",
        platform_id=state.facts.platform_id,
        term=state.facts.term,
        year=getattr(state, "year", None),
        seq=entry.seq,
        at=entry.at,
        kind=entry.name,
        outcome=entry.outcome,
        stage=entry.stage,
        awaited=awaited(state),
        said_sha256=sha256(said),
    )
