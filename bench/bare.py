"""The bare life: the same waits, timers, children and runs as a platform's, and nothing else in it."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow

PLATFORM_STEPS = 4
ASSESSMENT_STEPS = 3
YEARS = 3
LEAD = timedelta(days=90)
YEAR = timedelta(days=365)
_STEP = timedelta(days=30)


def midnight(at: datetime) -> datetime:
    """The beginning of a day: from there the years are counted, so that the driver can too."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


class _Steps:
    """Steps that decisions move on, by update or by signal."""

    steps = 0

    @workflow.update
    async def decide(self, raw: dict[str, Any]) -> dict[str, Any]:
        """Take whatever comes, and answer where that led."""
        self.steps += 1
        return {"stage": self.steps, "at": workflow.now().isoformat()}

    @workflow.signal
    def decision(self, raw: dict[str, Any]) -> None:
        """Take whatever comes."""
        self.steps += 1

    @workflow.query
    def taken(self) -> int:
        """How many decisions were taken."""
        return self.steps

    async def moved(self, before: timedelta) -> None:
        """Wait for the next decision, with a timer for the day it is due."""
        step = self.steps
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: self.steps > step, timeout=before)
        await workflow.wait_condition(lambda: self.steps > step)


@workflow.defn
class BareAssessment(_Steps):
    """Three decisions."""

    @workflow.run
    async def run(self) -> None:
        """Wait for each."""
        while self.steps < ASSESSMENT_STEPS:
            await self.moved(_STEP)


@workflow.defn
class BarePlatform(_Steps):
    """Four decisions, three years with a child in each, the end; a new run for each of these parts."""

    @workflow.run
    async def run(self, valid_since: datetime | None = None, years: int = 0) -> None:
        """Live through one part."""
        if valid_since is None:
            while self.steps < PLATFORM_STEPS:
                await self.moved(_STEP)
            workflow.continue_as_new(args=[midnight(workflow.now()), 0])
        self.steps = PLATFORM_STEPS
        if years == YEARS:
            await self._sleep(valid_since + YEARS * YEAR)
            return
        await self._sleep(valid_since + (years + 1) * YEAR - LEAD)
        child = f"{workflow.info().workflow_id}:assessment-{years + 1}"
        await workflow.execute_child_workflow(BareAssessment.run, id=child)
        workflow.continue_as_new(args=[valid_since, years + 1])

    async def _sleep(self, until: datetime) -> None:
        await workflow.sleep(max(until - workflow.now(), timedelta()))
