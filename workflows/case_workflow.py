"""What both workflows share: how decisions come in. Clocks are in `step_clock.py`, the register in
`register_sync.py`.

Everything here is deterministic: the only time is `workflow.now()`, the only answers from outside are
those of activities.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from workflows.activity_messages import DueDate
    from workflows.arrival_times import Arrival, Arrivals
    from workflows.case import Case
    from workflows.circumstances import NEWEST, Edition
    from workflows.contract import PATCH_V0_2, PATCH_V0_5_LATER, TOO_LONG, UNCONFIRMED
    from workflows.decision import Decision
    from workflows.decision_reading import decision_of
    from workflows.lifecycle import known_since
    from workflows.message_answers import answer_of, sole_argument
    from workflows.model import InvalidMessage
    from workflows.number_claims import NumberClaims
    from workflows.older_entries import first_part
    from workflows.origin import edition_of_run
    from workflows.record import KEPT_REFUSALS, LogEntry
    from workflows.refusal import Refused
    from workflows.roster_news import RosterNews
    from workflows.rules import S, awaited
    from workflows.run_io import CaseView, DecisionPreview
    from workflows.signal_queue import Hold, SignalQueue
    from workflows.signature_requests import form_to_sign, signatures_needed
    from workflows.ssh_signatures import load_verification
    from workflows.states import AssessmentState, PlatformState, Receipt
    from workflows.task_marks import TaskMarks
    from workflows.vocabulary import Kind

    load_verification()


class CaseWorkflow(RosterNews[S]):
    """A case that runs: it takes decisions, keeps the clock of its step and writes to the register."""

    def begin_run(self) -> None:
        """Ask for the edition of this run, before anything else."""
        # Asked where each run begins: a case takes the new way with its next cycle.
        self.edition = edition_of_run()
        sparing = self.edition >= Edition.V0_5
        self.marks = TaskMarks(wanted=self.edition >= Edition.V0_4, sparing=sparing)
        self.arrivals = Arrivals(self.marks)
        self._asks_times_since: datetime | None = None
        self._untimed: list[Arrival] = []
        self._read: dict[str, Decision] = {}

    def adopt(
        self,
        case: Case[S],
        due: DueDate | None = None,
        recorded: int = 0,
        *,
        wait_for_register: bool = False,
    ) -> None:
        """Go on with a case; `recorded` entries of its log are in the register already.

        With `wait_for_register` messages are judged once the register has been asked.
        """
        self.case = case
        self.marks.entries = len(case.log)
        self.sends_reminders = self.edition >= Edition.V0_4 or workflow.patched(PATCH_V0_2)
        case.notes_clocks = self.sends_reminders
        self.queue = SignalQueue(self.marks, held=wait_for_register)
        self.claims = NumberClaims(case, self.queue, self.marks)
        self.due = due
        self.begin_sync(recorded)

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
        self.answering += 1
        self.updates += 1
        try:
            return await self._decide_in_turn(said)
        finally:
            self.answering -= 1

    async def _decide_in_turn(self, said: tuple[Any, ...]) -> Receipt:
        self._hold_until_dated()
        read = self._read.pop(_update_id(), None)  # none in a replay, which validates nothing
        decision = read or sole_argument(said)
        number = self.claims.number_in(decision)
        if self.queue.is_free and not number:
            receipt = self._decide(decision)
            await self.before_answer()
            return receipt
        # Signals that came before it are still to be judged: it is judged after them.
        answer: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()

        def judge() -> None:
            try:
                answer.set_result(self._decide(decision))
            except ApplicationError as error:
                answer.set_exception(error)

        self.queue.take(said, self.claims.before(number, judge))
        receipt = await answer
        await self.before_answer()
        return receipt

    async def before_answer(self) -> None:
        """Let the other case of the platform know what ends it, before a decision is acknowledged."""

    def _decide(self, decision: Any) -> Receipt:
        if self.invalid:  # found only after it was accepted: see `reject`
            raise answer_of(self.invalid)
        before = self.case.state
        try:
            decision = self._take_edition_for(decision)
            receipt = self.case.decide(decision, workflow.now(), deadline=self._deadline())
        except (Refused, InvalidMessage) as error:
            raise answer_of(error) from None
        if not receipt.repeated:
            self._after_entry(before)
        return receipt

    @decide.validator
    def validate_decision(self, *said: Any) -> None:
        """Refuse before anything enters the history; behind a queue of signals only what is no decision."""
        self.check_stays()
        try:
            if self.invalid:
                raise self.invalid
            decision = decision_of(sole_argument(said))
            if self.queue.is_foreseeable and self.is_dated():
                self.case.validate(decision, workflow.now(), deadline=self._deadline())
        except (Refused, InvalidMessage) as error:
            raise answer_of(error) from None
        self._read[_update_id()] = decision

    def receive(self, kind: Kind, said: tuple[Any, ...]) -> None:
        """Take a decision that came as a signal; a refused one is logged, since nobody hears an answer.

        `said` is whatever was sent: a handler that takes fewer arguments would block the
        workflow, and one that names a type would drop what does not fit it.
        """
        arrival = self.arrivals.note(kind)
        if known_since(kind) > self.edition and not (
            self.invalid or self._take_edition(known_since(kind))
        ):
            return  # as before, when nothing in a case heard such a signal
        self.marks.leave()
        if self.invalid:
            return
        raw = sole_argument(said)
        if self.edition < Edition.V0_4:
            self._judge(kind, raw)
            return
        if self.edition >= Edition.V0_5:
            self._ask_when_taken(arrival)
            self._hold_until_dated()
        judge = partial(self._judge, kind, raw, arrival)
        self.queue.take(raw, self.claims.before(self.claims.number_in(raw, kind), judge))

    def _hold_until_dated(self) -> None:
        """Judge nothing by a due date that has passed until it was asked for again."""
        if not self.is_dated():
            self.queue.hold(Hold.DATE)
            self.asks_again = True

    def _ask_when_taken(self, arrival: Arrival) -> None:
        """Ask when a signal was taken, if a moment of the clock passed in which no worker ran.

        One look into the history is enough for a moment: what later tasks bring came after it.
        """
        now = workflow.now()
        since = self._asks_times_since
        deadline, end = self._deadline(), self.case.state.valid_until
        # Of a date that holidays may move: the day that is said, and the last that it can be.
        said = self.due.due if self.due and deadline else None
        passed = [m for m in (end, deadline, said) if m and m <= now]
        if self._untimed and since == now:
            self._untimed.append(arrival)
        elif not self.case.ended and any(since is None or since < m for m in passed):
            self._asks_times_since = now
            self._untimed = [arrival]
            self.queue.hold(Hold.TIMES)
            self._timing = asyncio.create_task(self._find_times())

    async def _find_times(self) -> None:
        await self.arrivals.look_up(self._untimed, "when messages were taken while no worker ran")
        self._untimed = []
        self.queue.release(Hold.TIMES)

    def _judge(self, kind: Kind, raw: Any, arrival: Arrival | None = None) -> None:
        if self.invalid:
            return
        before = self.case.state
        # Never before what it follows: an update may have been judged in a task of its own.
        timed = arrival is not None and self.edition >= Edition.V0_5
        at = max(arrival.at, self.case.log[-1].at) if arrival and timed else workflow.now()
        try:
            raw = self._take_edition_for(raw, kind)
            self.case.decide(raw, at, kind, self._deadline())
        except (Refused, InvalidMessage) as error:
            self.case.refuse(kind, raw, error, at)
            self._log_refusal(kind, error)
        self._after_entry(before)

    def _take_edition_for(self, said: Any, kind: Kind | None = None) -> Any:
        """Take the newer edition with the first decision that only that one knows.

        What was refused before it existed is refused in a replay, too: there the patch is not taken.

        Raises:
            InvalidMessage: it is no decision.
        """
        if self.edition in (NEWEST, Edition.V0_1):
            return said
        decision = said if isinstance(said, Decision) else decision_of(said, kind)
        self._take_edition(self.case.edition_for(decision))
        return decision

    def _take_edition(self, wanted: Edition) -> bool:
        """Go on by an edition, if that is a newer one; False where this run may not."""
        if wanted <= self.edition:
            return True
        if self.edition < Edition.V0_4 or not workflow.patched(PATCH_V0_5_LATER):
            return False
        self.edition = wanted
        self.case.take_edition(wanted)
        return True

    def _log_refusal(self, kind: Kind, error: Refused | InvalidMessage) -> None:
        """A line for each refusal that the log of the case keeps: a line costs more than the judging."""
        if self.case.refusals <= KEPT_REFUSALS:
            why = error.words.en
            workflow.logger.warning("signal %s refused: %s", kind, why, extra=self._about())
        elif self.case.refusals == KEPT_REFUSALS + 1:
            workflow.logger.warning(
                "more than %s signals refused: from now on they are only counted (`refusals`)",
                KEPT_REFUSALS,
                extra=self._about(),
            )

    @workflow.query
    def state(self) -> CaseView:
        """Return where the case stands, what is awaited and until when."""
        self._check_known()
        return self.view()

    @workflow.query
    def log(self, after: int | None = None) -> list[LogEntry]:
        """The whole log of the case, over all its runs; with `after` what follows that entry, in parts.

        Raises:
            ApplicationError: `TooLong`: it takes several answers, and `after` was not said.
        """
        if self.left:
            raise self.moved()
        if self.invalid or self.unconfirmed:
            return []
        if after is not None:
            return list(first_part(self.case.log[max(after, 0) :]))
        if len(first_part(self.case.log)) < len(self.case.log):
            raise ApplicationError(TOO_LONG, "记录较长，须分段查询（after）", type="TooLong")
        return self.case.log

    @workflow.query
    def receipt(self, decision_id: str, sender: str | None = None) -> Receipt | None:
        """The answer that a decision id of a sender was given; also after the case has ended."""
        if self.invalid:
            return None
        self._check_known()
        return self.case.answered(decision_id, sender)

    @workflow.query(name="check")
    def preview(self, *said: Any) -> DecisionPreview:
        """What would become of a decision if it were sent now, and what is signed of it; changes nothing."""
        try:
            self._check_known()
            decision = decision_of(sole_argument(said))
        except InvalidMessage as error:
            return DecisionPreview(invalid=error.words)
        answer = DecisionPreview(
            to_sign=form_to_sign(self.case, decision).decode("utf-8", "replace"),
            signatures_needed=signatures_needed(self.case, decision),
        )
        try:
            stage = self.case.would_lead_to(decision, workflow.now(), self._deadline())
            first = self.case.taken_before(decision)
        except Refused as error:
            return answer.model_copy(update={"refusal": error.refusal})
        except InvalidMessage as error:
            return DecisionPreview(invalid=error.words)
        if first is None:
            return answer.model_copy(update={"stage": stage})
        return DecisionPreview(stage=stage, repeated=True, set_aside_by=first.set_aside_by)

    def _check_known(self) -> None:
        if self.left:
            raise self.moved()
        if self.invalid:
            raise answer_of(self.invalid)
        if self.unconfirmed:
            raise ApplicationError(UNCONFIRMED, "正在与名册核对", type="Unconfirmed")

    def confirm(self) -> None:
        """Go on: what was taken up stands in the register. Messages that came meanwhile are judged."""
        self.unconfirmed = False
        self.queue.release(Hold.RECOVERY)
        self.queue.release()

    async def reject(self, error: InvalidMessage) -> None:
        """What was taken up is not true: answer so whoever waits, before the run fails."""
        self.invalid = error
        self.confirm()
        await workflow.wait_condition(lambda: not self.queue and workflow.all_handlers_finished())

    def view(self) -> CaseView:
        """The answer of the query `state`."""
        state = self.case.state
        return CaseView(
            platform=state if isinstance(state, PlatformState) else None,
            assessment=state if isinstance(state, AssessmentState) else None,
            due=None if state.suspended_since else self.due,
            awaited=awaited(state),
            log_seq=len(self.case.log),
            log_hash=self.case.log[-1].hash,
            content_hash=self.case.content_chain().newest,
            refusals=self.case.refusals,
            recorded=self.recorded,
        )

    async def ignore_cancellation(self, life: Coroutine[Any, Any, None]) -> None:
        """Run on when someone asks Temporal to cancel the case: only the rules end it.

        A cancelled run would close in the stage where it stood, and its log would not say so. Who must end
        a case from outside terminates it, with a reason that Temporal keeps.
        """
        if self.edition < Edition.V0_4:
            await life
            return
        task = asyncio.create_task(life)
        while True:
            try:
                await asyncio.shield(task)
            except asyncio.CancelledError:
                if task.done():  # how it ended counts, whatever came with it
                    task.result()
                    return
                self.marks.leave()
                workflow.logger.warning("a request to cancel was passed over", extra=self._about())
            else:
                return


def decision_signal(kind: Kind) -> Callable[..., Awaitable[None]]:
    """Return the handler of the signal by which a kind of decision comes."""

    @workflow.signal(name=kind.value, description=f"{kind.zh} ({kind.article})")
    async def handle(self: CaseWorkflow[Any], *said: Any) -> None:
        self.receive(kind, said)

    return handle


def _update_id() -> str:
    info = workflow.current_update_info()
    return info.id if info else ""
