"""The history events of a whole life, with its children and over all its runs."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
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
"""Events that are there because the measurement skips time; a life in real time has none, unless somebody waits
for long (`starter.client.people_first`)."""
_LOST_TASK: tuple[
    Literal["workflow_task_timed_out_event_attributes", "workflow_task_failed_event_attributes"],
    ...,
] = (
    "workflow_task_timed_out_event_attributes",
    "workflow_task_failed_event_attributes",
)

Events = Counter[str]
Run = Sequence[HistoryEvent]
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
    runs = [run for workflow_id in ids for run in await runs_of(ground.client, workflow_id)]
    return Counter(name_of(event) for run in runs for event in run)


async def runs_of(client: Client, workflow_id: str) -> list[Run]:
    """The events of all runs of a workflow, the last run first, without those of time skipping."""
    found: list[Run] = []
    run_id: str | None = None
    while True:
        handle = client.get_workflow_handle(workflow_id, run_id=run_id)
        events = [event async for event in handle.fetch_history_events()]
        found.append([one for one in events if one.event_type not in OF_TIME_SKIPPING])
        begun = events[0].workflow_execution_started_event_attributes
        run_id = begun.continued_execution_run_id
        if not run_id:
            return found


def name_of(event: HistoryEvent) -> str:
    """The name of an event's type, without the prefix of all."""
    return EventType.Name(event.event_type).removeprefix(_PREFIX)


def undisturbed(run: Run) -> list[HistoryEvent]:
    """The events without those of workflow tasks that a busy machine lost, and had again."""
    lost: set[int] = set()
    for event in run:
        for kind in _LOST_TASK:
            if event.HasField(kind):
                task = getattr(event, kind)
                lost |= {event.event_id, task.scheduled_event_id, task.started_event_id}
    return [event for event in run if event.event_id not in lost]


def payload_bytes(message: Message) -> int:
    """The bytes of all payloads in a message: what our code says, without ids and names of machines."""
    if isinstance(message, Payload):
        return message.ByteSize()
    size = 0
    for _, value in message.ListFields():
        if isinstance(value, Message):
            size += payload_bytes(value)
        elif isinstance(value, Mapping):
            size += sum(payload_bytes(one) for one in value.values() if isinstance(one, Message))
        elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
            size += sum(payload_bytes(one) for one in value if isinstance(one, Message))
    return size
