"""A workflow started raw, and what may come of it: words, or a case that answers; never silence."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from temporalio.client import WorkflowExecutionStatus, WorkflowQueryFailedError
from temporalio.common import RawValue, WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from bench.attack.attacker import Attacker
from bench.attack.cases import ANSWER_WITHIN, Handle, decide, next_decision, state, view_of
from bench.attack.forged import FORGED_SINCE
from workflows import contract

_UNTIL_ENDED = (0.5, 1.0, 2.0, 4.0, 8.0)
BELIEVED = "a forged life is believed"
_USUAL = {"validity_years": 3, "majority_of": [2, 3], "assessment_lead_days": 90}


@dataclass
class Started:
    """What the attacker has started."""

    unknown: set[str] = field(default_factory=set)
    """Workflows of types or queues that no worker knows: they cannot go on, and nobody expects it."""
    open: list[str] = field(default_factory=list)
    """Cases that were opened, the oldest first."""


def new_id(attacker: Attacker, kind: str) -> str:
    """A platform id of this attack, used once."""
    return f"st-{attacker.findings.seed}-{kind}-{attacker.step}"


async def start(
    attacker: Attacker,
    workflow_id: str,
    *args: RawValue,
    workflow_type: str = contract.PLATFORM_TYPE,
    queue: str = contract.TASK_QUEUE,
) -> Handle:
    """Start a workflow as anybody can who reaches Temporal."""
    handle: Handle = await attacker.client.start_workflow(
        workflow_type,
        args=args,
        id=workflow_id,
        task_queue=queue,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        rpc_timeout=ANSWER_WITHIN,
    )
    return handle


async def opened(attacker: Attacker, handle: Handle, reproduce: str) -> dict[str, Any] | None:
    """The view of the case that a start opened; None where it was refused with words."""
    try:
        view = await state(attacker.client, handle.id)
    except TimeoutError as error:
        attacker.fail("a raw start hangs", str(error), reproduce)
        return None
    except WorkflowQueryFailedError:
        view = None
    status = (await handle.describe()).status
    if view is None or not view_of(view) or status is WorkflowExecutionStatus.FAILED:
        attacker.count("refused with words")
        return None
    return view


async def ends_or_opens(
    attacker: Attacker, started: Started, handle: Handle, reproduce: str
) -> None:
    """A start ends with words or opens a case, in which nothing stands that only others may say."""
    view = await opened(attacker, handle, reproduce)
    if view is None:
        return
    attacker.count("opened a case")
    started.open.append(handle.id)
    found = view_of(view)
    if str(found.get("since", "9")) < FORGED_SINCE:
        attacker.fail(BELIEVED, f"{found.get('stage')} since {found.get('since')}", reproduce)
    policy = found.get("facts", {}).get("policy", {})
    other = {name: policy[name] for name in _USUAL if policy.get(name) != _USUAL[name]}
    if other and not found.get("brought_in_on"):
        attacker.fail("an operator's own policy is taken", str(other), reproduce)


async def not_believed(
    attacker: Attacker, handle: Handle, what: str, reproduce: str, *, ends: bool = False
) -> None:
    """A start that must be refused with words.

    With `ends` it may show itself until the register was asked: it takes no decision, and ends by itself.
    """
    view = await opened(attacker, handle, reproduce)
    if view is None:
        return
    found = view_of(view)
    said = next_decision(attacker.random, view, f"forged-{attacker.step}")
    answer = await decide(attacker.client, handle.id, said) if said else None
    if ends and answer and answer.outcome in ("refused", "closed"):
        for pause in _UNTIL_ENDED:
            if (await handle.describe()).status is WorkflowExecutionStatus.FAILED:
                attacker.count("a second life ended by itself")
                return
            await asyncio.sleep(pause)
    taken = f"; a decision in it was {answer.outcome}" if answer else ""
    detail = f"{handle.id}: {found.get('stage')} since {found.get('since')}{taken}"
    attacker.fail(what, detail, reproduce)
