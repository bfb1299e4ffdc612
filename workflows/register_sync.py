"""The register kept in step: new entries are written, and activities asked what only they know.

Everything here is deterministic: the only time is `workflow.now()`, the only answers from outside are
those of activities.
"""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from workflows.activity_messages import (
        CaseLog,
        DueDate,
        DueRequest,
        LogLookup,
        RegisterBatch,
        RegisterWrite,
        RegisterWritten,
    )
    from workflows.circumstances import Edition
    from workflows.contract import FIND_LOG, HAND_IN, WRITE_REGISTER
    from workflows.deadlines import due_request
    from workflows.model import FieldError, InvalidMessage
    from workflows.number_claims import NumberClaims
    from workflows.origin import goes_on
    from workflows.record import LogEntry
    from workflows.rules import S
    from workflows.signal_queue import Hold
    from workflows.states import AssessmentState, PlatformState
    from workflows.step_clock import StepClock
    from workflows.words import Words

HAND_IN_TIMEOUT = timedelta(seconds=10)
WRITE_TIMEOUT = timedelta(seconds=30)
RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2,
    maximum_interval=timedelta(minutes=1),
    non_retryable_error_types=["RegisterConflict"],
)
_CONFLICT_AGAIN = timedelta(hours=1)
"""How long to wait before a register that holds another history is asked again: someone must look."""

_SECOND_LIFE = Words(
    "the register has this term by another run: apply for the next term with `pingtai apply`",
    "名册中已有该期的其他记录：请用 pingtai apply 申请下一期",
)


class RegisterSync(StepClock[S]):
    """A case that writes what is new in its log to the register, in the background."""

    invalid: InvalidMessage | None = None
    """Why the input of the workflow is none: the case was never opened, and the run fails."""
    unconfirmed = False
    """What was taken up is not known yet to stand in the register: nothing is decided or shown."""
    claims: NumberClaims
    recorded: int
    """Entries of the log that the register has."""

    read_back = 0
    """Entries that went by reference and were read back: the register has them, by their hashes."""

    def begin_sync(self, recorded: int) -> None:
        self.recorded = self.case.recorded = recorded
        self.second_life = False
        self._writing = False
        self._shown = 0
        self._due_moved = False
        self._writing_later: asyncio.Task[None] | None = None

    def show(self) -> None:
        """Show in Temporal's own Web UI where the case stands."""
        raise NotImplementedError

    def platform_state(self) -> PlatformState:
        """The state of the platform that the case belongs to."""
        raise NotImplementedError

    async def find_log(self, lookup: LogLookup, summary: str) -> tuple[LogEntry, ...]:
        """Return a platform's own log as the register has it; empty where it has none.

        Raises:
            ActivityError: someone ended the activity from outside.
        """
        return (await self.read_found(lookup, summary)).entries

    async def read_found(self, lookup: LogLookup, summary: str) -> CaseLog:
        """Return the same, with what else was asked for; a long log comes in several answers."""
        found: CaseLog = await self._find(lookup, summary)
        while found.more:
            after = lookup.model_copy(update={"after": found.entries[-1].seq})
            part: CaseLog = await self._find(after, summary)
            entries = (*found.entries, *part.entries)
            found = found.model_copy(update={"entries": entries, "more": part.more})
        return found

    async def _find(self, lookup: LogLookup, summary: str) -> CaseLog:
        found: CaseLog = await self.marks.after(
            workflow.execute_activity(
                FIND_LOG,
                lookup,
                result_type=CaseLog,
                start_to_close_timeout=WRITE_TIMEOUT,
                retry_policy=RETRY,
                summary=summary,
            )
        )
        return found

    async def sync_register(self) -> None:
        """In the background: write each new entry, and bring back the due date of its step.

        Never by a local activity: that would write to the register before the history holds the
        entry, and a worker that dies in between would take the decision again at another moment,
        with another hash (docs/decisions/0006-no-local-activities.md).
        """
        while True:
            await workflow.wait_condition(self._has_news)
            if self._date_wanted() or self._can_write_register():
                await self._write_register()
            # After the answer, not before it: a search attribute costs as much as the decision.
            self._shown = len(self.case.log)
            self.show()

    async def _write_register(self) -> None:
        self._writing = True
        request = self._due_question() if self._due_wanted() or self.asks_again else None
        escalation = self._escalation_request()
        since = self.case.state.since
        stage, seq = self.case.state.stage, len(self.case.log)
        batch = self._batch(self.recorded) if self._can_write_register() else None
        try:
            answer: RegisterWritten = await self.marks.after(
                workflow.execute_activity(
                    HAND_IN,
                    RegisterWrite(batch=batch, due=request, escalation=escalation),
                    result_type=RegisterWritten,
                    start_to_close_timeout=HAND_IN_TIMEOUT,
                    retry_policy=RETRY,
                    summary=f"{stage}, entry {seq}",
                )
            )
        except ActivityError:  # ended from outside; what was asked for is still wanted
            self._release_queue()
            self.queue.release(Hold.DATE)
            await self._pause("writing to the register was broken off")
            self._writing = False
            return
        if self.case.state.since == since:
            if request:
                self._take_due(answer.due)
            elif escalation and self.due:
                self.due = self.due.model_copy(update={"escalate": answer.escalate})
        if answer.second_life and self._is_second_life():
            self._end_second_life()
        elif answer.recorded:
            self._mark_recorded(batch)
        elif batch:
            self._writing_later = asyncio.create_task(self._write_later())
        self._writing = False
        self._release_queue()
        if request:
            self.asks_again = False
            self.queue.release(Hold.DATE)

    def _due_question(self) -> DueRequest:
        latest = self.edition >= Edition.V0_5
        return due_request(self.case.state, sends_reminders=self.sends_reminders, latest=latest)

    def _take_due(self, due: DueDate | None) -> None:
        """Take a due date; where holidays have moved it since it was written, it is written again."""
        self._due_moved = self.due is not None and self.due != due
        self.due, self.asked_at = due, workflow.now()

    def _release_queue(self) -> None:
        """A term that begins judges nothing before the register was asked."""
        if not self.unconfirmed:
            self.queue.release()

    def _has_news(self) -> bool:
        """Whether something is new that is not written yet, or not shown."""
        return self._date_wanted() or self._can_write_register() or self._shown < len(self.case.log)

    def _date_wanted(self) -> bool:
        """Whether a date is wanted that only an activity knows."""
        return self._due_wanted() or self.asks_again or self._escalation_request() is not None

    async def wait_until_settled(self, *, recorded: bool) -> None:
        """Wait until every message has been judged and answered, and nothing is being written.

        With `recorded`, also until the register has everything: a case that has ended is not carried
        on, so its last run waits until the register is back.
        """
        await workflow.wait_condition(
            lambda: (
                workflow.all_handlers_finished()
                and not self.queue
                and not self.claims
                and not self._writing
                and not self._has_news()
                and not (recorded and self._unrecorded())
            )
        )

    def _unrecorded(self) -> bool:
        return self.recorded < len(self.case.log) or bool(self.case.plans) or self._due_moved

    def _can_write_register(self) -> bool:
        return self._writing_later is None and self._unrecorded()

    def _batch(self, since: int) -> RegisterBatch:
        if self._due_moved:  # the row of a case is written with an entry
            since = min(since, len(self.case.log) - 1)
        return RegisterBatch(
            workflow_id=workflow.info().workflow_id,
            platform=self.platform_state(),
            assessment=self.case.state if isinstance(self.case.state, AssessmentState) else None,
            entries=tuple(self.case.log[since:]),
            read_back=self.read_back if since == self.read_back else 0,
            plans=tuple(self.case.plans),
            due=None if self.case.state.suspended_since else self.due,
        )

    def _mark_recorded(self, batch: RegisterBatch | None) -> None:
        if batch:
            self._due_moved = self._due_moved and batch.due != self.due
            self.recorded = max(self.recorded, batch.entries[-1].seq if batch.entries else 0)
            self.case.recorded = self.recorded
            self.case.plans = [plan for plan in self.case.plans if plan not in batch.plans]

    async def _write_later(self) -> None:
        """The register was away: write what is new until it has all, for as long as it takes.

        Where it holds something else, send it the whole log: it takes the same entries with other
        moments (docs/decisions/0007-workflow-clock.md), and refuses another history. What was read back
        from it is not sent again.
        """
        since, first = self.recorded, self.read_back
        while self._unrecorded():
            batch = self._batch(since)
            try:
                await self.marks.after(
                    workflow.execute_activity(
                        WRITE_REGISTER,
                        batch,
                        start_to_close_timeout=WRITE_TIMEOUT,
                        retry_policy=RETRY,
                        summary=f"entries {since + 1} to {len(self.case.log)}",
                    )
                )
            except ActivityError as error:
                if since == first and _other_life(error.cause) and self._is_second_life():
                    self._end_second_life()
                    return
                if since == first:
                    await self._pause("the register conflicts")
                since = first
            else:
                self._mark_recorded(batch)
                since = self.recorded
        self._writing_later = None

    async def _pause(self, why: str) -> None:
        await self.marks.after(workflow.sleep(_CONFLICT_AGAIN, summary=why))

    def _is_second_life(self) -> bool:
        """Whether the register already has another log of this term (§四), and this run began only now.

        A case that went on from another run is not ended for that: someone must look. Nor is an
        assessment, which its platform opened and waits for.
        """
        if self.edition < Edition.V0_4 or not isinstance(self.case.state, PlatformState):
            return False
        return self.recorded == 0 and not goes_on()

    def _end_second_life(self) -> None:
        """Refuse whatever waits and whatever comes: this run is to fail."""
        self.invalid = InvalidMessage("PlatformApplication", FieldError("term", _SECOND_LIFE))
        self.second_life = True

    async def unless_second_life(self, life: Coroutine[Any, Any, None]) -> None:
        """Live, and fail when the register turns out to have this very term by another run.

        Raises:
            ApplicationError: `SecondLife`; the decisions of this run count nowhere.
        """
        if self.edition < Edition.V0_4:
            return await life
        living = asyncio.create_task(life)
        await workflow.wait_condition(lambda: living.done() or self.second_life)
        if not living.done():
            self.queue.release()
            await workflow.wait_condition(workflow.all_handlers_finished)
            living.cancel()
            raise ApplicationError(*_SECOND_LIFE, type="SecondLife", non_retryable=True)
        return await living


def _other_life(cause: BaseException | None) -> bool:
    """Whether the register refused a batch because it has the whole log by another run."""
    return isinstance(cause, ApplicationError) and {"second_life": True} in cause.details
