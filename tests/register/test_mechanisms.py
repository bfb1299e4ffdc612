"""The operating mechanisms across platforms: the newest of each, counted and listed."""

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from db.mechanism_queries import mechanisms
from db.programme_rows import Counted, Mechanisms
from db.register_store import PostgresRegister
from tests.rules import builders
from tests.rules.builders import OPERATOR
from workflows.vocabulary import IndicatorGroup, PlanPart

from .cases import NUL, Told, application, assessment_of, batch, listed, opened, set_aside

TODAY = date(2026, 11, 24)
MECHANISMS = builders.MECHANISMS | {"funding": [{"source": "牵头单位", "share": 100}]}
SEPARATE: dict[str, Any] = {
    "legal_form": "separately_managed",
    "independent_by": "2026-11-23",
    "funding": [{"source": "牵头单位", "share": 70}, {"source": "服务收入", "share": 30}],
    "governance": ["strategy_committee", "open_competition"],
    "transfer": ["use_first_pay_later"],
    "lead_unit_funding_wan": 100,
}


def planned(name: str, stated: dict[str, Any], **changes: Any) -> Told:
    """A platform that has just applied with these mechanisms."""
    plan = {"parts": dict.fromkeys(PlanPart, "思路"), "mechanisms": stated}
    return opened(application(name, plan=plan, **changes))


async def asked(engine: AsyncEngine, **filters: Any) -> Mechanisms:
    """What the register answers today."""
    return await mechanisms(engine, TODAY, **filters)


async def test_counted_and_listed(engine: AsyncEngine, register: PostgresRegister) -> None:
    """Legal forms, sources with their average share, bodies and practices; and each platform's own."""
    for told in (planned("p-1", SEPARATE), planned("p-2", MECHANISMS)):
        await register.write(batch(told))
    found = await asked(engine)
    assert (2, 1, 300.0) == (found.platforms, found.past_date, found.average_lead_unit_funding_wan)
    assert [("independent", 1), ("separately_managed", 1)] == [
        (one.word, one.platforms) for one in found.legal_forms
    ]
    assert (
        Counted(word="牵头单位", platforms=2, average_share=85.0),
        Counted(word="服务收入", platforms=1, average_share=30.0),
    ) == found.funding
    assert {"strategy_committee": 1, "open_competition": 1} == {
        one.word: one.platforms for one in found.governance
    }
    assert (Counted(word="use_first_pay_later", platforms=1),) == found.transfer
    first, second = found.page
    assert ("p-1", 0, "separately_managed", date(2026, 11, 23), True) == (
        first.platform_id,
        first.year,
        first.legal_form,
        first.independent_by,
        first.past_date,
    )
    assert (("strategy_committee", "open_competition"), ()) == (first.governance, second.governance)


async def test_a_promise_is_past_the_day_after(
    engine: AsyncEngine, register: PostgresRegister
) -> None:
    """On its own day a promise is not past yet, and an independent platform has none to keep."""
    await register.write(batch(planned("p-1", SEPARATE | {"independent_by": "2026-11-24"})))
    kept = MECHANISMS | {"independent_by": "2020-01-01"}
    await register.write(batch(planned("p-2", kept)))
    assert 0 == (await asked(engine, past_date=True)).platforms
    later = await mechanisms(engine, date(2026, 11, 25), past_date=True)
    assert ["p-1"] == [one.platform_id for one in later.page]


async def test_the_newest_of_each(engine: AsyncEngine, register: PostgresRegister) -> None:
    """A yearly report that states mechanisms goes before the plan; set aside, it does not."""
    platform = listed()
    report = assessment_of(platform)
    groups = dict.fromkeys(IndicatorGroup, "说明")
    report.decide("self_report", OPERATOR, groups=groups, mechanisms=SEPARATE)
    await register.write(batch(platform))
    assert [("independent", 0)] == [(o.legal_form, o.year) for o in (await asked(engine)).page]
    await register.write(batch(report, platform=platform))
    assert [("separately_managed", 1)] == [
        (one.legal_form, one.year) for one in (await asked(engine)).page
    ]
    set_aside(report, str(report.case.log[-1].decision_id))
    await register.write(batch(report, platform=platform))
    assert [("independent", 0)] == [(o.legal_form, o.year) for o in (await asked(engine)).page]


async def test_the_plan_that_counts(engine: AsyncEngine, register: PostgresRegister) -> None:
    """An improved plan's mechanisms count; when it was set aside, those of the plan before."""
    told = listed()
    revision = next(e for e in told.case.log if e.name == "plan_revision")
    await register.write(batch(told))
    assert 1 == (await asked(engine, stage="valid")).platforms
    set_aside(told, str(revision.decision_id))
    plan = {"parts": dict.fromkeys(PlanPart, "再改"), "mechanisms": SEPARATE}
    told.decide("plan_revision", OPERATOR, plan=plan, changes="再改")
    await register.write(batch(told))
    assert ["separately_managed"] == [one.legal_form for one in (await asked(engine)).page]


async def test_filters_and_pages(engine: AsyncEngine, register: PostgresRegister) -> None:
    """Filters narrow what is counted and listed; who has ended is left out unless asked for."""
    ended = planned("p-3", SEPARATE)
    ended.decide("withdrawal", OPERATOR, reason="调整")
    for told in (
        planned("p-1", SEPARATE, district="miyun"),
        planned("p-2", MECHANISMS, field="medicine_and_health"),
        ended,
        planned("p-4", MECHANISMS),
    ):
        await register.write(batch(told))

    async def names(**filters: Any) -> list[str]:
        return [one.platform_id for one in (await asked(engine, **filters)).page]

    assert ["p-1", "p-2", "p-4"] == await names()
    assert ["p-1"] == await names(district="miyun")
    assert ["p-2"] == await names(field="medicine_and_health")
    assert ["p-2", "p-4"] == await names(legal_form="independent")
    assert ["p-3"] == await names(stage="withdrawn")
    assert ["p-1", "p-2"] == await names(limit=2)
    assert ["p-4"] == await names(after="p-2")
    assert 3 == (await asked(engine, limit=1)).platforms


async def test_nobody(engine: AsyncEngine) -> None:
    """An empty register has no averages and no errors."""
    found = await asked(engine)
    assert (0, None, (), ()) == (
        found.platforms,
        found.average_lead_unit_funding_wan,
        found.funding,
        found.page,
    )


async def test_a_source_is_shown_as_it_was_written(
    engine: AsyncEngine, register: PostgresRegister
) -> None:
    """Text that PostgreSQL cannot hold as it is comes back as it was."""
    source = f"甲{NUL}乙"
    odd = MECHANISMS | {"funding": [{"source": source, "share": 100}]}
    await register.write(batch(planned("p-1", odd)))
    assert [source] == [one.word for one in (await asked(engine)).funding]
