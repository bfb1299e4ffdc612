"""Plaques: issued, returned, overdue after the end; an entry in error is cancelled; one writer at a time."""

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.as_of import register_on
from db.plaque_queries import plaques
from db.plaque_types import PlaqueEntry
from db.queries import RegisterQueries
from db.register_store import PostgresRegister
from starter.desk.plaques import PlaqueRecord, record_plaque
from starter.errors import NoSuchPlatform
from tests.rules.builders import COMMISSION
from workflows.model import InvalidMessage, parse
from workflows.refusal import Refused

from . import cases

TODAY = date(2031, 1, 1)
LISTED_ON = date(2024, 2, 12)
"""By `cases.listed`: a week after each step."""
KW: dict[str, Any] = {"id": "kw-1", "role": "commission", "organisation": "市科委"}


async def record(
    engine: AsyncEngine, event: str, day: date, platform_id: str = "p-1", **more: Any
) -> tuple[PlaqueEntry, bool]:
    """What a person of the commission records on a day long after."""
    said = parse(PlaqueRecord, {"event": event, "happened_on": str(day), "actor": KW, **more})
    return await record_plaque(engine, platform_id, said, at=cases.START, day=TODAY)


async def state_of(engine: AsyncEngine, platform_id: str = "p-1") -> str | None:
    """How a plaque stands: by the register, which its other readers must agree with."""
    (row,) = [
        one for one in await RegisterQueries(engine).register() if one.platform_id == platform_id
    ]
    card = await RegisterQueries(engine).platform(platform_id)
    assert card
    assert row.plaque == card.plaque
    found = {one.platform_id: one.state for one in await plaques(engine)}
    assert row.plaque == found.get(platform_id)
    past = {one.platform_id: one.plaque for one in (await register_on(engine, TODAY)).rows}
    assert row.plaque == past[platform_id]
    return row.plaque


@pytest.fixture
async def platform(register: PostgresRegister) -> cases.Told:
    """A listed platform."""
    told = cases.listed(cases.application("p-1"))
    await register.write(cases.batch(told))
    return told


async def test_from_issue_to_return(
    engine: AsyncEngine, register: PostgresRegister, platform: cases.Told
) -> None:
    """Issued while listed; overdue once its platform was delisted; returned at last."""
    assert await state_of(engine) is None
    document = {"name": "领取单", "sha256": "0" * 64}
    entry, before = await record(engine, "issued", LISTED_ON, document=document)
    assert not before
    assert "issued" == await state_of(engine)
    year = cases.rectified(platform, outcome="not_met")
    await register.write(cases.batch(platform))
    await register.write(cases.batch(year, platform=platform))
    assert "overdue" == await state_of(engine)
    queries = RegisterQueries(engine)
    assert 1 == await queries.register_count(plaque="overdue")
    assert 0 == await queries.register_count(plaque="issued")
    assert "issued" == (await register_on(engine, LISTED_ON)).rows[0].plaque
    assert () == (await register_on(engine, LISTED_ON, plaque="overdue")).rows
    await record(engine, "returned", platform.at.date())
    assert "returned" == await state_of(engine)
    card = await queries.platform("p-1")
    assert card
    assert entry == card.plaques[0]
    assert ["issued", "returned"] == [one.event for one in card.plaques]


async def test_a_platform_that_withdrew_or_begins_a_new_term_owes_its_plaque(
    engine: AsyncEngine, register: PostgresRegister, platform: cases.Told
) -> None:
    """Each end counts; a new application does not give the plaque back its ground."""
    await record(engine, "issued", LISTED_ON)
    platform.decide("withdrawal")
    await register.write(cases.batch(platform))
    assert "overdue" == await state_of(engine)
    previous = {"term": 1, "log_hash": platform.case.log[-1].hash, "application_id": "a-p-1"}
    following = cases.application(
        "p-1", application_id="a-2", term=2, previous={"term": 1, "log_hash": previous["log_hash"]}
    )
    await register.write(cases.batch(cases.opened(following, platform.at)))
    assert "overdue" == await state_of(engine)


async def test_suspended_is_valid_and_terminated_is_not(
    engine: AsyncEngine, register: PostgresRegister, platform: cases.Told
) -> None:
    """While a case is suspended its validity runs on; closed by the commission, it owes the plaque."""
    await record(engine, "issued", LISTED_ON)
    documents = [{"name": "通知书", "sha256": "0" * 64}]
    platform.decide("suspension", COMMISSION, reason="整顿", documents=documents)
    await register.write(cases.batch(platform))
    assert "issued" == await state_of(engine)
    platform.decide("termination", COMMISSION, reason="运营单位注销", documents=documents)
    await register.write(cases.batch(platform))
    assert "overdue" == await state_of(engine)


async def test_the_same_again_is_the_same(engine: AsyncEngine, platform: cases.Told) -> None:
    """Also at the same moment: one entry, and the others are told that it was there."""
    answers = await asyncio.gather(*(record(engine, "issued", LISTED_ON) for _ in range(4)))
    assert [False, True, True, True] == sorted(before for _, before in answers)
    assert 1 == len({entry.number for entry, _ in answers})


async def test_recorded_in_error(engine: AsyncEngine, platform: cases.Told) -> None:
    """The entry stays, and no longer counts; only the last that counts can be cancelled."""
    entry, _ = await record(engine, "issued", LISTED_ON)
    back, _ = await record(engine, "returned", date(2024, 5, 1))
    cancel: dict[str, Any] = {"remark": "平台选错"}
    with pytest.raises(Refused, match="not the last"):
        await record(engine, "cancelled", TODAY, cancels=entry.number, **cancel)
    await record(engine, "cancelled", TODAY, cancels=back.number, **cancel)
    assert "issued" == await state_of(engine)
    await record(engine, "cancelled", TODAY, cancels=entry.number, **cancel)
    _, before = await record(engine, "cancelled", TODAY, cancels=entry.number, **cancel)
    assert before
    assert await state_of(engine) is None
    card = await RegisterQueries(engine).platform("p-1")
    assert card
    assert [True, True, False, False] == [one.cancelled_by is not None for one in card.plaques]


@pytest.mark.parametrize(
    ("event", "day", "more", "why"),
    [
        ("issued", date(2023, 1, 1), {}, "was not in the list"),
        ("issued", date(2027, 2, 20), {}, "was not in the list"),
        ("issued", date(2031, 1, 2), {}, "later than today"),
        ("returned", LISTED_ON, {}, "no plaque is out"),
        ("issued", LISTED_ON, {"actor": KW | {"role": "operator"}}, "only the commission"),
        ("cancelled", TODAY, {"cancels": 99, "remark": "x"}, "has no entry 99"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    *, engine: AsyncEngine, platform: cases.Told, event: str, day: date, more: Any, why: str
) -> None:
    """With the reason; nothing is written."""
    with pytest.raises(Refused, match=why):
        await record(engine, event, day, **more)
    assert [] == await plaques(engine)


async def test_a_second_plaque_needs_the_first_back(
    engine: AsyncEngine, platform: cases.Told
) -> None:
    """And no entry lies before the last one."""
    await record(engine, "issued", date(2024, 3, 1))
    with pytest.raises(Refused, match="has not come back"):
        await record(engine, "issued", date(2024, 4, 1))
    with pytest.raises(Refused, match="before the last entry"):
        await record(engine, "returned", date(2024, 2, 29))
    with pytest.raises(NoSuchPlatform):
        await record(engine, "issued", LISTED_ON, "p-9")


@pytest.mark.parametrize(
    "said", [{"event": "cancelled", "cancels": 1}, {"event": "issued", "cancels": 1}]
)
def test_a_cancellation_names_its_entry_and_the_reason(said: dict[str, Any]) -> None:
    """And nothing else names one."""
    with pytest.raises(InvalidMessage):
        parse(PlaqueRecord, {"happened_on": "2024-01-01", "actor": KW, **said})


async def test_whose_plaques(engine: AsyncEngine, register: PostgresRegister) -> None:
    """By state, district, operator as names are compared, and page by page."""
    for name in ("p-1", "p-2", "p-3"):
        await register.write(cases.batch(cases.listed(cases.application(name))))
        await record(engine, "issued", LISTED_ON, name)

    async def found(**wanted: Any) -> list[str]:
        return [row.platform_id for row in await plaques(engine, **wanted)]

    assert ["p-1", "p-2", "p-3"] == await found(district="haidian", state="issued")
    assert [] == await found(district="miyun")
    assert [] == await found(state="overdue")
    operator = cases.application("p-1").operator.name
    assert ["p-2", "p-3"] == await found(operator=f" {operator}", after="p-1")
    assert ["p-1"] == await found(limit=1)
    assert [] == await found(operator="别的公司")
