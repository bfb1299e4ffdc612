"""The workflow of one yearly assessment (§六), a child of its platform."""

import asyncio
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.carried import AssessmentOpening, CarriedAssessment, YearResult
    from workflows.case import Case
    from workflows.contract import ASSESSMENT_TYPE
    from workflows.model import instant, said
    from workflows.running import CaseWorkflow
    from workflows.showing import details
    from workflows.state import AssessmentState, PlatformState
    from workflows.vocabulary import Happening, Kind, Stage


@workflow.defn(name=ASSESSMENT_TYPE)
class AnnualAssessmentWorkflow(CaseWorkflow[AssessmentState]):
    """Report, the district's view, evaluation; and rectification with reassessment where it falls short."""

    @workflow.init
    def __init__(self, opening: AssessmentOpening) -> None:
        """Open the assessment of a year, or go on with it."""
        self.opening = opening
        if carried := opening.carried:
            self.take_up(Case(carried.state, carried.record), carried.due, carried.recorded)
        else:
            content = {
                "year": opening.year,
                "opening": opening.opening,
                "valid_until": instant(opening.valid_until),
                "facts": said(opening.facts),
            }
            self.take_up(Case.open(content, workflow.now(), opening.before))

    @workflow.run
    async def run(self, opening: AssessmentOpening) -> YearResult:
        """§六: wait for what the table awaits, until it ends; the end of validity ends it too."""
        self.show()
        register = asyncio.create_task(self.hand_in())
        if opening.set_aside:
            # It had ended, and was opened again for this. Refused, it ends once more as it had.
            self.receive(Kind.SET_ASIDE, (opening.set_aside,))
        while True:
            await self._go_on(opening)
            await self.all_handed_in(recorded=True)
            if self.case.ended:  # while the register was away, its end may have been set aside
                break
        register.cancel()
        return YearResult(
            year=opening.year,
            result=self.case.state.stage,
            log_seq=len(self.case.log),
            log_hash=self.case.log[-1].hash,
        )

    async def _go_on(self, opening: AssessmentOpening) -> None:
        """Wait for what the table awaits until the assessment has ended."""
        while not self.case.ended:
            if not await self.moved_before(opening.valid_until, "due or end of validity"):
                self.happen(Happening.VALIDITY_ENDED, "period_over", {})
            elif self.renewal_due() and not self.case.ended:
                await self.all_handed_in(recorded=False)
                workflow.continue_as_new(
                    opening.model_copy(update={"carried": self.carry(), "set_aside": None})
                )

    @workflow.signal(description="平台运营单位的年度报告 (§六)")
    async def self_report(self, *said: Any) -> None:
        """The operator's report, or the commission's word that it goes on without."""
        self.receive(Kind.SELF_REPORT, said)

    @workflow.signal(description="所在区的意见 (§六)")
    async def district_review(self, *said: Any) -> None:
        """The district's view."""
        self.receive(Kind.DISTRICT_REVIEW, said)

    @workflow.signal(description="年度考核评价 (§六)")
    async def evaluation(self, *said: Any) -> None:
        """The commission's evaluation."""
        self.receive(Kind.EVALUATION, said)

    @workflow.signal(description="整改报告 (§六)")
    async def rectification_report(self, *said: Any) -> None:
        """The operator's report on what was mended."""
        self.receive(Kind.RECTIFICATION_REPORT, said)

    @workflow.signal(description="整改后考核 (§六)")
    async def reassessment(self, *said: Any) -> None:
        """The commission's assessment after rectification."""
        self.receive(Kind.REASSESSMENT, said)

    @workflow.signal(description="撤销更正 (§四, §六)")
    async def set_aside(self, *said: Any) -> None:
        """The commission sets a wrong decision of this assessment aside."""
        self.receive(Kind.SET_ASIDE, said)

    @workflow.signal(name="platform_ended", description="From the platform only: it has ended.")
    async def end_with_platform(self, *said: Any) -> None:
        """The platform was withdrawn with the assessment open: end with it."""
        if not self.case.ended:
            self.happen(Happening.PLATFORM_WITHDRAWN, "withdrawn", {})

    def platform_state(self) -> PlatformState:
        """The platform as it was when the assessment opened: enough to name it in the register."""
        return PlatformState(
            facts=self.opening.facts,
            stage=Stage.VALID,
            since=self.case.log[0].at,
            plan_sha256="0" * 64,
            valid_until=self.opening.valid_until,
            open_assessment=self.opening.year,
        )

    def carry(self) -> CarriedAssessment:
        """All of the assessment, for its next run."""
        return CarriedAssessment(
            state=self.case.state,
            record=self.case.record(),
            due=self.due,
            recorded=self.recorded,
        )

    def show(self) -> None:
        """Current details in Temporal's Web UI; the platform's search attributes came with the start."""
        workflow.set_current_details(details(self.case.state, self.due))
