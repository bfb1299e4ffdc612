"""The inbox by pages: what it answers, and along which plan PostgreSQL answers it."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.filling import RARE, fill, one_operator
from bench.templates import TODAY
from db.asyncpg_connections import Query
from db.engine import create_engine
from db.inbox_queries import UNKNOWN, Inbox, InboxCursor, InboxRow, StepCount, Wanted, page_query
from db.register_store import PostgresRegister
from db.tables import awaiting
from db.url import shown
from tests.databases import own_name
from tests.rules.builders import COMMISSION, OPERATOR

from .cases import application, assessment_of, batch, listed, opened
from .test_awaiting import DUE

PLATFORMS = 3_000
PAGE = 20
A_FEW_PAGES = 5 * PAGE
"""Of two thousand rows and more."""


@pytest.fixture(scope="module")
async def filled(postgres_url: str, template: str) -> AsyncIterator[AsyncEngine]:
    """A register of three thousand platforms, which no test changes."""
    name = own_name("many")
    server = create_engine(postgres_url, pooled=False)
    async with server.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await alone.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    await server.dispose()
    engine = create_engine(shown(make_url(postgres_url).set(database=name)))
    await fill(engine, PLATFORMS)
    yield engine
    await engine.dispose()


WANTED: dict[str, tuple[Wanted, ...]] = {
    "all": (),
    "role": (Wanted(role="commission"),),
    "role and district": (Wanted(role="district", district="haidian"),),
    "district": (Wanted(district="haidian"),),
    "district with few": (Wanted(district=RARE),),
    "field": (Wanted(field="integrated_circuits"),),
    "kind": (Wanted(kind="listing"),),
    "overdue": (Wanted(overdue=True),),
    "role, overdue": (Wanted(role="commission", overdue=True),),
    "three offices": (
        Wanted(role="commission"),
        Wanted(role="district", district="haidian"),
        Wanted(role="district", district=RARE),
    ),
}
COUNTED: dict[str, tuple[Wanted, ...]] = WANTED | {
    "assessments": (Wanted(year=1),),
    "everything, said so": (Wanted(),),
    "nothing": (Wanted(kind="listing", year=1),),
    "operator": (Wanted(operator=one_operator()),),
    "operator, overdue": (Wanted(operator=one_operator(), overdue=True),),
    "operator or role, each row once": (
        Wanted(operator=one_operator()),
        Wanted(role="operator", field="integrated_circuits"),
        Wanted(role="district", district="haidian"),
    ),
}


async def everything(engine: AsyncEngine) -> list[InboxRow]:
    """The whole inbox, in its order, by a question that no index helps."""
    async with engine.connect() as connection:
        rows = (await connection.execute(select(awaiting))).all()
    made = [
        InboxRow(**row._asdict() | {"due": None if row.due == UNKNOWN else row.due}) for row in rows
    ]
    return sorted(made, key=lambda row: row.place)


def fits(row: InboxRow, wanted: Wanted) -> bool:
    """Whether a row is what was wanted."""
    said = wanted.model_dump(exclude={"overdue"}, exclude_none=True)
    return all(getattr(row, name) == value for name, value in said.items()) and (
        row.overdue or not wanted.overdue
    )


@pytest.mark.parametrize("name", WANTED)
async def test_pages_follow_each_other(filled: AsyncEngine, name: str) -> None:
    """Page by page come exactly the rows that fit, each once, earliest due first."""
    wanted = WANTED[name]
    expected = [
        row for row in await everything(filled) if not wanted or any(fits(row, w) for w in wanted)
    ]
    inbox, seen = Inbox(filled), list[InboxRow]()
    size = max(PAGE, len(expected) // 3)
    while page := await inbox.page(*wanted, after=seen[-1].place if seen else None, limit=size):
        seen += page
    assert expected[: len(seen)] == seen
    assert len(expected) == len(seen) > 0


@pytest.mark.parametrize("name", WANTED)
@pytest.mark.parametrize("days", [None, 30])
async def test_a_page_reads_no_more_than_a_page(
    filled: AsyncEngine, name: str, days: int | None
) -> None:
    """The first page and a later one go along an index and stop: no scan and no sort of everything.

    A question of several parts reads a page of each; where few rows fit at all, all of those may be read.
    """
    wanted = WANTED[name]
    after: InboxCursor | None = None if days is None else (TODAY + timedelta(days=days), "", 0, "")
    plan = await explained(filled, page_query(wanted, after, PAGE))
    scans = [node for node in nodes(plan) if node.get("Relation Name") == "awaiting"]
    assert scans
    assert "Seq Scan" not in {node["Node Type"] for node in scans}
    assert A_FEW_PAGES >= sum(touched(node) for node in scans)


async def test_the_plan_is_read_rightly(filled: AsyncEngine) -> None:
    """A question that no index answers is caught by the test above: it reads every row, and sorts them."""
    plan = await explained(filled, Query("SELECT * FROM awaiting ORDER BY name LIMIT $1", (PAGE,)))
    scans = [node for node in nodes(plan) if node.get("Relation Name") == "awaiting"]
    assert "Seq Scan" in {node["Node Type"] for node in scans}
    assert 2_000 < sum(touched(node) for node in scans)


async def explained(engine: AsyncEngine, query: Query) -> dict[str, Any]:
    """What PostgreSQL did to answer a query."""
    async with engine.connect() as connection:
        told = await connection.exec_driver_sql(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {query.sql}", query.values
        )
        answer = told.scalar_one()
    plans = json.loads(answer) if isinstance(answer, str) else answer
    plan: dict[str, Any] = plans[0]["Plan"]
    return plan


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All nodes of a plan."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def touched(scan: dict[str, Any]) -> float:
    """How many rows a scan has read, also those that it threw away."""
    rows = scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0)
    return float(rows * scan["Actual Loops"])


@pytest.mark.parametrize("name", COUNTED)
async def test_counts_are_those_of_the_rows(filled: AsyncEngine, name: str) -> None:
    """For each step so many wait, and so many of them are overdue, as the rows say."""
    wanted = COUNTED[name]
    rows = [
        row for row in await everything(filled) if not wanted or any(fits(row, w) for w in wanted)
    ]
    waiting, overdue = Counter(r.kind for r in rows), Counter(r.kind for r in rows if r.overdue)
    expected = [
        StepCount(kind=kind, waiting=waiting[kind], overdue=overdue[kind])
        for kind in sorted(waiting)
    ]
    assert expected == await Inbox(filled).counts(*wanted)


async def test_a_row_of_the_inbox(register: PostgresRegister, engine: AsyncEngine) -> None:
    """A due date that is not known yet is none, and such a row comes last, also after a page's end."""
    await register.write(batch(opened(application("p-2")), due=DUE))
    await register.write(batch(opened(application("p-1"))))
    first, last = await Inbox(engine).page()
    assert ("p-2", DUE.due, True) == (first.platform_id, first.due, first.due_provisional)
    assert ("p-1", None, UNKNOWN) == (last.platform_id, last.due, last.place[0])
    assert [last] == await Inbox(engine).page(after=first.place)
    assert [] == await Inbox(engine).page(after=last.place)
    assert [] == await Inbox(engine).page(limit=0)


async def test_an_operator_and_a_year(register: PostgresRegister, engine: AsyncEngine) -> None:
    """The rows of an operator are those with its name that await the operator; a year is an assessment's."""
    platform = listed()
    yearly = assessment_of(platform)
    await register.write(batch(platform))
    await register.write(batch(yearly, platform=platform))
    await register.write(batch(opened(application("p-2"))))
    inbox = Inbox(engine)
    own = Wanted(role="operator", operator=OPERATOR["organisation"])
    for written in (
        " 京芯　共性平台运营有限公司",
        "京芯\u00ad共性平台运营有限公司",
        "京芯共性\ufe0f平台运营有限公司",
    ):  # as the rules compare names
        spelt = Wanted(role="operator", operator=written)
        assert await inbox.page(own) == await inbox.page(spelt)
        assert await inbox.counts(own) == await inbox.counts(spelt)
        assert own == own.narrowed(operator=OPERATOR["organisation"])
        assert own.narrowed(operator=written) is not None
    assert own.narrowed(operator="乙运营公司") is None
    assert ["p-1"] == [row.platform_id for row in await inbox.page(own)]
    assert [] == await inbox.page(Wanted(role="operator", operator=COMMISSION["organisation"]))
    assert ["p-1"] == [row.platform_id for row in await inbox.page(Wanted(year=1))]
    assert ["p-2"] == [row.platform_id for row in await inbox.page(Wanted(year=0))]


def test_narrowing() -> None:
    """What is also wanted is added; what contradicts leaves nothing to want."""
    office = Wanted(role="district", district="haidian")
    assert Wanted(role="district", district="haidian", kind="k") == office.narrowed(kind="k")
    assert office == office.narrowed(district="haidian", field=None)
    assert office.narrowed(district="chaoyang") is None
    assert Wanted(district="haidian", overdue=True) == Wanted(overdue=True).narrowed(
        district="haidian"
    )


async def test_what_must_be_corrected_stands_in_the_row(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """Of a plan that was returned, of one to be improved, of a rectification; of nothing else."""
    back, improve, twice = (opened(application(name)) for name in ("p-1", "p-2", "p-3"))
    back.decide("recommendation", outcome="returned", opinion="请写明机时")
    improve.decide("recommendation")
    improve.decide("inspection", corrections=["补充通风方案", "长" * 300])
    for opinion in ("第一次", "第二次"):
        twice.decide("recommendation", outcome="returned", opinion=opinion)
        if opinion == "第一次":
            twice.decide("plan_revision")
    platform = listed(application("p-4"))
    year = assessment_of(platform)
    for kind in ("self_report", "district_review"):
        year.decide(kind)
    year.decide("evaluation", outcome="not_effective", to_mend=["开放四成"])
    waiting = opened(application("p-5"))
    for told in (back, improve, twice, platform, waiting):
        await register.write(batch(told))
    await register.write(batch(year, platform=platform))
    found = {row.platform_id: row.because for row in await Inbox(engine).page()}
    improved = found.pop("p-2")
    assert improved and improved.startswith("补充通风方案；长")
    assert 200 == len(improved)
    expected = {"p-1": "请写明机时", "p-3": "第二次", "p-4": "开放四成", "p-5": None}
    assert expected == found
