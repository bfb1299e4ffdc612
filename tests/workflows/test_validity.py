"""The years of validity (§四, §六): assessments by themselves, rectification, how a term ends."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from temporalio.client import WorkflowExecutionStatus

from activities import register_activities
from bench.budgets import objections
from bench.events import name_of
from starter.client.temporal_client import PingtaiClient
from tests.rules.builders import COMMISSION
from tests.workflows.counted_life import CountedWrites, carried, counted, histories, of_the_update
from tests.workflows.world import Life, World
from worker.demo.clockwork import until
from workflows.contract import STAGE
from workflows.periods import beijing_date
from workflows.record import BEGINNING, EntryKind, find_chain_break
from workflows.refusal import Refused
from workflows.state_folding import fold
from workflows.vocabulary import Role


async def runs(world: World, life: Life) -> list[WorkflowExecutionStatus | None]:
    """How each run of a platform ended, the last first."""
    query = f"WorkflowId = '{life.handle.id}'"
    return [run.status async for run in world.temporal.list_workflows(query)]


async def stays_in_budget(life: Life, years: Sequence[int], writes: CountedWrites) -> None:
    """What it costs is in its budgets; with an activity more it would not be."""
    own = lived = await histories(life)
    for year in years:
        lived = lived + await histories(life, year)
    inspected = of_the_update(2, own[-1])
    of_life = counted(lived) | writes.cost(life.id) | {"carried": carried(own)}
    of_decision = counted([inspected]) | writes.cost(life.id, seq=3)
    wrong = objections("life", of_life) + objections("decision", of_decision)
    assert not wrong, "\n".join(wrong)
    scheduled = next(event for event in inspected if name_of(event) == "ACTIVITY_TASK_SCHEDULED")
    more = objections("decision", of_decision | counted([[*inspected, scheduled]]))
    assert ["activities", "bytes", "events"] == [said.partition(" of ")[0] for said in more]


async def test_effective_years_and_the_end(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each year opens once, one run a cycle, the log goes on over all of them, and it expires; in budget."""
    writes = CountedWrites(world.engine)
    monkeypatch.setattr(world.register, "write", writes.write)
    monkeypatch.setattr(register_activities, "PATIENCE_SECONDS", 60)  # however busy the machine is
    years = (1, 2, 3)
    life = await world.apply("quiet-life", submitted_by=COMMISSION)
    life.rests = True
    await life.get_listed(decided_on=(date.today() - timedelta(days=300)).isoformat())
    for year in years:
        await life.effective(year)
    await life.expire()
    result = await life.handle.result()
    assert [] == [line for line in caplog.messages if "was not true" in line]
    await stays_in_budget(life, years, writes)
    assert "expired" == result["stage"]
    log = await life.log()
    nearing = [e.said["days"] for e in log if e.name == "validity_nearing"]
    assert [180, 90, 30] == nearing
    happened = [
        (e.name, e.outcome)
        for e in log
        if e.kind is EntryKind.HAPPENING and e.name != "validity_nearing"
    ]
    a_year = [("assessment_opened", "opened"), ("assessment_ended", "effective")]
    expected = [("applied", "opened"), *(a_year * 3), ("validity_ended", "period_over")]
    assert expected == happened
    assert find_chain_break(log, BEGINNING) is None
    assert fold(log) == await life.state()
    assert "expired" == (await life.handle.describe()).typed_search_attributes.get(STAGE)

    async def five_runs() -> bool:
        return len(await runs(world, life)) == 5

    await until(five_runs, "getting in, three years, the rest")
    card = await world.queries.platform(life.id)
    assert card
    own = [line.entry.hash for line in card.log if line.year == 0]
    assert [entry.hash for entry in log] == own
    for assessment in card.terms[0].assessments:
        mine = [line.entry for line in card.log if line.year == assessment.year]
        opened = next(e for e in log if e.said.get("year") == assessment.year)
        ended = next(e for e in log if e.said.get("log_hash") == mine[-1].hash)
        assert find_chain_break(mine, opened.hash) is None
        assert "assessment_ended" == ended.name
        assert 4 == len(assessment.findings)


async def test_the_commission_goes_on_without_a_report_only_when_it_is_overdue(
    world: World,
) -> None:
    """Overdue is noted on the due day, decides nothing, and lets the commission go on, saying so."""
    life = await world.in_its_first_year()
    with pytest.raises(Refused, match="not overdue yet"):
        await life.decide("self_report", "not_filed")
    assert life.assessment
    await life.settled(life.assessment)  # its due date is known
    view = await world.client.assessment_state(life.id, 1, 1)
    assert view.due
    assert view.assessment
    overdue = view.due.latest or view.due.due
    await world.clockwork.forward(
        life.assessment, overdue - view.assessment.since + timedelta(minutes=1)
    )
    view = await world.client.assessment_state(life.id, 1, 1)
    assert view.assessment
    assert ("self_report", True) == (view.assessment.stage, view.assessment.overdue)
    assert {Role.OPERATOR, Role.COMMISSION} == {what.role for what in view.awaited}
    receipt = await life.decide("self_report", "not_filed")
    assert "district_review" == receipt.stage
    await without_the_district(life)
    await life.decide("evaluation", "not_effective")
    await life.forward(190)
    receipt = await life.decide("rectification_report", "not_filed")
    assert "reassessment_view" == receipt.stage
    await without_the_district(life)
    await life.decide("reassessment", "not_met")
    assert "delisted" == (await life.handle.result())["stage"]


async def without_the_district(life: Life) -> None:
    """The district is silent: the commission goes on without it, once its days are over."""
    with pytest.raises(Refused, match="not overdue yet"):
        await life.decide("district_review", "not_given")
    await life.forward(35)
    await life.decide("district_review", "not_given")


@pytest.mark.parametrize(
    "steps",
    [
        (("self_report", None),),
        (("self_report", None), ("district_review", None), ("evaluation", "not_effective")),
    ],
    ids=["a step in working days", "a rectification"],
)
async def test_validity_ends_with_an_assessment_open(
    world: World, steps: tuple[tuple[str, str | None], ...]
) -> None:
    """It is closed as ended with validity, also while it is being mended, and the platform expires cleanly."""
    policy = {"validity_years": 1, "rectification_within_validity": False}
    life = await world.in_its_first_year(policy=policy, submitted_by=COMMISSION)
    for kind, outcome in steps:
        await life.decide(kind, outcome)
    assessment = life.assessment
    assert assessment
    await life.expire()
    assert "ended_with_validity" == (await assessment.result())["result"]
    assert "expired" == (await life.handle.result())["stage"]
    assert ["ended_with_validity"] == [r.result for r in (await life.state()).assessments]


async def test_withdrawing_closes_the_open_assessment(world: World) -> None:
    """The platform ends by the operator's word, the assessment with it; both are closed."""
    life = await world.in_its_first_year()
    assessment = life.assessment
    assert assessment
    await life.decide("withdrawal")
    assert "ended_with_platform" == (await assessment.result())["result"]
    assert "withdrawn" == (await life.handle.result())["stage"]
    with pytest.raises(Refused, match="too late"):
        await life.decide("self_report")
    last = (await life.log())[-1]
    assert ("assessment_ended", "ended_with_platform") == (last.name, last.outcome)


async def test_an_assessment_that_is_broken_off_opens_again(world: World) -> None:
    """Terminated from outside it decides nothing: the same year opens again, with a log of its own."""
    life = await world.in_its_first_year()
    await life.decide("self_report")
    assert life.assessment
    await life.assessment.terminate("by mistake")

    async def again() -> bool:
        return (await life.state()).openings == 2

    await until(again, "it opens again")
    await life.opened(1)
    for kind in ("self_report", "district_review", "evaluation"):
        await life.decide(kind)
    await life.over()
    await life.stands("valid")
    card = await world.queries.platform(life.id)
    assert card
    logs = {(line.year, line.opening) for line in card.log}
    assert {(0, 0), (1, 1), (1, 2)} == logs
    assert [None, "effective"] == [done.result for done in card.terms[0].assessments]


async def test_a_kick_off_that_was_missed_while_no_worker_ran(world: World) -> None:
    """The assessment opens once, as soon as a worker is back; the next keeps its own day."""
    life = await world.valid(days=200)
    await life.settled(life.handle)
    view = await life.view()
    assert view.next_assessment
    kick_off = view.next_assessment
    span = kick_off - await world.clockwork.now(life.handle)
    async with world.without_worker():
        await world.clockwork.forward(life.handle, span)

        async def passed() -> bool:
            return await world.clockwork.now(life.handle) > kick_off + timedelta(seconds=1)

        await until(passed, "the kick-off is missed")
    await life.opened(1)
    opened = [entry for entry in await life.log() if entry.name == "assessment_opened"]
    assert 1 == len(opened)
    for kind in ("self_report", "district_review", "evaluation"):
        await life.decide(kind)
    await life.over()
    later = (await life.view()).next_assessment
    assert later
    assert 365 <= (beijing_date(later) - beijing_date(view.next_assessment)).days <= 366


async def test_nothing_is_lost_or_doubled_between_two_runs(world: World) -> None:
    """Messages in flight while a run ends and the next begins: each is taken or refused, once."""
    life = await world.apply()
    for kind in ("recommendation", "inspection", "expert_opinion"):
        await life.decide(kind)
    case = await life.case("listing")
    listing = await life.decision("listing", case=case)
    wrong = [await life.decision("inspection", case=case) for _ in range(30)]
    clients = [PingtaiClient(world.temporal) for _ in range(3)]
    answers = await asyncio.gather(
        *(client.decide(life.id, listing) for client in clients),
        *(life.handle.signal("inspection", raw) for raw in wrong),
        *(life.handle.signal("listing", listing) for _ in range(3)),
        return_exceptions=True,
    )
    assert [] == [answer for answer in answers if isinstance(answer, BaseException)]

    async def all_heard() -> bool:
        return len(await life.log()) >= 5 + len(wrong)

    await until(all_heard, "every signal stands in the log")
    await asyncio.sleep(0.2)
    log = await life.log()
    refused = [entry.decision_id for entry in log if entry.kind is EntryKind.REFUSED]
    assert sorted(raw["decision_id"] for raw in wrong) == sorted(str(d) for d in refused)
    assert 1 == sum(entry.name == "listing" for entry in log)
    assert find_chain_break(log, BEGINNING) is None
    await life.stands("valid")


async def test_a_late_year_delays_the_next_and_skips_none(world: World) -> None:
    """With the kick-offs of two years past, they open one after the other."""
    life = await world.in_its_first_year(days=700)
    assert 1 == (await life.state()).open_assessment
    for kind in ("self_report", "district_review", "evaluation"):
        await life.decide(kind)
    await life.opened(2)
    assert [1] == [done.year for done in (await life.state()).assessments]
    await life.decide("withdrawal")
    await life.over()
