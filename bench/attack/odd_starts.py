"""Starts with something wrong in input, id, type or queue; signals and updates that start."""

from typing import Any

from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import TemporalError

from bench.attack import odd_values
from bench.attack.attacker import Attacker
from bench.attack.cases import ANSWER_WITHIN, Handle, short
from bench.attack.forged import assessment_opening
from bench.attack.intake import apply_by_http
from bench.attack.mutating import mutated
from bench.attack.payloads import odd, plain
from bench.attack.raw_starts import Started, ends_or_opens, new_id, start
from bench.attack.valid_messages import application, brought_in
from workflows import contract

UNKNOWN_TYPES = ("NoSuchWorkflow", "NoticeDelivery", "Archiving")
_IDS = (
    "st-'quoted'-{}",
    'st-"double"-{}',
    "st with spaces {}",
    "st-平台-{}",
    "st-'; DROP TABLE log_entries; --{}",
    "st-{}-" + "x" * 800,
    "st-%27%20OR%201=1-{}",
    "st-\u202e-{}",
    "st/../../{}",
    "{}",
)


async def odd_input(attacker: Attacker, started: Started) -> None:
    """An input with something wrong in it, or in how it is written."""
    random = attacker.random
    platform_id = new_id(attacker, "odd")
    kind = random.choice((contract.PLATFORM_TYPE, contract.PLATFORM_TYPE, contract.ASSESSMENT_TYPE))
    if kind == contract.ASSESSMENT_TYPE:
        workflow_id = contract.assessment_workflow_id(platform_id, 1, 1)
        args = odd(random, mutated(random, assessment_opening(platform_id)))
    else:
        workflow_id = contract.platform_workflow_id(platform_id)
        form = random.choice((application, brought_in))(platform_id)
        given = mutated(random, form) if random.random() < 0.85 else odd_values.value(random)
        args = odd(random, given)
        if random.random() < 0.2:
            args = [*args, plain(odd_values.value(random))]
    handle = await start(attacker, workflow_id, *args, workflow_type=kind)
    await ends_or_opens(attacker, started, handle, f"{kind} {workflow_id} {args!r}"[:1_500])


async def odd_id(attacker: Attacker, started: Started) -> None:
    """A platform id that is none."""
    platform_id = attacker.random.choice(_IDS).format(attacker.step)
    workflow_id = contract.platform_workflow_id(platform_id)
    handle = await start(attacker, workflow_id, plain(application(platform_id)))
    await ends_or_opens(attacker, started, handle, f"platform_id {platform_id!r}"[:300])


async def unknown_type(attacker: Attacker, started: Started) -> None:
    """A workflow of another type, or on another queue, under a platform's id: `apply` still answers."""
    platform_id = new_id(attacker, "type")
    workflow_id = contract.platform_workflow_id(platform_id)
    kind = attacker.random.choice((*UNKNOWN_TYPES, contract.PLATFORM_TYPE))
    queue = "nobody-polls" if kind == contract.PLATFORM_TYPE else contract.TASK_QUEUE
    handle = await start(attacker, workflow_id, plain({}), workflow_type=kind, queue=queue)
    started.unknown.add(workflow_id)
    status, text = await apply_by_http(attacker.system, application(platform_id))
    attacker.count(f"apply beside another type: {status}")
    if status >= 500:
        attacker.fail(f"apply is answered {status}", text, f"{kind} on {queue} as {workflow_id}")
    await handle.terminate("the attack's own: no worker knows it")


async def with_start(attacker: Attacker, started: Started) -> None:
    """Signal-with-start and update-with-start."""
    random = attacker.random
    platform_id = new_id(attacker, "with")
    workflow_id = contract.platform_workflow_id(platform_id)
    form: Any = application(platform_id)
    if random.random() < 0.5:
        form = mutated(random, form)
    given: Any = {"id": workflow_id, "task_queue": contract.TASK_QUEUE}
    if random.random() < 0.5:
        args = odd(random, {"kind": "withdrawal"})
        await attacker.client.start_workflow(
            contract.PLATFORM_TYPE,
            plain(form),
            **given,
            start_signal="withdrawal",
            start_signal_args=args,
        )
    else:
        operation: Any = WithStartWorkflowOperation(
            contract.PLATFORM_TYPE,
            plain(form),
            **given,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        args = odd(random, {"kind": "listing"})
        try:
            await attacker.client.execute_update_with_start_workflow(
                "decide",
                args=args,
                start_workflow_operation=operation,
                rpc_timeout=ANSWER_WITHIN,
            )
        except TemporalError:
            attacker.count("update-with-start: refused")
    handle: Handle = attacker.client.get_workflow_handle(workflow_id)
    await ends_or_opens(attacker, started, handle, f"with {args!r} start {short(form)[:300]}")
