"""Queries on cases that no worker has cached: no signal is lost to them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.bridge import worker as bridge
from temporalio.bridge.proto.workflow_activation import (
    QueryWorkflow,
    ResolveActivity,
    SignalWorkflow,
    WorkflowActivation,
    WorkflowActivationJob,
)
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.client import Client
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import (
    PayloadCodec,
    WithSerializationContext,
    WorkflowSerializationContext,
)
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import WorkflowInstance
from temporalio.worker import _workflow as sdk_worker

from bench.query_race.counting import Counting
from bench.query_race.race import lagging_clocks, race
from bench.query_race.split_tasks import split_tasks
from starter.client.case_queries import CaseQueries
from starter.client.sdk_internals import DIRECT_QUERY, TASK_SECONDS, spare_payload_visits
from starter.errors import Unreachable
from worker.query_isolation import QueryIsolatedInstance, make_isolating_worker
from worker.temporal_server import TemporalServer
from workflows.converter import WORKER_DATA_CONVERTER, WorkerPayloadConverter


class Reversing(PayloadCodec):
    """A codec that writes each payload backwards."""

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [Payload(metadata=one.metadata, data=one.data[::-1]) for one in payloads]

    decode = encode


async def test_no_signal_is_lost_to_a_query(temporal: TemporalServer) -> None:
    """With our workers, a query that raced with a refused update changes nothing."""
    found = await race(temporal.address, 8, isolated=True, settle=0.3)
    assert found["seen"] == 24
    assert found["lost"] + found["stuck"] + found["not replayable"] == 0


async def test_a_query_does_not_change_the_clock(temporal: TemporalServer) -> None:
    """A signal that waited with a query has the same moment when its history is replayed."""
    assert await lagging_clocks(temporal.address, 6, isolated=True, settle=0.3) == 0


async def test_a_query_splits_no_task(temporal: TemporalServer) -> None:
    """A query that came with a task, whose local activity ends meanwhile, has no task written in two parts."""
    found = await split_tasks(temporal.address, 8, isolated=True, settle=0.3)
    assert {"as it was": 8} == found


async def test_temporal_still_splits_tasks(temporal: TemporalServer) -> None:
    """With Temporal's own worker such a history replays otherwise, or not; when this fails, so may it go."""
    for _ in range(4):
        found = await split_tasks(temporal.address, 8, isolated=False, settle=0.3)
        if found.total() > found["as it was"]:
            return
    pytest.fail("32 times no task was split: see docs/decisions/0006-no-local-activities.md")


async def test_temporal_still_needs_the_isolation(temporal: TemporalServer) -> None:
    """With Temporal's own worker signals are lost; when this fails, the isolation may go."""
    for _ in range(4):  # chance decides which worker takes what: more than one race may be needed
        found = await race(temporal.address, 8, isolated=False, settle=0.3)
        if found["lost"] + found["stuck"]:
            return
    pytest.fail(
        "no signal was lost in 32 races: see docs/decisions/0001-queries-on-uncached-cases.md"
    )


def asked(query_id: str) -> WorkflowActivationJob:
    """A query's part of an activation."""
    return WorkflowActivationJob(query_workflow=QueryWorkflow(query_id=query_id))


SIGNALED = WorkflowActivationJob(signal_workflow=SignalWorkflow())
WITH_A_TASK = asked("with-a-task")
ANSWERED = WorkflowActivationJob(resolve_activity=ResolveActivity(is_local=True))


@pytest.mark.parametrize(
    ("activations", "happened"),
    [
        ([asked(DIRECT_QUERY)], ["evicted", "handled"]),
        ([WITH_A_TASK], ["handled"]),
        ([SIGNALED, WITH_A_TASK], ["handled", "evicted", "handled"]),
        ([SIGNALED, ANSWERED, WITH_A_TASK], ["handled", "handled", "handled"]),
    ],
    ids=["direct", "with a task", "while it asks", "when it was answered"],
)
def test_which_queries_evict(activations: list[WorkflowActivationJob], happened: list[str]) -> None:
    """A direct one, and one beside a local activity that is under way; before they are answered."""
    seen: list[str] = []

    class Inner:
        def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
            seen.append("handled")
            completion = WorkflowActivationCompletion()
            if act.jobs[0] == SIGNALED:
                completion.successful.commands.add().schedule_local_activity.seq = 1
            return completion

    watched = QueryIsolatedInstance(
        cast(WorkflowInstance, Inner()), "run", lambda run_id: seen.append("evicted")
    )
    for job in activations:
        watched.activate(WorkflowActivation(jobs=[job]))
    assert happened == seen


def test_the_sandbox_is_not_asked_what_a_payload_is_for() -> None:
    """An answer is dear, and the worker's converter has no use for it."""
    watched = QueryIsolatedInstance(cast(WorkflowInstance, object()), "run", lambda run_id: None)
    assert watched.get_serialization_context(None) is None
    assert watched.get_external_store_context(None).target is None
    assert WORKER_DATA_CONVERTER.payload_codec is None
    assert WORKER_DATA_CONVERTER.external_storage is None
    parts = WorkerPayloadConverter().converters.values()
    assert [] == [part for part in parts if isinstance(part, WithSerializationContext)]
    assert not issubclass(WORKER_DATA_CONVERTER.failure_converter_class, WithSerializationContext)


def test_the_parts_of_a_converter_are_made_once() -> None:
    """The SDK makes converters for every activation: with parts of its own each would learn all types again."""
    first, second, usual = (
        WorkerPayloadConverter(),
        WorkerPayloadConverter(),
        PydanticPayloadConverter(),
    )
    assert first.converters is second.converters
    assert [*first.converters] == [*usual.converters]
    assert first.to_payload({"a": 1}) == usual.to_payload({"a": 1})


@pytest.mark.parametrize("codec", [None, Reversing()], ids=["in the clear", "encrypted"])
def test_a_task_has_a_converter_of_its_own_for_its_codec_only(codec: PayloadCodec | None) -> None:
    """Without one no payload is written otherwise for whose it is, and nothing is made for a task."""
    spare_payload_visits()
    context = WorkflowSerializationContext(namespace="default", workflow_id="platform:p-1")
    converter = replace(WORKER_DATA_CONVERTER, payload_codec=codec)
    made = vars(sdk_worker)["_CommandAwareDataConverter"].create(
        instance=cast(WorkflowInstance, object()),
        context_free_dc=converter,
        workflow_context_dc=converter.with_context(context),
        workflow_context=context,
    )
    assert (made is converter) == (codec is None)


@pytest.mark.parametrize("codec", [None, Reversing()], ids=["in the clear", "encrypted"])
async def test_a_task_is_gone_through_for_its_codec_only(
    monkeypatch: pytest.MonkeyPatch, codec: PayloadCodec | None
) -> None:
    """Once for each direction, where the SDK itself goes through it three times, codec or not."""
    spare_payload_visits()
    visits: list[dict[str, Any]] = []
    usual = vars(bridge)["CommandAwarePayloadVisitor"]

    def visitor(**options: Any) -> Any:
        visits.append(options)
        return usual(**options)

    monkeypatch.setattr(bridge, "CommandAwarePayloadVisitor", visitor)
    converter = replace(WORKER_DATA_CONVERTER, payload_codec=codec)
    signal = SignalWorkflow(input=[Payload(data=b"abc")])
    came = WorkflowActivation(jobs=[WorkflowActivationJob(signal_workflow=signal)])
    await bridge.decode_activation(
        came, converter, decode_headers=False, storage_concurrency_limit=1
    )
    going = WorkflowActivationCompletion()
    going.successful.commands.add().complete_workflow_execution.result.data = b"abc"
    await bridge.encode_completion(
        going, converter, encode_headers=False, storage_concurrency_limit=1
    )
    assert len(visits) == (2 if codec else 0)
    result = going.successful.commands[0].complete_workflow_execution.result
    expected = b"cba" if codec else b"abc"
    assert [came.jobs[0].signal_workflow.input[0].data, result.data] == [expected] * 2


async def test_a_task_may_be_slow(temporal: TemporalServer) -> None:
    """On a busy machine a task waits for longer than the SDK's own two seconds."""
    client = await Client.connect(temporal.address)
    worker = make_isolating_worker(client=client, task_queue="slow", workflows=[Counting])
    assert worker._workflow_worker
    assert TASK_SECONDS == worker._workflow_worker._deadlock_timeout_seconds


async def test_a_query_that_nobody_answers_is_sent_again() -> None:
    """A worker may drop a query with the case that it evicts: the next try is answered."""

    class Handle:
        tries = 0

        async def query(self, *_: Any, **__: Any) -> str:
            self.tries += 1
            if self.tries == 1:
                raise RPCError("nobody", RPCStatusCode.DEADLINE_EXCEEDED, b"")
            return "answer"

    class Temporal:
        def get_workflow_handle(self, _: str) -> Handle:
            return handle

    handle = Handle()
    assert await CaseQueries(cast(Client, Temporal())).query("case", "state", str) == "answer"
    assert handle.tries == 2


@pytest.mark.parametrize(("unseen", "answered"), [(1, True), (9, False)])
async def test_a_worker_that_was_not_seen_for_a_moment_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, unseen: int, answered: bool
) -> None:
    """A part of its queue may have been idle; where none runs, that is said within moments."""
    waited: list[float] = []

    class Handle:
        tries = 0

        async def query(self, *_: Any, **__: Any) -> str:
            self.tries += 1
            if self.tries <= unseen:
                raise RPCError(
                    "no poller seen for task queue recently, worker may be down",
                    RPCStatusCode.FAILED_PRECONDITION,
                    b"",
                )
            return "answer"

        async def describe(self) -> None:
            raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")

    class Temporal:
        def get_workflow_handle(self, _: str, **__: Any) -> Handle:
            return handle

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    # The module's own: what else runs in the same loop goes on to pause.
    own = SimpleNamespace(**{**vars(asyncio), "sleep": sleep})
    monkeypatch.setattr("starter.client.case_queries.asyncio", own)
    handle = Handle()
    asked = CaseQueries(cast(Client, Temporal())).query("case", "state", str)
    if answered:
        assert await asked == "answer"
    else:
        with pytest.raises(Unreachable, match="no worker that answers"):
            await asked
    assert 0 < sum(waited) < 3
