"""A case that goes on from its log, in its first moments: nothing is decided before the register has it."""

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from workflows.activity_messages import RegisterWrite, RegisterWritten
    from workflows.contract import HAND_IN, WRITE_REGISTER
    from workflows.recovering import note_recovery
    from workflows.recovery import Recovery
    from workflows.register_sync import HAND_IN_TIMEOUT, RETRY, WRITE_TIMEOUT, RegisterSync
    from workflows.roster_entries import RosterRoot
    from workflows.rules import S


class RecoveredCase(RegisterSync[S]):
    """The part of a case by which it goes on from its log."""

    async def begin_recovered(
        self, recovery: Recovery, registered: RosterRoot | None = None
    ) -> bool:
        """Note that the case goes on, and wait until the register has that; False where it never will.

        Of two that go on from one entry only one is let in, since the register has one next entry: the
        other's is refused. So nothing is decided twice, whoever started them and wherever.
        """
        before = self.case.state
        note_recovery(self.case, recovery, workflow.now(), registered)
        self._after_entry(before)
        if await self._offer():
            return True
        while self._unrecorded():
            batch = self._batch(self.recorded)
            try:
                await self.marks.after(
                    workflow.execute_activity(
                        WRITE_REGISTER,
                        batch,
                        start_to_close_timeout=WRITE_TIMEOUT,
                        retry_policy=RETRY,
                        summary="the case goes on from its log",
                    )
                )
            except ActivityError as error:
                if _is_conflict(error.cause):
                    return False
                await self._pause("writing to the register was broken off")
            else:
                self._mark_recorded(batch)
        return True

    async def _offer(self) -> bool:
        """Offer the register what is new, and ask when the step is due; whether it took it at once."""
        request = self._due_question() if self._due_wanted() else None
        batch = self._batch(self.recorded) if self._unrecorded() else None
        if not (request or batch):
            return True
        try:
            answer: RegisterWritten = await self.marks.after(
                workflow.execute_activity(
                    HAND_IN,
                    RegisterWrite(batch=batch, due=request),
                    result_type=RegisterWritten,
                    start_to_close_timeout=HAND_IN_TIMEOUT,
                    retry_policy=RETRY,
                    summary="the case goes on from its log",
                )
            )
        except ActivityError:  # ended from outside
            return False
        if request:
            self._take_due(answer.due)
        if answer.recorded:
            self._mark_recorded(batch)
        return answer.recorded or batch is None


def _is_conflict(cause: BaseException | None) -> bool:
    return isinstance(cause, ApplicationError) and cause.type == "RegisterConflict"
