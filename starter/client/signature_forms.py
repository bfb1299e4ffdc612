"""What is signed of a decision: by the log that the register has of its case, or else by the case itself.

A question to a case costs its worker a whole history at the next task
(docs/decisions/0001-queries-on-uncached-cases.md), and a decision comes right after it.
"""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from starter.client.case_queries import CaseQueries
from starter.client.interface import ToSign
from starter.client.register_lookups import NoRegister
from starter.errors import PingtaiError
from workflows.decision import CaseReference
from workflows.decision_reading import decision_of
from workflows.run_io import DecisionPreview
from workflows.states import Receipt

_UNTIL_RECORDED = (0.0, 0.03, 0.07, 0.15)
"""When to look for what was decided here just before (seconds)."""
_KEPT = 10_000
"""Cases of which it is kept in mind how far they were seen."""


@dataclass
class SignatureForms:
    """Completes decisions for their signature."""

    _queries: CaseQueries
    _register: NoRegister
    _seen: dict[str, int] = field(default_factory=dict)

    def note(self, workflow_id: str, receipt: Receipt) -> None:
        """Keep in mind how far a case has come: the register may still be behind."""
        if len(self._seen) >= _KEPT:
            self._seen.clear()
        self._seen[workflow_id] = max(receipt.seq, self._seen.get(workflow_id, 0))

    async def complete(
        self, workflow_id: str, about: CaseReference, raw: dict[str, Any]
    ) -> ToSign | None:
        """Return a decision as it is signed for a case; None: its worker knows no signatures.

        Raises:
            NoSuchPlatform: neither the register nor Temporal has the case.
            Unreachable: neither answers.
        """
        form = await self._by_register(workflow_id, about, raw) or await self._by_case(
            workflow_id, raw
        )
        if form is None:
            return None
        text, persons = form
        return ToSign(decision=raw | {"case": json.loads(text)["case"]}, signatures_needed=persons)

    async def _by_register(
        self, workflow_id: str, about: CaseReference, raw: dict[str, Any]
    ) -> tuple[bytes, int] | None:
        """By the log in the register, where that has all that is known to be there."""
        from workflows.case import Case  # noqa: PLC0415 - only what is signed needs the judge
        from workflows.case_record import CaseRecord  # noqa: PLC0415
        from workflows.signature_requests import form_to_sign, signatures_needed  # noqa: PLC0415
        from workflows.state_folding import fold  # noqa: PLC0415

        with suppress(PingtaiError):
            for pause in _UNTIL_RECORDED:
                await asyncio.sleep(pause)
                log = await self._register.case_log(about)
                if log and log[-1].seq >= self._seen.get(workflow_id, 0):
                    record = CaseRecord(before=log[0].previous, log=tuple(log), receipts=())
                    case: Case[Any] = Case(fold(log), record)
                    decision = decision_of(raw)
                    return form_to_sign(case, decision), signatures_needed(case, decision)
                if not log:
                    break
        return None

    async def _by_case(self, workflow_id: str, raw: dict[str, Any]) -> tuple[bytes, int] | None:
        preview: DecisionPreview = await self._queries.query(
            workflow_id, "check", DecisionPreview, raw
        )
        if preview.to_sign is None:
            return None
        return preview.to_sign.encode(), preview.signatures_needed
