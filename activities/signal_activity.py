"""How the server took the signals of a run, as its history has it."""

from datetime import UTC

from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from activities.origin_activity import first_event
from workflows.activity_messages import RunId, SignalArrivals, SignalLookup, TakenSignal
from workflows.contract import FIND_SIGNALS


@activity.defn(name=FIND_SIGNALS)
async def find_signals(lookup: SignalLookup) -> SignalArrivals:
    """Read when the server took signals of the run that asks, and which workflow sent them.

    The time is that of the event, the sender what the server noted when another workflow commanded it.
    """
    info = activity.info()
    run = activity.client().get_workflow_handle(info.workflow_id or "", run_id=info.workflow_run_id)
    heard = dict.fromkeys(lookup.first, 0)
    found: dict[str, list[TakenSignal]] = {name: [] for name in lookup.first}
    first_runs: dict[str, str | None] = {}
    async for event in run.fetch_history_events():
        if event.event_type != EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            continue
        name = event.workflow_execution_signaled_event_attributes.signal_name
        if name not in heard:
            continue
        heard[name] += 1
        if heard[name] < lookup.first[name]:
            continue
        taken = _taken(event)
        if taken.sender and taken.sender.workflow_id == lookup.traced:
            run_id = taken.sender.run_id
            if run_id not in first_runs:
                first_runs[run_id] = await _first_run(taken.sender)
            taken = taken.model_copy(update={"first_run": first_runs[run_id]})
        found[name].append(taken)
    return SignalArrivals(signals={name: tuple(taken) for name, taken in found.items()})


def _taken(event: HistoryEvent) -> TakenSignal:
    by = event.workflow_execution_signaled_event_attributes.external_workflow_execution
    return TakenSignal(
        at=event.event_time.ToDatetime(UTC),
        sender=RunId(workflow_id=by.workflow_id, run_id=by.run_id) if by.run_id else None,
    )


async def _first_run(run: RunId) -> str | None:
    first = await first_event(activity.client(), run)
    return (
        first.workflow_execution_started_event_attributes.first_execution_run_id if first else None
    )
