"""The workflow of one platform: its life by §四 and §六 of the guideline."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import (
    ApplicationError,
    ChildWorkflowError,
    WorkflowAlreadyStartedError,
)

with workflow.unsafe.imports_passed_through():
    from workflows.application import PlatformApplication
    from workflows.carried import (
        AssessmentOpening,
        CarriedPlatform,
        CaseView,
        TermResult,
        YearResult,
    )
    from workflows.case import Case
    from workflows.contract import (
        ASSESSMENT_TYPE,
        CLOSE_ASSESSMENT,
        DISTRICT,
        FIELD,
        PLATFORM_TYPE,
        READ_LOG,
        STAGE,
        VALID_UNTIL,
        assessment_workflow_id,
        platform_workflow_id,
    )
    from workflows.handing_in import CaseLog, LogRequest
    from workflows.model import InvalidMessage, parse
    from workflows.opening import open_platform
    from workflows.periods import at_nine, last_day
    from workflows.reopening import BrokenLog, opening_number, reopened
    from workflows.rules import ending
    from workflows.running import RETRY, CaseWorkflow
    from workflows.showing import details
    from workflows.state import PlatformState, next_assessment
    from workflows.steps import Clock
    from workflows.vocabulary import Happening, Kind

_TRY_AGAIN = timedelta(hours=1)
_TO_BE_TOLD = timedelta(minutes=1)
"""How long a term that was started again waits for the decision for which it was."""


def _fits_its_id(form: PlatformApplication) -> None:
    """Another platform's id would write into that platform's rows of the register."""
    expected, found = platform_workflow_id(form.platform_id), workflow.info().workflow_id
    if found != expected:
        en, zh = (
            f"the workflow's id is {found}, not {expected}",
            f"流程编号为 {found}，应为 {expected}",
        )
        raise InvalidMessage("PlatformApplication", (("platform_id", en, zh),))


@workflow.defn(name=PLATFORM_TYPE)
class PlatformWorkflow(CaseWorkflow[PlatformState]):
    """From the plan to the end of the term: one run a cycle, the same id for every term."""

    @workflow.init
    def __init__(self, application: Any, carried: CarriedPlatform | None = None) -> None:
        """Open the term that is applied for, or go on with it in its next cycle."""
        if carried:
            self.take_up(Case(carried.state, carried.record), carried.due, carried.recorded)
            return
        try:
            form = parse(PlatformApplication, application)
            _fits_its_id(form)
            opened = open_platform(form, workflow.now())
        except InvalidMessage as error:
            self.invalid = error
            return
        self.take_up(opened)

    @workflow.run
    async def run(self, application: Any, carried: CarriedPlatform | None = None) -> TermResult:
        """Wait for people's decisions, live through the years of validity, and end.

        Raises:
            ApplicationError: `InvalidApplication`, when the input is no application.
        """
        if self.invalid:
            raise ApplicationError(
                self.invalid.en, self.invalid.zh, type="InvalidApplication", non_retryable=True
            )
        self.show()
        register = asyncio.create_task(self.hand_in())
        if carried and carried.reopened:
            await self.uncancelled(self._told_why(len(carried.record.log)))
        while True:
            await self.uncancelled(self._live(application))
            await self.uncancelled(self.all_handed_in(recorded=True))
            if self.case.ended:  # while the register was away, its end may have been set aside
                break
        register.cancel()
        return self._result()

    async def _live(self, application: Any) -> None:
        """Follow the state until the term has ended; from one cycle to the next in a new run."""
        cycle = self._cycle()
        while not self.case.ended:
            if self.step.clock is Clock.VALIDITY:
                # §四, last paragraph, and §六: valid for years, assessed in each of them
                await self._live_to_next_event()
            else:
                # §四(一) to (四): recommendation, inspection, expert review, listing
                await self.moved_before(None, "due")
            if not self.case.ended and (self._cycle() != cycle or self.renewal_due()):
                await self.all_handed_in(recorded=False)
                workflow.continue_as_new(args=[application, self._carry()])

    # ---- the decisions of §四, each a signal of its own name ----

    @workflow.signal(description="所在区推荐 (§四(一))")
    async def recommendation(self, *said: Any) -> None:
        """The district's word on the plan."""
        self.receive(Kind.RECOMMENDATION, said)

    @workflow.signal(description="现场核查 (§四(二))")
    async def inspection(self, *said: Any) -> None:
        """The on-site inspection."""
        self.receive(Kind.INSPECTION, said)

    @workflow.signal(description="修改完善方案 (§四(二))")
    async def plan_revision(self, *said: Any) -> None:
        """A new version of the plan."""
        self.receive(Kind.PLAN_REVISION, said)

    @workflow.signal(description="专家论证意见 (§四(三))")
    async def expert_opinion(self, *said: Any) -> None:
        """The panel's opinion."""
        self.receive(Kind.EXPERT_OPINION, said)

    @workflow.signal(description="纳入名单 (§四(四))")
    async def listing(self, *said: Any) -> None:
        """Included in a numbered list, or not."""
        self.receive(Kind.LISTING, said)

    @workflow.signal(description="既有平台转入 (§四)")
    async def bringing_in(self, *said: Any) -> None:
        """How the term stood that was listed before the platform came here, said anew."""
        self.receive(Kind.BRINGING_IN, said)

    @workflow.signal(description="撤销更正 (§四, §六)")
    async def set_aside(self, *said: Any) -> None:
        """The commission sets a wrong decision aside."""
        self.receive(Kind.SET_ASIDE, said)

    @workflow.signal(description="支持记录 (§四)")
    async def support(self, *said: Any) -> None:
        """Support was given to the platform, which is valid."""
        self.receive(Kind.SUPPORT, said)

    @workflow.signal(description="撤回 (§四)")
    async def withdrawal(self, *said: Any) -> None:
        """The operator withdraws."""
        self.receive(Kind.WITHDRAWAL, said)

    # ---- the years of validity ----

    async def _live_to_next_event(self) -> None:
        """Sleep until the next assessment opens or validity ends, and let it happen (§六, §四)."""
        state = self.case.state
        assert state.valid_until, "a valid platform has an end of validity"  # noqa: S101
        opens = next_assessment(self.case.state)
        event = min(opens, state.valid_until) if opens else state.valid_until
        if self.desk:
            if state.open_assessment:  # opened again: its kick-off was long ago
                await self._assess(state.open_assessment, state.valid_until)
                return
            near = self._nearing()
            if near and near[0] < event:
                if not await self.moved_before(near[0], "notice of the end of validity"):
                    self.happen(Happening.VALIDITY_NEARING, "told", {"days": near[1]})
                return
        what = "end of validity" if event == state.valid_until else "assessment opens"
        if await self.moved_before(event, what):
            return
        if event == state.valid_until:
            self.happen(Happening.VALIDITY_ENDED, "period_over", {})
        else:
            await self._assess(len(state.assessments) + 1, state.valid_until)

    async def _assess(self, year: int, valid_until: datetime) -> None:
        """Open the assessment of a year and wait for how it ends (§六).

        The child knows the end of validity and ends itself with it. A withdrawal, and a setting aside
        of what the assessment rests on, is told to it.
        """
        opening = await self._opening(year, valid_until)
        if opening is None:
            return
        facts = self.case.state.facts
        try:
            child = await workflow.start_child_workflow(
                ASSESSMENT_TYPE,
                opening,
                id=assessment_workflow_id(facts.platform_id, facts.term, year),
                result_type=YearResult,
                parent_close_policy=workflow.ParentClosePolicy.REQUEST_CANCEL,
                search_attributes=TypedSearchAttributes(
                    [
                        SearchAttributePair(DISTRICT, str(facts.district)),
                        SearchAttributePair(FIELD, facts.field),
                    ]
                ),
                static_summary=f"{facts.name}: 第 {year} 年考核 · assessment of year {year}",
            )
        except WorkflowAlreadyStartedError:
            # Only after someone reset this workflow: the child of the run before is still open.
            workflow.logger.error("assessment %s is open already; trying again", year)
            await workflow.sleep(_TRY_AGAIN, summary="an assessment of this id is open already")
            return

        def over() -> bool:
            return child.done() or self.case.ended or self.case.state.open_assessment != year

        await self._telling_the_end(over)
        if not child.done():
            try:
                await child.signal(CLOSE_ASSESSMENT)
            except ApplicationError:
                workflow.logger.info("assessment %s ended by itself meanwhile", year)
        content: dict[str, Any] = {"year": year}
        result = ""
        try:
            ended: YearResult = await child
            result = ended.result
            content |= {"result": result, "entries": ended.log_seq, "log_hash": ended.log_hash}
        except ChildWorkflowError as error:
            content["reason"] = str(error.cause or error)[:300]
        self._note_end(year, result, content)

    def _note_end(self, year: int, result: str, content: dict[str, Any]) -> None:
        """Note how an assessment ended, or that it was closed because what it rests on was set aside."""
        if self.case.state.open_assessment == year:
            outcome = ending(self.case.state, result)
            if outcome != result and not self.case.ended:
                content.pop("log_hash", None)
            self.happen(Happening.ASSESSMENT_ENDED, outcome, content)
        elif not self.case.ended:
            self.happen(Happening.ASSESSMENT_CLOSED, "closed", content)

    async def _opening(self, year: int, valid_until: datetime) -> AssessmentOpening | None:
        """What the assessment of a year begins with; None when its log cannot be had yet."""
        state = self.case.state
        before = self.case.log[-1].hash
        if state.open_assessment is None:
            said = {"year": year} | opening_number(self.case.log, state, year)
            before = self.happen(Happening.ASSESSMENT_OPENED, "opened", said).hash
        opening = AssessmentOpening(
            facts=state.facts,
            year=year,
            opening=self.case.state.openings,
            valid_until=valid_until,
            before=before,
        )
        if state.reopening is None:
            return opening
        facts = state.facts
        ended: CaseLog = await workflow.execute_activity(
            READ_LOG,
            LogRequest(
                platform_id=facts.platform_id,
                term=facts.term,
                year=year,
                opening=opening.opening,
            ),
            result_type=CaseLog,
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=RETRY,
            summary=f"the log of assessment {year}, to open it again",
        )
        try:
            return reopened(opening, ended.entries, self.case.log, state.reopening)
        except BrokenLog as error:
            workflow.logger.error("assessment %s cannot be opened again: %s", year, error)
            await workflow.sleep(_TRY_AGAIN, summary="the register has another log than this case")
            return None

    async def _telling_the_end(self, over: Callable[[], bool]) -> None:
        """Wait until it is over; tell meanwhile that the end of validity is near."""
        while not over():
            near = self._nearing() if self.desk else None
            if near is None:
                await workflow.wait_condition(over)
            elif await self.reached(near[0], over, "notice of the end of validity"):
                self.happen(Happening.VALIDITY_NEARING, "told", {"days": near[1]})

    def _nearing(self) -> tuple[datetime, int] | None:
        """When the end of validity is told next, and how many days before it; after an outage once."""
        state = self.case.state
        if state.valid_until is None:
            return None
        told = state.told_days
        days = [d for d in state.facts.policy.expiry_notice_days if told is None or d < told]
        now, end = workflow.now(), state.valid_until
        moments = {d: at_nine(last_day(end) - timedelta(days=d)) for d in days}
        passed = [d for d in days if moments[d] <= now]
        if not days or now >= end:
            return None
        chosen = min(passed) if passed else max(days)
        return moments[chosen], chosen

    async def _told_why(self, entries: int) -> None:
        """A term that had ended was started again: wait for the setting aside, or end as before."""
        try:
            await workflow.wait_condition(
                lambda: len(self.case.log) > entries,
                timeout=_TO_BE_TOLD,
                timeout_summary="the decision for which the term was started again",
            )
        except TimeoutError:
            workflow.logger.warning("started again, and told nothing", extra=self._about())

    # ---- one run a cycle ----

    def _cycle(self) -> tuple[bool, int]:
        """What a run lives through: getting in, or the way to the end of one more assessment."""
        return self.step.clock is Clock.VALIDITY, len(self.case.state.assessments)

    def _carry(self) -> CarriedPlatform:
        return CarriedPlatform(
            state=self.case.state,
            record=self.case.record(),
            due=self.due,
            recorded=self.recorded,
        )

    def _result(self) -> TermResult:
        state = self.case.state
        return TermResult(
            platform_id=state.facts.platform_id,
            application_id=state.facts.application_id,
            term=state.facts.term,
            stage=state.stage,
            log_seq=len(self.case.log),
            log_hash=self.case.log[-1].hash,
        )

    def platform_state(self) -> PlatformState:
        """The state itself."""
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
        workflow.set_current_details(details(state, self.due))
