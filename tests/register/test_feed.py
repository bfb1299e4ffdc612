"""The feed of events: one order that only grows at its end, and nothing skipped however late it commits."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db import feed as feeds
from db.feed import Cursor, Feed, Page, cursor_of
from db.reading import LARGEST_PAGE
from db.register_errors import CursorOfAnotherFeed, NoCursor
from db.register_store import PostgresRegister, write_on
from db.tables import log_entries
from workflows.cloud_events import EVENT_NAMES, Event, Wanted
from workflows.model import invalid

from .cases import (
    START,
    Told,
    application,
    assessment_of,
    batch,
    listed,
    one_by_one,
    opened,
    set_aside,
)

ALL = Wanted()


@pytest.fixture
def feed(engine: AsyncEngine) -> Feed:
    """The feed of a fresh register."""
    return Feed(engine)


async def read(
    feed: Feed, position: int = 0, wanted: Wanted = ALL, limit: int = LARGEST_PAGE
) -> Page:
    """What is there after a position."""
    end = await feed.end()
    return await feed.read(end.moved(position), end, wanted, limit)


def ids(page: Page) -> list[str]:
    """The ids of a page's events."""
    return [one.event.id for one in page.events]


async def test_an_entry_is_an_event(register: PostgresRegister, feed: Feed) -> None:
    """A CloudEvent with the facts to act on, and without what people wrote at length."""
    told = listed()
    await register.write(batch(told))
    page = await read(feed)
    assert [one.event.data.name for one in page.events] == [entry.name for entry in told.case.log]
    listing, entry = page.events[-1].event, told.case.log[-1]
    assert ("p-1:1:0:0:6", "cn.pingtai.listing", "/pingtai", "p-1", entry.at) == (
        listing.id,
        listing.type,
        listing.source,
        listing.subject,
        listing.time,
    )
    assert str(page.next) == listing.cursor
    data = listing.data
    assert ("decision", "listing", "included", "valid", 1, 0, 6, entry.hash) == (
        data.kind,
        data.name,
        data.outcome,
        data.stage,
        data.term,
        data.year,
        data.seq,
        data.hash,
    )
    assert ("共性技术平台", "京芯共性平台运营有限公司", "haidian", "artificial_intelligence") == (
        data.platform_name,
        data.operator,
        data.district,
        data.field,
    )
    assert data.actor is not None
    assert ("kw-1", "commission", "市科委、中关村管委会") == (
        data.actor.id,
        data.actor.role,
        data.actor.organisation,
    )
    assert {
        "list_number": "2024-01",
        "certificate_number": "C-p-1",
        "decided_on": entry.said["decided_on"],
    } == data.said
    assert "意见" == page.events[1].event.data.said["opinion"]  # why, and no plan
    assert {"changes", "decided_on"} == page.events[3].event.data.said.keys()
    assert listing == Event.model_validate_json(listing.model_dump_json())


async def test_refused_and_set_aside(register: PostgresRegister, feed: Feed) -> None:
    """A refused signal is an event of its own, whichever it was; what was set aside says by which entry."""
    told = opened()
    told.refuse("listing", {"x": 1}, invalid("listing", "x", "no", "否"))
    told.decide(
        "recommendation",
        {
            "id": "hd-1",
            "role": "district",
            "organisation": "海淀区科技主管部门",
            "district": "haidian",
        },
        outcome="recommended",
        opinion="同意",
    )
    set_aside(told, "recommendation-3")
    await register.write(batch(told))
    page = await read(feed)
    assert ["applied", "refused", "recommendation", "set_aside"] == [
        one.event.type.removeprefix("cn.pingtai.") for one in page.events
    ]
    refused, fallen, by = (one.event.data for one in page.events[1:])
    assert ("refused", "listing") == (refused.kind, refused.name)
    assert refused.reason is not None
    assert "否" in refused.reason
    assert (4, None) == (fallen.set_aside_by, by.set_aside_by)
    assert [3, 3] == by.said["sets_aside"]
    assert [] == ids(await read(feed, wanted=Wanted(events=("listing",))))
    assert ["p-1:1:0:0:2"] == ids(await read(feed, wanted=Wanted(events=("refused",))))
    assert {"refused", "listing", "applied"} < set(EVENT_NAMES)


async def test_nothing_is_skipped_however_late_it_commits(
    engine: AsyncEngine, register: PostgresRegister, feed: Feed
) -> None:
    """An older entry, open while later ones commit and are read, comes after what was read meanwhile."""
    early = batch(opened(application("early"), START))
    late = batch(opened(application("late"), START + timedelta(days=9)))
    async with engine.begin() as still_open:
        await write_on(still_open, early)
        await register.write(late)
        seen = await read(feed)
        assert ["late:1:0:0:1"] == ids(seen)
        assert [] == ids(await read(feed, seen.next.position))
    assert ["early:1:0:0:1"] == ids(await read(feed, seen.next.position))
    assert ["late:1:0:0:1", "early:1:0:0:1"] == ids(await read(feed))


async def test_readers_and_writers_at_once(
    engine: AsyncEngine, register: PostgresRegister, feed: Feed
) -> None:
    """Whoever follows while many write sees each entry once, and positions without a gap."""
    told = [listed(application(f"p-{n}")) for n in range(8)]
    writing = [asyncio.create_task(_write(register, one)) for one in told]
    seen: list[list[int]] = [[], [], []]

    async def follow(mine: list[int]) -> None:
        while len(mine) < 8 * 6:
            end = await feed.end()
            page = await feed.read(end.moved(mine[-1] if mine else 0), end, ALL, 5)
            mine += [one.position for one in page.events]

    async with asyncio.timeout(60):
        await asyncio.gather(*(follow(mine) for mine in seen), *writing)
    assert [list(range(1, 49))] * 3 == seen
    async with engine.connect() as connection:
        places = await connection.execute(
            select(log_entries.c.seq, log_entries.c.platform_id).order_by(log_entries.c.position)
        )
        rows = places.all()
    for one in told:
        mine = one.case.state.facts.platform_id
        assert list(range(1, 7)) == [row.seq for row in rows if row.platform_id == mine]


async def _write(register: PostgresRegister, told: Told) -> None:
    for one in one_by_one(told):
        await register.write(one)


async def test_no_position_is_given_twice(
    engine: AsyncEngine, register: PostgresRegister, feed: Feed
) -> None:
    """A log that is told again has new positions and its old ids: told twice, and nothing else skipped."""
    await register.write(batch(opened(application("other"))))
    await register.write(batch(opened(at=START + timedelta(seconds=1))))
    assert 2 == (await read(feed)).next.position
    await register.write(batch(opened(at=START + timedelta(seconds=2))))  # at its true moment
    again = await read(feed, 2)
    assert (["p-1:1:0:0:1"], [3]) == (ids(again), [one.position for one in again.events])
    async with engine.begin() as connection:
        await connection.execute(delete(log_entries))
    await register.write(batch(opened()))
    assert [4] == [one.position for one in (await read(feed, 3)).events]


async def test_filters_and_pages(register: PostgresRegister, feed: Feed) -> None:
    """By event, district and platform, and held to a district; the cursor goes beyond what is left out."""
    platform = listed()
    await register.write(batch(platform))
    await register.write(batch(assessment_of(platform), platform=platform))
    elsewhere = opened(application("q-1", district="tongzhou"), START + timedelta(days=400))
    await register.write(batch(elsewhere))
    assert 8 == (await feed.end()).position
    assert ["q-1:1:0:0:1"] == ids(await read(feed, wanted=Wanted(districts=("tongzhou",))))
    assert ["p-1:1:1:1:1"] == ids(await read(feed, wanted=Wanted(events=("assessment_opened",))))
    assert 8 == (await read(feed, wanted=Wanted(platforms=("nobody",)))).next.position
    held = Wanted(districts=("tongzhou",), within="haidian")
    assert [] == ids(await read(feed, wanted=held))
    both = await read(feed, wanted=Wanted(platforms=("p-1", "q-1"), events=("applied",)), limit=1)
    assert (["p-1:1:0:0:1"], 1, True) == (ids(both), both.next.position, both.more)
    page, found = await read(feed, limit=4), 0
    while page.events:
        found += len(page.events)
        page = await read(feed, page.next.position, limit=4)
    assert (8, False) == (found, page.more)


async def test_a_filter_that_wants_next_to_nothing(
    register: PostgresRegister, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One look goes a bounded way, and says that there is more."""
    monkeypatch.setattr(feeds, "SPAN", 2)
    monkeypatch.setattr(feeds, "_AT_ONCE", 2)
    await register.write(batch(listed()))
    rare = Wanted(events=("listing",))
    first, second = await read(feed, 0, rare), await read(feed, 2, rare)
    assert ([], 2, True) == (ids(first), first.next.position, first.more)
    assert ([], 4, True) == (ids(second), second.next.position, second.more)
    assert ["p-1:1:0:0:6"] == ids(await read(feed, 4, rare))


async def test_cursors(feed: Feed) -> None:
    """What is no cursor is told from one of another register, and from one beyond the end."""
    end = await feed.end()
    assert end == cursor_of(str(end))
    for text in (
        "",
        "x",
        f"{end.feed}.",
        f"{end.feed}.-1",
        f"{end}x",
        f"{end.feed}.{10**18}",
        "a.١",
    ):
        with pytest.raises(NoCursor):
            cursor_of(text)
    for wrong in (Cursor("another", 0), end.moved(1)):
        with pytest.raises(CursorOfAnotherFeed):
            await feed.read(wrong, end, ALL, 1)


async def test_looking_for_news_is_cheap(engine: AsyncEngine, feed: Feed) -> None:
    """It reads the index of what has no position, also when the planner believes that to be most."""
    async with engine.connect() as connection:
        question = feeds._SOMETHING_NEW.compile(
            engine.sync_engine, compile_kwargs={"literal_binds": True}
        )
        lines = (await connection.exec_driver_sql(f"EXPLAIN {question}")).all()
    assert "ix_log_entries_unnumbered" in "\n".join(row[0] for row in lines)


async def test_numbering_waits_for_nobody(
    engine: AsyncEngine, register: PostgresRegister, feed: Feed
) -> None:
    """Entries that a setting aside holds just now have their turn later; others are told meanwhile."""
    await register.write(batch(opened()))
    await register.write(batch(opened(application("q-1"), START + timedelta(days=1))))
    held = select(log_entries).where(log_entries.c.platform_id == "p-1").with_for_update()
    async with engine.begin() as connection, asyncio.timeout(60):
        await connection.execute(held)
        assert ["q-1:1:0:0:1"] == ids(await read(feed))
    assert ["q-1:1:0:0:1", "p-1:1:0:0:1"] == ids(await read(feed))
