"""The Temporal that was left: what ran there by itself stops, and what stays is named."""

from collections.abc import Sequence
from typing import NamedTuple

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from starter.client.rpc_errors import translate_rpc_errors
from starter.client.visibility import any_type
from workflows.contract import (
    ARCHIVING_ID,
    DIGESTING_ID,
    ERASURE_TYPE,
    NOTICES_ID,
    STAMPING_ID,
    SUBSCRIPTIONS_ID,
)

_SCHEDULES = (ARCHIVING_ID, DIGESTING_ID, STAMPING_ID)
_DELIVERIES = (NOTICES_ID, SUBSCRIPTIONS_ID)


class Retired(NamedTuple):
    """What was stopped, what the other side has not, and what waits where it is."""

    stopped: Sequence[str]
    missing: Sequence[str]
    """Schedules that ran here, and that no worker there has made."""
    erasures: Sequence[str]
    """Erasures that two officers have not finished here."""


async def retire(old: Client, new: Client, profile: str) -> Retired:
    """Pause the schedules and end the deliveries, once the other side has them.

    Deliveries share one outbox, so two sides never send the same notice; one of them is enough.

    Raises:
        Unreachable: Temporal does not answer.
    """
    note = f"moved to profile {profile}"
    stopped, missing = list[str](), list[str]()
    with translate_rpc_errors():
        for name in _SCHEDULES:
            if not await _has_schedule(old, name):
                continue
            if not await _has_schedule(new, name):
                missing.append(name)
                continue
            await old.get_schedule_handle(name).pause(note=note)
            stopped.append(name)
        for name in _DELIVERIES:
            if await _runs(new, name) and await _runs(old, name):
                await old.get_workflow_handle(name).terminate(reason=note)
                stopped.append(name)
        query = f"{any_type((ERASURE_TYPE,))} AND ExecutionStatus = 'Running'"
        erasures = [run.id async for run in old.list_workflows(query)]
    return Retired(stopped, missing, erasures)


async def _has_schedule(client: Client, name: str) -> bool:
    try:
        await client.get_schedule_handle(name).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


async def _runs(client: Client, workflow_id: str) -> bool:
    try:
        found = await client.get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return found.close_time is None
