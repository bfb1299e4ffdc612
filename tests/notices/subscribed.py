"""Subscriptions for the tests: a key, a subscription, workers that deliver, and what a receiver was told."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.testing import ActivityEnvironment

from activities.channels.destinations import Destinations, destinations_of
from activities.event_delivery import SubscriptionActivities
from activities.notice_delivery import Patience
from db.feed import Feed
from db.intake_tables import api_keys
from db.register_store import PostgresRegister
from db.subscription_admin import SubscriptionAdmin, SubscriptionRow
from db.subscription_queries import PostgresSubscriptions
from tests.register.cases import application, batch, listed

from .receiver import Answer, Receiver

SECRET = "whsec_" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5"
KEY = "key-1"
LOOPBACK = destinations_of("127.0.0.0/8")
QUICK = Patience(timedelta(milliseconds=20), timedelta(milliseconds=50), timedelta(seconds=30))


async def make_key(engine: AsyncEngine, key_id: str = KEY, district: str | None = None) -> None:
    """A key that may read."""
    now = datetime.now(UTC)
    async with engine.begin() as connection:
        await connection.execute(
            insert(api_keys).values(
                id=key_id,
                name="an integrator",
                secret_sha256="0" * 64,
                scopes=["read"],
                district=district,
                created_at=now,
                created_by="op",
                expires_at=now + timedelta(days=1),
            )
        )


async def make(
    engine: AsyncEngine, url: str, name: str = "s-1", position: int = 0, **wanted: tuple[str, ...]
) -> SubscriptionRow:
    """A subscription of that key, from the beginning."""
    after = (await Feed(engine).end()).moved(position)
    return await SubscriptionAdmin(engine).make(
        name, KEY, url=url, secret=SECRET, after=after, **wanted
    )


async def listed_platforms(engine: AsyncEngine, count: int) -> int:
    """Platforms that went all the way; how many events that makes."""
    for number in range(count):
        told = listed(application(f"p-{number}"))
        await PostgresRegister(engine).write(batch(told))
    return count * len(told.case.log)


async def standing(engine: AsyncEngine, name: str = "s-1") -> SubscriptionRow:
    """How a subscription stands."""
    row = await SubscriptionAdmin(engine).one(KEY, name)
    assert row is not None
    return row


@asynccontextmanager
async def delivering(
    engine: AsyncEngine, patience: Patience = QUICK, destinations: Destinations = LOOPBACK
) -> AsyncIterator[None]:
    """A worker that delivers, until it is stopped."""
    activities = SubscriptionActivities(
        PostgresSubscriptions(engine), destinations, patience, look_every=0.02
    )
    environment = ActivityEnvironment()
    task = asyncio.ensure_future(environment.run(activities.deliver_events))
    try:
        yield
    finally:
        environment.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(what: Callable[[], Awaitable[bool]] | Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(60):
        while True:
            holds = what()
            if holds if isinstance(holds, bool) else await holds:
                return
            await asyncio.sleep(0.01)


def told(receiver: Receiver) -> list[dict[str, Any]]:
    """The events that came, in their order, repeats and all."""
    return [json.loads(body) for _, _, body in receiver.requests]


def keeps(code: int = 204) -> Answer:
    """Answer, and keep the connection."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        body = "" if code == 204 else "content-length: 2\r\n"
        writer.write(f"HTTP/1.1 {code} Word\r\n{body}\r\n{'ok' if body else ''}".encode())

    return answer
