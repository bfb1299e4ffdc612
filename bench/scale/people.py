"""People who decide, one after another, each on another platform; and what their answers took."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from statistics import median, quantiles
from typing import NamedTuple

from temporalio.client import Client
from temporalio.service import RPCError

from bench.scale.brought_in import support
from starter.client.people_first import put_first
from workflows.contract import platform_workflow_id

_SETTLE = 0.05
"""Seconds between two decisions: people do not follow each other at once."""
_ROUND = count()


class Answers(NamedTuple):
    """Milliseconds until each decision was answered."""

    took: tuple[float, ...]

    @property
    def half(self) -> float:
        """The median."""
        return median(self.took)

    @property
    def most(self) -> float:
        """The 95th percentile."""
        if len(self.took) == 1:
            return self.worst
        return min(self.worst, quantiles(self.took, n=20)[18])  # of few it is reckoned beyond all

    @property
    def worst(self) -> float:
        """The longest."""
        return max(self.took)


async def decide(
    client: Client,
    platforms: Sequence[str],
    over: Callable[[], bool],
    at_least: int = 0,
    *,
    settle: float = _SETTLE,
) -> Answers:
    """Decide on one platform after the other, again and again, until it is over."""
    took: list[float] = []
    for number in count():
        if over() and number >= at_least:
            return Answers(tuple(took))
        took.append(await one(client, platforms[number % len(platforms)]))
        await asyncio.sleep(settle)
    raise AssertionError("counting does not end")


async def one(client: Client, platform_id: str) -> float:
    """Send a decision until it is answered: a busy server may give a call up."""
    decision = support(platform_id, next(_ROUND), datetime.now(UTC))
    workflow_id = platform_workflow_id(platform_id)
    handle = client.get_workflow_handle(workflow_id)
    begun = time.perf_counter()
    while True:
        with suppress(RPCError):
            sent = handle.execute_update("decide", decision, id=decision["decision_id"])
            await put_first(client, workflow_id, sent)
            return (time.perf_counter() - begun) * 1000
