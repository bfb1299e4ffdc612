"""Certificate numbers (§四(四)): each is of one platform, and claimed before its listing is acknowledged.

Two platforms may be listed at the same moment by two people. So the claim is one row of the register with the
number as its key: whoever comes second is refused, whichever way it came. While the register does not answer
nothing is listed, and the refusal says so; nothing else of the platform waits longer than that.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from workflows.activity_messages import NumberClaim, NumberHolder
    from workflows.bringing_in import BringingIn
    from workflows.case import Case
    from workflows.circumstances import UNKNOWN_HOLDER, Edition
    from workflows.contract import CLAIM_NUMBER
    from workflows.decision_reading import decision_of
    from workflows.decisions import Listing
    from workflows.model import InvalidMessage
    from workflows.signal_queue import Hold, SignalQueue
    from workflows.task_marks import TaskMarks
    from workflows.vocabulary import Kind

PATIENCE = timedelta(seconds=30)
"""How long a listing waits for the register."""
_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=5)
)


class NumberClaims:
    """The claims of one run, each while its decision has its turn."""

    def __init__(self, case: Case[Any], queue: SignalQueue, marks: TaskMarks) -> None:
        """Nothing is claimed yet."""
        self._case = case
        self._queue = queue
        self._marks = marks
        self._claiming: asyncio.Task[None] | None = None

    def __bool__(self) -> bool:
        """Whether a claim is not answered yet."""
        return self._claiming is not None and not self._claiming.done()

    def number_in(self, said: Any, kind: Kind | None = None) -> str | None:
        """Return the certificate number that a decision is to be listed under; None: it lists nothing.

        Of plain data, too: a replay has a decision as it was sent.
        """
        if self._case.edition < Edition.V0_5:
            return None
        if isinstance(said, dict) and said.get("kind", kind) in (Kind.LISTING, Kind.BRINGING_IN):
            with suppress(InvalidMessage):  # whoever judges it says what is wrong with it
                said = decision_of(said, kind)
        return said.certificate_number if isinstance(said, Listing | BringingIn) else None

    def before(self, number: str | None, judge: Callable[[], None]) -> Callable[[], None]:
        """Return what claims a number before it calls `judge`, when it has its turn; without one, `judge`."""
        if number is None:
            return judge

        def claim() -> None:
            if self._number() == number or self._case.ended:
                judge()  # a repeat, or refused in any case
                return
            self._queue.hold(Hold.NUMBER)
            self._claiming = asyncio.create_task(self._claim(number, judge))

        return claim

    async def holder_of(self, number: str) -> str:
        """Claim a number for a platform that begins with it; waits until the register answers."""
        while True:
            holder = await self._ask(number, release=False)
            if holder != UNKNOWN_HOLDER:
                return holder

    async def _claim(self, number: str, judge: Callable[[], None]) -> None:
        self._case.holders[number] = await self._ask(number, release=False)
        judge()
        ours = self._case.holders.pop(number) == self._case.state.facts.platform_id
        if ours and self._number() != number:  # refused for another reason
            await self._ask(number, release=True)
        self._queue.release(Hold.NUMBER)

    def _number(self) -> str | None:
        return getattr(self._case.state, "certificate_number", None)

    async def _ask(self, number: str, *, release: bool) -> str:
        facts = self._case.state.facts
        claim = NumberClaim(number=number, platform_id=facts.platform_id, release=release)
        try:
            found: NumberHolder = await self._marks.after(
                workflow.execute_activity(
                    CLAIM_NUMBER,
                    claim,
                    result_type=NumberHolder,
                    start_to_close_timeout=timedelta(seconds=10),
                    schedule_to_close_timeout=PATIENCE,
                    retry_policy=_RETRY,
                    summary=f"certificate number {number}",
                )
            )
        except ActivityError:
            return UNKNOWN_HOLDER
        return found.platform_id
