"""The clock of a step that runs: reminders, overdue, escalations; and when validity ends.

Everything here is deterministic: the only time is `workflow.now()`, due dates come from an activity.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from operator import is_
from typing import Any, Generic

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.activity_messages import DueDate, EscalationRequest
    from workflows.case import Case
    from workflows.circumstances import Edition
    from workflows.deadlines import (
        Clocks,
        asked_again,
        clocks,
        deadline_of,
        escalation_request,
        step_of,
    )
    from workflows.model import instant
    from workflows.record import LogEntry
    from workflows.rules import S
    from workflows.signal_queue import SignalQueue
    from workflows.steps import TIMED, Clock, Step
    from workflows.task_marks import TaskMarks
    from workflows.vocabulary import Happening, Word


class StepClock(Generic[S]):
    """A case that keeps the clock of the step in which it stands."""

    case: Case[S]
    edition: Edition
    due: DueDate | None
    asked_at: datetime | None = None
    """When the due date was last asked for, in this run."""
    asks_again = False
    """The due date is being asked for again."""
    marks: TaskMarks
    queue: SignalQueue
    sends_reminders: bool
    """Whether this run reminds and escalates: runs that began before 0.2.0 do not."""

    def record_event(
        self, name: Happening, content: dict[str, Any], outcome: Word | None = None
    ) -> LogEntry:
        before = self.case.state
        entry = self.case.record_event(name, content, workflow.now(), outcome)
        self._after_entry(before)
        return entry

    @property
    def step(self) -> Step:
        return step_of(self.case.state)

    def renewal_due(self) -> bool:
        """Whether the history has grown so long that the server asks for a new run."""
        return workflow.info().is_continue_as_new_suggested()

    async def wait_for_step_change(self, end: datetime | None, what: str) -> bool:
        """Keep the clock of the step until it moves: remind, note that it is overdue, escalate.

        False when `end` came first; True when the step moved, or a new run is due. `what` says in
        the history what the timer of the end stands for.
        """
        stage, since = self.case.state.stage, self.case.state.since

        def over() -> bool:
            # `since` too: a plan returned and corrected in one task stands in the same stage again.
            now = self.case.state
            return now.stage is not stage or now.since != since or self.renewal_due()

        await workflow.wait_condition(lambda: not self._due_wanted() or over())
        while not over():
            ahead: Clocks = self._clocks(end)
            asking: datetime | None = self._next_asking()
            grounds: tuple[Any, ...] = self._clock_grounds()

            def woken(
                known: Clocks = ahead,
                asks: datetime | None = asking,
                before: tuple[Any, ...] = grounds,
            ) -> bool:
                if over():
                    return True
                # Asked several times in each task: nothing is worked out again from the very same objects.
                now = self._clock_grounds()
                if not self.sends_reminders or all(map(is_, now, before)):
                    return False
                return self._clocks(end) != known or self._next_asking() != asks

            if not ahead:
                await workflow.wait_condition(woken)
                continue
            moment, happening = ahead[0]
            if asking and asking <= moment:
                if await self.reached(asking, woken, "the due date is asked for again"):
                    await self._ask_again(over)
                continue
            if not await self.reached(moment, woken, happening or what):
                continue
            if self.edition >= Edition.V0_5:  # an outage may have let the end pass, too
                moment, happening = self._clocks(end, workflow.now())[0]
            if happening is None:
                return False
            self._note_clock(happening, moment)
        return True

    def _clock_grounds(self) -> tuple[Any, ...]:
        """All that `_clocks` and `_next_asking` look at, besides what stays; none of it changes in itself."""
        return self.case.state, self.due, self.asked_at, self.edition

    async def _ask_again(self, over: Callable[[], bool]) -> None:
        self.asks_again = True
        await workflow.wait_condition(lambda: not self.asks_again or over())

    def _next_asking(self) -> datetime | None:
        if self.edition < Edition.V0_5:
            return None
        return next(iter(asked_again(self.case.state, self.due, self.asked_at)), None)

    def is_dated(self) -> bool:
        """Whether the due date can be judged by: it has not passed, or was asked for again since."""
        if self.edition < Edition.V0_5 or self.due is None:
            return True
        asked = asked_again(self.case.state, self.due, self.asked_at)
        return not any(self.due.due <= moment <= workflow.now() for moment in asked)

    def _clocks(self, end: datetime | None, ended_at: datetime | None = None) -> Clocks:
        reminders = self.sends_reminders
        return clocks(self.case.state, self.due, end, sends_reminders=reminders, ended_at=ended_at)

    def _note_clock(self, happening: Happening, moment: datetime) -> None:
        """Note what the clock says; after an outage once, and overdue without the reminder before it."""
        deadline = self._deadline() or (self.due.due if self.due else moment)
        if happening is Happening.REMINDED and deadline <= workflow.now():
            happening = Happening.OVERDUE
        if self.due and self.due.latest == deadline:
            deadline = self.due.due
        self.record_event(happening, {"due": instant(deadline)})
        if happening is Happening.ESCALATED and self.due:
            self.due = self.due.model_copy(update={"escalate": None})

    async def reached(self, moment: datetime, over: Callable[[], bool], what: str) -> bool:
        """Wait for a moment; False when it is `over` before. `what` says so in the history.

        A timer that has fired is believed: `workflow.now()` is not asked again. After a query to a
        case that is not cached it may lag behind (docs/decisions/0007-workflow-clock.md),
        and a new timer would sleep for months.
        """
        left = moment - workflow.now()
        if left > timedelta():
            try:
                with self.marks.timer():
                    await workflow.wait_condition(
                        over, timeout=left, timeout_summary=f"{what} {instant(moment)}"
                    )
                return False
            except TimeoutError:
                self.marks.leave()
        if self.edition >= Edition.V0_5:
            await self.queue.turn()  # the server took before the moment what came before it
        return not over()

    def _deadline(self) -> datetime | None:
        return deadline_of(self.case.state, self.due)

    def _due_wanted(self) -> bool:
        timed = TIMED if self.sends_reminders else (Clock.WORKING_DAYS,)
        if self.case.state.suspended_since:
            return False
        return self.due is None and self.step.clock in timed

    def _escalation_request(self) -> EscalationRequest | None:
        state = self.case.state
        return escalation_request(state, self.due, workflow.now()) if self.sends_reminders else None

    def _after_entry(self, before: S) -> None:
        """Forget the due date where a step was entered, or entered again."""
        now = self.case.state
        self.marks.entries = len(self.case.log)
        if now.stage is not before.stage or now.since != before.since:
            self.due = None
            workflow.logger.info("left %s", before.stage, extra=self._about())
        elif self.due and now.suspended_since != before.suspended_since:
            # Overdue before it was suspended: it stays so, and is escalated again at the next date.
            self.due = self.due.model_copy(update={"escalate": None})

    def _about(self) -> dict[str, str]:
        """What every log line of a case is bound to."""
        state = self.case.state
        return {"platform_id": state.facts.platform_id, "stage": state.stage}
