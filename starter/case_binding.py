"""Which case a decision is about: as it says itself, or as it is filled in before it is sent.

A case takes only decisions about itself (`Decision.case`). So one that is repeated a year later, or in
the next term, is never taken twice: it is recognised here, and gets its first answer.
"""

import re
from collections.abc import Awaitable, Callable

from starter.asking import Asking
from workflows.decision import (
    CaseReference,
    Decision,
    decision_digest,
    digest_of_content,
    sender_of,
)
from workflows.model import Record
from workflows.record import LogEntry
from workflows.state import Receipt, content_of


class DecidedBefore(Record):
    """A decision that was taken: in which case, and as which entry."""

    term: int
    year: int | None
    entry: LogEntry


FindDecided = Callable[[str, str], Awaitable[list[DecidedBefore]]]
"""Answers, from the register, the decisions of an id that a platform's cases have taken."""

_ASSESSMENT = re.compile(r":term-(\d+):assessment-(\d+)$")


class CaseBinding:
    """Names the case of a decision, and recognises one that was taken in an earlier case."""

    def __init__(self, asking: Asking, decided_before: FindDecided | None) -> None:
        """Without `decided_before` only the case itself recognises what it has taken."""
        self._asking = asking
        self._decided_before = decided_before

    async def case_of(self, platform_id: str, workflow_id: str) -> CaseReference | None:
        """The case that a workflow is about; None when no such workflow is known."""
        if found := _ASSESSMENT.search(workflow_id):
            term, year = int(found[1]), int(found[2])
            return CaseReference(platform_id=platform_id, term=term, year=year)
        latest = await self._asking.describe(self._asking.handle(workflow_id))
        if latest is None:
            return None
        known = (await latest.memo()).get("term")
        if not isinstance(known, int):  # started without our client
            platform = (await self._asking.view(workflow_id)).platform
            known = platform.facts.term if platform else None
        return CaseReference(platform_id=platform_id, term=known) if known else None

    async def taken_before(
        self, platform_id: str, decision: Decision, now: CaseReference
    ) -> Receipt | None:
        """The first answer to a decision that an earlier case than `now` has taken.

        Raises Unreachable.
        """
        earlier = (now.term, now.year or 1) > (1, 1) or decision.case not in (None, now)
        if self._decided_before is None or not earlier:
            return None
        for found in await self._decided_before(platform_id, decision.decision_id):
            entry = found.entry
            same = entry.actor and sender_of(entry.actor) == decision.sender
            if same and digest_of_content(entry.said) == digest_of_content(content_of(decision)):
                return Receipt(
                    decision_id=decision.decision_id,
                    sender=decision.sender,
                    platform_id=platform_id,
                    term=found.term,
                    year=found.year,
                    seq=entry.seq,
                    at=entry.at,
                    kind=entry.name,
                    outcome=entry.outcome,
                    stage=entry.stage,
                    said_sha256=decision_digest(decision),
                    repeated=True,
                )
        return None
