"""A case with a long log: its older entries come by reference, and are read back before anything is judged."""

from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from workflows.activity_messages import LogLookup
    from workflows.arrival_times import Arrivals
    from workflows.contract import PATCH_OLDER
    from workflows.leaving_case import LeavingCase
    from workflows.older_entries import exceeds_bound, shortened, whole_record
    from workflows.origin import goes_on
    from workflows.reopening import BrokenLog
    from workflows.rules import S
    from workflows.run_io import CarriedPlatform
    from workflows.signal_queue import Hold

_AGAIN = timedelta(hours=1)
"""How long to wait before it is asked again where that was broken off, or an older worker answered."""
_MESSAGES_OF_A_RUN = 100
"""A history that begins with a long log is soon as long as one that goes on anew: it takes so many messages
before it does, whatever the server suggests."""


class LongCase(LeavingCase[S]):
    """The part of a case by which it hands a long log on, and takes it up again."""

    arrivals: Arrivals
    updates = 0
    """How many decisions came by update in this run."""

    def renewal_due(self) -> bool:
        """Whether the server asks for a new run; of a run that read a long log, not at once again."""
        if not super().renewal_due():
            return False
        return not self.read_back or self.updates + self.arrivals.heard >= _MESSAGES_OF_A_RUN

    def handed_on(self, carried: CarriedPlatform) -> CarriedPlatform:
        """Return what the next run is given: a long log without the entries that the register has."""
        if exceeds_bound(carried) and workflow.patched(PATCH_OLDER):
            return shortened(carried, self.edition)
        return carried

    def await_older(self) -> None:
        """Judge, foresee and show nothing before the older entries of the log are there."""
        self.unconfirmed = True
        self.queue.hold(Hold.OLDER)

    async def read_older(self, carried: CarriedPlatform) -> CarriedPlatform:
        """Read the older entries back, and return all that was carried.

        While the register is away, or has other entries, the activity asks it again, and the history does not
        grow: nothing is decided meanwhile.

        Raises:
            BrokenLog: a start from outside names entries that the register does not have.
        """
        facts, older = carried.state.facts, carried.record.older
        assert older, "nothing went by reference"  # noqa: S101
        # A start from outside is refused at once where the register does not have them.
        stated = older if goes_on() else None
        lookup = LogLookup(platform_id=facts.platform_id, term=facts.term, older=stated)
        while True:
            try:
                found = await self.find_log(lookup, f"entries 1 to {older.entries}, by reference")
                record = whole_record(carried.record, found[: older.entries], self.edition)
                break
            except ActivityError:
                why = "reading the register was broken off"
            except BrokenLog as error:
                if not goes_on():
                    raise
                why = error.words.en
            workflow.logger.error("its older entries: %s", why, extra=self._about())
            await self.marks.after(workflow.sleep(_AGAIN, summary=why[:200]))
        self.case.take_up(record)
        self.read_back = older.entries
        self.marks.entries = len(record.log)
        self.queue.release(Hold.OLDER)
        return carried.model_copy(update={"record": record})
