"""One whole life of either side: four decisions, three years with three decisions each, the end."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper

from bench.script import dated, decisions
from bench.sides import Handle, Side

YEARS = (1, 2, 3)
_A_MOMENT = timedelta(seconds=1)
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


async def live(side: Side, skipper: TimeSkipper, platform_id: str, say: Say = by_update) -> None:
    """Live a life from its start to its end with time skipped, both sides by the very same calls.

    A platform is moved exactly to a kick-off, because its child would take what is left of the way.
    """
    with_child = skipper.client.get_workflow_handle
    platform = await side.start(skipper.client, platform_id)
    since = await _say_all(side, platform, skipper, platform_id, 0, say)
    for year in YEARS:
        await _forward(skipper, platform, side.opens(platform_id, since, year))
        assessment: Handle = with_child(side.assessment_id(platform_id, year))
        await _until(lambda child=assessment: _exists(child), "a child opens")  # type: ignore[misc]
        await _say_all(side, assessment, skipper, platform_id, year, say)
        run = await _run(platform)
        await assessment.result()
        await _until(lambda run=run: _renewed(platform, run), "the next run")  # type: ignore[misc]
    await _forward(skipper, platform, side.ends(since) + _A_MOMENT)
    await platform.result()


async def _say_all(
    side: Side, handle: Handle, skipper: TimeSkipper, platform_id: str, year: int, say: Say
) -> datetime:
    """Say all that is decided before validity, or in a year; the moment it was, on the case's clock."""
    now = await skipper.get_current_time(handle)
    for number, said in enumerate(decisions(year), start=1):
        await say(side, handle, dated(said, f"{platform_id}-{year}-{number}", now), number)
    return now.astimezone(UTC)


async def _forward(skipper: TimeSkipper, handle: Handle, moment: datetime) -> None:
    await skipper.fast_forward(handle, moment - await skipper.get_current_time(handle))


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


async def _renewed(handle: Handle, run: str | None) -> bool:
    return await _run(handle) != run


async def _until(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    """Ask until it holds, at the same pace for both sides."""
    deadline = asyncio.get_running_loop().time() + _PATIENCE
    while not await holds():
        if asyncio.get_running_loop().time() > deadline:
            raise TimeoutError(f"waited in vain: {what}")
        await asyncio.sleep(_PAUSE)
