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
    from workflows.case import Case, reasons
    from workflows.circumstances import Edition
    from workflows.contract import DESK, HAND_IN, WRITE_REGISTER
    from workflows.handing_in import (
        DueDate,
        HandedIn,
        HandIn,
        RegisterBatch,
    )
    from workflows.model import InvalidMessage
    from workflows.origin import edition_of_run, is_first_run
    from workflows.record import LogEntry
    from workflows.refusal import Refused
    from workflows.rules import S, awaited
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

    unconfirmed = False
    """What was taken up is not known yet to stand in the register: nothing is decided or shown."""

    def begin_run(self) -> None:
        """Ask for the edition of this run, before anything else."""
        # Asked where each run begins: a case takes the new way with its next cycle.
        self.edition = edition_of_run()
        self.second_life = False

    def take_up(self, case: Case[S], due: DueDate | None = None, recorded: int = 0) -> None:
        """Go on with a case; `recorded` entries of its log are in the register already."""
        self.case = case
        self.desk = self.edition >= Edition.BOUND or workflow.patched(DESK)
        case.notes_clocks = self.desk
        self._early: list[tuple[Kind, tuple[Any, ...]]] = []
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
        if self.unconfirmed:
            await workflow.wait_condition(lambda: not self.unconfirmed)
        if self.invalid:
            raise _answer(self.invalid)
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
        """Refuse before anything enters the history."""
        try:
            if self.invalid:
                raise self.invalid
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
        if self.unconfirmed:
            self._early.append((kind, said))
            return
        before, raw = self.case.state, _one(said)
        try:
            self.case.decide(raw, workflow.now(), kind, self._deadline())
        except (Refused, InvalidMessage) as error:
            self.case.refuse(kind, raw, error, workflow.now())
            why = next(iter(reasons(error)))
            workflow.logger.warning("signal %s refused: %s", kind, why, extra=self._about())
        self._moved(before)

    @workflow.query
    def state(self) -> CaseView:
        """Where the case stands, what it awaits and until when."""
        self._check_known()
        return self.view()

    @workflow.query
    def log(self) -> list[LogEntry]:
        """The whole log of the case, over all its runs."""
        return [] if self.invalid or self.unconfirmed else self.case.log

    @workflow.query
    def receipt(self, decision_id: str, sender: str | None = None) -> Receipt | None:
        """The answer that a decision id of a sender was given; also after the case has ended."""
        return None if self.invalid else self.case.answered(decision_id, sender)

    @workflow.query(name="check")
    def opinion(self, *said: Any) -> Opinion:
        """What would become of a decision if it were sent now; changes nothing."""
        try:
            self._check_known()
            stage = self.case.would_lead_to(_one(said), workflow.now(), self._deadline())
        except Refused as error:
            return Opinion(refusal=error.refusal)
        except InvalidMessage as error:
            return Opinion(invalid=(error.en, error.zh))
        return Opinion(stage=stage)

    def _check_known(self) -> None:
        if self.invalid:
            raise _answer(self.invalid)
        if self.unconfirmed:
            raise ApplicationError(
                "the case is being compared with the register", "正在与名册核对", type="Unconfirmed"
            )

    def confirm(self) -> None:
        """Go on: what was taken up stands in the register. Signals that came meanwhile are judged."""
        self.unconfirmed = False
        early, self._early = self._early, []
        for kind, said in early:
            self.receive(kind, said)

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
        """Wait until no message is being answered and nothing is being handed in.

        With `recorded`, also until the register has everything: a case that has ended is not carried
        on, so its last run waits for a register that is away.
        """
        await workflow.wait_condition(
            lambda: (
                workflow.all_handlers_finished()
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
                if since == 0 and self._is_second_life():
                    self.second_life = True
                    return
                if since == 0:
                    await workflow.sleep(_CONFLICT_AGAIN, summary="the register conflicts")
                since = 0
            else:
                self._took(batch)
                since = self.recorded
        self._writing_later = None

    def _is_second_life(self) -> bool:
        """Whether the register has another life of this case, and this one began only now.

        A case that was reset, or went on from another run, is not ended for that: someone must look.
        """
        return self.edition >= Edition.BOUND and self.recorded == 0 and is_first_run()

    async def unless_second_life(self, life: Coroutine[Any, Any, None]) -> None:
        """Live, and fail when the register turns out to have this very term by another run.

        Raises:
            ApplicationError: `SecondLife`; what this run was told counts nowhere.
        """
        if self.edition < Edition.BOUND:
            return await life
        living = asyncio.create_task(life)
        await workflow.wait_condition(lambda: living.done() or self.second_life)
        if not living.done():
            living.cancel()
            raise ApplicationError(
                "the register has this term by another run: apply for the next term with `pingtai apply`",
                "名册中已有该期的其他记录：请用 pingtai apply 申请下一期",
                type="SecondLife",
                non_retryable=True,
            )
        return await living


def _one(said: tuple[Any, ...]) -> Any:
    """The one object that a message consists of; anything else stays what it is, to be refused."""
    return said[0] if len(said) == 1 else list(said)


def _answer(error: Refused | InvalidMessage) -> ApplicationError:
    """An error as Temporal carries it: type, message, and details that a program can read."""
    if isinstance(error, Refused):
        return ApplicationError(str(error), error.refusal, type="Refused", non_retryable=True)
    return ApplicationError(error.en, error.zh, type="InvalidMessage", non_retryable=True)
