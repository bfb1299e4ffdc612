"""Attacker 3: raw starts of workflows with random, mutated and forged inputs."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
from temporalio.client import WorkflowQueryFailedError
from temporalio.exceptions import TemporalError, WorkflowAlreadyStartedError
from temporalio.service import RPCError

from bench.attack import forging_starts, odd_starts
from bench.attack.attacker import Attacker
from bench.attack.cases import decide, state, view_of
from bench.attack.raw_starts import Started
from bench.attack.valid_messages import decision

OPEN_AT_ONCE = 40
_ERRORS = (
    RPCError,
    WorkflowAlreadyStartedError,
    TemporalError,
    TimeoutError,
    ValueError,
    httpx.TransportError,
)

Way = Callable[[Attacker, Started], Awaitable[None]]
_WAYS: dict[Way, int] = {
    odd_starts.odd_input: 40,
    odd_starts.odd_id: 8,
    odd_starts.unknown_type: 4,
    odd_starts.with_start: 12,
    forging_starts.own_policy: 6,
    forging_starts.forged_life: 6,
    forging_starts.forged_after_the_end: 3,
    forging_starts.outsiders_assessment: 6,
    forging_starts.next_term_without_term: 3,
    forging_starts.other_content: 4,
    forging_starts.child_taken_before: 2,
}
"""The ways to start, and how often each is taken."""


async def attack_by_starts(lanes: list[Attacker]) -> Started:
    """Start workflows until the time is up, in several lanes side by side."""
    started = Started()
    await asyncio.gather(*(_attack(attacker, started) for attacker in lanes))
    return started


async def _attack(attacker: Attacker, started: Started) -> None:
    async for _ in attacker.turns():
        way = attacker.random.choices(list(_WAYS), list(_WAYS.values()))[0]
        attacker.count(way.__name__)
        try:
            await way(attacker, started)
        except _ERRORS as error:
            attacker.count(f"{way.__name__}: {type(error).__name__}")
            if isinstance(error, TimeoutError | httpx.TimeoutException):
                attacker.fail("no answer", f"{type(error).__name__} {error}", way.__name__)
        except Exception as error:  # of one start: the next ones go on
            attacker.broke(error)
        if len(started.open) > OPEN_AT_ONCE:
            await _close(attacker, started.open.pop(0))


async def _close(attacker: Attacker, workflow_id: str) -> None:
    """Withdraw a case that was opened, so that not too many are open at a time."""
    try:
        view = await state(attacker.client, workflow_id)
    except TimeoutError as error:
        attacker.fail("a case does not answer", str(error), workflow_id)
        return
    except WorkflowQueryFailedError:
        return
    if view and view.get("platform"):
        facts = view_of(view)["facts"]
        said = decision(attacker.random, "withdrawal", "operator", facts, f"w-{attacker.step}")
        answer = await decide(attacker.client, workflow_id, said)
        attacker.count(f"withdrawn: {answer.outcome}")
