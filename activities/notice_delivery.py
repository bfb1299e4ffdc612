"""Delivering notices: whatever is due is sent, each recipient for itself, until it is through or given up."""

import asyncio
import contextlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from temporalio import activity

from workflows.contract import DELIVER_NOTICES
from workflows.delivery_workflow import Delivered
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
                (self.operators, notice.content.get("operator")),
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

    @activity.defn(name=DELIVER_NOTICES)
    async def deliver_notices(self) -> Delivered:
        """Deliver for half an hour, then hand over to whoever takes the next activity."""
        until = datetime.now(UTC) + _ROUND
        woken = {name: asyncio.Event() for name in self._recipients}
        counts = dict.fromkeys(("delivered", "failed", "dead"), 0)
        tasks = [
            asyncio.create_task(self._serve(recipient, woken[recipient.name], counts))
            for recipient in self._recipients.values()
        ]
        beating = asyncio.create_task(beat())
        try:
            await self._look(until, woken, tasks)
        finally:
            for task in (*tasks, beating):
                task.cancel()
            await asyncio.gather(*tasks, beating, return_exceptions=True)
        return Delivered(**counts)

    async def _look(
        self,
        until: datetime,
        woken: Mapping[str, asyncio.Event],
        tasks: Collection[asyncio.Task[None]],
    ) -> None:
        """Look for all recipients at once whether something is due, and wake those for whom it is.

        Raises:
            Exception: what a recipient's task ended with; the outbox does not answer.
        """
        while datetime.now(UTC) < until:
            await self._outbox.hand_out(tuple(self._recipients.values()))
            for name in await self._outbox.due():
                if name in woken:  # who is no longer in the configuration is not served
                    woken[name].set()
            ended, _ = await asyncio.wait(
                tasks, timeout=self._look_every, return_when=asyncio.FIRST_COMPLETED
            )
            for task in ended:
                task.result()

    async def _serve(
        self, recipient: Recipient, woken: asyncio.Event, counts: dict[str, int]
    ) -> None:
        """Send one recipient what is due, one after the other: it hears things in their order."""
        failures = 0
        while True:
            delivery = await self._outbox.take(recipient.name, LEASE) if woken.is_set() else None
            if delivery is None:
                woken.clear()
                await woken.wait()
                continue
            result = await self._deliver(recipient, delivery)
            counts[result] += 1
            failures = 0 if result == "delivered" else failures + 1
            if failures:  # one that is down is not asked for all that waits for it
                pause = min(self._patience.pause(failures), _LONGEST_REST)
                await asyncio.sleep(pause.total_seconds())

    async def _deliver(self, recipient: Recipient, delivery: Delivery) -> str:
        """Send one; what became of it."""
        try:
            async with asyncio.timeout(LEASE.total_seconds() / 2):
                await recipient.channel.send(delivery.notice)
        except Exception as error:  # whatever a channel meets delays nobody else
            why = str(error) if isinstance(error, Undeliverable) else type(error).__name__
            for_good = isinstance(error, Undeliverable) and error.for_good
            pause = None if for_good else self._patience.next_pause(delivery.attempts + 1)
            activity.logger.warning("notice %s for %s: %s", delivery.notice.id, recipient.name, why)
            await self._outbox.failed(delivery, why[:500], pause)
            return "failed" if pause else "dead"
        await self._outbox.delivered(delivery)
        return "delivered"


async def beat() -> None:
    """Tell Temporal that the activity is at work, until it is cancelled."""
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            activity.heartbeat()
            await asyncio.sleep(_BEAT_SECONDS)
