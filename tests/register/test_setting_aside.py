"""What was set aside no longer counts in the register, and what is decided again takes its place."""

import itertools
import random
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.queries import RegisterQueries
from db.register_store import PostgresRegister
from db.tables import findings, listings, log_entries, support
from tests.rules.builders import COMMISSION
from workflows.case import Case
from workflows.record import LogEntry
from workflows.state_folding import set_aside_marks

from .cases import (
    START,
    Told,
    application,
    assessment_of,
    batch,
    listed,
    note_statements,
    one_by_one,
    rectified,
)
from .cases import (
    findings as found,
)
from .content import everything

NUMBERS = {"list_number": "2024-02", "certificate_number": "C-again"}


def set_aside(told: Told, name: str, year: int | None = None) -> None:
    """The commission sets the last decision of this kind aside."""
    entry = last(told, name)
    said = {"target": entry.decision_id, "reason": "有误"} | ({"year": year} if year else {})
    told.decide("set_aside", COMMISSION, **said)


def last(told: Told, name: str) -> LogEntry:
    """The last entry of a name."""
    return next(entry for entry in reversed(told.case.log) if entry.name == name)


def supported(told: Told, title: str) -> None:
    """Support was given to the platform."""
    told.decide(
        "support",
        COMMISSION,
        support="tax",
        given_on=told.at.date().isoformat(),
        title=title,
        amount_wan=30,
    )


def listed_twice() -> Told:
    """A platform that was listed, supported, set aside, listed again under another number, supported."""
    told = listed()
    supported(told, "第一次")
    set_aside(told, "listing")
    told.decide("listing", COMMISSION, outcome="included", **NUMBERS)
    supported(told, "第二次")
    supported(told, "误记")
    set_aside(told, "support")
    return told


def evaluated_twice(platform: Told) -> Told:
    """An assessment with an evaluation that was set aside after the rectification, and decided again."""
    told = rectified(platform)
    set_aside(told, "evaluation")
    told.decide("evaluation", COMMISSION, outcome="effective", findings=found("重评"))
    return told


async def marks(engine: AsyncEngine, year: int = 0) -> dict[int, int]:
    """Which entries are marked, and with which entry."""
    c = log_entries.c
    query = select(c.seq, c.set_aside_by).where(c.year == year, c.set_aside_by.is_not(None))
    async with engine.connect() as connection:
        rows = (await connection.execute(query)).all()
    return dict(tuple(row) for row in rows)


async def test_marks_are_those_of_the_rules(
    register: PostgresRegister, engine: AsyncEngine, queries: RegisterQueries
) -> None:
    """Each entry that fell names the entry that set it aside, as the fold of the log has it."""
    told = listed_twice()
    await register.write(batch(told))
    expected = set_aside_marks(told.case.log)
    assert {6, 7, 11} == set(expected)
    assert expected == await marks(engine)
    assert expected == {
        line.entry.seq: line.set_aside_by for line in await queries.log("p-1") if line.set_aside_by
    }


async def test_the_listing_that_counts(register: PostgresRegister, engine: AsyncEngine) -> None:
    """A listing that was set aside is none; the one that is decided again has its own numbers."""
    told = listed_twice()
    query = select(listings.c.list_number, listings.c.certificate_number)
    seen = []
    for each in one_by_one(told):
        await register.write(each)
        async with engine.connect() as connection:
            seen.append([tuple(row) for row in await connection.execute(query)])
    first, again = [("2024-01", "C-p-1")], [("2024-02", "C-again")]
    assert [[], first, [], again] == [rows for rows, _ in itertools.groupby(seen)]


async def test_the_term_stands_again(register: PostgresRegister, queries: RegisterQueries) -> None:
    """Without its listing a platform is not valid and has no numbers; it awaits the listing again."""
    told = listed()
    set_aside(told, "listing")
    for each in one_by_one(told):
        await register.write(each)
    (row,) = await queries.register()
    assert ("listing", None, None, None, told.at) == (
        row.stage,
        row.list_number,
        row.listed_on,
        row.valid_until,
        row.since,
    )


async def test_an_end_that_is_set_aside_is_none(
    register: PostgresRegister, queries: RegisterQueries
) -> None:
    """A term that was wrongly ended is open again."""
    told = listed(included=False)
    await register.write(batch(told))
    set_aside(told, "listing")
    await register.write(batch(told, len(told.case.log)))
    card = await queries.platform("p-1")
    assert card is not None
    assert ("listing", None) == (card.terms[0].stage, card.terms[0].ended_at)


async def test_findings_that_count(register: PostgresRegister, engine: AsyncEngine) -> None:
    """Findings of an evaluation that fell, and of the reassessment after it, give way to the new ones."""
    platform = listed()
    told = evaluated_twice(platform)
    query = select(findings.c.round, findings.c.remark, findings.c.score).distinct()
    seen = []
    for each in one_by_one(told, platform):
        await register.write(each)
        async with engine.connect() as connection:
            seen.append(sorted(tuple(row) for row in await connection.execute(query)))
    first = ("evaluation", "不足", 88)
    both = [first, ("reassessment", None, 88)]
    expected = [[], [first], both, [], [("evaluation", "重评", 88)]]
    assert expected == [rows for rows, _ in itertools.groupby(seen)]


async def test_support_stays_and_says_so(
    register: PostgresRegister, engine: AsyncEngine, queries: RegisterQueries
) -> None:
    """The ledger keeps what was recorded; what fell, alone or with the listing, says by which entry."""
    told = listed_twice()
    for each in one_by_one(told):
        await register.write(each)
    card = await queries.platform("p-1")
    assert card is not None
    assert [("第一次", 8), ("第二次", None), ("误记", 12)] == [
        (row.title, row.set_aside_by) for row in card.support
    ]
    row = card.support[0]
    entry = told.case.log[row.seq - 1]
    assert ("tax", Decimal(30), "kw-1", "市科委、中关村管委会", entry.decision_id, entry.at) == (
        row.support,
        row.amount_wan,
        row.actor_id,
        row.organisation,
        row.decision_id,
        row.recorded_at,
    )
    assert entry.said["given_on"] == row.given_on.isoformat()


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
async def test_any_order_ends_the_same(
    register: PostgresRegister, engine: AsyncEngine, second: AsyncEngine, seed: int
) -> None:
    """Shuffled, doubled and overlapping: marks, listings, findings and support are the same."""
    platform = listed_twice()
    assessment = evaluated_twice(platform)
    ordered = [
        *one_by_one(platform),
        *one_by_one(assessment, platform),
        batch(platform, 5, 9),
        batch(assessment, 3, 8, platform=platform),
    ]
    for each in ordered:
        await register.write(each)
    shuffled = ordered * 2
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - any order will do
    for each in shuffled:
        await PostgresRegister(second).write(each)
    assert await everything(engine) == await everything(second)
    assert set_aside_marks(assessment.case.log) == await marks(second, year=1)


async def test_a_log_told_again_is_marked_again(
    register: PostgresRegister, engine: AsyncEngine, second: AsyncEngine
) -> None:
    """Told again at other moments, a log leaves what it would have left the first time."""
    first, again = listed_twice(), later(listed_twice())
    await register.write(batch(first))
    await register.write(batch(again))
    await PostgresRegister(second).write(batch(again))
    assert await everything(second) == await everything(engine)


def later(told: Told) -> Told:
    """The same case, told some seconds later."""
    opening = told.case.log[0]
    shift = timedelta(seconds=3)
    case = Case.open(opening.said, START + shift)
    case.plans = list(told.case.plans)
    again = Told(case, START + shift)
    for entry in told.case.log[1:]:
        said = {key: value for key, value in entry.said.items() if key != "sets_aside"}
        if entry.name == "plan_revision":
            said["plan"] = {p.sha256: p.plan for p in told.case.plans}[said.pop("plan_sha256")]
        again.at = entry.at + shift
        case.decide(said, again.at)
        again.states.append(case.state)
    return again


async def test_setting_aside_waits_for_few_statements(
    register: PostgresRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever falls: the log, the state, the marks, one derivation, the inbox, the notices; a number."""
    told = listed_twice()
    statements = note_statements(monkeypatch)
    counts = {}
    for number, each in enumerate(one_by_one(told), start=1):
        statements.clear()
        await register.write(each)
        counts[number] = len(statements)
    assert (6, 6, 5) == (counts[8], counts[9], counts[10])


async def test_what_falls_in_one_log_leaves_the_others(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """Another platform, and another year of the same one, keep their entries and findings."""
    platform, other = listed(), listed(application("p-2"))
    told = evaluated_twice(platform)
    second_year = assessment_of(other, 2)
    await register.write(batch(other))
    await register.write(batch(rectified(other), platform=other))
    await register.write(batch(second_year, platform=other))
    await register.write(batch(told, platform=platform))
    query = select(log_entries.c.platform_id).where(log_entries.c.set_aside_by.is_not(None))
    async with engine.connect() as connection:
        assert {"p-1"} == set((await connection.execute(query.distinct())).scalars())
        kept = select(findings.c.round).where(findings.c.platform_id == "p-2")
        assert 8 == len((await connection.execute(kept)).all())
        assert [] == (await connection.execute(select(support))).all()
