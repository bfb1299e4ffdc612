"""The inbox is derived: whatever the order of batches, it says what each open case awaits, and of whom."""

import asyncio
import random
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.awaited_rows import _rules
from db.engine import create_engine
from db.inbox_queries import UNKNOWN
from db.migrate import downgrade, upgrade
from db.register_store import PostgresRegister
from db.tables import awaiting
from tests.rules.builders import DISTRICT, MECHANISMS, OPERATOR
from workflows.activity_messages import DueDate
from workflows.application import PreviousTerm
from workflows.case import Case
from workflows.rules import awaited
from workflows.states import AssessmentState
from workflows.vocabulary import Happening, HappeningOutcome, IndicatorGroup

from .cases import (
    START,
    Told,
    application,
    assessment_of,
    batch,
    listed,
    one_by_one,
    opened,
    rectified,
)
from .content import everything

DUE = DueDate(due=START + timedelta(days=30), provisional_years=(2025,))
Seen = list[tuple[str, int, str, str, bool]]


async def inbox(engine: AsyncEngine) -> Seen:
    """What is awaited: platform, year, role, kind, and whether it is overdue."""
    c = awaiting.c
    async with engine.connect() as connection:
        rows = await connection.execute(
            select(c.platform_id, c.year, c.role, c.kind, c.overdue).order_by(*awaiting.primary_key)
        )
        return [tuple(row) for row in rows]


async def test_every_state_has_what_it_awaits(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """After each entry of a whole life the inbox holds exactly what the rules say is awaited."""
    platform = listed()
    assessment = assessment_of(platform)
    assessment.record_event(Happening.OVERDUE)
    for told, year in ((platform, 0), (assessment, 1)):
        for number, state in enumerate(told.states, start=1):
            given = batch(told, number, number, platform=platform)
            await register.write(given)
            expected = {("p-1", year, one.role, one.kind, state.overdue) for one in awaited(state)}
            assert expected == {row for row in await inbox(engine) if row[1] == year}
    assert 2 == len(await inbox(engine))


def test_a_role_is_awaited_once_in_a_stage() -> None:
    """The key of the inbox holds: no stage awaits two things of one role."""
    keys = [(*rule[:3], rule[5]) for rule in _rules()]
    assert sorted(set(keys)) == sorted(keys)


async def test_a_row_says_all_that_a_reader_needs(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """A row carries the step's due date and the platform's name, operator, district and field."""
    await register.write(batch(opened(), due=DUE))
    async with engine.connect() as connection:
        row = (await connection.execute(select(awaiting))).one()
    assert {
        "platform_id": "p-1",
        "term": 1,
        "year": 0,
        "role": "district",
        "kind": "recommendation",
        "stage": "recommendation",
        "since": START,
        "due": DUE.due,
        "due_provisional": True,
        "overdue": False,
        "name": "共性技术平台",
        "operator": "京芯共性平台运营有限公司",
        "district": "haidian",
        "field": "artificial_intelligence",
        "operator_key": "京芯共性平台运营有限公司",
    } == row._asdict()


@pytest.mark.parametrize("late", [False, True])
async def test_the_due_date_is_that_of_the_step(
    register: PostgresRegister, engine: AsyncEngine, late: bool
) -> None:
    """A batch within a step does not say again when it is due; in whatever order, the inbox has it."""
    told = opened()
    told.record_event(Happening.OVERDUE)
    begins, within = batch(told, 1, 1, due=DUE), batch(told, 2, 2)
    for each in (within, begins) if late else (begins, within):
        await register.write(each)
    async with engine.connect() as connection:
        row = (await connection.execute(select(awaiting.c.due, awaiting.c.overdue))).one()
    assert (DUE.due, True) == tuple(row)


async def test_a_due_date_that_is_not_known_comes_last(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """Until a due date is known the row stands at the end; a rectification is due by its own date."""
    platform = listed()
    await register.write(batch(opened(application("p-2"))))
    assessment = rectified(platform)
    for given in list(one_by_one(assessment, platform))[:4]:
        await register.write(given)
    async with engine.connect() as connection:
        rows = await connection.execute(select(awaiting.c.due).order_by(awaiting.c.due))
        found = rows.scalars().all()
    state = assessment.states[3]
    assert isinstance(state, AssessmentState)
    assert [state.mend_by, UNKNOWN] == found


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_any_order_gives_the_same_inbox(
    register: PostgresRegister, engine: AsyncEngine, second: AsyncEngine, seed: int
) -> None:
    """Shuffled, doubled and overlapping, the batches of a platform in its second year end alike."""
    platform = listed()
    first = rectified(platform)
    broken = assessment_of(platform, 2)
    platform.record_event(
        Happening.ASSESSMENT_ENDED, {"year": 2, "reason": "terminated"}, HappeningOutcome.BROKEN_OFF
    )
    again = reopened(platform)
    ordered = [
        *one_by_one(platform),
        *one_by_one(first, platform),
        *one_by_one(broken, platform),
        *one_by_one(again, platform),
        batch(platform, 3, 6),
    ]
    for each in ordered:
        await register.write(each)
    assert [("p-1", 2, "district", "district_review", False)] == await inbox(engine)
    shuffled = ordered * 2
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - any order will do
    for each in shuffled:
        await PostgresRegister(second).write(each)
    assert await everything(engine) == await everything(second)


def reopened(platform: Told) -> Told:
    """The assessment of year 2 opened again after it was broken off; its operator has reported."""
    first = assessment_of(platform, 2).case.log[0]
    told = Told(Case.open(first.said | {"opening": 2}, platform.at), platform.at)
    groups = dict.fromkeys(IndicatorGroup, "说明")
    told.decide("self_report", OPERATOR, groups=groups, mechanisms=MECHANISMS)
    return told


async def test_what_has_ended_awaits_nothing(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """A withdrawal empties the inbox of the platform and of its assessment, whose own end may come late."""
    platform = listed()
    assessment = assessment_of(platform)
    await register.write(batch(platform))
    await register.write(batch(assessment, platform=platform))
    assert [("p-1", 1, "operator", "self_report", False)] == await inbox(engine)
    platform.decide("withdrawal", OPERATOR, reason="停办")
    await register.write(batch(platform))
    assert [] == await inbox(engine)


@pytest.mark.parametrize("late", [False, True])
async def test_a_new_term_leaves_nothing_stale(
    register: PostgresRegister, engine: AsyncEngine, late: bool
) -> None:
    """Only the newest term has an inbox, under its own name, also when the older one's word comes last."""
    first = opened()
    first.decide("recommendation", DISTRICT, outcome="declined", opinion="不同意")
    before = PreviousTerm(term=1, log_hash=first.case.log[-1].hash)
    again = application(
        term=2,
        previous=before.model_dump(),
        name="新名称",
        application_id="a-2",
        district="chaoyang",
    )
    second = opened(again, first.at)
    batches = [batch(first, 1, 1), batch(second)]
    for each in reversed(batches) if late else batches:
        await register.write(each)
    c = awaiting.c
    async with engine.connect() as connection:
        rows = (await connection.execute(select(c.term, c.name, c.district))).all()
    assert [(2, "新名称", "chaoyang")] == [tuple(row) for row in rows]


async def test_the_migration_fills_the_inbox(
    register: PostgresRegister, engine: AsyncEngine, database_url: str
) -> None:
    """Cases that were open before the desk was there stand in the inbox as if written today."""
    platform = listed()
    broken = assessment_of(platform)
    platform.record_event(
        Happening.ASSESSMENT_ENDED, {"year": 1, "reason": "terminated"}, HappeningOutcome.BROKEN_OFF
    )
    returned = opened(application("p-2"))
    returned.decide("recommendation", DISTRICT, outcome="returned", opinion="请修改")
    overdue = listed(application("p-3"))
    late = assessment_of(overdue)
    late.record_event(Happening.OVERDUE)
    for each in (
        batch(platform),
        batch(broken, platform=platform),
        batch(returned, due=DUE),
        batch(overdue),
        batch(late, platform=overdue),
    ):
        await register.write(each)
    before = (await everything(engine))["awaiting"]
    assert 3 == len(before)
    await engine.dispose()
    await downgrade(database_url, "0001")
    await upgrade(database_url)
    again = create_engine(database_url)
    assert before == (await everything(again))["awaiting"]
    await again.dispose()


async def test_writers_at_once_leave_the_same_inbox(
    register: PostgresRegister, engine: AsyncEngine, second: AsyncEngine
) -> None:
    """A platform's and its assessment's batches that overlap in time do not overlook each other."""
    platform = listed()
    await register.write(batch(platform, 1, 1))
    yearly = assessment_of(platform)
    batches = [*one_by_one(platform), *one_by_one(yearly, platform)]
    for each in batches:
        await PostgresRegister(second).write(each)
    await asyncio.gather(*(register.write(each) for each in batches * 3))
    assert await everything(second) == await everything(engine)
    assert [("p-1", 1, "operator", "self_report", False)] == await inbox(engine)
