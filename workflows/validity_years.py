"""The years of validity (§六, §四): an assessment each year by itself, notices of the end, the end."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import ChildWorkflowError, WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from workflows.activity_messages import CaseLog, LogLookup, LogRequest
    from workflows.assessment_years import note_year_end, open_year, reopened
    from workflows.circumstances import Edition
    from workflows.contract import (
        ASSESSMENT_TYPE,
        DISTRICT,
        FIELD,
        PATCH_HANDED_ON,
        READ_LOG,
        assessment_workflow_id,
    )
    from workflows.deadlines import (
        ValidityEvent,
        next_expiry_notice,
        next_in_validity,
        turn_after_outage,
    )
    from workflows.open_assessment import Assessment, OpenAssessment
    from workflows.recovering import year_from_log
    from workflows.recovery import Recovery
    from workflows.register_sync import RETRY
    from workflows.reopening import BrokenLog
    from workflows.run_io import AssessmentOpening, YearResult
    from workflows.vocabulary import Happening

_TRY_AGAIN = timedelta(hours=1)
_SOON = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10))
"""Sooner at first: a stranger's workflow under the id of an assessment may be gone in a moment."""

_WAITS_FOR = {
    Happening.VALIDITY_NEARING: "notice of the end of validity",
    Happening.VALIDITY_ENDED: "end of validity",
    Happening.ASSESSMENT_OPENED: "assessment opens",
}
"""What a timer waits for, as the history says it."""
_WAITS_FOR_ITS_TURN = "assessment opens in its turn, after an outage"


class YearsOfValidity(OpenAssessment):
    """What a platform's workflow does while its validity lasts."""

    _taken = 0
    """How often the id of an assessment was found taken, in this run."""
    recovering: Recovery | None = None
    """The case goes on from its log, and its open assessment does not yet."""

    async def live_to_next_event(self) -> None:
        """Sleep until the next assessment opens or validity ends, and let it happen (§六, §四)."""
        state = self.case.state
        assert state.valid_until, "a valid platform has an end of validity"  # noqa: S101
        if self.sends_reminders and state.open_assessment:
            # Opened again: its kick-off was long ago.
            await self._assess(state.open_assessment, state.valid_until)
            return
        began = workflow.now()
        event = self._next_in_validity(began)
        if await self.wait_for_step_change(event.moment, _WAITS_FOR[event.happening]):
            return
        if self.edition >= Edition.V0_5:
            # An outage may have let more pass than what was waited for.
            event = self._next_in_validity(max(event.moment, workflow.now()))
            turn = turn_after_outage(event, began, workflow.now(), state.facts.platform_id)
            if turn:
                if await self.wait_for_step_change(turn, _WAITS_FOR_ITS_TURN):
                    return
                event = self._next_in_validity(max(turn, workflow.now()))
        if event.happening is Happening.ASSESSMENT_OPENED:
            await self._assess(len(state.assessments) + 1, state.valid_until)
        else:
            self.record_event(event.happening, {"days": event.days} if event.days else {})

    def _next_in_validity(self, now: datetime) -> ValidityEvent:
        return next_in_validity(
            self.case.state,
            now,
            sends_reminders=self.sends_reminders,
            end_first=self.edition >= Edition.V0_5,
        )

    async def _assess(self, year: int, valid_until: datetime) -> None:
        """Open the assessment of a year and wait for how it ends (§六).

        The child knows the end of validity and ends itself with it. A withdrawal, and a setting aside
        of what the assessment rests on, is signalled to it.
        """
        opening = await self._opening(year, valid_until)
        if opening is None:
            return
        facts = self.case.state.facts
        self.follow(year)
        try:
            child: Assessment = await self.marks.after(
                workflow.start_child_workflow(
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
            )
        except WorkflowAlreadyStartedError:
            # Only after someone reset this workflow: the child of the run before is still open.
            self.follow(None)
            self._taken += 1
            workflow.logger.error("assessment %s is open already; trying again", year)
            await self._try_again_later("an assessment of this id is open already")
            return

        self.follow(year, child)
        self.recovering = None

        def over() -> bool:
            return child.done() or bool(self.noted) or self.is_closed()

        while not over():
            await self._announce_expiry_until(lambda: over() or bool(self.changes()))
            await self.pass_on(child)
        if not child.done() and not self.noted:
            await self.close(child)
        content: dict[str, Any] = {"year": year}
        result = ""
        try:
            ended: YearResult = await self.marks.after(child)
            result = ended.result
            self.case.note_outside_roles(ended.roles)
            content = ended.content()
        except ChildWorkflowError as error:
            await self.follow_if_left(error.cause)
            content["reason"] = str(error.cause or error)[:300]
        noted = self.noted  # where it said so before it answered
        self.follow(None)
        if noted:
            return
        before = self.case.state
        note_year_end(self.case, year, result, content, workflow.now())
        self._after_entry(before)

    async def _opening(self, year: int, valid_until: datetime) -> AssessmentOpening | None:
        """What the assessment of a year begins with; None when its log cannot be had yet."""
        state = self.case.state
        roles = self.case.roles if self.edition >= Edition.V0_4 else {}
        opening = open_year(self.case, year, workflow.now(), valid_until, roles)
        self._after_entry(state)
        facts = state.facts
        try:
            if self.recovering:
                asked = LogLookup(
                    platform_id=facts.platform_id,
                    term=facts.term,
                    year=year,
                    opening=opening.opening,
                )
                found = await self.find_log(
                    asked, f"the log of assessment {year}, to go on from it"
                )
                opening = year_from_log(
                    opening, found, self.case.log, self.recovering, self.edition
                )
        except BrokenLog as error:
            await self._no_log(year, error)
            return None
        if state.reopening is None:
            return opening
        ended: CaseLog = await self.marks.after(
            workflow.execute_activity(
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
        )
        try:
            signed = bool(state.reopening.get("signatures"))
            return reopened(
                opening,
                ended.entries,
                self.case.log,
                state.reopening,
                self.edition,
                hands_on=signed and workflow.patched(PATCH_HANDED_ON),
            )
        except BrokenLog as error:
            await self._no_log(year, error)
            return None

    async def _no_log(self, year: int, error: BrokenLog) -> None:
        workflow.logger.error("assessment %s cannot be opened again: %s", year, error)
        await self._try_again_later("the register has another log than this case")

    async def _try_again_later(self, why: str) -> None:
        soon = self.edition >= Edition.V0_4 and 0 < self._taken <= len(_SOON)
        pause = _SOON[self._taken - 1] if soon else _TRY_AGAIN
        await self.marks.after(workflow.sleep(pause, summary=why))

    async def _announce_expiry_until(self, over: Callable[[], bool]) -> None:
        """Wait until it is over; announce meanwhile that the end of validity is near."""
        while not over():
            near = self._next_expiry_notice() if self.sends_reminders else None
            if near is None:
                await workflow.wait_condition(over)
            elif await self.reached(near[0], over, _WAITS_FOR[Happening.VALIDITY_NEARING]):
                if self.edition >= Edition.V0_5 and self._next_expiry_notice() is None:
                    continue  # validity has ended, and its assessment says so
                self.record_event(Happening.VALIDITY_NEARING, {"days": near[1]})

    def _next_expiry_notice(self) -> tuple[datetime, int] | None:
        return next_expiry_notice(self.case.state, workflow.now())
