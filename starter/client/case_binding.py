"""Which case a decision is about: as it says itself, or as it is filled in before it is sent.

A case takes only decisions about itself (`Decision.case`). So one that is repeated a year later, or in
the next term, is never taken twice: it is recognised here, and gets its first answer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from temporalio.client import WorkflowExecutionDescription

from starter.client.case_queries import CaseQueries
from starter.client.first_application import application_of_run
from starter.client.register_lookups import DecidedBefore, NoRegister
from workflows.decision import (
    CaseReference,
    Decision,
    decision_digest,
    digest_of_content,
    sender_of,
)
from workflows.receipts import receipt_of
from workflows.record import LogEntry
from workflows.state_folding import fold, set_aside_marks
from workflows.states import Receipt, content_of

_KNOWN = 10_000
"""Runs whose term is kept in mind: it never changes."""

_ASSESSMENT = re.compile(r":term-(\d+):assessment-(\d+)$")


@dataclass
class CaseBinding:
    """Names the case of a decision, and recognises one that was taken in an earlier case."""

    _queries: CaseQueries
    _register: NoRegister
    _terms: dict[str, int] = field(default_factory=dict)

    async def case_of(self, platform_id: str, workflow_id: str) -> CaseReference | None:
        """The case that a workflow is about; None when no such workflow is known."""
        if found := _ASSESSMENT.search(workflow_id):
            term, year = int(found[1]), int(found[2])
            return CaseReference(platform_id=platform_id, term=term, year=year)
        latest = await self._queries.describe(workflow_id)
        if latest is None:
            return None
        known = self._terms.get(latest.run_id) or await self._term_of(latest)
        return CaseReference(platform_id=platform_id, term=known) if known else None

    async def _term_of(self, run: WorkflowExecutionDescription) -> int | None:
        """The term of a run, by its input or its state: a memo is what whoever starts it writes."""
        first = await application_of_run(self._queries.temporal, run)
        if first:
            known: int | None = first.term
        else:  # started again from its log
            platform = (await self._queries.view(run.id)).platform
            known = platform.facts.term if platform else None
        if known:
            if len(self._terms) >= _KNOWN:
                self._terms.clear()
            self._terms[run.run_id] = known
        return known

    async def taken_before(
        self, platform_id: str, decision: Decision, now: CaseReference
    ) -> Receipt | None:
        """The first answer to a decision that an earlier case than `now` has taken.

        One that says itself that it is about `now` is no repeat of what another case took. What `now` has taken
        itself it answers itself: the register may not know yet that it was set aside.

        Raises Unreachable.
        """
        found = await self._found(platform_id, decision, now)
        if found is None:
            return None
        about = CaseReference(platform_id=platform_id, term=found.term, year=found.year)
        log = await self._register.case_log(about)
        if _holds(log, found.entry):
            if (found.term, found.year) == (now.term, now.year):
                return None
        else:  # the assessment was opened again since, with a log of its own
            log = await self._register.case_log(about, found.opening)
        return _first_answer(found.entry, log, decision)

    async def is_taken(self, platform_id: str, decision: Decision, now: CaseReference) -> bool:
        """Whether `now` or an earlier case has taken it: it is not signed anew. Raises Unreachable."""
        return await self._found(platform_id, decision, now) is not None

    async def _found(
        self, platform_id: str, decision: Decision, now: CaseReference
    ) -> DecidedBefore | None:
        earlier = (now.term, now.year or 1) > (1, 1) or decision.case is not None
        if decision.case == now or not earlier:
            return None
        for found in await self._register.decided_before(platform_id, decision.decision_id):
            entry = found.entry
            same = entry.actor and sender_of(entry.actor) == decision.sender
            if same and digest_of_content(entry.said) == digest_of_content(content_of(decision)):
                return found
        return None


def _holds(log: Sequence[LogEntry], entry: LogEntry) -> bool:
    return len(log) >= entry.seq and log[entry.seq - 1].hash == entry.hash


def _first_answer(entry: LogEntry, log: Sequence[LogEntry], decision: Decision) -> Receipt:
    """The receipt of an entry, as its case gave it and would repeat it now."""
    state = fold(log[: entry.seq])
    first = receipt_of(entry, state, decision.sender, decision_digest(decision))
    by = set_aside_marks(log).get(entry.seq)
    more = {"set_aside_by": log[by - 1].decision_id if by else None, "entry_hash": entry.hash}
    return first.model_copy(update={**more, "repeated": True})
