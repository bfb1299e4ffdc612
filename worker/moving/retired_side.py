"""The Temporal that was left: what ran there by itself stops, and what stays is named.

Deliveries go on where a worker runs: they share one outbox, which leases each notice to one of them.
"""

from collections.abc import Sequence
from typing import NamedTuple

from temporalio.client import Client, Schedule
from temporalio.service import RPCError, RPCStatusCode

from starter.client.rpc_errors import translate_rpc_errors
from starter.client.visibility import any_type
from workflows.contract import (
    ARCHIVING_ID,
    DIGESTING_ID,
    ERASURE_TYPE,
    STAMPING_ID,
)

_SCHEDULES = (ARCHIVING_ID, DIGESTING_ID, STAMPING_ID)
_PAUSED = "moved to profile "
"""The note on a schedule that paused because all had moved away; it goes on when all has come back."""


class Retired(NamedTuple):
    """What was stopped, what the other side has not, and what waits where it is."""

    stopped: Sequence[str]
    missing: Sequence[str]
    """Schedules that ran here, and that no worker there has made."""
    erasures: Sequence[str]
    """Erasures that two officers have not finished here."""


async def retire(old: Client, new: Client, profile: str) -> Retired:
    """Pause the schedules, where the other side has them; one that paused there because all had left goes on.

    Raises:
        Unreachable: Temporal does not answer.
    """
    stopped, missing = list[str](), list[str]()
    with translate_rpc_errors():
        for name in _SCHEDULES:
            if await _schedule(old, name) is None:
                continue
            there = await _schedule(new, name)
            if there is None:
                missing.append(name)
                continue
            if there.state.paused and (there.state.note or "").startswith(_PAUSED):
                await new.get_schedule_handle(name).unpause(note="all has come back")
            await old.get_schedule_handle(name).pause(note=f"{_PAUSED}{profile}")
            stopped.append(name)
        query = f"{any_type((ERASURE_TYPE,))} AND ExecutionStatus = 'Running'"
        erasures = [run.id async for run in old.list_workflows(query)]
    return Retired(stopped, missing, erasures)


async def _schedule(client: Client, name: str) -> Schedule | None:
    try:
        return (await client.get_schedule_handle(name).describe()).schedule
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return None
