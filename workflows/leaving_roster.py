"""The roster that leaves its engine, as cases do (`leaving_case.py`)."""

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.contract import ENTRIES, MOVE_AWAY, MOVED_TO, PATCH_MOVE, ROSTER_ID
    from workflows.leaving import SETTLES_WITHIN, Departure, departure_in, moved_answer
    from workflows.message_answers import sole_argument
    from workflows.task_marks import TaskMarks


class LeavingRoster:
    """The part of the roster's workflow by which it leaves for another engine."""

    departure: Departure | None = None
    """It is leaving: nothing new is decided."""
    left = False
    """It has left: whoever asks is told where it is."""
    marks: TaskMarks

    @property
    def entries(self) -> int:
        """How many entries its log has."""
        raise NotImplementedError

    def may_leave(self) -> bool:
        """Whether the register has all, and the cases know it."""
        raise NotImplementedError

    @workflow.signal(
        name=MOVE_AWAY,
        description="From `pingtai move` only: leave for another Temporal.",
        unfinished_policy=workflow.HandlerUnfinishedPolicy.ABANDON,
    )
    async def move_away(self, *said: Any) -> None:
        """Decide no more; once the register has all and the cases are told, end this run.

        Raises:
            ApplicationError: `Moved`, with which the run fails.
        """
        if not workflow.patched(PATCH_MOVE):
            return
        self.marks.leave()
        departure = departure_in(sole_argument(said))
        if departure is None or self.departure:
            return
        self.departure = departure
        workflow.upsert_memo({MOVED_TO: departure.to})
        try:
            await workflow.wait_condition(
                self.may_leave,
                timeout=SETTLES_WITHIN,
                timeout_summary="what was decided is recorded, before the roster moves",
            )
        except TimeoutError:
            self.marks.leave()
            self.departure = None
            workflow.upsert_memo({MOVED_TO: None})
            return
        self.left = True
        workflow.upsert_memo({ENTRIES: self.entries})
        raise self.moved()

    def moved(self) -> Exception:
        """The answer that says where the roster is."""
        assert self.departure, "it is leaving"  # noqa: S101
        return moved_answer(ROSTER_ID, self.departure.to)
