"""The life on Restate: `python -m bench.peers.restate_app PORT`, in the environment that has `restate-sdk`.

Restate's server calls it by HTTP/2. It ends with its standard input.
"""

import asyncio
import os
import sys
from datetime import timedelta
from typing import Any

import restate
from hypercorn.asyncio import serve
from hypercorn.config import Config

from bench.peers.life_plan import (
    ASSESSMENT_STEPS,
    PLATFORM_STEPS,
    STEP_SECONDS,
    YEARS,
    assessment_id,
)

platform = restate.Workflow("Platform")
assessment = restate.Workflow("Assessment")
_STEP = timedelta(seconds=STEP_SECONDS)


async def _take(ctx: restate.WorkflowContext, number: int) -> None:
    """Wait for a decision, with a timer for the day it is due; answer by a promise."""
    decision = ctx.promise(f"decision-{number}", type_hint=dict).value()
    which, said = await restate.select(decision=decision, due=ctx.sleep(_STEP))
    if which == "due":
        said = await decision
    receipt = {"stage": number, "at": said["decided_on"]}
    await ctx.promise(f"receipt-{number}").resolve(receipt)


async def _decide(ctx: restate.WorkflowSharedContext, sent: dict[str, Any]) -> dict[str, Any]:
    """Hand a decision over, and wait until the workflow has taken it."""
    number = sent["number"]
    await ctx.promise(f"decision-{number}").resolve(sent["decision"])
    receipt: dict[str, Any] = await ctx.promise(f"receipt-{number}", type_hint=dict)
    return receipt


@assessment.main()
async def assess(ctx: restate.WorkflowContext) -> None:
    """Three decisions."""
    for number in range(1, ASSESSMENT_STEPS + 1):
        await _take(ctx, number)


@assessment.handler("decide")
async def decide_assessment(
    ctx: restate.WorkflowSharedContext, sent: dict[str, Any]
) -> dict[str, Any]:
    """Take a decision while the assessment runs."""
    return await _decide(ctx, sent)


@platform.main()
async def run(ctx: restate.WorkflowContext, started: dict[str, Any]) -> None:
    """Four decisions, three years with a child in each, the end."""
    for number in range(1, PLATFORM_STEPS + 1):
        await _take(ctx, number)
    a_year = timedelta(seconds=started["a_year"])
    for year in YEARS:
        await ctx.sleep(a_year)
        child = assessment_id(ctx.key(), year)
        running = ctx.workflow_call(assess, key=child, arg=None)
        await ctx.promise(f"assessment-{year}").resolve(child)
        await running
    await ctx.sleep(a_year)


@platform.handler("decide")
async def decide_platform(
    ctx: restate.WorkflowSharedContext, sent: dict[str, Any]
) -> dict[str, Any]:
    """Take a decision while the platform runs."""
    return await _decide(ctx, sent)


@platform.handler("opened")
async def opened(ctx: restate.WorkflowSharedContext, year: int) -> str:
    """Wait until the child of a year was started; its id."""
    child: str = await ctx.promise(f"assessment-{year}", type_hint=str)
    return child


async def main(port: str) -> None:
    """Serve until the standard input ends."""
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    served = restate.app([platform, assessment])
    serving = asyncio.create_task(serve(served, config, shutdown_trigger=_ended))
    print("ready", flush=True)
    await serving


async def _ended() -> None:
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
    os._exit(0)
