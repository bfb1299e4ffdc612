"""A platform that was listed before it came here, on the real servers: its last year, and its end."""

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError

from db.validity_queries import Why, validity
from tests.rules.builders import application, decision
from tests.workflows.world import World, brought_in
from worker.demo.clockwork import until
from workflows.contract import PLATFORM_TYPE, STAGE, TASK_QUEUE, platform_workflow_id
from workflows.model import InvalidMessage
from workflows.periods import beijing_date, kick_off, last_day, validity_end
from workflows.refusal import Refused
from workflows.state_folding import fold


async def test_two_years_behind_it(world: World) -> None:
    """Its third assessment opens at the right moment, the first two never do; it expires on the right day."""
    life = await world.apply(brought_in=brought_in(2, days=40))
    view = await life.view()
    state = await life.state()
    assert state.listed_on
    opens = kick_off(state.listed_on, 3, 120, (8, 18), life.id)
    end = validity_end(state.listed_on, 3)
    assert ("valid", opens, end) == (state.stage, view.next_assessment, state.valid_until)
    assert (await life.handle.describe()).typed_search_attributes.get(STAGE) == "valid"
    report = decision("self_report", "early", beijing_date(datetime.now(UTC)))
    with pytest.raises(Refused, match="no assessment is open"):  # nor was one held here
        await world.client.decide(life.id, report)
    await life.open(3)
    assert life.assessment
    opened = (await life.log())[-1]
    assert ("assessment_opened", 3) == (opened.name, opened.said["year"])
    assert timedelta() <= opened.at - opens < timedelta(minutes=1)
    for kind in ("self_report", "district_review", "evaluation"):
        await life.decide(kind)
    await life.over()
    await life.expire()
    assert "expired" == (await life.handle.result())["stage"]
    log = await life.log()
    assert timedelta() <= log[-1].at - end < timedelta(minutes=1)
    assert fold(log) == await life.state()
    years = [(one.year, one.result, one.brought_in) for one in (await life.state()).assessments]
    assert [(1, "effective", True), (2, "effective", True), (3, "effective", False)] == years
    await life.stands("expired")
    card = await world.queries.platform(life.id)
    assert card
    [term] = card.terms
    assert (state.listed_on, state.brought_in_on) == (term.listed_on, term.brought_in_on)
    assert [3] == [one.year for one in term.assessments]
    answer = await validity(world.engine, life.id, last_day(end))
    assert answer and answer.listing
    assert (Why.VALID, state.brought_in_on) == (answer.reason, answer.listing.brought_in_on)


async def test_a_kick_off_that_has_passed(world: World) -> None:
    """The year that has no result is assessed at once, and once; the end that is near is told."""
    brought = brought_in(2, days=300)
    life = await world.apply(brought_in={**brought, "assessments": brought["assessments"][:1]})
    await life.opened(2)
    for kind in ("self_report", "district_review", "evaluation"):
        await life.decide(kind)
    await life.opened(3)
    log = await life.log()
    assert [2, 3] == [e.said["year"] for e in log if e.name == "assessment_opened"]
    assert [90] == [e.said["days"] for e in log if e.name == "validity_nearing"]


async def test_an_impossible_past_starts_nothing(world: World) -> None:
    """The client says why beforehand; who starts the workflow by themselves is told by its failure."""
    tomorrow = str(beijing_date(datetime.now(UTC)) + timedelta(days=1))
    wrong = brought_in(1, decided_on=tomorrow)
    with pytest.raises(InvalidMessage, match="in the future"):
        await world.apply("p-impossible", brought_in=wrong)
    handle = world.temporal.get_workflow_handle(platform_workflow_id("p-impossible"))
    assert await world.client.describe(handle.id) is None
    form = application(platform_id="p-impossible", brought_in=wrong)
    started = await world.temporal.start_workflow(
        PLATFORM_TYPE, form, id=handle.id, task_queue=TASK_QUEUE
    )
    with pytest.raises(WorkflowFailureError) as caught:
        await started.result()
    assert isinstance(caught.value.cause, ApplicationError)
    assert "InvalidApplication" == caught.value.cause.type
    assert "in the future" in str(caught.value.cause)


async def test_said_anew_by_the_update(world: World) -> None:
    """A wrong one is set aside and said again, and its clock begins anew."""
    life = await world.apply(brought_in=brought_in(1, days=30))
    await life.set_aside("zr-1")
    again = brought_in(1, days=20, decision_id="zr-2")
    receipt = await world.client.decide(life.id, again)
    assert "valid" == receipt.stage

    async def moved() -> bool:
        view = await life.view()
        return view.recorded == view.log_seq

    await until(moved, "the register has it")
    card = await world.queries.platform(life.id)
    assert card
    assert again["listed_on"] == str(card.terms[0].listed_on)


async def test_a_number_of_another_platform_is_not_brought_in(world: World) -> None:
    """Whoever hands it in is told whose it is, and nothing is started; past our clients the run fails."""
    first = await world.apply()
    number = f"BJPT-{first.id}"
    for kind in ("recommendation", "inspection", "expert_opinion"):
        await first.decide(kind)
    await first.decide("listing", certificate_number=number)
    brought = brought_in(1, certificate_number=number)
    with pytest.raises(InvalidMessage, match=f"belongs to platform {first.id}"):
        await world.apply(brought_in=brought)
    raw = application(platform_id="p-raw", application_id="a-raw", brought_in=brought)
    started = await world.temporal.start_workflow(
        PLATFORM_TYPE, raw, id=platform_workflow_id("p-raw"), task_queue=TASK_QUEUE
    )
    with pytest.raises(WorkflowFailureError) as failed:
        await started.result()
    assert isinstance(failed.value.cause, ApplicationError)
    assert f"{number} belongs to platform {first.id}" in str(failed.value.cause)
