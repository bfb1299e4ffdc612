"""The life on DBOS: `python -m bench.peers.dbos_app DATABASE`, in the environment that has `dbos`.

A line of JSON on its standard input asks for something, and a line on its standard output answers. Client and
workflows are in one process, as DBOS, a library in one's own program, has it.
"""

import asyncio
import json
import os
import sys
from time import perf_counter
from typing import Any

from dbos import DBOS, SetWorkflowID

from bench.peers.life_plan import (
    ASSESSMENT_STEPS,
    PLATFORM_STEPS,
    SKIPPED_YEAR,
    STEP_SECONDS,
    WHOLE_YEAR,
    YEARS,
    assessment_id,
)


async def _take(number: int) -> None:
    """Wait for a decision, with a timer for the day it is due; answer by an event of its id."""
    decision = await DBOS.recv_async(timeout_seconds=STEP_SECONDS)
    while decision is None:
        decision = await DBOS.recv_async(timeout_seconds=STEP_SECONDS)
    receipt = {"stage": number, "at": decision["decided_on"]}
    await DBOS.set_event_async(decision["decision_id"], receipt)


@DBOS.workflow()
async def assessment() -> None:
    """Three decisions."""
    for number in range(1, ASSESSMENT_STEPS + 1):
        await _take(number)


@DBOS.workflow()
async def platform(application: dict[str, Any], a_year: float) -> None:
    """Four decisions, three years with a child in each, the end."""
    for number in range(1, PLATFORM_STEPS + 1):
        await _take(number)
    for year in YEARS:
        await DBOS.sleep_async(a_year)
        with SetWorkflowID(assessment_id(str(DBOS.workflow_id), year)):
            child = await DBOS.start_workflow_async(assessment)
        await DBOS.set_event_async(f"assessment-{year}", child.workflow_id)
        await child.get_result()
    await DBOS.sleep_async(a_year)


async def _start(platform_id: str, application: dict[str, Any], a_year: float) -> Any:
    with SetWorkflowID(platform_id):
        return await DBOS.start_workflow_async(platform, application, a_year)


async def _decide(workflow_id: str, decision: dict[str, Any]) -> float:
    """Send a decision; the milliseconds until its event is there."""
    begun = perf_counter()
    await DBOS.send_async(workflow_id, decision)
    if await DBOS.get_event_async(workflow_id, decision["decision_id"]) is None:
        raise TimeoutError(f"{workflow_id} does not answer")
    return (perf_counter() - begun) * 1000


async def _live(life: dict[str, Any]) -> None:
    platform_id = life["id"]
    running = await _start(platform_id, life["application"], SKIPPED_YEAR)
    for decision in life["decisions"][0]:
        await _decide(platform_id, decision)
    for year in YEARS:
        child = await DBOS.get_event_async(platform_id, f"assessment-{year}")
        for decision in life["decisions"][year]:
            await _decide(child, decision)
    await running.get_result()


async def _answer(asked: dict[str, Any]) -> Any:
    match asked["what"]:
        case "open":
            starts = (_start(name, form, WHOLE_YEAR) for name, form in asked["cases"])
            await asyncio.gather(*starts)
        case "decide":
            return await asyncio.gather(*(_decide(*one) for one in asked["decisions"]))
        case "end":
            await asyncio.gather(*map(DBOS.cancel_workflow_async, asked["ids"]))
        case "live":
            places = asyncio.Semaphore(asked["at_once"])

            async def in_its_place(life: dict[str, Any]) -> None:
                async with places:
                    await _live(life)

            await asyncio.gather(*map(in_its_place, asked["lives"]))
    return None


async def main(database: str) -> None:
    """Answer until the standard input ends."""
    DBOS(config={"name": "bench", "system_database_url": database, "log_level": "WARNING"})
    DBOS.launch()
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await _answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
    sys.stdout.flush()
    os._exit(0)  # cases that still wait hold threads
