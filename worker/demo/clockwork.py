"""Moving the virtual clocks of a platform and of its assessments (Temporal's time skipping).

Each workflow has a clock of its own. A child starts at its parent's time; while it is open the parent
does not move, and afterwards it does not catch up by itself. So a parent is moved exactly to a
kick-off, then the child alone, then the parent again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from temporalio.client import (
    Client,
    Interceptor,
    OutboundInterceptor,
    StartWorkflowInput,
    WorkflowHandle,
)
from temporalio.testing import TimeSkipper

A_MOMENT = timedelta(seconds=1)
"""A clock that is moved to a start stops so much before it: moved over it, it would run on to a timer."""
_PATIENCE = 60.0
_BEGUN = 3
"""Events of a run before its first task is completed."""


class Clockwork(Interceptor):
    """Virtual clocks over a client; also starts a next term when the one before it has ended."""

    def __init__(self, client: Client) -> None:
        self._delays: dict[str, timedelta] = {}
        config = client.config()
        config["interceptors"] = [*config["interceptors"], self]
        self.client = Client(**config)
        self._skipper = TimeSkipper(client)

    def start_later(self, workflow_id: str, delay: timedelta) -> None:
        """Let the next start of a workflow wait (in its own time) until the term before is over."""
        self._delays[workflow_id] = delay

    async def now(self, handle: WorkflowHandle[Any, Any]) -> datetime:
        return await self._skipper.get_current_time(handle)

    async def forward(
        self, handle: WorkflowHandle[Any, Any], span: timedelta, *, at_rest: bool = True
    ) -> None:
        """Move the clock of a workflow that has no child open, by default once the workflow is at rest.

        A timer that a workflow sets after its clock was moved starts from the later time: it never fires.

        Raises:
            TimeoutError: it did not move, or is not at rest, within a minute of real time.
        """
        if span <= timedelta():
            return
        if at_rest:
            await until(lambda: self.at_rest(handle), f"{handle.id} is at rest")
        async with asyncio.timeout(_PATIENCE):
            await self._skipper.fast_forward(handle, span)

    async def move_to(self, handle: WorkflowHandle[Any, Any], moment: datetime) -> None:
        """Move the clock of a workflow that is at rest to a moment of its own time. Raises TimeoutError."""
        await until(lambda: self.at_rest(handle), f"{handle.id} is at rest")
        await self.forward(handle, moment - await self.now(handle), at_rest=False)

    async def at_rest(self, handle: WorkflowHandle[Any, Any]) -> bool:
        """Whether a workflow has nothing to do now: no task, no activity. No worker is asked."""
        raw = (await handle.describe()).raw_description
        return not (raw.HasField("pending_workflow_task") or raw.pending_activities)

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        return _Delayed(next, self._delays)


class _Delayed(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, delays: dict[str, timedelta]) -> None:
        super().__init__(next)
        self._delays = delays

    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:
        input.start_delay = self._delays.pop(input.id, None)
        return await super().start_workflow(input)


async def until(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    """Ask again until something holds.

    Raises:
        TimeoutError: it did not within a minute of real time.
    """
    deadline = asyncio.get_running_loop().time() + _PATIENCE
    pause = 0.02
    while not await holds():
        if asyncio.get_running_loop().time() > deadline:
            raise TimeoutError(f"waited in vain: {what}")
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 0.5)


async def in_a_run_after(handle: WorkflowHandle[Any, Any], before: str | None) -> bool:
    """Whether a workflow is in a later run than `before`, and has begun it.

    A clock that is moved between two runs skips what the new one should tell.
    """
    run = await handle.describe()
    return run.run_id != before and run.history_length > _BEGUN
