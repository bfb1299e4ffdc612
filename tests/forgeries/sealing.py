"""A forged decision is refused where it is sent, and found where somebody wrote it past the rules."""

from datetime import datetime
from typing import Any

import pytest

from audit.reading.authorship import authorship_of
from tests.rules.builders import Raw
from tests.rules.cases import moment
from workflows.case import Case
from workflows.circumstances import Edition
from workflows.decision import Decision
from workflows.log_id import LogId
from workflows.record import EntryKind
from workflows.refusal import Refusal, Refused


class Unjudged(Case[Any]):
    """The worker of somebody who took the rules out: what is sent is sealed, and its chain holds."""

    def _judged(
        self,
        decision: Decision,
        at: datetime,
        deadline: datetime | None,
        edition: Edition,
        *,
        preview: bool = False,
    ) -> Decision:
        return decision


def refused(case: Case[Any], raw: Raw) -> Refusal:
    """Return why a decision is refused: when it is checked, and when it is taken; nothing has changed."""
    before, at = case.record(), moment(case)
    with pytest.raises(Refused) as asked:
        case.validate(raw, at)
    with pytest.raises(Refused) as caught:
        case.decide(raw, at)
    assert asked.value.refusal == caught.value.refusal
    assert case.record() == before
    return caught.value.refusal


def sealed_faults(case: Case[Any], raw: Raw) -> set[str]:
    """Return by which names an audit finds a decision that was sealed unjudged; nothing else is found."""
    own = Unjudged(case.state, case.record())
    assert not own.decide(raw, moment(case)).repeated
    year = getattr(case.state, "year", 0)
    place = LogId(case.state.facts.term, year, 1 if year else 0)
    told = authorship_of({place: tuple(own.log)})
    sealed = max(one.seq for one in own.log if one.kind is EntryKind.DECISION)
    name = place.entry(sealed)
    assert all(entries == [name] for entries in told.faults.values()), told.faults
    assert (name in told.proven) == (not told.faults)
    return {*told.faults}
