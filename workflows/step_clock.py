"""The clock of a step: when it is called to mind, overdue, told again; and when validity ends.

Everything here is deterministic: the only time is `workflow.now()`, due dates come from an activity.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Generic

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.activity_messages import DueDate, DueRequest, EscalationRequest
    from workflows.case import Case
    from workflows.model import instant
    from workflows.record import LogEntry
    from workflows.rules import S, lifecycle_of
    from workflows.states import PlatformState, Spent
    from workflows.steps import Clock, Step
    from workflows.task_marks import TaskMarks
    from workflows.vocabulary import Happening

Clocks = list[tuple[datetime, Happening | None]]


class StepClock(Generic[S]):
    """A case that keeps the clock of the step in which it stands."""

    case: Case[S]
    due: DueDate | None
    marks: TaskMarks
    desk: bool
    """Whether this run calls to mind and escalates: runs that began before 0.2.0 do not."""

    def record_event(self, name: Happening, outcome: str, content: dict[str, Any]) -> LogEntry:
        """Note what happened of its own accord."""
        before = self.case.state
        entry = self.case.record_event(name, outcome, content, workflow.now())
        self._moved(before)
        return entry

    @property
    def step(self) -> Step:
        """The row of the table in which the case stands."""
        return lifecycle_of(self.case.state).step(self.case.state.stage)

    def renewal_due(self) -> bool:
        """Whether the history has grown so long that the server asks for a new run."""
        return workflow.info().is_continue_as_new_suggested()

    async def wait_for_step_change(self, end: datetime | None, what: str) -> bool:
        """Keep the clock of the step until it moves: call it to mind, note that it is overdue, tell it again.

        False when `end` came first; True when the step moved, or a new run is due. `what` says in
        the history what the timer of the end stands for.
        """
        stage, since = self.case.state.stage, self.case.state.since

        def over() -> bool:
            # `since` too: returned and corrected in one task, a plan stands in the same stage anew.
            now = self.case.state
            return now.stage is not stage or now.since != since or self.renewal_due()

        await workflow.wait_condition(lambda: not self._due_wanted() or over())
        while not over():
            clocks: Clocks = self._clocks(end)

            def woken(known: Clocks = clocks) -> bool:
                return over() or (self.desk and self._clocks(end) != known)

            if not clocks:
                await workflow.wait_condition(woken)
                continue
            moment, happening = clocks[0]
            if not await self.reached(moment, woken, happening or what):
                continue
            if happening is None:
                return False
            self._tell(happening, moment)
        return True

    def _clocks(self, end: datetime | None) -> Clocks:
        """What the clock will tell of the step as it stands, the next first; None stands for the end."""
        state, deadline = self.case.state, self._deadline()
        clocks: Clocks = [(end, None)] if end else []
        if deadline:
            clocks.append((deadline, Happening.OVERDUE))
        if self.desk and self.due:
            if self.due.remind and deadline and not state.reminded:
                clocks.append((self.due.remind, Happening.REMINDED))
            if self.due.escalate and state.overdue:
                clocks.append((self.due.escalate, Happening.ESCALATED))
        # The end of validity goes before what is due at the same moment.
        return sorted(clocks, key=lambda clock: (clock[0], clock[1] is not None))

    def _tell(self, happening: Happening, moment: datetime) -> None:
        """Note what the clock says; after an outage once, and overdue without the reminder before it."""
        deadline = self._deadline() or (self.due.due if self.due else moment)
        if happening is Happening.REMINDED and deadline <= workflow.now():
            happening = Happening.OVERDUE
        self.record_event(happening, "told", {"due": instant(deadline)})
        if happening is Happening.ESCALATED and self.due:
            self.due = self.due.model_copy(update={"escalate": None})

    async def reached(self, moment: datetime, over: Callable[[], bool], what: str) -> bool:
        """Wait for a moment; False when it is `over` before. `what` says so in the history.

        A timer that has fired is believed: `workflow.now()` is not asked again. After a query to a
        case that is not cached it may lag behind (docs/decisions/0007-workflow-clock.md),
        and a timer set anew by it would sleep for months.
        """
        left = moment - workflow.now()
        if left > timedelta():
            try:
                await workflow.wait_condition(
                    over, timeout=left, timeout_summary=f"{what} {instant(moment)}"
                )
                return False
            except TimeoutError:
                self.marks.leave()
        return not over()

    def _deadline(self) -> datetime | None:
        """When the step becomes overdue; None when it has no due date or is overdue already."""
        if self.case.state.overdue:
            return None
        deadlines = {
            Clock.WORKING_DAYS: self.due.due if self.due else None,
            Clock.RECTIFICATION: getattr(self.case.state, "mend_by", None),
        }
        return deadlines.get(self.step.clock)

    def _due_wanted(self) -> bool:
        clocks = (Clock.WORKING_DAYS, Clock.RECTIFICATION) if self.desk else (Clock.WORKING_DAYS,)
        return self.due is None and self.step.clock in clocks

    def _due_request(self) -> DueRequest:
        """The question when the step is due. A clock that was stopped goes on where it stopped."""
        state, policy = self.case.state, self.case.state.facts.policy
        spent: tuple[Spent, ...] = state.spent if isinstance(state, PlatformState) else ()
        return DueRequest(
            since=state.since,
            working_days=getattr(policy, self.step.days) if self.step.days else 0,
            used=tuple((s.since, s.until) for s in spent if s.stage is state.stage),
            at_least=policy.resumed_days_at_least,
            until=getattr(state, "mend_by", None)
            if self.step.clock is Clock.RECTIFICATION
            else None,
            reminder_days=policy.reminder_days if self.desk else 0,
        )

    def _escalation_request(self) -> EscalationRequest | None:
        """The question when the overdue step is told again; None when that is known, or is not done."""
        state, every = self.case.state, self.case.state.facts.policy.escalate_every_days
        if not (self.desk and every and state.overdue and self.due) or self.due.escalate:
            return None
        return EscalationRequest(due=self.due.due, every_days=every, after=workflow.now())

    def _moved(self, before: S) -> None:
        """After every entry: a step that is entered, also anew, has no due date yet."""
        now = self.case.state
        self.marks.entries = len(self.case.log)
        if now.stage is not before.stage or now.since != before.since:
            self.due = None
            workflow.logger.info("left %s", before.stage, extra=self._about())

    def _about(self) -> dict[str, str]:
        """What every log line of a case is bound to."""
        state = self.case.state
        return {"platform_id": state.facts.platform_id, "stage": state.stage}
