"""Delivering events to subscriptions: in order, each for itself, nothing lost, and paused when it must be."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.channels.signature import key_of, signatures
from activities.notice_delivery import Patience
from db.engine import create_engine
from db.feed import Feed
from db.intake_tables import api_keys, subscriptions
from db.subscription_admin import SubscriptionAdmin
from db.subscription_queries import KEY_ENDED, PostgresSubscriptions
from db.tables import log_entries
from worker.doctor.check_deliveries import subscribers
from worker.doctor.finding import Verdict
from workflows.cloud_events import Wanted

from .receiver import receiving, status
from .subscribed import (
    KEY,
    SECRET,
    delivering,
    keeps,
    listed_platforms,
    make,
    make_key,
    standing,
    told,
    until,
)

MINUTE = timedelta(minutes=1)


async def test_everything_in_order_signed_and_once(engine: AsyncEngine) -> None:
    """What the feed says, event by event, over one connection; then what comes later, and nothing twice."""
    await make_key(engine)
    many = await listed_platforms(engine, 10)
    async with receiving(keeps()) as receiver, delivering(engine):
        await make(engine, f"{receiver.url}/in?x=1")
        await until(lambda: len(receiver.requests) == many)
        await until(lambda: _at(engine, many))
        assert 1 == receiver.connections
        await make_key(engine, "other")
    feed = Feed(engine)
    end = await feed.end()
    page = await feed.read(end.moved(0), end, Wanted(), 500)
    assert [one.event.model_dump(mode="json") for one in page.events] == told(receiver)
    for first, headers, body in receiver.requests:
        assert "POST /in?x=1 HTTP/1.1" == first
        assert headers["host"] == receiver.url.removeprefix("http://")
        made = signatures(
            [key_of(SECRET)], headers["webhook-id"], int(headers["webhook-timestamp"]), body
        )
        assert made == headers["webhook-signature"]
    assert [one.event.id for one in page.events] == [
        headers["webhook-id"] for _, headers, _ in receiver.requests
    ]


async def _at(engine: AsyncEngine, position: int, name: str = "s-1") -> bool:
    return (await standing(engine, name)).position == position


async def test_only_what_it_wants_and_may_have(engine: AsyncEngine) -> None:
    """Filters narrow it; what the filter leaves out is passed over; its key's district holds always."""
    await make_key(engine)
    many = await listed_platforms(engine, 2)
    async with receiving(keeps(200)) as receiver, delivering(engine):
        await make(engine, receiver.url, events=("listing",), platforms=("p-1",))
        await until(lambda: _at(engine, many))
        async with engine.begin() as connection:
            await connection.execute(update(api_keys).values(district="tongzhou"))
        await make(engine, receiver.url, "s-2")
        await until(lambda: _at(engine, many, "s-2"))
    (event,) = told(receiver)
    assert ("cn.pingtai.listing", "p-1") == (event["type"], event["subject"])


async def test_a_receiver_that_is_down_and_one_that_hangs(engine: AsyncEngine) -> None:
    """Tried again until it is up, in the order of the feed; one that hangs keeps no other waiting."""
    await make_key(engine)
    many = await listed_platforms(engine, 1)
    tries, hanging = count(1), asyncio.Event()

    async def down_at_first(writer: asyncio.StreamWriter) -> None:
        await (status(503) if next(tries) < 5 else keeps())(writer)

    async def silent(writer: asyncio.StreamWriter) -> None:
        hanging.set()
        await asyncio.sleep(30)

    async with (
        receiving(silent) as mute,
        receiving(down_at_first) as receiver,
        delivering(engine),
    ):
        await make(engine, mute.url, "hangs")
        await hanging.wait()
        await make(engine, receiver.url)
        await until(lambda: _at(engine, many))
        assert 1 == len(mute.requests)
    ids = [event["id"] for event in told(receiver)]
    assert ids[:4] == [ids[0]] * 4
    assert [f"p-0:1:0:0:{seq}" for seq in range(1, many + 1)] == ids[4:]
    row = await standing(engine)
    assert (0, None) == (row.attempts, row.last_error)
    assert row.last_delivered_at is not None


@pytest.mark.parametrize(("code", "tries"), [(410, 1), (500, 3)])
async def test_paused_and_resumed(engine: AsyncEngine, code: int, tries: int) -> None:
    """410, or patience at its end, pauses it with the reason; resumed it goes on where it stood."""
    await make_key(engine)
    many = await listed_platforms(engine, 1)
    little = Patience(
        timedelta(milliseconds=5), timedelta(milliseconds=5), timedelta(milliseconds=10)
    )
    answers = [status(code)]

    async def answer(writer: asyncio.StreamWriter) -> None:
        await answers[0](writer)

    async with receiving(answer) as receiver, delivering(engine, little):
        await make(engine, f"{receiver.url}/?token=hush")

        async def paused() -> bool:
            return (await standing(engine)).state == "paused"

        await until(paused)
        row = await standing(engine)
        assert (tries, 0, tries) == (len(receiver.requests), row.position, row.attempts)
        assert row.last_error is not None
        assert f"HTTP {code}" in row.last_error
        assert "hush" not in row.last_error
        answers[0] = keeps()
        await SubscriptionAdmin(engine).resume(KEY, "s-1")
        await until(lambda: _at(engine, many))
    assert many + tries == len(receiver.requests)


async def test_two_workers_share_the_work(engine: AsyncEngine, database_url: str) -> None:
    """Both look at the same subscriptions: each event is sent by one of them, once."""
    await make_key(engine)
    many = await listed_platforms(engine, 4)
    second = create_engine(database_url)
    async with receiving(keeps()) as receiver, delivering(engine), delivering(second):
        names = [f"s-{number}" for number in range(4)]
        for name in names:
            await make(engine, f"{receiver.url}/{name}", name)
        for name in names:
            await until(lambda name=name: _at(engine, many, name))
    await second.dispose()
    for name in names:
        mine = [
            headers["webhook-id"]
            for first, headers, _ in receiver.requests
            if f" /{name} " in first
        ]
        assert (many, many) == (len(mine), len(set(mine)))


async def test_a_worker_that_is_gone_loses_nothing(engine: AsyncEngine) -> None:
    """While its lease holds nobody else sends; after it another goes on from what was noted."""
    await make_key(engine)
    many = await listed_platforms(engine, 1)
    await make(engine, "http://127.0.0.1:1/")
    first, second = PostgresSubscriptions(engine), PostgresSubscriptions(engine)
    parcel = await first.take("s-1", MINUTE, 100)
    assert parcel is not None
    assert SECRET not in repr(parcel)
    assert many == len(parcel.events)
    assert () == await second.due(10)
    assert await second.take("s-1", MINUTE, 100) is None
    noted = await first.moved(parcel, 2, 2, timedelta())  # and is killed
    assert noted is not None
    taken = await second.take("s-1", MINUTE, 100)
    assert taken is not None
    assert [3, 4, 5, 6] == [one.position for one in taken.events]
    assert await first.moved(noted, 4, 2, MINUTE) is None  # it was not dead, only slow
    await first.failed(noted, 2, "too late", 1, None)
    assert ("active", 2, None) == (
        (row := await standing(engine)).state,
        row.position,
        row.last_error,
    )
    assert await SubscriptionAdmin(engine).replay(KEY, "s-1", (await Feed(engine).end()).moved(0))
    assert await second.moved(taken, 6, 4, None) is None
    assert 0 == (await standing(engine)).position


async def test_a_worker_that_stops_notes_what_went_through(engine: AsyncEngine) -> None:
    """Told to stop between two events, it leaves none to be sent twice."""
    await make_key(engine)
    await listed_platforms(engine, 2)
    tries = count(1)

    async def fifth_hangs(writer: asyncio.StreamWriter) -> None:
        if next(tries) == 5:
            await asyncio.sleep(30)
        await keeps()(writer)

    async with receiving(fifth_hangs) as receiver:
        async with delivering(engine):
            await make(engine, receiver.url)
            await until(lambda: len(receiver.requests) == 5)
        assert 4 == (await standing(engine)).position
        async with delivering(engine):
            await until(lambda: _at(engine, 12))
    ids = [event["id"] for event in told(receiver)]
    assert ids[4] == ids[5]
    assert 12 == len(set(ids)) == len(ids) - 1


async def test_a_replay_tells_again_from_there(engine: AsyncEngine) -> None:
    """The same events with the same ids, from the place that was given."""
    await make_key(engine)
    many = await listed_platforms(engine, 1)
    async with receiving(keeps()) as receiver, delivering(engine):
        await make(engine, receiver.url)
        await until(lambda: _at(engine, many))
        place = (await Feed(engine).end()).moved(4)
        await SubscriptionAdmin(engine).replay(KEY, "s-1", place)
        await until(lambda: len(receiver.requests) == many + 2)
        await until(lambda: _at(engine, many))
    assert told(receiver)[4:6] == told(receiver)[6:]


async def test_a_new_secret(engine: AsyncEngine) -> None:
    """For a day the old one signs as well; then it is dropped, and nothing is signed with it."""
    await make_key(engine)
    many = await listed_platforms(engine, 1)
    new = "whsec_" + "QUJD" * 11
    keeping = SubscriptionAdmin(engine)
    async with receiving(keeps()) as receiver, delivering(engine):
        await make(engine, receiver.url, position=many - 1)
        await until(lambda: _at(engine, many))
        row = await keeping.new_secret(KEY, "s-1", new)
        assert row is not None
        assert row.old_secret_until is not None
        back = (await Feed(engine).end()).moved(many - 1)
        await keeping.replay(KEY, "s-1", back)
        await until(lambda: len(receiver.requests) == 2)
        async with engine.begin() as connection:
            await connection.execute(update(subscriptions).values(old_secret_until=func.now()))
        await until(lambda: _at(engine, many))
        await keeping.replay(KEY, "s-1", back)
        await until(lambda: len(receiver.requests) == 3)
    assert [[SECRET], [new, SECRET], [new]] == [
        _signed_with(request, (new, SECRET)) for request in receiver.requests
    ]
    assert (await standing(engine)).old_secret_until is None


def _signed_with(request: tuple[str, dict[str, str], bytes], secrets: Sequence[str]) -> list[str]:
    _, headers, body = request
    moment = int(headers["webhook-timestamp"])
    shown = headers["webhook-signature"].split()
    return [
        secret
        for secret in secrets
        if signatures([key_of(secret)], headers["webhook-id"], moment, body) in shown
    ]


async def test_a_key_that_has_ended(engine: AsyncEngine) -> None:
    """Nothing more is told to whoever had it: the subscription is paused, and says why."""
    await make_key(engine)
    await listed_platforms(engine, 1)
    await make(engine, "http://127.0.0.1:1/")
    store = PostgresSubscriptions(engine)
    ended: tuple[dict[str, Any], ...] = ({"revoked_at": func.now()}, {"expires_at": func.now()})
    for how in ended:
        fresh = {"revoked_at": None, "expires_at": func.now() + timedelta(days=1)}
        async with engine.begin() as connection:
            await connection.execute(update(api_keys).values(fresh))
        parcel = await store.take("s-1", timedelta(), 10)
        assert parcel is not None
        async with engine.begin() as connection:
            await connection.execute(update(api_keys).values(how))
        assert await store.moved(parcel, 1, 1, MINUTE) is None  # also in the midst of a parcel
        assert await store.take("s-1", MINUTE, 10) is None
        row = await standing(engine)
        assert ("paused", KEY_ENDED) == (row.state, row.last_error)
        assert await SubscriptionAdmin(engine).resume(KEY, "s-1")


async def test_doctor(engine: AsyncEngine) -> None:
    """One that is paused is named with its reason; one that waits for long is told; else all is well."""
    assert "subscriptions: 0 active, none is waiting" == (await subscribers(engine)).what.en
    await make_key(engine)
    await listed_platforms(engine, 1)  # long ago
    await make(engine, "https://example.org/?token=hush")
    late = await subscribers(engine)
    assert (Verdict.NOTE, True) == (late.verdict, "more than an hour" in late.what.en)
    async with engine.begin() as connection:
        await connection.execute(
            update(subscriptions).values(state="paused", last_error="HTTP 410")
        )
    paused = await subscribers(engine)
    assert (Verdict.NOTE, "subscriptions: 1 paused (s-1: HTTP 410)") == (
        paused.verdict,
        paused.what.en,
    )
    async with engine.begin() as connection:
        await connection.execute(update(subscriptions).values(state="active", position=6))
    assert (Verdict.GOOD, "subscriptions: 1 active, none is waiting") == (
        (well := await subscribers(engine)).verdict,
        well.what.en,
    )


async def test_nobody_subscribes(engine: AsyncEngine) -> None:
    """Then one question a round is all: nothing is numbered, nothing is taken."""
    await listed_platforms(engine, 1)
    assert () == await PostgresSubscriptions(engine).due(10)
    async with engine.connect() as connection:
        query = select(func.count()).where(log_entries.c.position.is_not(None))
        assert 0 == (await connection.execute(query)).scalar_one()
