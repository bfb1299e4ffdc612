"""The workflow of one term's erasure: asked for, confirmed, done; it ends when all of it is done.

Whatever breaks off is done again: each step may be repeated, and nothing is said to be erased before it is.
"""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from workflows.contract import (
        ERASE_TERM,
        ERASURE_STANDING,
        ERASURE_TYPE,
        WRITE_ERASURE,
        erasure_workflow_id,
    )
    from workflows.erasure_decisions import (
        Erased,
        ErasedTerm,
        ErasureBatch,
        ErasureStage,
        erasure_decision_of,
    )
    from workflows.erasure_log import ErasureLog, ErasureReceipt, ErasureView, TermStanding
    from workflows.message_answers import answer_of, sole_argument
    from workflows.model import InvalidMessage, as_sent
    from workflows.record import LogEntry
    from workflows.refusal import Refused
    from workflows.register_sync import RETRY

_SHORT, _LONG = timedelta(minutes=1), timedelta(minutes=5)
"""How long an attempt may take: one whose worker was killed is repeated after that."""


@workflow.defn(name=ERASURE_TYPE)
class ErasureWorkflow:
    """The erasure of one term."""

    @workflow.init
    def __init__(self, of: ErasedTerm) -> None:
        """Nothing is asked for yet."""
        self.of = of
        self.erasure = ErasureLog()
        self.recorded = 0
        self._one_at_a_time = asyncio.Lock()

    @workflow.run
    async def run(self, of: ErasedTerm) -> ErasureView:
        """Write down what is decided; erase what was confirmed.

        Raises:
            ApplicationError: `InvalidMessage`, when the workflow's id is not that of the term.
        """
        if workflow.info().workflow_id != erasure_workflow_id(of.platform_id, of.term):
            raise ApplicationError(
                "the id is not that of the term", type="InvalidMessage", non_retryable=True
            )
        while self.erasure.stage is not ErasureStage.ERASED:
            await workflow.wait_condition(
                lambda: self._unwritten() or self.erasure.stage is ErasureStage.CONFIRMED
            )
            await self._write()
            if self.erasure.stage is ErasureStage.CONFIRMED:
                done: Erased = await self._do(ERASE_TERM, of, Erased, _LONG)
                self.erasure.record_erased(done, workflow.now())
                await self._write()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.state()

    @workflow.update(description="Ask for the erasure, or confirm it as the second officer.")
    async def decide(self, *said: Any) -> ErasureReceipt:
        """Take a decision (`workflows.erasure_decisions`) and answer with a receipt.

        Raises:
            ApplicationError: `Refused` (details: the refusal) or `InvalidMessage`; nothing has changed.
        """
        async with self._one_at_a_time:
            try:
                standing: TermStanding = await self._do(
                    ERASURE_STANDING, self.of, TermStanding, _SHORT
                )
            except ActivityError as error:
                raise error.cause or error from None
            try:
                if standing.log and not self.erasure.log:
                    self.erasure = ErasureLog.gone_on(standing)
                    self.recorded = len(standing.log)
                return self.erasure.decide(sole_argument(said), standing, workflow.now())
            except (Refused, InvalidMessage) as error:
                raise answer_of(error) from None

    @decide.validator
    def validate_decision(self, *said: Any) -> None:
        """Refuse before anything enters the history what is none, or of another term."""
        try:
            of = erasure_decision_of(sole_argument(said)).of
        except InvalidMessage as error:
            raise answer_of(error) from None
        if (of.platform_id, of.term) != (self.of.platform_id, self.of.term):
            raise ApplicationError(
                *("it is of another term", "属于另一期次"),
                type="InvalidMessage",
                non_retryable=True,
            )

    @workflow.query
    def state(self) -> ErasureView:
        """Return where it stands."""
        return self.erasure.view(self.recorded)

    @workflow.query
    def log(self) -> list[LogEntry]:
        """Return its log."""
        return self.erasure.log

    def _unwritten(self) -> bool:
        return self.recorded < len(self.erasure.log)

    async def _write(self) -> None:
        while self._unwritten():
            entries = tuple(as_sent(one) for one in self.erasure.log[self.recorded :])
            batch = ErasureBatch(of=self.of, entries=entries)
            await self._do(WRITE_ERASURE, batch, None, _SHORT)
            self.recorded += len(entries)

    async def _do(self, name: str, about: Any, answer: Any, within: timedelta) -> Any:
        return await workflow.execute_activity(
            name,
            about,
            result_type=answer,
            start_to_close_timeout=within,
            retry_policy=RETRY,
            summary=f"{self.of.platform_id}, term {self.of.term}",
        )
