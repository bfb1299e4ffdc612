"""A case that leaves its engine: it takes no more decisions, settles what it has taken, and its run ends.

A signal asks for it, not an update: an error in a signal's handler ends the run in any release's history,
and nothing else of the run's course changes. The server closes no run that has messages left to judge, so
whatever it took is judged before the end, and what comes later is told that there is no such run.
"""

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.contract import ENTRIES, MOVE_AWAY, MOVED_TO, PATCH_MOVE
    from workflows.leaving import (
        SETTLES_WITHIN,
        Departure,
        departure_in,
        moved_answer,
        objection_to_leaving,
    )
    from workflows.message_answers import sole_argument
    from workflows.recovered_case import RecoveredCase
    from workflows.rules import S
    from workflows.states import PlatformState


class LeavingCase(RecoveredCase[S]):
    """The part of a case by which it leaves for another engine."""

    departure: Departure | None = None
    """It is leaving: nothing new is decided."""
    left = False
    """It has left: whoever asks is told where it is."""
    _settling = False
    answering = 0
    """Decisions that were accepted and are not answered yet."""

    @workflow.signal(
        name=MOVE_AWAY,
        description="From `pingtai move` only: leave for another Temporal.",
        unfinished_policy=workflow.HandlerUnfinishedPolicy.ABANDON,
    )
    async def move_away(self, *said: Any) -> None:
        """Take no more decisions; once all is judged, answered and recorded, end this run.

        Raises:
            ApplicationError: `Moved`, with which the run fails.
        """
        if not workflow.patched(PATCH_MOVE):
            return  # as before, when nothing in a case heard such a signal
        self.marks.leave()
        departure = departure_in(sole_argument(said))
        if departure is None or self._settling or not self._may_be_asked():
            return
        self.departure, self._settling = departure, True
        workflow.upsert_memo({MOVED_TO: departure.to})  # so whoever asked sees that it was heard
        settled = await self._settles()
        while not settled and self.must_leave():
            settled = await self._settles()
        self._settling = False
        if not settled or self.case.ended:  # by the clock, meanwhile
            self.departure = None
            workflow.upsert_memo({MOVED_TO: None})
            workflow.logger.warning("did not settle in time, and stays", extra=self._about())
            return
        self.left = True
        workflow.upsert_memo({ENTRIES: len(self.case.log)})
        raise self.moved()

    async def _settles(self) -> bool:
        """Wait until nothing of the case is under way; False: not in time."""
        try:
            await workflow.wait_condition(
                lambda: self.case.ended or self.may_leave(),
                timeout=SETTLES_WITHIN,
                timeout_summary="what was taken is judged and recorded, before the case moves",
            )
        except TimeoutError:
            self.marks.leave()
            return False
        return True

    def _may_be_asked(self) -> bool:
        if self.invalid or self.unconfirmed:
            return False
        state, ended = self.case.state, self.case.ended
        end = state.valid_until if isinstance(state, PlatformState) else None
        return objection_to_leaving(end, ended=ended, at=workflow.now()) is None

    def may_leave(self) -> bool:
        """Whether all that came is judged and answered, and the register has it."""
        busy = self.answering or not self.queue.is_free or self.claims or self._writing
        return not (busy or self._has_news() or self._unrecorded())

    def must_leave(self) -> bool:
        """Whether it cannot stay, since a part of it has left."""
        return False

    def check_stays(self) -> None:
        """Refuse what is to be decided by a case that is leaving, or has left.

        Raises:
            ApplicationError: `Moved`; whoever sent it sends it again.
        """
        if self.departure:
            raise self.moved()

    def moved(self) -> Exception:
        """The answer that says where the case is."""
        assert self.departure, "it is leaving"  # noqa: S101
        return moved_answer(self.case.state.facts.platform_id, self.departure.to)
