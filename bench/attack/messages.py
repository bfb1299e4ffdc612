"""Attacker 1: valid messages along the lifecycle, mixed with mutated ones, to platforms and assessments."""

import asyncio
from typing import Any

from temporalio.common import WorkflowIDConflictPolicy

from bench.attack.attacker import Attacker
from bench.attack.cases import decide, next_decision, short, view_of
from bench.attack.odd_messages import send_odd
from bench.attack.payloads import plain
from bench.attack.targets import Target, where
from bench.attack.valid_messages import application, brought_in, decision
from workflows import contract

OPEN_AT_ONCE = 8
"""So many platforms are attacked at a time in each lane."""
_NEW_SHARE = 0.2
_CHANGES = 0.06
"""How often something is changed or suspended before the next decision is sent."""
_MESSAGES_EACH = (20, 70)
_VALID_SHARE = 0.3


async def attack_messages(lanes: list[Attacker]) -> None:
    """Send messages until the time is up, in lanes side by side, each to platforms of its own."""
    await asyncio.gather(*(_attack(attacker) for attacker in lanes))


async def _attack(attacker: Attacker) -> None:
    targets: list[Target] = []
    async for _ in attacker.turns():
        if len(targets) < OPEN_AT_ONCE and (attacker.random.random() < _NEW_SHARE or not targets):
            targets.append(await _begin(attacker))
            continue
        target = attacker.random.choice(targets)
        target.messages_left -= 1
        if target.messages_left <= 0:
            targets.remove(target)
        try:
            await _act(attacker, target)
        except Exception as error:  # of one message: the next ones go on
            attacker.broke(error)


async def _act(attacker: Attacker, target: Target) -> None:
    """One message, or the end of a platform that was sent enough of them."""
    if target.messages_left <= 0:
        await finish(attacker, target)
    elif attacker.random.random() < _VALID_SHARE:
        await _valid(attacker, target)
    else:
        await send_odd(attacker, target)


async def _begin(attacker: Attacker) -> Target:
    """Start a platform, about every second one brought in with its assessment to open at once."""
    platform_id = f"msg-{attacker.findings.seed}-{attacker.step}"
    form = attacker.random.choice((application, brought_in))(platform_id)
    await attacker.client.start_workflow(
        contract.PLATFORM_TYPE,
        plain(form),
        id=contract.platform_workflow_id(platform_id),
        task_queue=contract.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
    )
    attacker.count("started")
    return Target(platform_id, attacker.random.randint(*_MESSAGES_EACH))


async def _valid(attacker: Attacker, target: Target) -> None:
    """Send what the case awaits; it must be taken, but where the state moved meanwhile."""
    if attacker.random.random() < _CHANGES:
        await _change(attacker, target)
    refused, said = "", None
    for _ in range(3):
        decision_id = f"{target.platform_id}-{attacker.step}-{len(target.sent)}"
        found = await _next(attacker, target, decision_id)
        if found is None:
            await _set_aside(attacker, target, decision_id)
            return
        workflow_id, said = found
        answer = await decide(attacker.client, workflow_id, said)
        if answer.outcome == "taken":
            target.sent.append(decision_id)
            attacker.count("valid: taken")
            return
        refused = f"{workflow_id} {answer.outcome}: {answer.why}"
        full = "record of this case" in refused or said["kind"] == "support"
        if answer.outcome == "closed" or full:  # each has its share of a record: a rule, no fault
            attacker.count("valid: closed meanwhile, or full")
            return
    attacker.fail("a valid decision is not taken", refused, short(said))


async def _next(
    attacker: Attacker, target: Target, decision_id: str
) -> tuple[str, dict[str, Any]] | None:
    """What the assessment awaits, or else the platform; support where it is valid and awaits nothing."""
    views = await where(attacker, target)
    for workflow_id, view in reversed(views):
        said = next_decision(attacker.random, view, decision_id)
        if said:
            return workflow_id, said
    if views and view_of(views[0][1])["stage"] == "valid" and attacker.random.random() < 0.4:
        facts = view_of(views[0][1])["facts"]
        return views[0][0], decision(attacker.random, "support", "commission", facts, decision_id)
    return None


async def _change(attacker: Attacker, target: Target) -> None:
    """Change the facts, or suspend: whatever the rules say, the case goes on, and awaits a resumption."""
    kind = attacker.random.choice(("facts_change", "suspension"))
    facts = application(target.platform_id) | {"term": 1}
    number = f"{target.platform_id}-c-{attacker.step}-{len(target.sent)}"
    said = decision(attacker.random, kind, "commission", facts, number)
    answer = await decide(attacker.client, target.workflow_id, said)
    attacker.count(f"{kind}: {answer.outcome}")


async def _set_aside(attacker: Attacker, target: Target, decision_id: str) -> None:
    """Set some decision aside: the rules say whether it may; whatever they say, the case goes on."""
    if not target.sent:
        attacker.count("nothing awaited")
        return
    facts = application(target.platform_id) | {"term": 1}
    said = decision(attacker.random, "set_aside", "commission", facts, decision_id)
    said |= {"target": attacker.random.choice(target.sent)}
    said.pop("year", None)
    answer = await decide(attacker.client, attacker.random.choice(target.ids), said)
    attacker.count(f"set aside: {answer.outcome}")


async def finish(attacker: Attacker, target: Target) -> None:
    """A case that was attacked must still take the next valid decision, and end by a withdrawal."""
    await _valid(attacker, target)
    for _ in range(3):
        views = await where(attacker, target)
        if not views:
            return
        facts = view_of(views[0][1])["facts"]
        said = decision(
            attacker.random,
            "withdrawal",
            "operator",
            facts,
            f"{target.platform_id}-end-{attacker.step}",
        )
        answer = await decide(attacker.client, target.workflow_id, said)
        if answer.outcome in ("taken", "closed"):
            attacker.count(f"withdrawn: {answer.outcome}")
            return
    attacker.fail("a withdrawal is not taken", f"{target.workflow_id}: {answer.why}", short(said))
