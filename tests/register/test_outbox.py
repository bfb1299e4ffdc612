"""Notices wait in the outbox until they are through: nothing lost, nothing in anybody's way."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.notice_delivery import Recipient
from db.notice_queries import RECIPIENT_ROLES, notice_rows
from db.outbox import PostgresOutbox
from db.register_store import PostgresRegister
from db.tables import deliveries, notices
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.notice_messages import Delivery, Notice

from .cases import batch, listed, rectified

MINUTE = timedelta(minutes=1)


class Nowhere:
    """A channel that is never used: these tests are about what waits."""

    name = "file"

    async def send(self, notice: Notice) -> None:
        """Not called."""


def recipient(name: str, **wanted: frozenset[str]) -> Recipient:
    """A recipient of the configuration."""
    return Recipient(name, Nowhere(), **wanted)


async def states(engine: AsyncEngine) -> dict[str, int]:
    """How many deliveries are in each state."""
    async with engine.connect() as connection:
        rows = await connection.execute(
            select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
        )
        return {row[0]: row[1] for row in rows}


async def handed_out(engine: AsyncEngine, *recipients: Recipient) -> PostgresOutbox:
    """An outbox with the notices of a platform that was listed, made into deliveries."""
    await PostgresRegister(engine).write(batch(listed()))
    async with engine.begin() as connection:  # the test's platform lived long ago
        await connection.execute(update(notices).values(handed_out=False, at=func.now()))
    outbox = PostgresOutbox(engine)
    assert 0 < await outbox.hand_out(recipients)
    assert 0 == await outbox.hand_out(recipients)
    return outbox


async def all_of(outbox: PostgresOutbox, name: str) -> Sequence[Delivery]:
    """Take all that is due for a recipient."""
    taken = []
    while (delivery := await outbox.take(name, MINUTE)) is not None:
        taken.append(delivery)
    return taken


def test_every_event_in_the_table_can_happen() -> None:
    """The table names decisions and happenings of its lifecycle, and nothing else."""
    for lifecycle in (PLATFORM, ASSESSMENT):
        known = {trigger.name for _, trigger, _ in lifecycle.arrows()}
        first = {"applied"} if lifecycle is PLATFORM else {"assessment_opened"}
        assert set(RECIPIENT_ROLES[lifecycle.name]) <= known | first


def test_the_next_and_the_concerned_are_told_once_each() -> None:
    """An application is told to the district; a listing to operator and district; ids are the same again."""
    told = batch(listed())
    rows = notice_rows(told)
    by_event: dict[str, set[str]] = {row["event"]: set() for row in rows}
    for row in rows:
        by_event[row["event"]].add(row["role"])
    assert {"district"} == by_event["applied"]
    assert {"commission", "operator"} == by_event["recommendation"]
    assert {"operator", "district"} == by_event["listing"]
    assert len({row["id"] for row in rows}) == len(rows)
    assert [row["id"] for row in rows] == [row["id"] for row in notice_rows(told)]


def test_who_is_told_of_a_year() -> None:
    """A year that falls short: told to whoever is next, and its conclusion to operator and district."""
    platform = listed()
    rows = notice_rows(batch(rectified(platform), platform=platform))
    told = {(row["event"], row["role"]) for row in rows}
    assert ("assessment_opened", "operator") in told
    assert {("evaluation", "operator"), ("evaluation", "district")} <= told
    assert all(row["year"] == 1 for row in rows)


async def test_each_recipient_gets_what_it_wants_in_order(engine: AsyncEngine) -> None:
    """By role; in the order of writing; taken once, as long as the lease holds."""
    outbox = await handed_out(
        engine,
        recipient("district", roles=frozenset(("district",))),
        recipient("all"),
        recipient("elsewhere", districts=frozenset(("miyun",))),
    )
    mine, everything = await all_of(outbox, "district"), await all_of(outbox, "all")
    assert {"district"} == {delivery.notice.role for delivery in mine}
    numbers = [delivery.notice.number for delivery in everything]
    assert sorted(numbers) == numbers
    assert len(mine) < len(everything)
    assert [] == await all_of(outbox, "elsewhere")
    assert [] == await all_of(outbox, "all")


async def test_what_failed_waits_and_what_was_given_up_is_dead(engine: AsyncEngine) -> None:
    """A failure is tried again when its pause is over; given up, it is dead, with the reason."""
    outbox = await handed_out(engine, recipient("all"))
    first, second, *rest = await all_of(outbox, "all")
    await outbox.failed(first, "503", timedelta(milliseconds=1))
    await outbox.failed(second, "410 gone", None)
    for delivery in rest:
        await outbox.delivered(delivery)
    assert {"waiting": 1, "dead": 1, "delivered": len(rest)} == await states(engine)
    again = await outbox.take("all", MINUTE)
    assert again
    assert (first.notice.id, 1) == (again.notice.id, again.attempts)
    assert await outbox.take("all", MINUTE) is None


async def test_a_lease_that_is_over_is_taken_by_another(engine: AsyncEngine) -> None:
    """What a killed worker had in hand is delivered by the next, with the same id."""
    outbox = await handed_out(engine, recipient("all"))
    taken = await outbox.take("all", timedelta(milliseconds=1))
    others = [delivery.notice.id for delivery in await all_of(outbox, "all")]
    assert taken
    assert taken.notice.id in others
    assert len(others) == len(set(others))


async def test_history_is_no_news(register: PostgresRegister, engine: AsyncEngine) -> None:
    """A register that is filled anew from old logs tells nobody; entries of today are told."""
    await register.write(batch(listed()))
    async with engine.connect() as connection:
        rows = (await connection.execute(select(notices.c.at, notices.c.handed_out))).all()
    month_ago = datetime.now(UTC) - timedelta(days=30)
    assert rows
    assert all(row.handed_out == (row.at < month_ago) for row in rows)


async def test_what_waited_too_long_is_told_to_nobody(engine: AsyncEngine) -> None:
    """Notices that are switched on later do not begin with the past."""
    await PostgresRegister(engine).write(batch(listed()))
    async with engine.begin() as connection:
        await connection.execute(update(notices).values(handed_out=False))
    outbox = PostgresOutbox(engine)
    assert 0 < await outbox.hand_out([recipient("all")])
    assert {} == await states(engine)


async def test_a_late_failure_overwrites_nothing(engine: AsyncEngine) -> None:
    """Who comes back after another has delivered says nothing any more."""
    outbox = await handed_out(engine, recipient("all"))
    slow = await outbox.take("all", timedelta(milliseconds=1))
    assert slow
    quick = next(one for one in await all_of(outbox, "all") if one.notice.id == slow.notice.id)
    await outbox.delivered(quick)
    await outbox.failed(slow, "too late", None)
    assert 1 == (await states(engine))["delivered"]
    assert "dead" not in await states(engine)


async def test_many_notices_for_many_recipients(engine: AsyncEngine) -> None:
    """Two hundred notices for fifty recipients: more parameters (40,000) than a statement may have."""
    await PostgresRegister(engine).write(batch(listed()))
    async with engine.begin() as connection:
        row = (await connection.execute(select(notices).limit(1))).mappings().one()
        more = {name: value for name, value in row.items() if name not in ("id", "number")}
        await connection.execute(
            insert(notices), [more | {"id": f"more:{number}"} for number in range(200)]
        )
        await connection.execute(update(notices).values(handed_out=False, at=func.now()))
    everybody = [recipient(f"clerk-{number}") for number in range(50)]
    assert 200 == await PostgresOutbox(engine).hand_out(everybody)
    assert {"waiting": 200 * 50} == await states(engine)
