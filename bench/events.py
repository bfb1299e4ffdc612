"""The history events of a whole life, with its children and over all its runs."""

import asyncio
from collections import Counter
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from bench.lives import Say, live
from bench.processes import Ground
from bench.sides import Side

OF_TIME_SKIPPING = frozenset(
    {
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED,
    }
)
"""Events that are there only because the measurement skips time; a life in real time has none."""

Events = Counter[str]
_REST = 0.4
_PREFIX = "EVENT_TYPE_"


async def events_of_a_life(ground: Ground, side: Side, say: Say, how: str) -> Events:
    """Live one life and count its events by type, without those of time skipping.

    Before each decision the case comes to rest, as it does when people decide days apart; decisions
    that press on each other share tasks and make fewer events.
    """

    async def after_a_rest(*said: Any) -> None:
        await asyncio.sleep(_REST)
        await say(*said)

    name = f"events-{how}"
    await live(side, ground.client, name, after_a_rest)
    # Both of a life's ids hold its name; those of the children begin with their parent's.
    ids = [side.workflow_id(name), *(side.assessment_id(name, year) for year in (1, 2, 3))]
    found: Events = Counter()
    for workflow_id in ids:
        found += await _events_of_all_runs(ground.client, workflow_id)
    return found


async def _events_of_all_runs(client: Client, workflow_id: str) -> Events:
    found: Events = Counter()
    run_id: str | None = None
    while True:
        handle = client.get_workflow_handle(workflow_id, run_id=run_id)
        events = [event async for event in handle.fetch_history_events()]
        found.update(
            EventType.Name(event.event_type).removeprefix(_PREFIX)
            for event in events
            if event.event_type not in OF_TIME_SKIPPING
        )
        begun = events[0].workflow_execution_started_event_attributes
        run_id = begun.continued_execution_run_id
        if not run_id:
            return found
