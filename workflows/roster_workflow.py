"""The workflow of the roster: one for a namespace, for as long as the system runs.

Its decisions come by one update. Nothing happens in it by itself; what was decided is written to the
register before a next run begins, so that a run carries hashes alone.
"""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from workflows.activity_messages import RunId
    from workflows.contract import (
        FIND_ROSTER,
        FIND_ROSTER_LOG,
        ROSTER_ID,
        ROSTER_TYPE,
        TELL_CASES,
        UNCONFIRMED,
        WRITE_ROSTER,
    )
    from workflows.leaving_roster import LeavingRoster
    from workflows.message_answers import answer_of, sole_argument
    from workflows.model import (
        WHOLE,
        Instant,
        InvalidMessage,
        Record,
        invalid,
        parse,
        record_from,
        size_of,
    )
    from workflows.origin import check_id, check_start, goes_on, is_ours
    from workflows.record import LogEntry
    from workflows.recovery import RosterRecovery
    from workflows.refusal import Refused
    from workflows.register_sync import RETRY
    from workflows.roster_batches import (
        PAGE_BYTES,
        CarriedRoster,
        RosterBatch,
        RosterNotice,
        roster_of,
    )
    from workflows.roster_decisions import RosterItem, roster_decision_of
    from workflows.roster_log import RosterLog, RosterReceipt, RosterView, recovery_fault
    from workflows.roster_state import put_in_force, takes_away
    from workflows.task_marks import TaskMarks

_INPUT = "Roster"
_WRITE_TIMEOUT = timedelta(seconds=60)
_TELL_TIMEOUT = timedelta(hours=1)
_HEARTBEAT = timedelta(seconds=30)
_AGAIN = timedelta(hours=1)


class RosterPreview(Record):
    """The answer to the query `check`: what would become of a decision, if it were sent now."""

    refusal: Any = None
    invalid: tuple[str, str] | None = None
    at: Instant | None = None
    """The workflow's time, by which it was judged."""


@workflow.defn(name=ROSTER_TYPE)
class RosterWorkflow(LeavingRoster):
    """Who may sign, by whose appointment, with which keys."""

    @workflow.init
    def __init__(self, *given: Any) -> None:
        """Set the roster up by the change that two officers have signed, or go on with it."""
        self.marks = TaskMarks(wanted=True, sparing=True)
        self.roster = RosterLog()
        self.recorded = 0
        self.invalid: ApplicationError | None = None
        self.confirmed = False
        self.carried = False
        self.recovery: RosterRecovery | None = None
        """It goes on from its log, because no engine has it any more."""
        self.untold: int | None = None
        """A version that takes something away, of which open cases have not been told."""
        try:
            self._open(given)
        except (Refused, InvalidMessage) as error:
            self.invalid = answer_of(error)
        self.recorded = self.roster.seq - len(self.roster.log)

    def _open(self, given: tuple[Any, ...]) -> None:
        check_start(_INPUT)
        check_id(_INPUT, WHOLE, ROSTER_ID)
        if len(given) == 2 and goes_on():
            taken = record_from(CarriedRoster, given[1])
            self.roster = roster_of(taken)
            self.carried = True
            return
        if len(given) == 2 and given[0] is None and not goes_on():
            self.recovery = parse(RosterRecovery, given[1])
            return
        if len(given) != 1 or goes_on():
            en = "it is set up by one message: a change that two officers of the commission have signed"
            raise invalid(_INPUT, WHOLE, en, "须以市级两名人员签名的变更设立")
        self.roster.decide(given[0], workflow.now())

    @workflow.run
    async def run(self, *given: Any) -> None:
        """Keep the roster. A request to cancel it is passed over: who must end it terminates it.

        Raises:
            ApplicationError: `Refused` or `InvalidMessage`, when it is not set up as it must be; `SecondLife`,
                when the register has another roster.
        """
        life = asyncio.create_task(self._live())
        while True:
            try:
                await asyncio.shield(life)
            except asyncio.CancelledError:
                if life.done():  # how it ended counts, whatever came with it
                    life.result()
                self.marks.leave()
                workflow.logger.warning("a request to cancel the roster was passed over")

    async def _live(self) -> None:
        if self.carried:
            await self._check_origin()
        if self.recovery and not self.invalid:
            await self._recover(self.recovery)
        if not self.invalid:
            await self._write()
        self.confirmed = True
        while not self.invalid:
            await workflow.wait_condition(
                lambda: self._unwritten() or self.untold is not None or self._may_go_on()
            )
            if self._unwritten():
                await self._write()
            elif self.untold is not None:
                await self._tell(self.untold)
            else:
                workflow.continue_as_new(args=[None, self._carry()])
        await workflow.wait_condition(workflow.all_handlers_finished)
        raise self.invalid

    async def _recover(self, recovery: RosterRecovery) -> None:
        """Go on from the register's log, if an officer says so of this very log; nothing else is believed."""
        try:
            found: CarriedRoster = await self.marks.after(
                workflow.execute_activity(
                    FIND_ROSTER,
                    result_type=CarriedRoster,
                    start_to_close_timeout=_WRITE_TIMEOUT,
                    retry_policy=RETRY,
                    summary="the roster's log in the register, to go on from it",
                )
            )
        except ActivityError as error:
            self.invalid = answer_of(invalid(_INPUT, "recovery", *_no_log(error)))
            return
        self.roster = roster_of(found)
        if why := recovery_fault(self.roster, recovery, workflow.now()):
            self.invalid = answer_of(invalid(_INPUT, "recovery", *why))
            return
        # All is handed in once more, which changes nothing there: so this history has the whole log.
        while len(self.roster.log) < found.seq:
            page: RosterBatch = await self.marks.after(
                workflow.execute_activity(
                    FIND_ROSTER_LOG,
                    len(self.roster.log),
                    result_type=RosterBatch,
                    start_to_close_timeout=_WRITE_TIMEOUT,
                    retry_policy=RETRY,
                    summary=f"entries after {len(self.roster.log)}",
                )
            )
            if not page.entries:
                break  # the register has lost them meanwhile, and will say so
            self.roster.log += page.entries
        self.recorded = 0
        self.roster.note_recovery(recovery, workflow.now())

    async def _check_origin(self) -> None:
        """Go on from a run of ours alone: a stranger's may have gone on as one."""
        info = workflow.info()
        before = RunId(workflow_id=info.workflow_id, run_id=info.continued_run_id or "")
        try:
            await is_ours(_INPUT, before, ROSTER_TYPE, self.marks, at_once=True)
        except InvalidMessage as error:
            self.invalid = answer_of(error)

    def _unwritten(self) -> bool:
        return self.recorded < self.roster.seq

    def _may_go_on(self) -> bool:
        return workflow.info().is_continue_as_new_suggested() and workflow.all_handlers_finished()

    def _carry(self) -> CarriedRoster:
        roster = self.roster
        return CarriedRoster(
            state=roster.state,
            seq=roster.seq,
            last_hash=roster.last_hash,
            content_hash=roster.content_hash,
            receipts=roster.receipts,
        )

    async def _write(self) -> None:
        """Write what is new to the register, for as long as that takes."""
        while self._unwritten():
            batch = RosterBatch(entries=tuple(self._page(self.recorded)))
            try:
                await self.marks.after(
                    workflow.execute_activity(
                        WRITE_ROSTER,
                        batch,
                        start_to_close_timeout=_WRITE_TIMEOUT,
                        retry_policy=RETRY,
                        summary=f"entries {batch.entries[0].seq} to {batch.entries[-1].seq}",
                    )
                )
            except ActivityError as error:
                begins = not self.recorded or (self.recovery and not self.confirmed)
                if begins and _is_conflict(error):
                    why = _GONE_ON if self.recovery else _SECOND_LIFE
                    self.invalid = ApplicationError(*why, type="SecondLife", non_retryable=True)
                    return
                # Ended from outside, or the register holds something else: someone must look.
                other = "the register conflicts with the roster's log, or writing was broken off"
                await self.marks.after(workflow.sleep(_AGAIN, summary=other))
                continue
            self.recorded = batch.entries[-1].seq

    async def _tell(self, version: int) -> None:
        """Let the open cases know of a version: until then they trust what it takes away."""
        try:
            await self.marks.after(
                workflow.execute_activity(
                    TELL_CASES,
                    RosterNotice(version=version),
                    start_to_close_timeout=_TELL_TIMEOUT,
                    heartbeat_timeout=_HEARTBEAT,
                    retry_policy=RETRY,
                    summary=f"version {version}",
                )
            )
        except ActivityError:  # ended from outside: cases hear of it with their next decision
            workflow.logger.warning("open cases were not told of version %s", version)
        if self.untold == version:
            self.untold = None

    def _page(self, after: int) -> list[LogEntry]:
        """The entries of this run after a number, as many as one message takes; always one, if there is one."""
        page: list[LogEntry] = []
        size = 0
        for entry in self.roster.log:
            if entry.seq > after:
                size += size_of(entry.model_dump(mode="json"))
                if page and size > PAGE_BYTES:
                    break
                page.append(entry)
        return page

    @property
    def entries(self) -> int:
        """How many entries its log has."""
        return self.roster.seq

    def may_leave(self) -> bool:
        """Whether the register has all, and the cases know it."""
        return self.confirmed and not (self.invalid or self._unwritten() or self.untold)

    @workflow.update(description="Take a decision on the roster, or refuse it and leave nothing.")
    async def decide(self, *said: Any) -> RosterReceipt:
        """Take a decision (`workflows.roster_decisions`) and answer with a receipt.

        Raises:
            ApplicationError: `Refused` (details: the refusal) or `InvalidMessage`; nothing has changed.
        """
        # A second roster decides nothing: the register is asked before the first message.
        if not self.confirmed:  # to wait lets what came with it be judged before this is taken
            await workflow.wait_condition(lambda: self.confirmed)
        if self.invalid:
            raise self.invalid
        before = self.roster.state
        try:
            receipt = self.roster.decide(sole_argument(said), workflow.now())
        except (Refused, InvalidMessage) as error:
            raise answer_of(error) from None
        if not receipt.repeated and takes_away(put_in_force(before, self.roster.log[-1])):
            self.untold = receipt.version
        return receipt

    @decide.validator
    def validate_decision(self, *said: Any) -> None:
        """Refuse before anything enters the history."""
        if self.departure:
            raise self.moved()
        if self.invalid:
            raise self.invalid
        try:
            if self.confirmed:
                self.roster.validate(sole_argument(said), workflow.now())
            else:
                # After a reset all that was decided comes at once: each follows what is taken before it.
                roster_decision_of(sole_argument(said))
        except (Refused, InvalidMessage) as error:
            raise answer_of(error) from None

    @workflow.query
    def state(self) -> RosterView:
        """Return the version in force, and what waits."""
        self._check()
        return self.roster.view(self.recorded)

    @workflow.query
    def log(self, after: int = 0) -> list[LogEntry]:
        """Entries after a number, of those of this run: ask again from the last; the register has all."""
        self._check()
        return self._page(after)

    @workflow.query
    def leaves(self) -> dict[str, str]:
        """The hash of each entry by its id, with what waits: of them the next version is made."""
        self._check()
        return self.roster.state.with_waiting()

    @workflow.query
    def waiting(self) -> list[RosterItem]:
        """What waits for a second officer."""
        self._check()
        return [item for change in self.roster.state.waiting for item in change.items]

    @workflow.query
    def receipt(self, decision_id: str, sender: str | None = None) -> RosterReceipt | None:
        """The answer that a decision id was given."""
        self._check()
        return self.roster.named(decision_id, sender)

    @workflow.query(name="check")
    def preview(self, *said: Any) -> RosterPreview:
        """What would become of a decision if it were sent now; changes nothing."""
        self._check()
        try:
            self.roster.validate(sole_argument(said), workflow.now())
        except Refused as error:
            return RosterPreview(refusal=error.refusal, at=workflow.now())
        except InvalidMessage as error:
            return RosterPreview(invalid=error.words, at=workflow.now())
        return RosterPreview(at=workflow.now())

    def _check(self) -> None:
        if self.left:
            raise self.moved()
        if self.invalid:
            raise self.invalid
        if self.recovery and not self.confirmed:
            raise ApplicationError(UNCONFIRMED, "正在与名册核对", type="Unconfirmed")


def _is_conflict(error: ActivityError) -> bool:
    return isinstance(error.cause, ApplicationError) and error.cause.type == "RegisterConflict"


def _no_log(error: ActivityError) -> tuple[str, str]:
    cause = str(error.cause or error)
    return (
        f"the register's log of the roster does not hold: {cause}",
        f"名册中的人员目录记录不成立：{cause}",
    )


_SECOND_LIFE = (
    "the register has another roster: only one is set up (docs/roster.md)",
    "名册中已有另一人员目录：只能设立一次（见 docs/roster.md）",
)
_GONE_ON = (
    "the register has gone on from this log already: somebody else recovers the roster, or it lives elsewhere",
    "名册中人员目录的记录已有后续：另有人正在接续，或在他处仍在运行",
)
