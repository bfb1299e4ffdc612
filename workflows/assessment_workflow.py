"""The workflow of one yearly assessment (§六), a child of its platform."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from workflows.activity_messages import LogLookup, RunId
    from workflows.assessment_years import open_assessment
    from workflows.case import Case
    from workflows.case_workflow import decision_signal
    from workflows.circumstances import Edition
    from workflows.contract import (
        ASSESSMENT_TYPE,
        CLOSE_ASSESSMENT,
        DISTRICT,
        FIELD,
        FOLLOW_PLATFORM,
        PLATFORM_TYPE,
        assessment_workflow_id,
    )
    from workflows.model import (
        WHOLE,
        FieldError,
        InvalidMessage,
        invalid,
        record_from,
        sha256,
    )
    from workflows.origin import NO_PARENT, check_id, check_parent, check_start, goes_on, is_ours
    from workflows.parent_platform import ParentPlatform
    from workflows.platform_changes import (
        changes_said,
        changes_to_follow,
        closing_happening,
        closing_said,
        is_noted,
    )
    from workflows.record import LogEntry
    from workflows.reopening import closing_entry
    from workflows.run_io import AssessmentOpening, CarriedAssessment, YearResult
    from workflows.signal_queue import Hold
    from workflows.states import PlatformState
    from workflows.vocabulary import Happening, Kind, Stage
    from workflows.web_ui_summary import details


_INPUT = "AssessmentOpening"
_LOOK_AFTER = tuple(timedelta(seconds=s) for s in (0.2, 1, 5, 30, 120, 600))
"""The register may have the platform's entry later than the signal comes."""
_LOOKS_AT_ONCE = 5
_LOOK_AGAIN = timedelta(minutes=10)
"""Each look costs the history some events: whoever sends more than a few signals waits."""


@workflow.defn(name=ASSESSMENT_TYPE)
class AnnualAssessmentWorkflow(ParentPlatform):
    """Report, the district's view, evaluation; and rectification with reassessment where it falls short."""

    @workflow.init
    def __init__(self, *given: Any) -> None:
        """Open the assessment of a year, or go on with it; `given` is one `AssessmentOpening`."""
        self.begin_run()
        self._claimed: str | None = None
        self._claims = self._claims_checked = 0
        try:
            self._open(given)
        except InvalidMessage as error:
            self.invalid = error

    def _open(self, given: tuple[Any, ...]) -> None:
        """Open the case.

        Raises:
            InvalidMessage: the input is no opening, or no platform opened it.
        """
        if len(given) != 1:
            en, zh = (
                f"{len(given)} arguments instead of one",
                f"参数应为 1 个，实为 {len(given)} 个",
            )
            raise invalid(_INPUT, WHOLE, en, zh)
        self.opening = opening = record_from(AssessmentOpening, given[0])
        facts = opening.facts
        bound = self.edition >= Edition.V0_4  # then nothing is decided before the parent is known
        if bound:
            check_start(_INPUT)
            expected = assessment_workflow_id(facts.platform_id, facts.term, opening.year)
            check_id(_INPUT, "year", expected)
            check_parent(_INPUT, facts.platform_id)
        if carried := opening.carried:
            case = Case(carried.state, carried.record, self.edition)
            case.note_outside_roles(opening.roles)
            self.adopt(case, carried.due, carried.recorded, wait_for_register=bound)
            if opening.recovery and not goes_on():
                self.queue.hold(Hold.RECOVERY)
            self._claims = int(carried.closing)
            if opening.set_aside and opening.set_aside.get("signatures"):
                case.sent_on = sha256(opening.set_aside)
            if root := opening.handed_on:
                self.queue.take((), lambda: self.follow_roster(root))
            if opening.set_aside and bound:
                # First in the held queue, before any other message.
                self.receive(Kind.SET_ASIDE, (opening.set_aside,))
            if opening.changes:
                self.queue.take((), lambda: self.note_changes(opening.changes))
            return
        case = open_assessment(opening, workflow.now(), self.edition)
        self.adopt(case, wait_for_register=bound)

    @workflow.run
    async def run(self, *given: Any) -> YearResult:
        """Wait for the decisions of §六 until the assessment ends; the end of validity ends it too.

        Raises:
            ApplicationError: `InvalidOpening`, when the input is none, or no platform opened it.
        """
        if self.edition >= Edition.V0_4 and not self.invalid:
            await self._check_parent()
        if self.invalid:
            raise ApplicationError(*self.invalid.words, type="InvalidOpening", non_retryable=True)
        opening = self.opening
        self.show()
        register = asyncio.create_task(self.sync_register())
        claims = asyncio.create_task(self._look_into_claims())
        links = self.link_to_platform()
        if opening.set_aside and self.edition < Edition.V0_4:
            # It was opened again for this. Where it is refused, the assessment ends as before.
            self.receive(Kind.SET_ASIDE, (opening.set_aside,))
        while True:
            await self._go_on(opening)
            await self.wait_until_settled(recorded=True)
            if self.case.ended:  # while the register was away, its end may have been set aside
                break
        register.cancel()
        claims.cancel()
        for link in links:
            link.cancel()
        return self.year_result()

    def year_result(self) -> YearResult:
        """How the assessment has ended."""
        return YearResult(
            year=self.opening.year,
            result=self.case.state.stage,
            log_seq=len(self.case.log),
            log_hash=self.case.log[-1].hash,
            roles=self.case.roles if self.edition >= Edition.V0_4 else {},
        )

    async def _check_parent(self) -> None:
        """The parent has the platform's id; it must be a case of ours, too, before anything is decided."""
        parent = workflow.info().parent
        assert parent, "check_parent has seen it"  # noqa: S101
        run = RunId(
            workflow_id=parent.workflow_id, run_id=parent.run_id, namespace=parent.namespace
        )
        try:
            at_once = self.edition >= Edition.V0_5
            if not await is_ours(_INPUT, run, PLATFORM_TYPE, self.marks, at_once=at_once):
                raise InvalidMessage(_INPUT, FieldError("(parent)", NO_PARENT))
        except InvalidMessage as error:
            await self.reject(error)
        else:
            recovery = None if goes_on() else self.opening.recovery
            while recovery and not await self.begin_recovered(recovery):
                # Its platform waits for it: someone must look what else writes its log.
                await self._pause("the register conflicts")
            self.confirm()

    async def _go_on(self, opening: AssessmentOpening) -> None:
        """Wait for decisions until the assessment has ended."""
        while not self.case.ended:
            if not await self.wait_for_step_change(opening.valid_until, "due or end of validity"):
                self.record_event(Happening.VALIDITY_ENDED, {})
            elif self.renewal_due() and not self.case.ended:
                await self.wait_until_settled(recorded=False)
                workflow.continue_as_new(
                    opening.model_copy(
                        update={
                            "carried": self.carry(),
                            "set_aside": None,
                            "handed_on": None,
                            "changes": (),
                            "recovery": None,
                        }
                    )
                )

    self_report = decision_signal(Kind.SELF_REPORT)
    district_review = decision_signal(Kind.DISTRICT_REVIEW)
    evaluation = decision_signal(Kind.EVALUATION)
    rectification_report = decision_signal(Kind.RECTIFICATION_REPORT)
    reassessment = decision_signal(Kind.REASSESSMENT)
    set_aside = decision_signal(Kind.SET_ASIDE)

    @workflow.signal(name=CLOSE_ASSESSMENT, description="From the platform only: it has ended.")
    async def end_with_platform(self, *said: Any) -> None:
        """The platform has ended, or its listing was set aside: end with it.

        Anyone can send a signal. So each is taken as a reason to look, and the register says whether.
        """
        self.marks.leave()
        arrival = self.arrivals.note(CLOSE_ASSESSMENT)
        if self.invalid or self.case.ended:
            return
        closing = closing_said(said)
        if self.edition < Edition.V0_4:
            self.record_event(Happening.PLATFORM_WITHDRAWN, {})
        elif self.edition < Edition.V0_5 or not self.asks_who_says(arrival, closing):
            self.look_into_claim(closing.entry)

    @workflow.signal(
        name=FOLLOW_PLATFORM,
        description="From the platform only: its facts changed, or it was suspended or resumed.",
    )
    async def follow_platform(self, *said: Any) -> None:
        """Follow what the platform decided of itself; each signal is a reason to look who sent it."""
        arrival = self.arrivals.note(FOLLOW_PLATFORM)
        if self.invalid or not self._take_edition(Edition.V0_5):
            return
        self.marks.leave()
        changes = changes_said(said)
        if not (self.case.ended or self.asks_who_says(arrival, changes)):
            self.look_into_claim(changes.entry)

    def look_into_claim(self, entry: str | None) -> None:
        """Ask the register what the platform's log says: the signal alone is not believed."""
        self._claims += 1
        self._claimed = entry

    async def _look_into_claims(self) -> None:
        """In the background: follow, and end, when the platform's own log says so.

        One look answers all signals that came before it; one that comes later is looked into after it,
        in the next run, too. So none takes the place of another.
        """
        looks = 0
        while True:
            await workflow.wait_condition(lambda: self._claim_unchecked() and not self.case.ended)
            looks += 1
            if looks > _LOOKS_AT_ONCE:  # somebody sends it who is not the platform
                often = "platform_ended was sent too often"
                await self.marks.after(workflow.sleep(_LOOK_AGAIN, summary=often))
            asked = self._claims
            log = await self._platform_news(asked)
            if self.case.ended:
                continue
            self.note_changes(changes_to_follow(log, self.opening.before, self.case.log))
            closing = closing_entry(log, self.opening, self._claimed)
            if closing:
                self.record_event(closing_happening(log, closing), {"closing": closing})
            elif asked == self._claims and not is_noted(self.case.log, self._claimed):
                workflow.logger.warning("platform_ended was not true", extra=self._about())
            self._claims_checked = asked

    def _claim_unchecked(self) -> bool:
        """Whether a signal has come that was not looked into."""
        return self._claims_checked < self._claims

    async def _platform_news(self, asked: int) -> tuple[LogEntry, ...]:
        """The platform's log, once it says something new of this assessment; nothing when it does not.

        The platform writes its entry at the same time as it sends the signal: wait for it a while, or
        until the next signal. A platform whose run began before 0.4.0 does not say which entry.
        """
        for pause in (*_LOOK_AFTER, None):
            log = await self._platform_log()
            if pause is None or self.case.ended or self._is_news(log):
                return log
            try:
                await workflow.wait_condition(
                    lambda: self._claims > asked or self.case.ended,
                    timeout=pause,
                    timeout_summary="the register does not have the platform's entry yet",
                )
            except TimeoutError:
                self.marks.leave()
            else:
                return ()
        return ()

    def _is_news(self, log: Sequence[LogEntry]) -> bool:
        """Whether a platform's log closes this assessment, or has something for it to follow."""
        return bool(
            closing_entry(log, self.opening, self._claimed)
            or changes_to_follow(log, self.opening.before, self.case.log)
            or is_noted(self.case.log, self._claimed)
        )

    async def _platform_log(self) -> tuple[LogEntry, ...]:
        """The platform's log as the register has it; nothing when someone ended the activity from outside."""
        facts = self.opening.facts
        try:
            return await self.find_log(
                LogLookup(platform_id=facts.platform_id, term=facts.term),
                "the platform's log: what this assessment must follow",
            )
        except ActivityError:
            return ()

    def platform_state(self) -> PlatformState:
        """The platform as the assessment knows it: enough to name it in the register."""
        return PlatformState(
            facts=self.case.state.facts,
            stage=Stage.VALID,
            since=self.case.log[0].at,
            plan_sha256="0" * 64,
            valid_until=self.opening.valid_until,
            open_assessment=self.opening.year,
        )

    def carry(self) -> CarriedAssessment:
        return CarriedAssessment(
            state=self.case.state,
            record=self.case.record(),
            due=self.due,
            recorded=self.recorded,
            closing=self._claim_unchecked() or self.is_asking_who_says(),
        )

    def show(self) -> None:
        """Current details in Temporal's Web UI; search attributes came with the start, and follow."""
        facts, have = self.case.state.facts, workflow.info().typed_search_attributes
        moved = [
            key.value_set(value)
            for key, value in ((DISTRICT, str(facts.district)), (FIELD, facts.field))
            if have.get(key) not in (None, value)
        ]
        if moved:
            workflow.upsert_search_attributes(moved)
        workflow.set_current_details(details(self.case.state, self.due))
