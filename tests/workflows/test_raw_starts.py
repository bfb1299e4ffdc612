"""Whoever reaches Temporal can start and signal: nothing that a sender made up is taken up (0.4.0)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import (
    WithStartWorkflowOperation,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import RawValue, RetryPolicy, WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError

from starter.client.temporal_client import PingtaiClient
from tests.rules.builders import COMMISSION, Raw, application
from tests.rules.cases import at_stage, decision
from tests.workflows.world import World
from worker.demo.clockwork import until
from workflows.application import PlatformApplication
from workflows.contract import ASSESSMENT_TYPE, CLOSE_ASSESSMENT, PLATFORM_TYPE, TASK_QUEUE
from workflows.contract import assessment_workflow_id as year_id
from workflows.contract import platform_workflow_id as term_id
from workflows.model import as_sent, parse
from workflows.refusal import Refused
from workflows.run_io import CarriedPlatform
from workflows.vocabulary import Stage

DAY = timedelta(days=1)


async def start(
    world: World, workflow_id: str, *given: Any, **more: Any
) -> WorkflowHandle[Any, Any]:
    """A raw start of a platform."""
    client = world.clockwork.client
    kind = more.pop("kind", PLATFORM_TYPE)
    return await client.start_workflow(
        kind, args=given, id=workflow_id, task_queue=TASK_QUEUE, **more
    )


async def fails(handle: WorkflowHandle[Any, Any]) -> ApplicationError:
    """How a run fails."""
    async with asyncio.timeout(60):
        with pytest.raises(WorkflowFailureError) as caught:
            await handle.result()
    assert isinstance(caught.value.cause, ApplicationError)
    return caught.value.cause


async def _shown(handle: WorkflowHandle[Any, Any]) -> bool:
    """Whether a run that takes something up has compared it with the register."""
    try:
        await handle.query("state")
    except WorkflowQueryFailedError:
        return False
    return True


def whole_life(platform_id: str, **more: Any) -> dict[str, Any]:
    """A life that nobody sent, as a run would carry it to its next."""
    case = at_stage(Stage.VALID, platform_id=platform_id)
    carried = CarriedPlatform(state=case.state, record=case.record(), **more)
    return carried.model_dump(mode="json")


@pytest.mark.parametrize("reopened", [True, False])
async def test_a_whole_life_that_nobody_sent(world: World, reopened: bool) -> None:
    """Brought along by a raw start it is refused; the register never hears of it."""
    name = f"raw-life-{reopened}"
    given = whole_life(name, reopened=reopened, recorded=5)
    error = await fails(await start(world, term_id(name), {}, given))
    assert "InvalidApplication" == error.type
    assert "is not the one of the platform's newest term in the register" in error.message
    assert await world.queries.log(name, 1) == []


async def test_a_decision_on_a_life_that_nobody_sent(world: World) -> None:
    """Whoever starts such a run with a decision, and with signals, hears why it fails."""
    name = "raw-life-decided"
    case = at_stage(Stage.VALID, platform_id=name)
    raw = decision("withdrawal", case, case={"platform_id": name, "term": 1})
    start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        PLATFORM_TYPE,
        args=[{}, whole_life(name)],
        id=term_id(name),
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
    )
    async with asyncio.timeout(60):
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await world.clockwork.client.execute_update_with_start_workflow(
                "decide", raw, start_workflow_operation=start
            )
    assert "newest term in the register" in str(caught.value.cause)
    error = await fails(await start.workflow_handle())
    assert "InvalidApplication" == error.type


async def test_an_ended_term_is_not_made_valid_again(world: World) -> None:
    """On the id of a declined platform, with its true log in front or a state that it does not lead to."""
    life = await world.apply()
    await life.decide("recommendation", "declined")
    await life.handle.result()
    true = await world.lookups.ended_term(life.id)
    assert true
    forged = true.model_copy(
        update={"state": true.state.model_copy(update={"stage": Stage.RECOMMENDATION})}
    )
    for given in (whole_life(life.id), as_sent(forged)):
        error = await fails(await start(world, term_id(life.id), {}, given))
        assert "InvalidApplication" == error.type
    again = await start(world, term_id(life.id), {}, as_sent(true))
    await until(lambda: _shown(again), "it is taken up again")
    # It asks why it was started, and nobody answers.
    await world.clockwork.forward(again, timedelta(minutes=2), at_rest=False)
    assert "declined" == (await again.result())["stage"], "the true one ends as it had"


async def test_an_assessment_that_its_platform_did_not_open(world: World) -> None:
    """It fails at once, and the platform opens its own."""
    life = await world.valid(days=200)
    facts = as_sent((await life.state()).facts)
    opening = {"facts": facts, "year": 1, "valid_until": "2030-01-01T16:00:00Z", "before": "0" * 64}
    error = await fails(await start(world, year_id(life.id, 1, 1), opening, kind=ASSESSMENT_TYPE))
    assert "InvalidOpening" == error.type
    assert "is opened by its platform" in error.message
    await life.open(1)
    assert life.assessment
    await life.decide("self_report")


async def test_platform_ended_from_anyone(world: World) -> None:
    """The assessment looks at the platform's log, and stays open; with a made-up hash, too."""
    life = await world.in_its_first_year()
    assert life.assessment
    await life.assessment.signal(CLOSE_ASSESSMENT)
    await life.assessment.signal(CLOSE_ASSESSMENT, {"closing": life.id})
    await life.assessment.signal(CLOSE_ASSESSMENT, args=[1, 2, 3])
    receipt = await life.decide("self_report")
    assert "district_review" == receipt.stage


@pytest.mark.parametrize(
    "given",
    [(), (1,), ("text",), ({}, {}, {}), (application(platform_id="raw-odd"), {"state": 1})],
    ids=["nothing", "a number", "a text", "three", "no record"],
)
@pytest.mark.parametrize("kind", [PLATFORM_TYPE, ASSESSMENT_TYPE])
async def test_odd_input(world: World, given: tuple[Any, ...], kind: str) -> None:
    """The run fails with a word, and no task fails."""
    error = await fails(await start(world, "platform:raw-odd", *given, kind=kind))
    assert error.type in ("InvalidApplication", "InvalidOpening")


@pytest.mark.parametrize("encoding", [b"binary/encrypted", b"json/plain", b"json/protobuf"])
async def test_payloads_that_nobody_can_read(world: World, encoding: bytes) -> None:
    """As a start they fail the run; as a signal they are refused, and stand in the log."""
    bad = RawValue(Payload(metadata={"encoding": encoding}, data=b"\xff{"))
    error = await fails(await start(world, "platform:raw-unreadable", bad))
    assert "InvalidApplication" == error.type
    life = await world.apply()
    await life.handle.signal("recommendation", bad)
    await life.decide("recommendation")
    assert ["opened", "refused", "recommended"] == [e.outcome for e in await life.log()]


@pytest.mark.parametrize(
    "timing",
    [
        {"run_timeout": DAY},
        {"execution_timeout": DAY},
        {"retry_policy": RetryPolicy(maximum_attempts=3)},
    ],
    ids=lambda timing: next(iter(timing)),
)
async def test_a_start_that_the_server_would_end_or_repeat(world: World, timing: Raw) -> None:
    """A case lives for years and begins once; a retried run would seem to go on from one before."""
    name = f"raw-{next(iter(timing)).replace('_', '-')}"
    form = application(platform_id=name, application_id=f"a-{name}")
    handle = await start(world, term_id(name), form, **timing)
    async with asyncio.timeout(60):
        with pytest.raises(WorkflowFailureError) as caught:
            await handle.result(follow_runs=False)
    assert "a case is started without" in str(caught.value.cause)


async def test_a_start_by_a_cron_schedule(world: World) -> None:
    """Each of its runs seems to go on from the one before; none takes anything up."""
    given = whole_life("raw-cron")
    handle = await start(world, term_id("raw-cron"), {}, given, cron_schedule="@every 1s")
    try:

        async def again() -> bool:
            return (await handle.describe()).run_id != handle.first_execution_run_id

        await until(again, "the next run")
        with pytest.raises(WorkflowQueryFailedError, match="a case is started without cron"):
            await handle.query("state")
    finally:
        await handle.terminate()


async def test_a_policy_of_ones_own_by_a_raw_start(world: World) -> None:
    """Ten years, signed by the operator, are refused; the commission may give five."""
    form = application(platform_id="raw-policy", policy={"validity_years": 10})
    error = await fails(await start(world, term_id("raw-policy"), form))
    assert "is the commission's to give" in error.message
    handle = await start(
        world,
        term_id("raw-policy"),
        {**form, "policy": {"validity_years": 5}, "submitted_by": COMMISSION},
    )
    assert (await handle.query("state"))["platform"]["facts"]["policy"]["validity_years"] == 5


async def test_a_second_life_of_a_term(world: World) -> None:
    """A raw next term that calls itself the first ends by itself: the register has the first."""
    life = await world.apply()
    await life.decide("recommendation", "declined")
    await life.handle.result()
    form = application(platform_id=life.id, application_id="again")
    error = await fails(await start(world, term_id(life.id), form))
    assert ("SecondLife", True) == (error.type, "pingtai apply" in error.message)
    assert 2 == len(await world.queries.log(life.id, 1))

    client = PingtaiClient(world.clockwork.client, world.lookups)
    assert 2 == (await client.apply(parse(PlatformApplication, form))).term


async def test_a_repeat_in_a_later_term_gets_its_first_answer(world: World) -> None:
    """Word for word, years later, with its case named or not: it is never taken a second time."""
    life = await world.apply()
    raw = await life.decision("recommendation", "declined")
    first = await world.client.decide(life.id, raw)
    await life.handle.result()
    await life.settled(life.handle)
    await world.apply(life.id, application_id="a-second-term")
    assert 2 == (await life.state()).facts.term
    for again in (raw, raw | {"case": {"platform_id": life.id, "term": 1}}):
        answer = await world.client.decide(life.id, again)
        assert (True, 1, first.seq) == (answer.repeated, answer.term, answer.seq)
    other = await world.apply()
    with pytest.raises(Refused, match=f"about platform {life.id}, term 1"):
        await world.client.decide(other.id, raw | {"case": {"platform_id": life.id, "term": 1}})
