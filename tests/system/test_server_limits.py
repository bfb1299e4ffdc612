"""What the local stack's Temporal takes: all that a case may need, and no more."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowUpdateFailedError
from temporalio.service import RPCError, RPCStatusCode

from tests.workflows.world import World
from worker.server_limits import BLOB_BYTES, LIMITS, UPDATES_BYTES, in_force
from workflows import case
from workflows.model import MAX_MESSAGE_BYTES, MAX_RECORD_BYTES
from workflows.record import KEPT_REFUSALS, EntryKind, LogEntry

WORST_LETTER = "\x01"
"""Six bytes of JSON."""
ROOM_TO_CORRECT = 200_000
"""What setting aside has beside the record."""


def test_what_a_case_carries_on_always_passes() -> None:
    """The largest application, record and kept refusals together are below the bound of a payload."""
    refusal = LogEntry(
        seq=9_999,
        at=datetime.now(UTC),
        kind=EntryKind.REFUSED,
        name="rectification_report",
        outcome="refused",
        stage="rectification",
        decision_id="a" * 128,
        said={"said_sha256": "0" * 64, "rule": "§六"},
        reason=WORST_LETTER * case._REASON_LETTERS,
        previous="0" * 64,
        hash="0" * 64,
    )
    largest = len(refusal.model_dump_json())
    assert largest <= 3_000
    record = MAX_RECORD_BYTES + ROOM_TO_CORRECT + KEPT_REFUSALS * 3_000
    assert MAX_MESSAGE_BYTES + record + 72_864 == BLOB_BYTES


async def test_more_is_refused_to_its_sender(world: World) -> None:
    """A signal above the bound is answered with an error, and the case does not notice."""
    life = await world.apply()
    await life.stands("recommendation")
    before = (await life.handle.describe()).history_length
    with pytest.raises(RPCError, match="exceeds") as error:
        await life.handle.signal("listing", "x" * BLOB_BYTES)
    assert RPCStatusCode.INVALID_ARGUMENT == error.value.status
    now = await life.handle.describe()
    assert (before, WorkflowExecutionStatus.RUNNING) == (now.history_length, now.status)


def test_a_later_setting_counts() -> None:
    """Who starts a server may set another bound: each key is said once."""
    settings = in_force(*LIMITS, "limit.blobSize.error=7")
    keys = [setting.partition("=")[0] for setting in settings]
    assert sorted(set(keys)) == sorted(keys)
    assert "limit.blobSize.error=7" in settings
    assert all(json.loads(setting.partition("=")[2]) for setting in settings)


@pytest.mark.parametrize("size", [UPDATES_BYTES, 2_200_000, 3_600_000, 4_190_000])
async def test_an_update_that_is_too_large_never_reaches_the_case(world: World, size: int) -> None:
    """The refusal carries the update: in the task that ends the case, the server would terminate it."""
    life = await world.apply()
    await life.stands("recommendation")
    ending = await life.decision(
        "recommendation", "declined", case=await life.case("recommendation")
    )
    raw = {"kind": "recommendation", "note": "x" * size}
    answer = asyncio.create_task(life.handle.execute_update("decide", ending))
    with pytest.raises(RPCError) as refusal:
        await life.handle.execute_update("decide", raw, rpc_timeout=timedelta(seconds=1))
    assert refusal.value.status in {
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.DEADLINE_EXCEEDED,  # the client has tried again until it was out of time
        RPCStatusCode.NOT_FOUND,  # until the case was over
    }
    assert (await answer)["outcome"] == "declined"
    await life.handle.result()
    assert (await life.handle.describe()).status == WorkflowExecutionStatus.COMPLETED
    assert "WORKFLOW_TASK_FAILED" not in await life.events()


async def test_two_of_the_largest_decisions_can_wait_at_once(world: World) -> None:
    """The bound of updates that wait is not in the way of people: the case itself refuses them."""
    life = await world.apply()
    await life.stands("recommendation")
    raw = {"kind": "recommendation", "note": "x" * (MAX_MESSAGE_BYTES - 1000)}
    sent = [life.handle.execute_update("decide", raw) for _ in range(2)]
    for refusal in await asyncio.gather(*sent, return_exceptions=True):
        assert isinstance(refusal, WorkflowUpdateFailedError)
