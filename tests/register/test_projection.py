"""What the register shows of a case, derived from its log."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.queries import RegisterQueries
from db.register_store import PostgresRegister
from tests.rules.builders import DISTRICT, OPERATOR, plan
from workflows.activity_messages import DueDate
from workflows.application import PreviousTerm
from workflows.decision_reading import decision_of
from workflows.model import InvalidMessage
from workflows.record import BEGINNING, find_chain_break
from workflows.refusal import Refused
from workflows.vocabulary import Happening, Kind

from .cases import NUL, START, application, batch, listed, one_by_one, opened, rectified
from .content import everything

DUE = DueDate(due=START + timedelta(days=30), provisional_years=(2025,))


async def test_a_term_shows_where_it_stands(
    register: PostgresRegister, queries: RegisterQueries
) -> None:
    """A listed platform shows its numbers, its validity, its plans, and the last hash of its log."""
    told = listed()
    await register.write(batch(told))
    card = await queries.platform("p-1")
    assert card is not None
    (term,) = card.terms
    state = told.case.state
    assert ("valid", "2024-01", "C-p-1", None) == (
        term.stage,
        term.list_number,
        term.certificate_number,
        term.ended_at,
    )
    assert (state.listed_on, state.valid_until) == (term.listed_on, term.valid_until)
    assert (START, told.case.log[-1].seq, told.case.log[-1].hash) == (
        term.applied_at,
        term.log_seq,
        term.log_hash,
    )
    assert [(p.version, p.sha256) for p in told.case.plans] == [
        (p.version, p.sha256) for p in term.plans
    ]
    assert ("research", "design") == card.platform.services


async def test_an_ended_case_has_its_end(
    register: PostgresRegister, queries: RegisterQueries
) -> None:
    """A term and an assessment in a final stage say when they ended, and how."""
    platform = listed()
    assessment = rectified(platform, outcome="not_met")
    await register.write(batch(platform))
    await register.write(batch(assessment, platform=platform))
    card = await queries.platform("p-1")
    assert card is not None
    (term,) = card.terms
    (year,) = term.assessments
    assert ("delisted", platform.at) == (term.stage, term.ended_at)
    assert ("not_met", "not_met", assessment.at) == (year.stage, year.result, year.ended_at)
    assert (assessment.case.log[0].at, assessment.case.log[-1].hash) == (
        year.opened_at,
        year.log_hash,
    )


async def test_findings_of_both_rounds(
    register: PostgresRegister, queries: RegisterQueries
) -> None:
    """The evaluation and the reassessment each leave four findings, with remark and score."""
    platform = listed()
    await register.write(batch(rectified(platform), platform=platform))
    card = await queries.platform("p-1")
    assert card is not None
    found = card.terms[0].assessments[0].findings
    assert ["evaluation"] * 4 + ["reassessment"] * 4 == [f.round for f in found]
    assert {("satisfactory", "不足", Decimal(88))} == {
        (f.finding, f.remark, f.score) for f in found[:4]
    }
    assert {None} == {f.remark for f in found[4:]}


async def test_a_new_term_is_the_platforms_newest(
    register: PostgresRegister, queries: RegisterQueries
) -> None:
    """A platform is as its newest term says, also when the older term's entries come last."""
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
    await register.write(batch(second))
    await register.write(batch(first))
    card = await queries.platform("p-1")
    assert card is not None
    assert ("新名称", "chaoyang", 2) == (
        card.platform.name,
        card.platform.district,
        card.platform.term,
    )
    assert [(1, "declined"), (2, "recommendation")] == [(t.term, t.stage) for t in card.terms]
    assert (2, "a-2", "recommendation", second.case.log[-1].hash) == await queries.last_term("p-1")


@pytest.mark.parametrize("late", [False, True])
async def test_a_step_keeps_its_due_date(
    register: PostgresRegister, queries: RegisterQueries, late: bool
) -> None:
    """A batch within a step does not say again when it is due; in whatever order, the date stays."""
    told = opened()
    told.record_event(Happening.OVERDUE)
    begins, within = batch(told, 1, 1, due=DUE), batch(told, 2, 2)
    for each in (within, begins) if late else (begins, within):
        await register.write(each)
    (row,) = await queries.register()
    assert (DUE.due, True, True) == (row.due, row.due_provisional, row.overdue)


async def test_the_next_step_has_no_due_date_of_the_last(
    register: PostgresRegister, queries: RegisterQueries
) -> None:
    """Once a step is over its due date is gone, until the next one's is known."""
    told = opened()
    await register.write(batch(told, due=DUE))
    told.decide("recommendation")
    await register.write(batch(told))
    (row,) = await queries.register()
    assert (None, False) == (row.due, row.due_provisional)


async def test_rectification_is_due_when_the_evaluation_said(
    register: PostgresRegister, queries: RegisterQueries
) -> None:
    """The deadline of a rectification is its due date."""
    platform = listed()
    assessment = rectified(platform)
    for each in list(one_by_one(assessment, platform))[:4]:
        await register.write(each)
    card = await queries.platform("p-1")
    assert card is not None
    (year,) = card.terms[0].assessments
    assert "rectification" == year.stage
    assert assessment.states[3].mend_by == year.due == year.mend_by


async def test_the_log_can_be_checked_from_the_register(
    register: PostgresRegister, queries: RegisterQueries
) -> None:
    """Entries read back hold their hashes, refusals included; so the register's own log proves itself."""
    told = opened()
    refuse(told, {"kind": "recommendation", "nothing": "fits"})
    told.decide("recommendation")
    await register.write(batch(told))
    lines = await queries.log("p-1")
    entries = [line.entry for line in lines]
    assert told.case.log == entries
    assert find_chain_break(entries, BEGINNING) is None
    assert {"platform:p-1"} == {line.workflow_id for line in lines}


async def test_a_nul_does_not_keep_a_case_out(
    register: PostgresRegister, queries: RegisterQueries
) -> None:
    """PostgreSQL holds no NUL; what was said is kept all the same, to the letter."""
    odd = f"a{NUL}b\U0010ffff0"
    told = opened(application(name=odd, plan=plan(odd)))
    refuse(told, {"kind": "recommendation", odd: 1, "decision_id": odd})
    told.decide("withdrawal", OPERATOR, reason=odd)
    await register.write(batch(told))
    card = await queries.platform("p-1")
    assert card is not None
    assert odd == card.platform.name
    assert told.case.log == [line.entry for line in card.log]


async def test_only_an_inclusion_is_listed(
    register: PostgresRegister, queries: RegisterQueries, engine: AsyncEngine
) -> None:
    """The list holds whom it includes; who is not included has ended, and carries no number."""
    for told in (listed(), listed(application("p-2"), included=False)):
        await register.write(batch(told))
    rows = await queries.register()
    assert [("valid", "2024-01"), ("declined", None)] == [(r.stage, r.list_number) for r in rows]
    listings = (await everything(engine))["listings"]
    assert [("p-1", 1, "2024-01", "C-p-1")] == [row[:4] for row in listings]


def refuse(told: Any, raw: dict[str, Any]) -> None:
    """Send the case a signal that it refuses."""
    try:
        decision_of(raw, Kind.RECOMMENDATION)
    except (InvalidMessage, Refused) as error:
        told.refuse(Kind.RECOMMENDATION, raw, error)
