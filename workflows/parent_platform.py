"""What an assessment tells its platform, and believes of it (the other side: `open_assessment.py`)."""

import asyncio
from collections.abc import Sequence

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from workflows.arrival_times import Arrival
    from workflows.case_workflow import CaseWorkflow
    from workflows.circumstances import Edition
    from workflows.contract import NOTE_YEAR_END, platform_workflow_id
    from workflows.known_roster import follow_platform
    from workflows.platform_changes import FromPlatform, note_changes
    from workflows.record import LogEntry
    from workflows.roster_entries import RosterRoot
    from workflows.run_io import YearEnd, YearResult
    from workflows.signal_queue import Hold
    from workflows.states import AssessmentState
    from workflows.words import Words

_AT_ONCE = 5
"""Each look costs the history some events: whoever sends more than a few untrue signals is not asked after."""


class ParentPlatform(CaseWorkflow[AssessmentState]):
    """The part of an assessment that its platform is told by, and closed by."""

    def begin_run(self) -> None:
        """Begin without having told or heard anything."""
        super().begin_run()
        self._told = False
        self._heard: list[tuple[Arrival, FromPlatform]] = []
        self._untrue = 0

    def year_result(self) -> YearResult:
        """How the assessment has ended."""
        raise NotImplementedError

    def look_into_claim(self, entry: str | None) -> None:
        """Ask the register what the platform's log says: the signal alone is not believed."""
        raise NotImplementedError

    def link_to_platform(self) -> list[asyncio.Task[None]]:
        """Tell and hear the platform, in the background.

        Each in a task: `gather` says of every case that is evicted that it was cancelled.
        """
        return [asyncio.create_task(one) for one in (self._tell_end(), self._hear_platform())]

    async def before_answer(self) -> None:
        """Let the platform know how the assessment has ended, before that is acknowledged."""
        if self.edition >= Edition.V0_5:
            await workflow.wait_condition(lambda: self._told or not self.case.ended)

    async def _tell_end(self) -> None:
        """Tell the platform how the assessment has ended: from now on its log says so.

        What is set aside later is set aside there, and opens the assessment again.
        """
        await workflow.wait_condition(lambda: self.edition >= Edition.V0_5 and self.case.ended)
        state = self.case.state
        self.case.closed = Words(
            f"the assessment of year {state.year} has ended: its platform sets the decision aside, naming"
            " the year",
            f"第 {state.year} 年考核已经结束：请在平台记录中注明年度，撤销更正",
        )
        end = YearEnd(**dict(self.year_result()), at=self.case.log[-1].at)
        own = platform_workflow_id(state.facts.platform_id)
        platform = workflow.get_external_workflow_handle(own)
        try:
            await self.marks.after(platform.signal(NOTE_YEAR_END, end))
        except ApplicationError:  # it was ended from outside: nobody is left to be told
            workflow.logger.warning("the platform is not there", extra=self._about())
        self._told = True

    def asks_who_says(self, arrival: Arrival, said: FromPlatform) -> bool:
        """Judge nothing before it is known whether the platform sent this; False where too many were untrue."""
        if self._untrue >= _AT_ONCE:
            return False
        self._heard.append((arrival, said))
        self.queue.hold(Hold.PLATFORM)
        return True

    def is_asking_who_says(self) -> bool:
        """Whether a signal has come of which it is not known who sent it."""
        return bool(self._heard)

    async def _hear_platform(self) -> None:
        """Follow, and close, when the very run that opened this says so; of others the register is asked."""
        while True:
            await workflow.wait_condition(lambda: bool(self._heard))
            asked = list(self._heard)
            heard = [arrival for arrival, _ in asked]
            await self.arrivals.look_up(heard, "who says that the platform has ended, or changed")
            for arrival, said in asked:
                if not self._is_from_parent(arrival):
                    self._untrue += 1
                    self.look_into_claim(said.entry)
                elif said.changes is not None:
                    self.note_changes(said.changes)
                elif not self.case.ended:
                    self.record_event(said.ended, {"closing": said.entry})
            self._heard = self._heard[len(asked) :]
            if not self._heard:
                self.queue.release(Hold.PLATFORM)

    def note_changes(self, changes: Sequence[LogEntry]) -> None:
        """Note what the platform decided of itself, in the log of the assessment."""
        before = self.case.state
        note_changes(self.case, changes, workflow.now())
        self._after_entry(before)

    def follow_roster(self, root: RosterRoot) -> None:
        """Note the version of the roster that the platform hands on."""
        before = self.case.state
        if follow_platform(self.case, root, workflow.now()):
            self._after_entry(before)

    def _is_from_parent(self, arrival: Arrival) -> bool:
        parent, sender = workflow.info().parent, arrival.sender
        if parent is None or sender is None:
            return False
        return (parent.workflow_id, parent.run_id) == (sender.workflow_id, sender.run_id)
