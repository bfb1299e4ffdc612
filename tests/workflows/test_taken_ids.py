"""Whatever stands under a platform's id at Temporal: it is named, with what an operator does about it."""

import asyncio
from typing import Any

import pytest
from temporalio.api.workflowservice.v1 import (
    PauseWorkflowExecutionRequest,
    UnpauseWorkflowExecutionRequest,
)
from temporalio.client import WorkflowFailureError, WorkflowHandle

from starter.client.first_application import digest_of
from starter.errors import NoSuchPlatform
from tests.rules.builders import COMMISSION, OPERATOR, application, decision
from tests.workflows.world import Life, World
from worker.demo.clockwork import until
from workflows.application import PlatformApplication
from workflows.contract import PLATFORM_TYPE, TASK_QUEUE, platform_workflow_id
from workflows.model import InvalidMessage, parse
from workflows.policy import Policy
from workflows.refusal import Refused
from workflows.states import Receipt


def form_of(platform_id: str, **changes: Any) -> PlatformApplication:
    """An application for a platform."""
    raw = application(platform_id=platform_id, **{"application_id": f"a-{platform_id}", **changes})
    return parse(PlatformApplication, raw)


async def stranger(
    world: World, platform_id: str, kind: str = "Payroll", queue: str = "elsewhere", *given: Any
) -> WorkflowHandle[Any, Any]:
    """A workflow that somebody else starts under a platform's id."""
    return await world.temporal.start_workflow(
        kind, args=given, id=platform_workflow_id(platform_id), task_queue=queue
    )


@pytest.mark.parametrize(
    ("kind", "queue"), [("Payroll", "elsewhere"), ("Payroll", TASK_QUEUE), (PLATFORM_TYPE, "other")]
)
async def test_a_stranger_under_a_platforms_id_is_named(
    world: World, kind: str, queue: str
) -> None:
    """Applied to, asked or told: what stands there, its run, and how it ends; never "try again"."""
    name = f"taken-{kind}-{queue}".lower()
    handle = await stranger(world, name, kind, queue, {})
    withdrawal = decision("withdrawal", "d", "2026-01-01")
    answers = await asyncio.gather(
        world.client.apply(form_of(name)),
        world.client.state(name),
        world.client.decide(name, withdrawal),
        world.client.check(name, withdrawal),
        return_exceptions=True,
    )
    for answer in answers:
        assert isinstance(answer, Refused), answer
        for words in (answer.refusal.en, answer.refusal.zh):
            assert all(part in words for part in (kind, queue, handle.result_run_id or "?"))
            assert "temporal workflow terminate" in words
    await handle.terminate()


async def test_a_stranger_that_has_ended_is_in_nobodys_way(world: World) -> None:
    """A first term begins after one, and the next term after one still follows the last."""
    name = "taken-before"
    await (await stranger(world, name)).terminate()
    assert 1 == (await world.client.apply(form_of(name))).term
    life = Life(world, name)
    await life.decide("recommendation", "declined")
    await life.handle.result()
    await seen(world, name, 2)
    await (await stranger(world, name)).terminate()
    second = await world.client.apply(form_of(name, application_id="second"))
    assert (2, False) == (second.term, second.repeated)


async def test_an_input_that_was_no_application_hides_no_term(world: World) -> None:
    """A raw start with junk under the id of an ended term fails; the next term is still the second."""
    life = await world.apply()
    await life.decide("recommendation", "declined")
    await life.handle.result()
    await seen(world, life.id, 1)
    junk = await stranger(world, life.id, PLATFORM_TYPE, TASK_QUEUE, {"platform_id": life.id})
    with pytest.raises(WorkflowFailureError):
        await junk.result()
    assert (await world.client.apply(form_of(life.id))).repeated
    second = await world.client.apply(form_of(life.id, application_id="second"))
    assert (2, False) == (second.term, second.repeated)


async def seen(world: World, platform_id: str, runs: int) -> None:
    """Wait until visibility, which follows, knows the runs that have ended."""
    query = f"WorkflowId = '{platform_workflow_id(platform_id)}' AND ExecutionStatus != 'Running'"

    async def known() -> bool:
        return (await world.temporal.count_workflows(query)).count == runs

    await until(known, f"{runs} runs of {platform_id} are seen")


async def test_a_memo_is_not_believed(world: World) -> None:
    """A raw start may bring any memo: the same id with other content is no repeat, open or ended."""
    ours = form_of("memo-1")
    other = application(platform_id="memo-1", application_id=ours.application_id, name="别的平台")
    handle = await world.temporal.start_workflow(
        PLATFORM_TYPE,
        other,
        id=platform_workflow_id("memo-1"),
        task_queue=TASK_QUEUE,
        memo={
            "application_id": ours.application_id,
            "application_sha256": digest_of(ours),
            "term": 7,
        },
    )
    for ended in (False, True):
        if ended:
            await Life(world, "memo-1").decide("recommendation", "declined")
            await handle.result()
        with pytest.raises(Refused, match="for term 1, with another content"):
            await world.client.apply(ours)
        same = await world.client.apply(parse(PlatformApplication, other))
        assert (1, True) == (same.term, same.repeated)


@pytest.mark.parametrize("by", [None, OPERATOR])
async def test_a_policy_of_its_own_is_the_commissions(world: World, by: Any) -> None:
    """Whoever applies by our client: ten years are refused, and start nothing; the usual policy is taken."""
    name = f"policy-{'operator' if by else 'nobody'}"
    with pytest.raises(InvalidMessage, match="policy"):
        await world.client.apply(form_of(name, policy={"validity_years": 10}, submitted_by=by))
    with pytest.raises(NoSuchPlatform):
        await world.client.state(name)
    usual = Policy().model_dump(mode="json")
    assert (await world.client.apply(form_of(name, policy=usual, submitted_by=by))).term == 1


async def test_the_commission_gives_a_policy(world: World) -> None:
    """By submitting the application itself: its name stands in the log."""
    life = await world.apply(policy={"validity_years": 4}, submitted_by=COMMISSION)
    assert 4 == (await life.state()).facts.policy.validity_years


async def test_a_paused_platform_is_named(world: World) -> None:
    """Decided, asked and applied for anew: paused, and how it goes on. The same application: its answer."""
    life = await world.apply()
    await life.settled(life.handle)
    service = world.temporal.workflow_service
    await service.pause_workflow_execution(
        PauseWorkflowExecutionRequest(
            namespace=world.temporal.namespace, workflow_id=life.handle.id, reason="a look"
        )
    )
    withdrawal = decision("withdrawal", "d", "2026-01-01")
    for ask in (
        lambda: world.client.decide(life.id, withdrawal),
        lambda: world.client.state(life.id),
        lambda: world.client.apply(form_of(life.id, application_id="another")),
    ):
        with pytest.raises(Refused, match="is paused") as refused:
            await ask()
        assert "temporal workflow unpause" in refused.value.refusal.zh
    assert (await world.client.apply(form_of(life.id))).repeated
    await service.unpause_workflow_execution(
        UnpauseWorkflowExecutionRequest(
            namespace=world.temporal.namespace, workflow_id=life.handle.id
        )
    )
    answer: Receipt = await life.decide("recommendation")
    assert "inspection" == answer.stage
