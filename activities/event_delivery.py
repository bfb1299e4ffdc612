"""Delivering events to subscriptions: each in order, each for itself, until it is through or paused."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import Collection
from datetime import timedelta
from functools import cached_property, partial
from typing import Protocol

from temporalio import activity

from activities.channels.posting import Chooser, EventPoster
from activities.channels.signature import key_of
from activities.notice_delivery import LEASE, Patience, deliver_round
from workflows.contract import DELIVER_EVENTS
from workflows.delivery_workflow import Delivered
from workflows.subscription_messages import Parcel


class Subscriptions(Protocol):
    """What delivering needs of the register. The real one is in `db.subscription_queries`."""

    async def due(self, limit: int) -> Collection[str]:
        """Subscriptions for which there may be something, those that have waited longest first."""

    async def take(self, subscription: str, lease: timedelta, limit: int) -> Parcel | None:
        """The next events for one, kept from others for a while; None when there is nothing to do."""

    async def moved(
        self, parcel: Parcel, position: int, sent: int, lease: timedelta | None
    ) -> Parcel | None:
        """All up to a position is through. Keep it for another while, or let go of it (no lease).

        Answers with the parcel as it is held now; None when it is not ours any longer: another has it,
        or its owner changed it.
        """

    async def failed(
        self, parcel: Parcel, position: int, why: str, attempts: int, pause: timedelta | None
    ) -> None:
        """The event after a position was not taken; again after a pause, or never (None): it is paused."""


AT_ONCE = 100
"""Maximum subscriptions that one worker serves at the same time."""
PAGE = 200
_LOOK_SECONDS = 1.0
_NOTE_EVERY = 50
_NOTE_SECONDS = 1.0
"""Progress is noted so often: a worker that is killed leaves no more to be sent twice."""


class SubscriptionActivities:
    """Sends what is due, each subscription in a task of its own: one that hangs delays no other."""

    def __init__(
        self,
        subscriptions: Subscriptions,
        destinations: Chooser,
        patience: Patience | None = None,
        look_every: float = _LOOK_SECONDS,
    ) -> None:
        """Deliver where `destinations` allow; look for news so often."""
        self._subscriptions = subscriptions
        self._destinations = destinations
        self._patience = patience or Patience()
        self._look_every = look_every
        self._counts = dict.fromkeys(("delivered", "failed", "dead"), 0)

    @activity.defn(name=DELIVER_EVENTS)
    async def deliver_events(self) -> Delivered:
        """Deliver for half an hour, then hand over to whoever takes the next activity."""
        self._counts = dict.fromkeys(self._counts, 0)
        due = partial(self._subscriptions.due, AT_ONCE)
        await deliver_round(due, self._serve, self._look_every, AT_ONCE)
        return Delivered(**self._counts)

    async def _serve(self, name: str) -> None:
        """Send one subscription what there is for it, one after the other: it hears things in their order."""
        try:
            while parcel := await self._subscriptions.take(name, LEASE, PAGE):
                if not await self._send(parcel):
                    return
        except Exception as error:  # its lease ends by itself, and others are served meanwhile
            activity.logger.warning("subscription %s: %s", name, type(error).__name__)

    async def _send(self, parcel: Parcel) -> bool:
        """Send the events of a parcel; whether it went through, and is ours to go on with."""
        keys = [key_of(secret) for secret in parcel.secrets]
        async with EventPoster(parcel.url, keys, self._tls, self._destinations) as poster:
            progress = _Progress(self._subscriptions, parcel)
            try:
                for one in parcel.events:
                    why = await _refusal(poster, one.event.id, one.event.model_dump_json().encode())
                    if why is not None:
                        await self._failed(progress, one.event.id, why)
                        return False
                    self._counts["delivered"] += 1
                    if not await progress.passed(one.position):
                        return False
            except asyncio.CancelledError:
                # The worker stops: what went through is noted, so that it is not sent again.
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(progress.note(None), _NOTE_SECONDS)
                raise
            return await progress.finished()

    async def _failed(self, progress: "_Progress", event_id: str, error: Exception) -> None:
        parcel, attempts = progress.parcel, progress.attempts + 1
        why, pause = self._patience.after(error, attempts)
        activity.logger.warning("event %s for %s: %s", event_id, parcel.subscription, why)
        self._counts["failed" if pause else "dead"] += 1
        await self._subscriptions.failed(parcel, progress.position, why, attempts, pause)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()


class _Progress:
    """How far a parcel has got, and how much of that is noted."""

    def __init__(self, subscriptions: Subscriptions, parcel: Parcel) -> None:
        self._subscriptions = subscriptions
        self.parcel = parcel
        self.position = parcel.position
        self._sent = 0
        self._noted_at = time.monotonic()

    @property
    def attempts(self) -> int:
        """At the next event, so far."""
        return self.parcel.attempts if self.position == self.parcel.position else 0

    async def passed(self, position: int) -> bool:
        """One more is through; False when the parcel is not ours any longer."""
        self.position = position
        self._sent += 1
        if self._sent < _NOTE_EVERY and time.monotonic() - self._noted_at < _NOTE_SECONDS:
            return True
        return await self.note(LEASE)

    async def finished(self) -> bool:
        """All is through, also what the filter left out; let go of it."""
        self.position = self.parcel.through
        return await self.note(None)

    async def note(self, lease: timedelta | None) -> bool:
        """Note how far it is; False when the parcel is not ours any longer."""
        held = await self._subscriptions.moved(self.parcel, self.position, self._sent, lease)
        if held is None:
            return False
        self.parcel, self._sent, self._noted_at = held, 0, time.monotonic()
        return True


async def _refusal(poster: EventPoster, event_id: str, body: bytes) -> Exception | None:
    """Post an event; what was in its way, if it did not get there."""
    try:
        async with asyncio.timeout(LEASE.total_seconds() / 2):
            await poster.post(event_id, body)
    except Exception as error:  # whatever a receiver does delays nobody else
        return error
    return None
