"""Cases as an attacker's model knows them: where they stand, and the next thing that they must take."""

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from bench.attack.payloads import plain
from bench.attack.valid_messages import decision

ANSWER_WITHIN = timedelta(seconds=25)
Handle = WorkflowHandle[Any, Any]
_AGAIN = (0.1, 0.3, 1.0, 3.0, 6.0)


@dataclass(frozen=True)
class Answer:
    """How a message was answered."""

    outcome: str
    """taken, refused, closed (no such open case), not taken by the server, or no answer."""
    why: str = ""
    content: Any = None


def view_of(answered: Any) -> dict[str, Any]:
    """The state in a view: that of the platform, or of the assessment."""
    state: dict[str, Any] = answered.get("platform") or answered.get("assessment") or {}
    return state


async def state(client: Client, workflow_id: str) -> dict[str, Any] | None:
    """The view of a case; None when there is none that could be asked.

    Raises:
        TimeoutError: it exists, and does not answer.
    """
    handle: Handle = client.get_workflow_handle(workflow_id)
    for pause in (*_AGAIN, None):
        try:
            view: dict[str, Any] = await handle.query(
                "state", result_type=dict, rpc_timeout=ANSWER_WITHIN
            )
            return view
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            if pause is None or error.status not in _WAITS or _FAILED in error.message:
                raise TimeoutError(f"{workflow_id}: {error.status.name} {error.message}") from None
            await asyncio.sleep(pause)
    raise AssertionError("the last try returns or raises")


_FAILED = "Workflow Task in failed state"
_WAITS = (
    RPCStatusCode.FAILED_PRECONDITION,  # between two runs nobody can be asked
    RPCStatusCode.RESOURCE_EXHAUSTED,
    RPCStatusCode.INVALID_ARGUMENT,
    RPCStatusCode.UNAVAILABLE,
)


def next_decision(random: Random, view: dict[str, Any], decision_id: str) -> dict[str, Any] | None:
    """A decision that the case awaits now; None when it awaits none."""
    state_now = view_of(view)
    awaited = [one for one in view.get("awaited", ()) if _possible(one)]
    if not awaited or not state_now:
        return None
    one = random.choice(awaited)
    return decision(
        random,
        one["kind"],
        one["role"],
        state_now["facts"],
        decision_id,
        year=state_now.get("year"),
    )


def _possible(awaited: dict[str, Any]) -> bool:
    """Going on without a report or a view is possible only once it is overdue: no case here gets so old."""
    from_others = ("self_report", "district_review", "rectification_report")
    return not (awaited["kind"] in from_others and awaited["role"] == "commission")


async def update(client: Client, workflow_id: str, args: list[Any], name: str = "decide") -> Answer:
    """Send an update with whatever payloads, and say how it was answered."""
    handle: Handle = client.get_workflow_handle(workflow_id)
    try:
        async with asyncio.timeout(ANSWER_WITHIN.total_seconds() + 5):
            content = await handle.execute_update(name, args=args, rpc_timeout=ANSWER_WITHIN)
    except WorkflowUpdateFailedError as error:
        cause = error.cause
        kind = cause.type if isinstance(cause, ApplicationError) else type(cause).__name__
        return Answer("refused", f"{kind}: {cause}"[:500])
    except RPCError as error:
        return of_rpc(error)
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
        return Answer("no answer", "no answer in time")
    return Answer("taken", content=content)


def of_rpc(error: RPCError) -> Answer:
    """How the server refused to take a message."""
    why = f"{error.status.name}: {error.message}"[:300]
    if error.status is RPCStatusCode.NOT_FOUND:
        return Answer("closed", why)
    if error.status in (RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED):
        return Answer("no answer", why)
    return Answer("not taken by the server", why)


async def decide(client: Client, workflow_id: str, said: dict[str, Any]) -> Answer:
    """Send a decision as people's tools do."""
    return await update(client, workflow_id, [plain(said)])


def short(said: Any) -> str:
    """What was sent, in a line."""
    try:
        return json.dumps(said, ensure_ascii=True)[:600]
    except (TypeError, ValueError, RecursionError):
        return repr(said)[:600]
