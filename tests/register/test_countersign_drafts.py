"""What waits for a second signature: kept once, read back as it was signed, gone when it was decided."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.countersign_queries import CountersignDraft, countersign_drafts_waiting
from db.register_store import PostgresRegister
from starter.desk.countersigning import DirectCountersignDrafts
from starter.errors import BadInput
from tests.rules.builders import Raw, decision
from tests.rules.signing import Person, signed
from workflows.activity_messages import DueDate

from . import cases


def waiting(decision_id: str = "d-1", **changes: Any) -> Raw:
    """A decision that one officer has signed."""
    case = {"platform_id": "p-1", "term": 1, "answers": "a" * 64}
    about: Raw = {"case": case, "target": "d-0"}
    said = decision("set_aside", decision_id, "2026-11-23", **(about | changes))
    return signed(said, Person("wang"))


async def test_it_is_kept_once_and_read_back_as_it_was_signed(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """The same decision again takes its place, with another signature; another person's is another."""
    drafts = DirectCountersignDrafts(engine, engine)
    first = await drafts.leave(waiting())
    again = await drafts.leave(waiting(reason="另有理由"))
    assert first.number == again.number
    assert waiting(reason="另有理由") == again.decision
    assert (1, 0, "set_aside", "set_aside", "a" * 64) == (
        again.term,
        again.year,
        again.kind,
        again.outcome,
        again.answers,
    )
    other = await drafts.leave(waiting("d-2", target="d-9"))
    assert [again, other] == await drafts.waiting()
    await drafts.drop(again.number)
    await drafts.drop(again.number)
    assert [other] == await countersign_drafts_waiting(engine, "p-1")
    assert [] == await countersign_drafts_waiting(engine, "p-2")
    with pytest.raises(BadInput, match=f"no decision {again.number}"):
        await drafts.find(again.number)


async def test_the_same_decided_again_takes_the_place_of_the_first(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """Under another id, on another day, in other words, or of a case that moved on; another person's stays."""
    drafts = DirectCountersignDrafts(engine, engine)
    await drafts.leave(waiting("d-1"))
    theirs = await drafts.leave(waiting("d-1", actor=waiting()["actor"] | {"id": "kw-9"}))
    await drafts.leave(waiting("d-2"))
    again = await drafts.leave(waiting("d-3", decided_on="2026-11-24", reason="另有理由"))
    assert [theirs, again] == await drafts.waiting()


async def test_a_step_is_decided_once_and_what_comes_at_any_time_as_often_as_it_is_said(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """A listing under another number takes the place of the first; other support, or another year, does not."""
    drafts = DirectCountersignDrafts(engine, engine)

    async def leave(kind: str, number: int, **more: Any) -> CountersignDraft:
        case = {"platform_id": "p-1", "term": 1, "answers": "a" * 64} | more.pop("case", {})
        said = decision(kind, f"d-{number}", "2026-11-23", case=case, **more)
        return await drafts.leave(signed(said, Person("wang")))

    await leave("reassessment", 1, case={"year": 1})
    year_two = await leave("reassessment", 2, case={"year": 2})
    year_one = await leave("reassessment", 3, case={"year": 1}, note="补充说明")
    support = [await leave("support", number, amount_wan=number) for number in (4, 5)]
    assert [year_two, year_one, *support] == await drafts.waiting()


async def test_a_setting_aside_says_what_it_is_of(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """By the number, the kind and the outcome of its entry; of what the register has not, by the id alone."""
    told = cases.listed(cases.application("p-1"))
    await register.write(cases.batch(told))
    taken = told.case.log[-1]
    drafts = DirectCountersignDrafts(engine, engine)
    known = await drafts.leave(waiting(target=taken.decision_id))
    assert known.target
    assert (f"1.{taken.seq}", taken.name, taken.outcome) == (
        known.target.number,
        known.target.name,
        known.target.outcome,
    )
    assert (await drafts.leave(waiting("d-2"))).target is None


async def test_it_is_read_with_the_platform_s_name_and_the_end_of_the_step(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """Of what the step awaits; a setting aside is awaited by nobody."""
    due = DueDate(due=datetime(2026, 12, 23, 16, tzinfo=UTC))
    app = cases.application("p-1")
    await register.write(cases.batch(cases.opened(app), due=due))
    drafts = DirectCountersignDrafts(engine, engine)
    aside = await drafts.leave(waiting())
    assert (app.name, None) == (aside.name, aside.due)
    case = waiting()["case"]
    said = decision("recommendation", "d-2", "2026-11-23", case=case)
    awaited = await drafts.leave(signed(said, Person("wang")))
    assert (app.name, due.due) == (awaited.name, awaited.due)
    assert [aside, awaited] == await drafts.waiting()


async def test_what_was_decided_waits_no_longer(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """Whoever sent it, and whether or not anybody dropped it; another person's of that id does."""
    told = cases.listed(cases.application("p-1"))
    await register.write(cases.batch(told))
    taken = told.case.log[-1]
    assert taken.actor and taken.decision_id
    actor = taken.actor.model_dump(mode="json", exclude_none=True)
    drafts = DirectCountersignDrafts(engine, engine)
    await drafts.leave(waiting(taken.decision_id, actor=actor))
    other = await drafts.leave(waiting(taken.decision_id, actor=actor | {"id": "kw-9"}))
    assert [other] == await drafts.waiting()
