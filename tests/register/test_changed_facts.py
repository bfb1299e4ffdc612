"""Facts that change, suspension and termination in the register: rows, inbox, notices, validity, any day."""

from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.as_of import register_on
from db.inbox_queries import Inbox, Wanted
from db.notice_queries import notice_rows
from db.projection import term_row
from db.queries import RegisterQueries
from db.register_store import PostgresRegister
from db.tables import platforms
from db.validity_queries import Why, validity
from tests.rules.builders import LEAD_UNIT, OPERATOR_CODE, OPERATOR_NAME
from workflows.activity_messages import DueDate
from workflows.periods import beijing_date
from workflows.vocabulary import Happening

from .cases import START, Told, assessment_of, batch, listed, one_by_one, opened, set_aside

NEW_NAME = "京芯共性平台科技有限公司"
MOVED: dict[str, Any] = {
    "operator": {"name": NEW_NAME},
    "district": "beijing_etown",
    "field": "intelligent_equipment",
}
DAY = timedelta(days=1)
DUE = DueDate(due=START + 30 * DAY)


def renamed() -> Told:
    """A valid platform whose operator was renamed, and which moved to another district."""
    told = listed()
    told.decide("facts_change", **MOVED)
    return told


def on_day(told: Told, seq: int) -> date:
    """The day of an entry in Beijing."""
    return beijing_date(told.case.log[seq - 1].at)


async def row_of(engine: AsyncEngine) -> tuple[str, str, str, str]:
    """Who and where the register says that the platform is."""
    async with engine.connect() as connection:
        row = (await connection.execute(select(platforms))).one()
    return row.operator, row.district, row.field, row.lead_unit


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
async def test_the_rows_follow_in_any_order_of_batches(
    register: PostgresRegister, engine: AsyncEngine, order: tuple[int, ...]
) -> None:
    """Also with a change written before what came before it; what comes again overtakes nothing."""
    told = renamed()
    told.decide("facts_change", name="再次更名的平台")
    expected = (NEW_NAME, "beijing_etown", "intelligent_equipment", LEAD_UNIT)
    parts = [batch(told, 1, 6), batch(told, 7, 7), batch(told, 8, 8)]
    for place in order:
        await register.write(parts[place])
    assert expected == await row_of(engine)
    await register.write(batch(told, 1, 3))
    assert expected == await row_of(engine)


async def test_an_assessment_that_has_not_followed_yet_changes_nothing(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """Its batch names the platform as it knows it; the platform's own log is what counts."""
    platform = listed()
    assessment = assessment_of(platform)
    old = platform.case.state
    platform.decide("facts_change", **MOVED)
    await register.write(batch(platform))
    late = batch(assessment, platform=platform)
    await register.write(late.model_copy(update={"platform": old}))
    assert (NEW_NAME, "beijing_etown") == (await row_of(engine))[:2]


async def test_the_inbox_is_that_of_the_new_district(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """The recommendation that the old district was asked for is now the new one's to give."""
    told = opened()
    await register.write(batch(told))
    told.decide("facts_change", **MOVED)
    await register.write(batch(told))
    inbox = Inbox(engine)
    assert [] == await inbox.page(Wanted(district="haidian"))
    (row,) = await inbox.page(Wanted(district="beijing_etown"))
    assert ("recommendation", NEW_NAME) == (row.kind, row.operator)


async def test_while_suspended_only_the_resumption_is_awaited(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """No due date, nothing late; what the step awaits comes back with the resumption."""
    told = opened()
    told.record_event(Happening.OVERDUE)
    await register.write(batch(told, due=DUE))
    told.decide("suspension")
    await register.write(batch(told, 3))
    inbox = Inbox(engine)
    (row,) = await inbox.page()
    assert ("resumption", "commission", None, False) == (row.kind, row.role, row.due, row.overdue)
    assert row.since == told.at
    (line,) = await RegisterQueries(engine).register()
    assert (told.at, None, False) == (line.suspended_since, line.due, line.overdue)
    told.decide("resumption")
    await register.write(batch(told, 4, due=DUE))
    (row,) = await inbox.page()
    assert ("recommendation", DUE.due, True) == (row.kind, row.due, row.overdue)
    (line,) = await RegisterQueries(engine).register()
    assert line.suspended_since is None


def test_the_old_and_the_new_are_told() -> None:
    """A change goes to operator and district of before and of after; one that moves nobody, once each."""
    told = renamed()
    rows = notice_rows(batch(told, 7))
    sent = {(r["role"], r["content"]["operator"], r["district"]) for r in rows}
    assert sent == {
        ("operator", NEW_NAME, "beijing_etown"),
        ("operator", OPERATOR_NAME, "beijing_etown"),
        ("district", NEW_NAME, "beijing_etown"),
        ("district", NEW_NAME, "haidian"),
    }
    assert len({r["id"] for r in rows}) == len(rows) == 4
    assert rows[0]["content"]["said"]["replaced"]["operator"] == {
        "name": OPERATOR_NAME,
        "credit_code": OPERATOR_CODE,
    }
    told.decide("facts_change", name="再次更名的平台")
    assert ["operator", "district"] == [r["role"] for r in notice_rows(batch(told, 8))]


def test_a_notice_is_the_same_whichever_entries_are_written_with_it() -> None:
    """What was true at its entry, not at the end of the batch: a rebuilt register makes the same rows."""
    told = renamed()
    told.decide("facts_change", direction="新方向", operator={"name": "再次更名的运营单位"})
    whole = notice_rows(batch(told))
    parts = [row for part in one_by_one(told) for row in notice_rows(part)]
    alone = {row["id"]: (row["district"], row["content"]["operator"]) for row in parts}
    assert alone == {row["id"]: (row["district"], row["content"]["operator"]) for row in whole}
    assert {OPERATOR_NAME, NEW_NAME, "再次更名的运营单位"} == {
        operator for _, operator in alone.values()
    }


@pytest.mark.parametrize("then", [(), ("resumption",), ("resumption", "suspension")], ids=str)
def test_a_suspension_is_told_to_no_one_of_entries_before_it(then: tuple[str, ...]) -> None:
    """Nor is its end: whoever was awaited at an entry is, however many are written at once."""
    told = opened()
    told.decide("recommendation")
    for kind in ("suspension", *then):
        told.decide(kind)
    alone = [row["id"] for part in one_by_one(told) for row in notice_rows(part)]
    assert alone == [row["id"] for row in notice_rows(batch(told))]
    assert "p-1:1:0:0:1:district" in alone


def test_where_nothing_is_due_no_date_is_provisional() -> None:
    """However many entries are written at once: the step's date was known before the suspension."""
    told = opened()
    told.decide("suspension")
    provisional = DueDate(due=DUE.due, provisional_years=(2027,))
    row = term_row(batch(told, due=provisional))
    assert (None, False) == (row["due"], row["due_provisional"])
    told.decide("resumption")
    row = term_row(batch(told, due=provisional))
    assert (DUE.due, True) == (row["due"], row["due_provisional"])


@pytest.mark.parametrize("kind", ["suspension", "termination"])
def test_operator_and_district_are_told(kind: str) -> None:
    """Of a suspension, its end, and a termination."""
    told = listed()
    told.decide(kind)
    roles = {row["role"] for row in notice_rows(batch(told, 7))}
    assert {"operator", "district"} <= roles


async def test_each_day_says_what_was_true_then(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """The state at a date has the facts of that date, and is found by them."""
    told = renamed()
    told.decide("suspension")
    told.decide("resumption")
    await register.write(batch(told))

    async def found(seq: int, **wanted: str) -> list[tuple[str, str, bool]]:
        rows = (await register_on(engine, on_day(told, seq), **wanted)).rows  # type: ignore[arg-type]
        return [(row.operator, row.district, row.suspended_since is not None) for row in rows]

    before = [(OPERATOR_NAME, "haidian", False)]
    after = (NEW_NAME, "beijing_etown")
    assert before == await found(6) == await found(6, district="haidian")
    assert [(*after, False)] == await found(7) == await found(7, field="intelligent_equipment")
    assert [] == await found(7, district="haidian") == await found(6, district="beijing_etown")
    assert [(*after, True)] == await found(8)
    assert [(*after, False)] == await found(9)


async def test_validity_runs_on_and_says_so(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """Valid while suspended, from its day until the day before its end; terminated, not valid any more."""
    told = listed()
    told.decide("suspension")
    told.decide("resumption")
    told.decide("termination")
    await register.write(batch(told))

    async def on(day: date) -> tuple[bool, Why, date | None]:
        found = await validity(engine, "p-1", day)
        assert found
        return found.valid, found.reason, found.suspended_on

    suspended, resumed, ended = (on_day(told, seq) for seq in (7, 8, 9))
    assert (True, Why.VALID, None) == await on(suspended - DAY)
    assert (True, Why.VALID, suspended) == await on(suspended) == await on(resumed - DAY)
    assert (True, Why.VALID, None) == await on(resumed)
    assert (False, Why.TERMINATED, None) == await on(ended)


async def test_what_lasts_is_not_set_aside_with_what_came_before(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """An inspection is set aside: the change after it still counts, in the log and in the rows."""
    told = opened()
    told.decide("recommendation")
    told.decide("inspection")
    inspection = told.case.log[-1].decision_id
    assert inspection
    told.decide("facts_change", **MOVED)
    set_aside(told, inspection)
    for part in one_by_one(told):
        await register.write(part)
    card = await RegisterQueries(engine).platform("p-1")
    assert card
    marks = {line.entry.name: line.set_aside_by for line in card.log if line.set_aside_by}
    assert {"inspection": 5} == marks
    assert (NEW_NAME, "inspection") == (card.platform.operator, card.terms[0].stage)
