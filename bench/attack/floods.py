"""Attacker 2: now and then many messages at once to one case; it must go on afterwards."""

import asyncio

from temporalio.exceptions import TemporalError
from temporalio.service import RPCError

from bench.attack.attacker import Attacker
from bench.attack.cases import Handle, decide, next_decision, state
from bench.attack.payloads import LARGEST, plain
from bench.attack.valid_messages import application
from workflows import contract

_LARGE = (28, LARGEST - 100)
_MANY = (2_000, 200)
_AFTER_SECONDS = 120.0


async def attack_by_floods(attacker: Attacker) -> list[str]:
    """Flood a platform of its own each time; returns the workflow ids."""
    ids = []
    async for step in attacker.turns():
        platform_id = f"flood-{attacker.findings.seed}-{step}"
        workflow_id = contract.platform_workflow_id(platform_id)
        ids.append(workflow_id)
        await attacker.client.start_workflow(
            contract.PLATFORM_TYPE,
            plain(application(platform_id)),
            id=workflow_id,
            task_queue=contract.TASK_QUEUE,
        )
        number, size = _LARGE if step % 2 else _MANY
        sent = await _flood(attacker, workflow_id, number, size)
        attacker.count(f"flooded with {number:,} signals of {size:,} bytes")
        await _goes_on(attacker, workflow_id, f"{sent} of {number:,} signals of {size:,} bytes")
    return ids


async def _flood(attacker: Attacker, workflow_id: str, number: int, size: int) -> int:
    """Send them side by side, as fast as the server takes them; how many it took."""
    handle: Handle = attacker.client.get_workflow_handle(workflow_id)
    payload, left, taken = plain("x" * size), iter(range(number)), 0

    async def send() -> None:
        nonlocal taken
        for _ in left:
            try:
                await handle.signal("recommendation", payload)
                taken += 1
            except RPCError:
                attacker.count("signal not taken by the server")

    await asyncio.gather(*(send() for _ in range(8)))
    return taken


async def _goes_on(attacker: Attacker, workflow_id: str, flood: str) -> None:
    """The case must answer, and take the next valid decision."""
    why = ""
    try:
        async with asyncio.timeout(_AFTER_SECONDS):
            while True:
                try:
                    view = await state(attacker.client, workflow_id)
                    said = view and next_decision(attacker.random, view, f"after-{attacker.step}")
                    if said:
                        answer = await decide(attacker.client, workflow_id, said)
                        if answer.outcome == "taken":
                            attacker.count("went on")
                            return
                        why = f"{answer.outcome}: {answer.why}"
                except (TimeoutError, TemporalError) as error:
                    why = f"{type(error).__name__} {error}"
                await asyncio.sleep(1)
    except TimeoutError:
        attacker.fail(
            "a flooded case does not go on", f"{workflow_id}: {why}", f"{workflow_id}: {flood}"
        )
