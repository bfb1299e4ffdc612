"""Delivering notices: whatever is due is sent, each recipient for itself, until it is through or given up."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Protocol

from temporalio import activity

from workflows.contract import DELIVER_NOTICES
from workflows.delivery_workflow import Delivered
from workflows.name_comparison import name_key
from workflows.notice_messages import Delivery, Notice


class Undeliverable(Exception):
    """A channel could not deliver; the message says why, without secrets. `for_good`: never try again."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        self.for_good = for_good
        super().__init__(why)


class Channel(Protocol):
    """A way to one recipient: e-mail, webhook or file."""

    name: str
    """email, webhook or file."""

    async def send(self, notice: Notice) -> None:
        """Deliver a notice; perhaps more than once, always with the same id.

        Raises:
            Undeliverable: it did not get there.
        """


@dataclass(frozen=True)
class Recipient:
    """Who gets which notices, and how. None and empty: all."""

    name: str
    channel: Channel
    roles: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    operators: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()

    @cached_property
    def _operator_keys(self) -> frozenset[str]:
        """The operators as the rules compare names: with other brackets they are told, too."""
        return frozenset(map(name_key, self.operators))

    @property
    def channel_name(self) -> str:
        """email, webhook or file."""
        return self.channel.name

    def wants(self, notice: Notice) -> bool:
        return all(
            not wanted or value in wanted
            for wanted, value in (
                (self.roles, notice.role),
                (self.districts, notice.district),
                (self._operator_keys, name_key(notice.content.get("operator") or "")),
                (self.events, notice.event),
            )
        )


@dataclass(frozen=True)
class Patience:
    """How often and how long a delivery is tried: each pause twice the one before, up to the longest."""

    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(hours=1)
    give_up_after: timedelta = timedelta(days=3)
    """All pauses together: a receiver that is down for a day loses nothing."""

    def pause(self, attempts: int) -> timedelta:
        seconds = self.first.total_seconds() * 2.0 ** min(attempts - 1, 40)
        return min(timedelta(seconds=min(seconds, 1e9)), self.longest)

    def next_pause(self, attempts: int) -> timedelta | None:
        """The pause after so many attempts; None when they have been enough."""
        waited = sum((self.pause(n) for n in range(1, attempts + 1)), timedelta())
        return self.pause(attempts) if waited <= self.give_up_after else None

    def after(self, error: Exception, attempts: int) -> tuple[str, timedelta | None]:
        """Why a delivery failed for the n-th time, and the pause before the next; None: never again."""
        if not isinstance(error, Undeliverable):
            return type(error).__name__, self.next_pause(attempts)
        return str(error)[:500], None if error.for_good else self.next_pause(attempts)


class Outbox(Protocol):
    """What delivering needs of the register; `db.outbox.PostgresOutbox` is the real one."""

    async def hand_out(self, recipients: Sequence[Recipient]) -> int:
        """Make deliveries of the notices that have none yet; how many notices."""

    async def due(self) -> Collection[str]:
        """The recipients for whom something is due."""

    async def take(self, recipient: str, lease: timedelta) -> Delivery | None:
        """The oldest that is due for a recipient, kept from others for a while; None when nothing is."""

    async def delivered(self, delivery: Delivery) -> None:
        """It got there."""

    async def failed(self, delivery: Delivery, why: str, pause: timedelta | None) -> None:
        """It did not; try again after a pause, or never (None): then it is dead until it is sent again."""


LEASE = timedelta(seconds=30)
_LONGEST_REST = timedelta(seconds=30)
_ROUND = timedelta(minutes=30)
_BEAT_SECONDS = 2.0
_LOOK_SECONDS = 1.0


class NoticeActivities:
    """Sends what is due, each recipient in a task of its own: one that hangs delays no other."""

    def __init__(
        self,
        outbox: Outbox,
        recipients: Sequence[Recipient],
        patience: Patience | None = None,
        look_every: float = _LOOK_SECONDS,
    ) -> None:
        """Deliver from an outbox to the recipients of the configuration; look for new notices so often."""
        self._outbox = outbox
        self._recipients: Mapping[str, Recipient] = {one.name: one for one in recipients}
        self._patience = patience or Patience()
        self._look_every = look_every
        self._counts: dict[str, int] = {}
        self._failures: dict[str, int] = {}

    @activity.defn(name=DELIVER_NOTICES)
    async def deliver_notices(self) -> Delivered:
        """Deliver for half an hour, then hand over to whoever takes the next activity."""
        self._counts = dict.fromkeys(("delivered", "failed", "dead"), 0)
        self._failures = dict.fromkeys(self._recipients, 0)
        await deliver_round(self._due, self._serve, self._look_every, len(self._recipients))
        return Delivered(**self._counts)

    async def _due(self) -> Collection[str]:
        """The recipients for whom something is due; one that the configuration lacks is not served."""
        await self._outbox.hand_out(tuple(self._recipients.values()))
        return [name for name in await self._outbox.due() if name in self._recipients]

    async def _serve(self, name: str) -> None:
        """Send one recipient what is due, one after the other: it hears things in their order."""
        while delivery := await self._outbox.take(name, LEASE):
            result = await self._deliver(self._recipients[name], delivery)
            self._counts[result] += 1
            self._failures[name] = 0 if result == "delivered" else self._failures[name] + 1
            if self._failures[name]:  # one that is down is not asked for all that waits for it
                pause = min(self._patience.pause(self._failures[name]), _LONGEST_REST)
                await asyncio.sleep(pause.total_seconds())

    async def _deliver(self, recipient: Recipient, delivery: Delivery) -> str:
        """Send one; what became of it."""
        try:
            async with asyncio.timeout(LEASE.total_seconds() / 2):
                await recipient.channel.send(delivery.notice)
        except Exception as error:  # whatever a channel meets delays nobody else
            why, pause = self._patience.after(error, delivery.attempts + 1)
            activity.logger.warning("notice %s for %s: %s", delivery.notice.id, recipient.name, why)
            await self._outbox.failed(delivery, why, pause)
            return "failed" if pause else "dead"
        await self._outbox.delivered(delivery)
        return "delivered"


async def deliver_round(
    due: Callable[[], Awaitable[Collection[str]]],
    serve: Callable[[str], Coroutine[Any, Any, None]],
    look_every: float,
    at_once: int,
) -> None:
    """Serve what is due for half an hour, each name in a task of its own: one that hangs delays no other.

    Raises:
        Exception: what a task ended with, or what looking for what is due did.
    """
    until = datetime.now(UTC) + _ROUND
    tasks: dict[str, asyncio.Task[None]] = {}
    beating = asyncio.create_task(_beat())
    try:
        while datetime.now(UTC) < until:
            for name in await due():
                if name not in tasks and len(tasks) < at_once:
                    tasks[name] = asyncio.create_task(serve(name))
            await asyncio.sleep(look_every)
            for name in [name for name, task in tasks.items() if task.done()]:
                tasks.pop(name).result()
    finally:
        for task in (*tasks.values(), beating):
            task.cancel()
        await asyncio.gather(*tasks.values(), beating, return_exceptions=True)


async def _beat() -> None:
    """Tell Temporal that the activity is at work, until it is cancelled."""
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            activity.heartbeat()
            await asyncio.sleep(_BEAT_SECONDS)
