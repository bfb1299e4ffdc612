"""Attacker 1: valid messages along the lifecycle, mixed with mutated ones, to platforms and assessments."""

from dataclasses import dataclass, field
from typing import Any

from temporalio.client import (
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from bench.attack import odd_values
from bench.attack.attacker import Attacker
from bench.attack.cases import (
    ANSWER_WITHIN,
    Answer,
    Handle,
    decide,
    next_decision,
    of_rpc,
    short,
    state,
    update,
    view_of,
)
from bench.attack.mutating import mutated
from bench.attack.payloads import odd, plain
from bench.attack.valid_messages import application, brought_in, decision
from workflows import contract
from workflows.vocabulary import Kind

OPEN_AT_ONCE = 24
"""So many platforms are attacked at a time."""
_MESSAGES_EACH = (20, 70)
_VALID_SHARE = 0.3
SIGNALS = (*map(str, Kind), contract.CLOSE_ASSESSMENT)
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


@dataclass
class Target:
    """A platform under attack: its workflow, and that of its assessment where one is open."""

    platform_id: str
    messages_left: int
    workflow_id: str = ""
    assessment_id: str = ""
    sent: list[str] = field(default_factory=list)
    """Ids of decisions that were taken."""

    def __post_init__(self) -> None:
        """A platform's workflow id follows from its own."""
        self.workflow_id = contract.platform_workflow_id(self.platform_id)

    @property
    def ids(self) -> tuple[str, ...]:
        """The workflows that may be spoken to."""
        return tuple(filter(None, (self.workflow_id, self.assessment_id)))


async def attack_messages(attacker: Attacker) -> list[str]:
    """Send messages until the time is up; returns the workflow ids of all cases."""
    targets: list[Target] = []
    all_ids: list[str] = []
    async for step in attacker.turns():
        if len(targets) < OPEN_AT_ONCE and (step % 5 == 1 or not targets):
            targets.append(await _begin(attacker, len(all_ids)))
            all_ids.append(targets[-1].workflow_id)
            continue
        target = attacker.random.choice(targets)
        target.messages_left -= 1
        if target.messages_left <= 0:
            await finish(attacker, target)
            targets.remove(target)
        elif attacker.random.random() < _VALID_SHARE:
            await _valid(attacker, target)
        else:
            await _mutated(attacker, target)
    return all_ids


async def _begin(attacker: Attacker, number: int) -> Target:
    """Start a platform, every second one brought in with its assessment to open at once."""
    platform_id = f"msg-{attacker.findings.seed}-{number}"
    form = (brought_in if number % 2 else application)(platform_id)
    await attacker.client.start_workflow(
        contract.PLATFORM_TYPE,
        plain(form),
        id=contract.platform_workflow_id(platform_id),
        task_queue=contract.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
    )
    attacker.count("started")
    return Target(platform_id, attacker.random.randint(*_MESSAGES_EACH))


async def _where(attacker: Attacker, target: Target) -> list[tuple[str, dict[str, Any]]]:
    """The views of the platform and of its open assessment."""
    views = []
    try:
        view = await state(attacker.client, target.workflow_id)
        if view:
            views.append((target.workflow_id, view))
            found = view_of(view)
            year = found.get("open_assessment")
            if year:
                term = found["facts"]["term"]
                target.assessment_id = contract.assessment_workflow_id(
                    target.platform_id, term, year
                )
                child = await state(attacker.client, target.assessment_id)
                if child:
                    views.append((target.assessment_id, child))
    except TimeoutError as error:
        attacker.fail("a case does not answer", str(error), target.workflow_id)
    return views


async def _valid(attacker: Attacker, target: Target) -> None:
    """Send what the case awaits; it must be taken, but where the state moved meanwhile."""
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
        if answer.outcome == "closed" or "record of this case" in refused:  # full: a rule, no fault
            attacker.count("valid: closed meanwhile, or full")
            return
    attacker.fail("a valid decision is not taken", refused, short(said))


async def _next(
    attacker: Attacker, target: Target, decision_id: str
) -> tuple[str, dict[str, Any]] | None:
    """What the assessment awaits, or else the platform; support where it is valid and awaits nothing."""
    views = await _where(attacker, target)
    for workflow_id, view in reversed(views):
        said = next_decision(attacker.random, view, decision_id)
        if said:
            return workflow_id, said
    if views and view_of(views[0][1])["stage"] == "valid" and attacker.random.random() < 0.4:
        facts = view_of(views[0][1])["facts"]
        return views[0][0], decision(attacker.random, "support", "commission", facts, decision_id)
    return None


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


async def _mutated(attacker: Attacker, target: Target) -> None:
    """Send something odd: a query, a signal or an update."""
    random = attacker.random
    workflow_id = random.choice(target.ids)
    content = _content(attacker, target)
    args = odd(random, content)
    name = random.choice(SIGNALS) if random.random() < 0.85 else random.choice(_ODD_NAMES)
    way = random.random()
    if way < 0.2:
        name = random.choice(_QUERIES)
        answer = await _query(attacker, workflow_id, name, args)
    elif way < 0.55:
        if isinstance(content, dict) and "kind" in content and random.random() < 0.6:
            name = str(content["kind"])[:200]
        answer = await _signal(attacker, workflow_id, name, args)
    else:
        name = "decide" if random.random() < 0.93 else name
        answer = await update(attacker.client, workflow_id, args, name)
    attacker.count(f"mutated: {answer.outcome}")
    if answer.outcome == "no answer":
        attacker.fail(
            "a message gets no answer",
            f"{workflow_id} {name}: {answer.why}",
            f"{workflow_id} {name} {args!r}"[:1_500],
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


async def finish(attacker: Attacker, target: Target) -> None:
    """A case that was attacked must still take the next valid decision, and end by a withdrawal."""
    await _valid(attacker, target)
    for _ in range(3):
        views = await _where(attacker, target)
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
