"""What both workflows share: the one way in, and handing in what is new (the clock: `step_clock.py`).

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
    from workflows.carried import CaseView, Opinion
    from workflows.case import Case, decision_of, reasons
    from workflows.contract import DESK, HAND_IN, TRUE_INPUT, WRITE_REGISTER
    from workflows.handing_in import (
        DueDate,
        HandedIn,
        HandIn,
        RegisterBatch,
    )
    from workflows.model import InvalidMessage
    from workflows.record import KEPT_REFUSALS, LogEntry
    from workflows.refusal import Refused
    from workflows.rules import S, awaited
    from workflows.signal_queue import SignalQueue
    from workflows.state import AssessmentState, PlatformState, Receipt
    from workflows.step_clock import StepClock
    from workflows.vocabulary import Kind

_HAND_IN_TIMEOUT = timedelta(seconds=10)
_WRITE_TIMEOUT = timedelta(seconds=30)
RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2,
    maximum_interval=timedelta(minutes=1),
    non_retryable_error_types=["RegisterConflict"],
)
_CONFLICT_AGAIN = timedelta(hours=1)
"""How long to wait before a register that holds another history is asked again: someone must look."""


class CaseWorkflow(StepClock[S]):
    """A case that runs: takes decisions, keeps the clock of its step, hands in to the register."""

    invalid: InvalidMessage | None = None
    """Why the input of the workflow is none; then the case was never opened, and the run fails."""

    def take_up(self, case: Case[S], due: DueDate | None = None, recorded: int = 0) -> None:
        """Go on with a case; `recorded` entries of its log are in the register already."""
        self.case = case
        # Asked where each run begins: a case takes the new way with its next cycle.
        self.desk = workflow.patched(DESK)
        self.true_input = workflow.patched(TRUE_INPUT)
        case.notes_clocks = self.desk
        case.bounded = self.true_input
        self.queue = SignalQueue()
        self.due = due
        self.recorded = recorded
        self._handing = False
        self._shown = 0
        self._writing_later: asyncio.Task[None] | None = None

    # ---- the one way in ----

    @workflow.update(
        description="Take a decision; answers with a receipt, or refuses and leaves nothing."
    )
    async def decide(self, *said: Any) -> Receipt:
        """Take a decision (any of `workflows.decisions`, with its `kind`) and answer with a receipt.

        The due date of the step it led to is worked out after the answer: the query `state` has it.

        Raises:
            ApplicationError: `Refused` (details: the refusal) or `InvalidMessage`; nothing has changed.
        """
        if not self.queue:
            return self._decide(said)
        # Signals that came before it are still to be judged: it is judged after them.
        answer: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()

        def judge() -> None:
            try:
                answer.set_result(self._decide(said))
            except ApplicationError as error:
                answer.set_exception(error)

        self.queue.take(said, judge)
        return await answer

    def _decide(self, said: tuple[Any, ...]) -> Receipt:
        before = self.case.state
        try:
            receipt = self.case.decide(_one(said), workflow.now(), deadline=self._deadline())
        except (Refused, InvalidMessage) as error:
            raise _answer(error) from None
        if not receipt.repeated:
            self._moved(before)
        return receipt

    @decide.validator
    def check(self, *said: Any) -> None:
        """Refuse before anything enters the history; behind a queue of signals only what is no decision."""
        try:
            if self.invalid:
                raise self.invalid
            if self.queue:
                decision_of(_one(said))
                return
            self.case.check(_one(said), workflow.now(), deadline=self._deadline())
        except (Refused, InvalidMessage) as error:
            raise _answer(error) from None

    def receive(self, kind: Kind, said: tuple[Any, ...]) -> None:
        """Take a decision that came as a signal; a refused one is logged, since nobody hears an answer.

        `said` is whatever came: a handler that takes fewer arguments than were sent would block the
        workflow, and one that names a type would drop what does not fit it.
        """
        if self.invalid:
            return
        raw = _one(said)
        if not self.true_input:
            self._judge(kind, raw)
            return
        self.queue.take(raw, lambda: self._judge(kind, raw))

    def _judge(self, kind: Kind, raw: Any) -> None:
        before = self.case.state
        try:
            self.case.decide(raw, workflow.now(), kind, self._deadline())
        except (Refused, InvalidMessage) as error:
            self.case.refuse(kind, raw, error, workflow.now())
            self._log_refusal(kind, error)
        self._moved(before)

    def _log_refusal(self, kind: Kind, error: Refused | InvalidMessage) -> None:
        """A line for each refusal that the log of the case keeps: a line costs more than the judging."""
        if self.case.refusals <= KEPT_REFUSALS:
            why = next(iter(reasons(error)))
            workflow.logger.warning("signal %s refused: %s", kind, why, extra=self._about())
        elif self.case.refusals == KEPT_REFUSALS + 1:
            workflow.logger.warning(
                "more than %s signals refused: from now on they are only counted (`refusals`)",
                KEPT_REFUSALS,
                extra=self._about(),
            )

    @workflow.query
    def state(self) -> CaseView:
        """Where the case stands, what it awaits and until when."""
        if self.invalid:
            raise _answer(self.invalid)
        return self.view()

    @workflow.query
    def log(self) -> list[LogEntry]:
        """The whole log of the case, over all its runs."""
        return [] if self.invalid else self.case.log

    @workflow.query
    def receipt(self, decision_id: str) -> Receipt | None:
        """The answer that a decision id was given; also after the case has ended."""
        return None if self.invalid else self.case.answered(decision_id)

    @workflow.query(name="check")
    def opinion(self, *said: Any) -> Opinion:
        """What would become of a decision if it were sent now; changes nothing."""
        try:
            if self.invalid:
                raise self.invalid
            stage = self.case.would_lead_to(_one(said), workflow.now(), self._deadline())
        except Refused as error:
            return Opinion(refusal=error.refusal)
        except InvalidMessage as error:
            return Opinion(invalid=(error.en, error.zh))
        return Opinion(stage=stage)

    def view(self) -> CaseView:
        """The answer of the query `state`."""
        state = self.case.state
        return CaseView(
            platform=state if isinstance(state, PlatformState) else None,
            assessment=state if isinstance(state, AssessmentState) else None,
            due=self.due,
            awaited=awaited(state),
            log_seq=len(self.case.log),
            log_hash=self.case.log[-1].hash,
            refusals=self.case.refusals,
            recorded=self.recorded,
        )

    def show(self) -> None:
        """Show in Temporal's own Web UI where the case stands."""
        raise NotImplementedError

    async def uncancelled(self, living: Coroutine[Any, Any, None]) -> None:
        """Live on when someone asks Temporal to cancel the case: only what the rules name ends it.

        A cancelled run would close in the stage where it stood, without a word in its log. Who must end a
        case from outside terminates it, with a reason that Temporal keeps.
        """
        if not self.true_input:
            await living
            return
        task = asyncio.create_task(living)
        while True:
            try:
                await asyncio.shield(task)
            except asyncio.CancelledError:
                if task.done():
                    raise
                workflow.logger.warning("a request to cancel was passed over", extra=self._about())
            else:
                return

    # ---- handing in ----

    async def hand_in(self) -> None:
        """In the background: hand in each move as it comes, and bring back its due date.

        Never by a local activity: that would write to the register before the history holds the
        entry, and a worker that dies in between would take the decision again at another moment,
        with another hash (docs/architecture.md, "Why no local activities").
        """
        while True:
            await workflow.wait_condition(self._behind)
            if self._asks() or self._can_hand_in():
                await self._hand_in()
            # After the answer, not before it: a search attribute costs as much as the decision.
            self._shown = len(self.case.log)
            self.show()

    async def _hand_in(self) -> None:
        self._handing = True
        request = self._due_request() if self._due_wanted() else None
        escalation = self._escalation_request()
        since = self.case.state.since
        stage, seq = self.case.state.stage, len(self.case.log)
        batch = self._batch(self.recorded) if self._can_hand_in() else None
        try:
            answer: HandedIn = await workflow.execute_activity(
                HAND_IN,
                HandIn(batch=batch, due=request, escalation=escalation),
                result_type=HandedIn,
                start_to_close_timeout=_HAND_IN_TIMEOUT,
                retry_policy=RETRY,
                summary=f"{stage}, entry {seq}",
            )
        except ActivityError:  # ended from outside; what was asked for is still wanted
            await workflow.sleep(_CONFLICT_AGAIN, summary="the handing in was broken off")
            self._handing = False
            return
        if self.case.state.since == since:
            if request:
                self.due = answer.due
            elif escalation and self.due:
                self.due = self.due.model_copy(update={"escalate": answer.escalate})
        if answer.recorded:
            self._took(batch)
        elif batch:
            self._writing_later = asyncio.create_task(self._write_later())
        self._handing = False

    def _behind(self) -> bool:
        """Whether something is new that was not handed in, or not shown."""
        return self._asks() or self._can_hand_in() or self._shown < len(self.case.log)

    def _asks(self) -> bool:
        """Whether a date is wanted that only an activity knows."""
        return self._due_wanted() or self._escalation_request() is not None

    async def all_handed_in(self, *, recorded: bool) -> None:
        """Wait until every message has been judged and answered, and nothing is being handed in.

        With `recorded`, also until the register has everything: a case that has ended is not carried
        on, so its last run waits for a register that is away.
        """
        await workflow.wait_condition(
            lambda: (
                workflow.all_handlers_finished()
                and not self.queue
                and not self._handing
                and not self._behind()
                and not (recorded and self._unrecorded())
            )
        )

    def _unrecorded(self) -> bool:
        return self.recorded < len(self.case.log) or bool(self.case.plans)

    def _can_hand_in(self) -> bool:
        return self._writing_later is None and self._unrecorded()

    def _batch(self, since: int) -> RegisterBatch:
        return RegisterBatch(
            workflow_id=workflow.info().workflow_id,
            platform=self.platform_state(),
            assessment=self.case.state if isinstance(self.case.state, AssessmentState) else None,
            entries=tuple(self.case.log[since:]),
            plans=tuple(self.case.plans),
            due=self.due,
        )

    def platform_state(self) -> PlatformState:
        """The state of the platform that the case belongs to."""
        raise NotImplementedError

    def _took(self, batch: RegisterBatch | None) -> None:
        if batch:
            self.recorded = max(self.recorded, batch.entries[-1].seq if batch.entries else 0)
            self.case.plans = [plan for plan in self.case.plans if plan not in batch.plans]

    async def _write_later(self) -> None:
        """The register was away: bring it what is new until it has all, for as long as it takes.

        Where it holds something else, tell it the whole log: it takes the same entries told at
        another moment (docs/architecture.md, "What the clock can't do"), and refuses another history.
        """
        since = self.recorded
        while self._unrecorded():
            batch = self._batch(since)
            try:
                await workflow.execute_activity(
                    WRITE_REGISTER,
                    batch,
                    start_to_close_timeout=_WRITE_TIMEOUT,
                    retry_policy=RETRY,
                    summary=f"entries {since + 1} to {len(self.case.log)}",
                )
            except ActivityError:
                if since == 0:
                    await workflow.sleep(_CONFLICT_AGAIN, summary="the register conflicts")
                since = 0
            else:
                self._took(batch)
                since = self.recorded
        self._writing_later = None


def _one(said: tuple[Any, ...]) -> Any:
    """The one object that a message consists of; anything else stays what it is, to be refused."""
    return said[0] if len(said) == 1 else list(said)


def _answer(error: Refused | InvalidMessage) -> ApplicationError:
    """An error as Temporal carries it: type, message, and details that a program can read."""
    if isinstance(error, Refused):
        return ApplicationError(str(error), error.refusal, type="Refused", non_retryable=True)
    return ApplicationError(error.en, error.zh, type="InvalidMessage", non_retryable=True)
