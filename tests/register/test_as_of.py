"""The register as it stood on a day: the fold of what each log held then."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from db.as_of import register_on
from db.known_later import known_later
from db.register_store import PostgresRegister
from db.validity_queries import validity
from tests.rules.builders import OPERATOR
from workflows.periods import beijing_date
from workflows.vocabulary import Happening

from .cases import (
    STEP,
    Told,
    application,
    assessment_of,
    batch,
    listed,
    opened,
    rectified,
    set_aside,
)

DAY = timedelta(days=1)


def day_of(told: Told, seq: int) -> date:
    """The day of an entry in Beijing."""
    return beijing_date(told.case.log[seq - 1].at)


async def found(engine: AsyncEngine, day: date, **filters: Any) -> list[tuple[str, str]]:
    """Who stood in which stage at the end of a day."""
    standing = await register_on(engine, day, **filters)
    assert () == standing.unknown
    return [(row.platform_id, row.stage) for row in standing.rows]


async def test_each_day_is_the_fold_of_a_prefix(
    engine: AsyncEngine, register: PostgresRegister
) -> None:
    """At the end of each entry's day the platform stands as after it; before the first it is not there."""
    told = listed()
    await register.write(batch(told))
    assert [] == await found(engine, day_of(told, 1) - DAY)
    for number, state in enumerate(told.states, start=1):
        (row,) = (await register_on(engine, day_of(told, number))).rows
        assert (state.stage, state.listed_on, state.valid_until, None) == (
            row.stage,
            row.listed_on,
            row.valid_until,
            row.due,
        )


async def test_what_was_set_aside_later_counted_then(
    engine: AsyncEngine, register: PostgresRegister
) -> None:
    """A listing that fell is there on the days before it fell, and not after."""
    told = listed()
    listing = told.case.log[-1]
    assert listing.decision_id
    told.record_event(Happening.VALIDITY_NEARING, {"days": 180})
    set_aside(told, listing.decision_id)
    await register.write(batch(told))
    assert [("p-1", "valid")] == await found(engine, beijing_date(listing.at))
    assert [("p-1", "valid")] == await found(engine, beijing_date(told.at) - DAY)
    assert [("p-1", "listing")] == await found(engine, beijing_date(told.at))


async def test_the_term_of_the_day(engine: AsyncEngine, register: PostgresRegister) -> None:
    """On a day of the first term a platform has the district that the first term says."""
    first = opened()
    first.decide("withdrawal", OPERATOR, reason="调整")
    previous = {"term": 1, "log_hash": first.case.log[-1].hash}
    again = application(term=2, previous=previous, application_id="a-2", district="miyun")
    second = opened(again, first.at + STEP)
    await register.write(batch(first))
    await register.write(batch(second))
    days = [beijing_date(one.at) for one in (first, second)]
    assert [("p-1", "withdrawn")] == await found(engine, days[0])
    assert [("p-1", "recommendation")] == await found(engine, days[1])
    assert [("p-1", "withdrawn")] == await found(engine, days[0], district="haidian")
    assert [] == await found(engine, days[0], district="miyun")
    assert [("p-1", "recommendation")] == await found(engine, days[1], district="miyun")


async def test_filters_and_pages(engine: AsyncEngine, register: PostgresRegister) -> None:
    """Each filter narrows the day's register; pages follow each other, filtered or not, each row once."""
    for name in ("p-1", "p-3", "p-5"):
        await register.write(batch(listed(application(name))))
    for name in ("p-2", "p-4"):
        told = opened(application(name, field="medicine_and_health"))
        told.record_event(Happening.OVERDUE)
        await register.write(batch(told))
    day = date(2024, 12, 31)
    assert ["p-2", "p-4"] == [
        one for one, _ in await found(engine, day, field="medicine_and_health")
    ]
    assert ["p-1", "p-3", "p-5"] == [one for one, _ in await found(engine, day, stage="valid")]
    assert ["p-1", "p-3", "p-5"] == [one for one, _ in await found(engine, day, year=2024)]
    assert ["p-1", "p-3", "p-5"] == [
        one for one, _ in await found(engine, day, list_number="2024-01")
    ]
    assert ["p-2", "p-4"] == [one for one, _ in await found(engine, day, overdue=True)]
    for filters, expected in (({}, 5), ({"year": 2024}, 3), ({"overdue": True}, 2)):
        seen: list[str] = []
        last: str | None = ""
        while last is not None:
            page = await register_on(engine, day, after=last, limit=2, **filters)
            assert len(page.rows) <= 2
            seen += [row.platform_id for row in page.rows]
            last = page.last
        assert (expected, sorted(set(seen))) == (len(seen), seen)


async def test_an_overdue_assessment(engine: AsyncEngine, register: PostgresRegister) -> None:
    """An assessment that was open and overdue on the day makes its platform overdue; ended, it does not."""
    platform = listed()
    opened_at = beijing_date(platform.at) + STEP
    told = rectified(platform)
    late = listed(application("p-2"))
    open_one = assessment_of(late)
    open_one.record_event(Happening.OVERDUE)
    for each, of in ((platform, None), (told, platform), (late, None), (open_one, late)):
        await register.write(batch(each, platform=of))
    rows = (await register_on(engine, beijing_date(open_one.at), overdue=True)).rows
    assert [("p-2", 1, False, True)] == [
        (row.platform_id, row.open_assessment, row.overdue, row.assessment_overdue) for row in rows
    ]
    assert [] == await found(engine, opened_at, overdue=True)


async def test_a_log_that_is_not_whole(engine: AsyncEngine, register: PostgresRegister) -> None:
    """A platform whose first entries have not arrived is named, and never told wrongly."""
    told = listed()
    await register.write(batch(told, 3))
    standing = await register_on(engine, date(2024, 12, 31))
    assert ((), ("p-1",)) == (standing.rows, standing.unknown)


async def test_what_was_entered_after_its_day_is_told(
    engine: AsyncEngine, register: PostgresRegister
) -> None:
    """`valid --on` goes by the days of decisions, the register of a day by what was entered."""
    late = listed(application("p-late"))
    late.decide("withdrawal", OPERATOR, reason="停办", decided_on=day_of(late, 6) + DAY)
    gone = listed(application("p-gone", field="medicine_and_health"))
    fallen = gone.case.log[-1].decision_id
    assert fallen
    set_aside(gone, fallen)
    early = opened(application("p-early"))
    for kind in ("recommendation", "inspection", "expert_opinion"):
        early.decide(kind)
    decided = beijing_date(early.at)
    early.decide(
        "listing", list_number="2024-1", certificate_number="C-1", decided_on=decided + 3 * DAY
    )
    for told in (late, gone, early, listed(application("p-usual"))):
        await register.write(batch(told))
    for day in (decided + n * DAY for n in range(-40, 60)):
        differ = await known_later(engine, day)
        shown = {name for name, _ in await found(engine, day, stage="valid")}
        valid = {
            name
            for name in ("p-late", "p-gone", "p-early", "p-usual")
            if (one := await validity(engine, name, day)) and one.valid
        }
        assert (valid - shown, shown - valid) == (set(differ.valid), set(differ.not_valid)), day
    between = decided + 4 * DAY
    assert ("p-early",) == (await known_later(engine, between)).valid
    assert () == (await known_later(engine, between, field="medicine_and_health")).valid
    assert ("p-gone", "p-late") == (await known_later(engine, day_of(late, 6) + DAY)).not_valid
    assert ("p-gone",) == (
        await known_later(engine, day_of(late, 6) + DAY, field="medicine_and_health")
    ).not_valid
