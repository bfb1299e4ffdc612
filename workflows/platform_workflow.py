"""The workflow of one platform: its life by §四 and §六 of the guideline."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import (
    ApplicationError,
)

with workflow.unsafe.imports_passed_through():
    from workflows.activity_messages import LogLookup, RunId
    from workflows.application import PlatformApplication
    from workflows.case import Case
    from workflows.case_opening import open_platform
    from workflows.case_workflow import decision_signal
    from workflows.circumstances import Edition
    from workflows.contract import (
        DISTRICT,
        FIELD,
        PLATFORM_TYPE,
        STAGE,
        VALID_UNTIL,
        platform_workflow_id,
    )
    from workflows.lifecycle import PLATFORM
    from workflows.listing_checks import not_brought_in
    from workflows.model import (
        NO_OBJECT,
        WHOLE,
        FieldError,
        InvalidMessage,
        as_sent,
        invalid,
        parse,
        record_from,
        sha256,
    )
    from workflows.next_term import next_application, years_of
    from workflows.origin import check_id, check_start, goes_on, is_ours
    from workflows.recovering import GONE_ON, objection_to_recovery
    from workflows.reopening import BrokenLog, objection_to_reopening
    from workflows.run_io import CarriedPlatform, CaseView, TermResult
    from workflows.signal_queue import Hold
    from workflows.states import PlatformState, next_assessment
    from workflows.steps import Clock
    from workflows.validity_years import YearsOfValidity
    from workflows.vocabulary import Happening, Kind
    from workflows.web_ui_summary import details

_REOPENING_TIMEOUT = timedelta(minutes=1)
"""How long a term that was started again waits for the setting aside that is the reason."""


_INPUT = "PlatformApplication"
_ORIGIN_AGAIN = timedelta(hours=1)


def _arguments(given: tuple[Any, ...]) -> tuple[Any, Any]:
    """The application and what is carried.

    Raises:
        InvalidMessage: there are fewer or more arguments.
    """
    if len(given) not in (1, 2):
        en, zh = f"{len(given)} arguments instead of one", f"参数应为 1 个，实为 {len(given)} 个"
        raise invalid(_INPUT, WHOLE, en, zh)
    return (given[0], given[1]) if len(given) == 2 else (given[0], None)


@workflow.defn(name=PLATFORM_TYPE)
class PlatformWorkflow(YearsOfValidity):
    """From the plan to the end of the term: one run a cycle, the same id for every term."""

    @workflow.init
    def __init__(self, *given: Any) -> None:
        """Open the term that is applied for, or go on with it in its next cycle.

        `given` is whatever the start brought: the application and, from the run before, what it
        carries (`CarriedPlatform`).
        """
        self.begin_run()
        self.carried: CarriedPlatform | None = None
        self.origin_wanted = False
        try:
            self._open(*_arguments(given))
        except InvalidMessage as error:
            self.invalid = error

    def _open(self, application: Any, carried: Any) -> None:
        """Open the case.

        Raises:
            InvalidMessage: the input is no application, or brings a state that no run left behind.
        """
        if self.edition >= Edition.V0_4:
            check_start(_INPUT)
            if carried is None and not isinstance(application, dict):
                raise InvalidMessage(_INPUT, NO_OBJECT)
        if carried is None:
            form = parse(PlatformApplication, application, blank_allowed=True)
            check_id(_INPUT, "platform_id", platform_workflow_id(form.platform_id))
            opened = open_platform(form, workflow.now(), self.edition, goes_on=goes_on())
            # A second life of a term decides nothing: the register is asked before the first message.
            # Also where it was reset: what a run commands must not depend on its own id.
            new = self.edition >= Edition.V0_4 and not goes_on()
            # The term before goes on as this one, where its operator had applied in time.
            self.origin_wanted = self.edition >= Edition.V0_5 and goes_on()
            self.adopt(opened, wait_for_register=new or self.origin_wanted)
            return
        self.carried = taken = record_from(CarriedPlatform, carried)
        if self.edition >= Edition.V0_4 and not goes_on():
            check_id(_INPUT, "carried", platform_workflow_id(taken.state.facts.platform_id))
            self.unconfirmed = True
        # A run before of which only the id is known may be a stranger's, who went on as one of ours.
        self.origin_wanted = self.edition >= Edition.V0_4 and goes_on()
        case = Case(taken.state, taken.record, self.edition)
        wait = self.unconfirmed or self.origin_wanted
        self.adopt(case, taken.due, taken.recorded, wait_for_register=wait)
        if taken.recovery and self.unconfirmed:
            self.recovering = taken.recovery if taken.state.open_assessment else None
            self.queue.hold(Hold.RECOVERY)  # nor is anything foreseen before its due date is known
        if taken.record.older:
            self.await_older()

    @workflow.run
    async def run(self, *given: Any) -> TermResult:
        """Wait for people's decisions, keep the years of validity, and end.

        Raises:
            ApplicationError: `InvalidApplication`, when the input is no application, or brings a state
                that no run left behind; `SecondLife`, when the register has this term by another run.
        """
        if self.carried and self.carried.record.older and not self.invalid:
            await self.ignore_cancellation(self._read_older(self.carried))
        if self.unconfirmed and not self.origin_wanted and not self.invalid:
            await self.ignore_cancellation(self._confirm())
        if self.origin_wanted and not self.invalid:
            await self.ignore_cancellation(self._check_origin())
        if self.edition >= Edition.V0_5 and not (self.invalid or self.carried):
            await self.ignore_cancellation(self._claim_number())
        if self.invalid:
            raise ApplicationError(
                *self.invalid.words, type="InvalidApplication", non_retryable=True
            )
        await self.ignore_cancellation(self.unless_second_life(self._run_term(given)))
        return self._result()

    async def _read_older(self, carried: CarriedPlatform) -> None:
        """Go on with the whole log; a start from outside must name one that the register has."""
        try:
            self.carried = await self.read_older(carried)
        except BrokenLog as error:
            self.queue.release(Hold.OLDER)
            await self.reject(InvalidMessage(_INPUT, FieldError("carried", error.words)))

    async def _confirm(self) -> None:
        """Compare what was brought along with the register: a term is taken up only as it ended there."""
        assert self.carried, "only what is carried is compared"  # noqa: S101
        platform_id = self.case.state.facts.platform_id
        recovery = self.carried.recovery if self.edition >= Edition.V0_5 else None
        found = await self.read_found(
            LogLookup(platform_id=platform_id, recovery=recovery is not None),
            "the newest term in the register, to take it up again",
        )
        if recovery:
            wrong = objection_to_recovery(self.carried, found, workflow.now())
        else:
            wrong = objection_to_reopening(self.carried, found.entries, self.edition)
        if wrong is None and recovery and not await self.begin_recovered(recovery, found.roster):
            wrong = GONE_ON
        if wrong:
            await self.reject(InvalidMessage(_INPUT, FieldError("carried", wrong)))
        else:
            self.confirm()

    async def _claim_number(self) -> None:
        """Claim the number of a platform that is brought in, before anything is written (§四(四))."""
        number, facts = self.case.state.certificate_number, self.case.state.facts
        if number is None:
            return
        holder = await self.claims.holder_of(number)
        if holder != facts.platform_id:
            await self.reject(not_brought_in(number, holder))

    async def _check_origin(self) -> None:
        """Wait until it is known that the run before was a case of ours.

        The server may no longer have it, after a reset years later: then the register must have what is
        carried. While neither does nothing is decided or shown: someone must look.
        """
        before = RunId(
            workflow_id=workflow.info().workflow_id,
            run_id=workflow.info().continued_run_id or "",
        )
        at_once = self.edition >= Edition.V0_5
        while True:
            try:
                known = await is_ours(_INPUT, before, PLATFORM_TYPE, self.marks, at_once=at_once)
            except InvalidMessage as error:
                return await self.reject(error)
            if known or await self._is_recorded():
                return self.confirm()
            self.unconfirmed = True
            missing = "the run before is not there"
            await self.marks.after(workflow.sleep(_ORIGIN_AGAIN, summary=missing))

    async def _is_recorded(self) -> bool:
        """Whether the register has the log that is carried, as far as it was written there."""
        known = self.recorded if self.carried else 1
        facts, log = self.case.state.facts, self.case.log[:known]
        if not log:
            return False
        lookup = LogLookup(platform_id=facts.platform_id, term=facts.term, holding=log[-1].hash)
        found = await self.find_log(lookup, "what is carried, in the register")
        return [e.hash for e in found[: len(log)]] == [e.hash for e in log]

    async def _run_term(self, given: tuple[Any, ...]) -> None:
        self.show()
        register = asyncio.create_task(self.sync_register())
        ends = asyncio.create_task(self.note_ends())
        if self.carried and self.carried.reopened:
            await self._await_reopening_decision()
        while True:
            await self._live(given[0])
            await self.wait_until_settled(recorded=True)
            if self.case.ended:  # while the register was away, its end may have been set aside
                break
        register.cancel()
        ends.cancel()
        self._begin_next_term()

    def _begin_next_term(self) -> None:
        """Go on as the next term, in one step, where its application was handed in while this one lasted."""
        state = self.case.state
        if not self.step.followed:
            return
        form = next_application(state, tuple(self.case.log), self.case.next_application)
        if form is None:
            return
        workflow.continue_as_new(
            args=[as_sent(form)],
            memo={
                "application_id": form.application_id,
                "application_sha256": sha256(as_sent(form)),
                "term": form.term,
            },
            search_attributes=TypedSearchAttributes(
                [
                    SearchAttributePair(STAGE, str(PLATFORM.steps[0].stage)),
                    SearchAttributePair(DISTRICT, str(form.district)),
                    SearchAttributePair(FIELD, form.field),
                ]
            ),
        )

    async def _live(self, application: Any) -> None:
        """Follow the state until the term has ended; from one cycle to the next in a new run."""
        cycle = self._cycle()
        while not self.case.ended:
            if self.step.clock is Clock.VALIDITY:
                # §四, last paragraph, and §六: valid for years, assessed in each of them
                await self.live_to_next_event()
            else:
                # §四(一) to (四): recommendation, inspection, expert review, listing
                await self.wait_for_step_change(None, "due")
            if not self.case.ended and (self._cycle() != cycle or self.renewal_due()):
                await self.wait_until_settled(recorded=False)
                workflow.continue_as_new(args=[application, self._carry()])

    # ---- the decisions of §四, each a signal of its own name ----

    recommendation = decision_signal(Kind.RECOMMENDATION)
    inspection = decision_signal(Kind.INSPECTION)
    plan_revision = decision_signal(Kind.PLAN_REVISION)
    expert_opinion = decision_signal(Kind.EXPERT_OPINION)
    listing = decision_signal(Kind.LISTING)
    bringing_in = decision_signal(Kind.BRINGING_IN)
    set_aside = decision_signal(Kind.SET_ASIDE)
    support = decision_signal(Kind.SUPPORT)
    next_term = decision_signal(Kind.NEXT_TERM)
    withdrawal = decision_signal(Kind.WITHDRAWAL)

    # ---- what the commission changes at any time ----

    facts_change = decision_signal(Kind.FACTS_CHANGE)
    suspension = decision_signal(Kind.SUSPENSION)
    resumption = decision_signal(Kind.RESUMPTION)
    termination = decision_signal(Kind.TERMINATION)

    def _awaits_reopening(self) -> bool:
        if not (self.carried and self.carried.reopened):
            return False
        since = self.case.log[len(self.carried.record.log) :]
        return not any(entry.name != Happening.ROSTER_LEARNED for entry in since)

    async def _await_reopening_decision(self) -> None:
        """A term that had ended was started again: wait for the setting aside, or end as before."""
        try:
            await workflow.wait_condition(
                lambda: not self._awaits_reopening(),
                timeout=_REOPENING_TIMEOUT,
                timeout_summary="the decision for which the term was started again",
            )
        except TimeoutError:
            self.marks.leave()
            workflow.logger.warning("started again, and no decision came", extra=self._about())

    # ---- one run a cycle ----

    def _cycle(self) -> tuple[bool, int]:
        """Return what a run covers: getting listed, or the time to the end of one more assessment."""
        return self.step.clock is Clock.VALIDITY, len(self.case.state.assessments)

    def _carry(self) -> CarriedPlatform:
        carried = CarriedPlatform(
            state=self.case.state,
            record=self.case.record(),
            due=self.due,
            recorded=self.recorded,
        )
        return self.handed_on(carried)

    def _result(self) -> TermResult:
        state = self.case.state
        return TermResult(
            platform_id=state.facts.platform_id,
            application_id=state.facts.application_id,
            term=state.facts.term,
            stage=state.stage,
            log_seq=len(self.case.log),
            log_hash=self.case.log[-1].hash,
            assessments=years_of(state) if self.edition >= Edition.V0_5 else (),
        )

    def platform_state(self) -> PlatformState:
        return self.case.state

    def view(self) -> CaseView:
        """The answer of the query `state`, with the next assessment of a valid platform."""
        opens = None if self.case.ended else next_assessment(self.case.state)
        return super().view().model_copy(update={"next_assessment": opens})

    def show(self) -> None:
        """Search attributes and current details in Temporal's own Web UI."""
        state = self.case.state
        wanted = {
            STAGE: str(state.stage),
            DISTRICT: str(state.facts.district),
            FIELD: state.facts.field,
            VALID_UNTIL: state.valid_until,
        }
        have = workflow.info().typed_search_attributes
        updates = [
            key.value_set(value)  # type: ignore[attr-defined]
            for key, value in wanted.items()
            if value is not None and have.get(key) != value  # type: ignore[call-overload]
        ]
        if updates:
            workflow.upsert_search_attributes(updates)
            self.marks.given()
        workflow.set_current_details(details(state, self.due))
