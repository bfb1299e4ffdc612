"""One whole life of either side: four decisions, three years with three decisions each, the end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper

from bench.script import decided
from bench.sides import Handle, Side

YEARS = (1, 2, 3)
_A_MOMENT = timedelta(seconds=1)
_FIRST_TASK = 4
"""Events until a run's first task is done: started, scheduled, started, completed; then its timer."""
_PAUSE = 0.02
_PATIENCE = 60.0

Say = Callable[[Side, Handle, dict[str, Any], int], Awaitable[None]]


async def by_update(side: Side, handle: Handle, decision: dict[str, Any], number: int) -> None:
    """Say a decision as people's tools do: by update, and wait for the receipt."""
    await handle.execute_update("decide", decision, result_type=dict)


async def by_signal(side: Side, handle: Handle, decision: dict[str, Any], number: int) -> None:
    """Say a decision as other systems do: by signal, and see that it was taken."""
    await handle.signal(side.signal(decision), decision)
    await _until(lambda: side.heard(handle, decision, number), "a signal is heard")


async def live(side: Side, client: Client, platform_id: str, say: Say = by_update) -> None:
    """Live a life from its start to its end with time skipped, both sides by the very same calls.

    It is started with the plain client, since one started with the skipper's would skip by itself. A
    platform is moved exactly to a kick-off, because its child would take what is left of the way.
    """
    skipper = TimeSkipper(client)
    platform = await side.start(client, platform_id)
    run = await _run(platform)
    since = (await skipper.get_current_time(platform)).astimezone(UTC)
    await _say_all(side, platform, decided(platform_id, 0, since), say)
    for year in YEARS:
        run = await _next_run(platform, run)
        assessment: Handle = client.get_workflow_handle(side.assessment_id(platform_id, year))
        async with _forward(skipper, platform, side.opens(platform_id, since, year)):
            await _until(lambda child=assessment: _exists(child), "a child opens")  # type: ignore[misc]
        now = await skipper.get_current_time(assessment)
        await _say_all(side, assessment, decided(platform_id, year, now), say)
        await assessment.result()
    await _next_run(platform, run)
    async with _forward(skipper, platform, side.ends(since) + _A_MOMENT):
        await platform.result()


async def at_rest(handle: Handle) -> None:
    """Wait until a case has nothing to do. It is not asked: a query would take it out of the cache."""

    async def rests() -> bool:
        raw = (await handle.describe()).raw_description
        return not (raw.HasField("pending_workflow_task") or raw.pending_activities)

    await _until(rests, "a case comes to rest")


async def _say_all(
    side: Side, handle: Handle, all_decided: tuple[dict[str, Any], ...], say: Say
) -> None:
    for number, decision in enumerate(all_decided, start=1):
        await say(side, handle, decision, number)


@asynccontextmanager
async def _forward(skipper: TimeSkipper, handle: Handle, moment: datetime) -> AsyncIterator[None]:
    """Move a clock on, until what is waited for inside has come.

    The end of the move itself is not waited for: a parent that has a child by then never reaches it.
    """
    span = moment - await skipper.get_current_time(handle)
    moving = asyncio.create_task(skipper.fast_forward(handle, span))
    try:
        yield
    finally:
        moving.cancel()
        await asyncio.gather(moving, return_exceptions=True)


async def _exists(handle: Handle) -> bool:
    try:
        await handle.describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


async def _run(handle: Handle) -> str | None:
    return (await handle.describe()).run_id


async def _next_run(handle: Handle, run: str | None) -> str | None:
    """Wait until the run after `run` sleeps: only then may its clock be moved."""

    async def sleeps() -> bool:
        now = await handle.describe()
        return now.run_id != run and now.history_length > _FIRST_TASK

    await _until(sleeps, "the next run")
    return await _run(handle)


async def _until(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    """Ask until it holds, at the same pace for both sides."""
    deadline = asyncio.get_running_loop().time() + _PATIENCE
    while not await holds():
        if asyncio.get_running_loop().time() > deadline:
            raise TimeoutError(f"waited in vain: {what}")
        await asyncio.sleep(_PAUSE)
