"""An assessment that ends tells its platform, and a platform that ends its assessment, before they answer.

Two workflows cannot take a decision in one step. So the case that is decided first sends a signal to the
other, and answers once the server has it: what is sent after the answer comes after the signal. The other
judges nothing until its own history has told it who sent that (`arrival_times.py`). The register is not
asked, so it may be away (docs/decisions/0016-acknowledged-is-done.md).
"""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from workflows.arrival_times import Arrival
    from workflows.assessment_years import note_year_end
    from workflows.case_workflow import CaseWorkflow
    from workflows.circumstances import Edition
    from workflows.contract import CLOSE_ASSESSMENT, FOLLOW_PLATFORM, NOTE_YEAR_END
    from workflows.leaving import Departure, destination_in
    from workflows.lifecycle import PLATFORM
    from workflows.model import InvalidMessage, as_sent, record_from
    from workflows.platform_changes import changes_after
    from workflows.record import LogEntry
    from workflows.run_io import YearEnd, YearResult
    from workflows.signal_queue import Hold
    from workflows.states import PlatformState
    from workflows.vocabulary import Happening

Assessment = workflow.ChildWorkflowHandle[Any, YearResult]

_UNTRUE_AT_ONCE = 5
_LOOK_AGAIN = timedelta(minutes=10)
"""Each look costs the history some events: whoever sends more than a few untrue signals waits."""


class OpenAssessment(CaseWorkflow[PlatformState]):
    """The part of a platform that hears from its open assessment, and that it hears from."""

    def begin_run(self) -> None:
        """Begin without an open assessment."""
        super().begin_run()
        self._child: Assessment | None = None
        self._year: int | None = None
        self._closing_sent = False
        self._passed_on = 0
        """Up to which entry the open assessment knows the platform's log, as far as it must follow it."""
        self._ends: list[tuple[Assessment, Arrival, Any]] = []
        self._untrue = 0
        self._year_has_left = False
        self.noted: YearEnd | None = None
        """How the open assessment has ended, where the platform's log has it already."""

    def follow(self, year: int | None, child: Assessment | None = None) -> None:
        """Hear from the assessment of a year, which may only be starting; or from none any more."""
        if child is None:  # it is only starting: its opening says all up to here
            self._passed_on = len(self.case.log)
        self._child, self._year, self.noted, self._closing_sent = child, year, None, False

    def is_closed(self) -> bool:
        """Whether the platform goes on without the assessment that it opened, which did not end first."""
        return self.noted is None and (
            self.case.ended or self.case.state.open_assessment != self._year
        )

    async def before_answer(self) -> None:
        """Let the open assessment know what it must follow, or that the platform goes on without it."""
        if self.edition >= Edition.V0_5:
            await workflow.wait_condition(lambda: not (self._closing_due() or self._changes_due()))

    def _changes_due(self) -> bool:
        """Whether an assessment is open that does not know yet what the platform decided of itself."""
        if self._year is None or self.noted or (self._child and self._child.done()):
            return False
        return bool(self.changes()) and not self.is_closed()

    def changes(self) -> list[LogEntry]:
        """What the open assessment must follow and has not been told."""
        return changes_after(self.case.log, self._passed_on)

    def may_leave(self) -> bool:
        """Whether the platform, too, has nothing open: its assessment leaves first."""
        no_year = self._year is None and self.case.state.open_assessment is None
        return super().may_leave() and (no_year or self._year_has_left)

    def must_leave(self) -> bool:
        """Whether its assessment has left."""
        return self._year_has_left

    async def follow_if_left(self, why: BaseException | None) -> None:
        """Where the open assessment has left for another engine, decide nothing until the platform leaves."""
        to = destination_in(why)
        if to is None:
            return
        self._year_has_left = True
        if self.departure is None:
            self.departure = Departure(to=to)
        await workflow.wait_condition(lambda: self.left)

    async def pass_on(self, child: Assessment) -> None:
        """Tell the open assessment what it must follow."""
        changes = self.changes()
        if not changes:
            return
        try:
            told = {"changes": [as_sent(entry) for entry in changes]}
            await self.marks.after(child.signal(FOLLOW_PLATFORM, told))
        except ApplicationError:
            workflow.logger.info("assessment %s ended by itself meanwhile", self._year)
        self._passed_on = changes[-1].seq

    def _closing_due(self) -> bool:
        """Whether an assessment is open that does not know yet that the platform goes on without it."""
        if self._year is None or self._closing_sent or (self._child and self._child.done()):
            return False
        return self.is_closed()

    async def close(self, child: Assessment) -> None:
        """Tell an assessment that the platform goes on without it; it ends, and says so."""
        try:
            if self.edition >= Edition.V0_4:
                closing = {"closing": self.case.log[-1].hash}
                by = PLATFORM.step(self.case.state.stage).ended_by
                if PLATFORM.followed_as(by) not in (None, Happening.PLATFORM_WITHDRAWN):
                    closing["by"] = str(by)  # before 0.5.0 there was only the withdrawal
                await self.marks.after(child.signal(CLOSE_ASSESSMENT, closing))
            else:
                await child.signal(CLOSE_ASSESSMENT)
        except ApplicationError:
            workflow.logger.info("assessment %s ended by itself meanwhile", self._year)
        self._closing_sent = True

    @workflow.signal(name=NOTE_YEAR_END, description="From its open assessment only: it has ended.")
    async def hear_year_end(self, *said: Any) -> None:
        """Its assessment has ended: judge nothing before that is noted.

        Anyone can send a signal. So each is taken as a reason to look who sent it.
        """
        self.marks.leave()
        arrival = self.arrivals.note(NOTE_YEAR_END)
        child = self._child
        if self.edition < Edition.V0_5 or child is None or child.done():
            return
        self._ends.append((child, arrival, said[0] if len(said) == 1 else None))
        if self._untrue < _UNTRUE_AT_ONCE:
            self.queue.hold(Hold.YEAR_END)

    async def note_ends(self) -> None:
        """In the background: note how the open assessment ended, when it is that which says so."""
        while True:
            await workflow.wait_condition(lambda: bool(self._ends))
            if self._untrue >= _UNTRUE_AT_ONCE:
                often = f"{NOTE_YEAR_END} was sent too often"
                await self.marks.after(workflow.sleep(_LOOK_AGAIN, summary=often))
            ends, self._ends = self._ends, []
            heard = [arrival for _, arrival, _ in ends]
            child = self._child.id if self._child else None
            await self.arrivals.look_up(heard, "who says that an assessment ended", traced=child)
            for end in ends:
                if not self._note_end(*end):
                    self._untrue += 1
                    workflow.logger.warning("%s was not true", NOTE_YEAR_END, extra=self._about())
            if not self._ends:
                self.queue.release(Hold.YEAR_END)

    def _note_end(self, child: Assessment, arrival: Arrival, said: Any) -> bool:
        """Note the end of an assessment that was open; False where the signal came from elsewhere."""
        sender = arrival.sender
        if sender is None or sender.workflow_id != child.id:
            return False
        if child.first_execution_run_id not in (sender.run_id, arrival.first_run):
            return False
        if child is not self._child:
            return True  # its result came first, and said the same
        try:
            end = record_from(YearEnd, said)
        except InvalidMessage:  # a later release says more than this one knows
            return False
        if self.noted or self.is_closed():
            return True  # the platform had gone on without it before it heard this
        before = self.case.state
        at = max(self.case.log[-1].at, min(end.at, workflow.now()))
        self.noted = end
        self.case.note_outside_roles(end.roles)
        note_year_end(self.case, end.year, end.result, end.content(), at)
        self._after_entry(before)
        return True
