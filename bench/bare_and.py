"""The bare workflow and one thing more each, to see what that thing costs a decision."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey

PLATFORM_STEPS = 4
STAGE = SearchAttributeKey.for_keyword("PlatformStage")
_STEP = timedelta(days=30)


class _Steps:
    steps = 0

    @workflow.query
    def taken(self) -> int:
        """How many decisions were taken."""
        return self.steps

    def take(self) -> dict[str, Any]:
        """Take a decision."""
        self.steps += 1
        return {"stage": self.steps, "at": workflow.now().isoformat()}

    async def moved(self, step: int) -> None:
        """Wait for the decision after `step`, with a timer for the day it is due."""
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: self.steps > step, timeout=_STEP)


@workflow.defn
class BareAndActivity(_Steps):
    """Each decision is followed by an empty activity, as each of ours is by one that hands it in."""

    @workflow.run
    async def run(self) -> None:
        """Run the activity, then keep the timer of the next step."""
        for step in range(PLATFORM_STEPS):
            await workflow.execute_activity("nothing", start_to_close_timeout=_STEP)
            await self.moved(step)

    @workflow.update
    async def decide(self, raw: dict[str, Any]) -> dict[str, Any]:
        """Take whatever comes."""
        return self.take()


@workflow.defn
class BareAndAttribute(_Steps):
    """Each decision is answered together with a change of a search attribute."""

    @workflow.run
    async def run(self) -> None:
        """Keep the timers."""
        for step in range(PLATFORM_STEPS):
            await self.moved(step)

    @workflow.update
    async def decide(self, raw: dict[str, Any]) -> dict[str, Any]:
        """Take whatever comes, and show it."""
        receipt = self.take()
        workflow.upsert_search_attributes([STAGE.value_set(f"step-{self.steps}")])
        return receipt
