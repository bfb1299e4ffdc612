"""Odd updates, signals and queries to a platform or its assessment."""

from typing import Any

from temporalio.client import WorkflowQueryFailedError, WorkflowQueryRejectedError
from temporalio.service import RPCError

from bench.attack import odd_values
from bench.attack.attacker import Attacker
from bench.attack.cases import ANSWER_WITHIN, Answer, Handle, of_rpc, state, update, view_of
from bench.attack.mutating import mutated
from bench.attack.payloads import LARGEST, odd
from bench.attack.targets import Target
from bench.attack.valid_messages import application, decision
from workflows import contract
from workflows.vocabulary import Kind

SIGNALS = (
    *map(str, Kind),
    contract.CLOSE_ASSESSMENT,
    contract.FOLLOW_PLATFORM,
    contract.NOTE_YEAR_END,
)
_ODD_NAMES = (
    "",
    "decision",
    "Recommendation",
    "__temporal_x",
    "区推荐",
    "a" * 900,
    "state",
    "\x00",
)
_QUERIES = (
    "state",
    "log",
    "receipt",
    "check",
    "__stack_trace",
    "__temporal_workflow_metadata",
    "x",
)


async def send_odd(attacker: Attacker, target: Target) -> None:
    """Send something odd: a query, a signal or an update."""
    random = attacker.random
    workflow_id = random.choice(target.ids)
    content = _content(attacker, target)
    args = odd(random, content)
    if sum(len(arg.payload.data) for arg in args) > LARGEST:
        args = args[:1]
    name = random.choice(SIGNALS) if random.random() < 0.85 else random.choice(_ODD_NAMES)
    way = random.random()
    if way < 0.2:
        name = random.choice(_QUERIES)
        send = _query
    elif way < 0.55:
        if isinstance(content, dict) and "kind" in content and random.random() < 0.6:
            name = str(content["kind"])[:200]
        send = _signal
    else:
        name = "decide" if random.random() < 0.93 else name
        send = _update
    try:
        answer = await send(attacker, workflow_id, name, args)
    except (ValueError, TypeError) as error:  # a name that protobuf cannot write, say
        answer = Answer("cannot be sent", str(error)[:300])
    attacker.count(f"mutated: {answer.outcome}")
    if name == contract.CLOSE_ASSESSMENT and workflow_id == target.assessment_id:
        await _still_open(attacker, target)
    if answer.outcome == "no answer":
        attacker.fail(
            "a message gets no answer",
            f"{workflow_id} {name}: {answer.why}",
            f"{workflow_id} {name} {args!r}"[:1_500],
        )


async def _still_open(attacker: Attacker, target: Target) -> None:
    """Only the platform itself ends its assessment, and it does so only when it has ended."""
    try:
        platform = await state(attacker.client, target.workflow_id)
        child = await state(attacker.client, target.assessment_id)
    except TimeoutError as error:
        attacker.fail("a case does not answer", str(error), target.assessment_id)
        return
    ended = child and view_of(child).get("stage") == "ended_with_platform"
    if ended and platform and view_of(platform).get("stage") == "valid":
        attacker.fail(
            "an outsider ends an assessment",
            f"{target.assessment_id} has ended with its platform, which is valid",
            f"signal {contract.CLOSE_ASSESSMENT} to {target.assessment_id}",
        )


def _content(attacker: Attacker, target: Target) -> Any:
    """A decision of any kind, usually mutated; now and then nothing like one."""
    random = attacker.random
    if random.random() < 0.1:
        return odd_values.value(random)
    kind = random.choice([kind for kind in Kind if kind is not Kind.BRINGING_IN])
    facts = application(target.platform_id) | {"term": 1}
    role = random.choice(("district", "operator", "commission"))
    decision_id = random.choice([f"{target.platform_id}-m{attacker.step}", *target.sent[-3:]])
    try:
        said = decision(random, str(kind), role, facts, decision_id)
    except (IndexError, KeyError):
        said = {"kind": str(kind), "decision_id": decision_id}
    return mutated(random, said) if random.random() < 0.8 else said


async def _update(attacker: Attacker, workflow_id: str, name: str, args: list[Any]) -> Answer:
    return await update(attacker.client, workflow_id, args, name)


async def _signal(attacker: Attacker, workflow_id: str, name: str, args: list[Any]) -> Answer:
    handle: Handle = attacker.client.get_workflow_handle(workflow_id)
    try:
        await handle.signal(name, args=args, rpc_timeout=ANSWER_WITHIN)
    except RPCError as error:
        return of_rpc(error)
    return Answer("sent")


async def _query(attacker: Attacker, workflow_id: str, name: str, args: list[Any]) -> Answer:
    handle: Handle = attacker.client.get_workflow_handle(workflow_id)
    try:
        await handle.query(name, args=args, rpc_timeout=ANSWER_WITHIN)
    except (WorkflowQueryFailedError, WorkflowQueryRejectedError) as error:
        return Answer("refused", str(error)[:300])
    except RPCError as error:
        return of_rpc(error)
    return Answer("answered")
