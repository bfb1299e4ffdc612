"""What a worker logs: JSON lines bound to platform and stage, once, also when histories are replayed."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from tests.workflows.world import World
from worker.demo.clockwork import until
from worker.log_setup import set_up_logs
from worker.settings import Settings
from workflows.contract import TASK_QUEUE


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The log as the worker's process would write it, where no terminal reads it."""
    stream, root = io.StringIO(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr("sys.stderr", stream)
    # A replay that a test gave up on may still keep the SDK's loggers quiet in this process.
    monkeypatch.setattr(logging.getLogger("temporalio.workflow"), "disabled", False)
    set_up_logs(Settings())
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


async def test_a_step_is_logged_once_with_platform_and_stage(
    world: World, lines: io.StringIO
) -> None:
    """One line a step, though the worker's memory is emptied and the history is replayed."""
    life = await world.apply()
    await life.decide("recommendation")
    async with world.without_worker():
        pass
    await life.decide("inspection")
    await life.stands("expert_review")
    logged = [json.loads(line) for line in lines.getvalue().splitlines()]
    mine = [line for line in logged if line.get("platform_id") == life.id]
    assert ["inspection", "expert_review"] == [line["stage"] for line in mine]
    assert {"info"} == {line["level"] for line in mine}
    assert {life.handle.id} == {line["workflow_id"] for line in mine}


async def test_junk_leaves_a_line_a_kind(world: World, lines: io.StringIO) -> None:
    """Signals that nobody can read and unknown types, ten of each: a line a kind, and no traceback."""
    life = await world.apply()
    junk = RawValue(Payload(metadata={"encoding": b"never/heard"}, data=b"x"))
    started = []
    for number in range(10):
        await life.handle.signal("recommendation", junk)
        await life.handle.signal("nobody-takes-this", junk)
        started.append(
            await world.temporal.start_workflow(
                "NoSuchType", junk, id=f"junk-{number}", task_queue=TASK_QUEUE
            )
        )

    async def logged() -> bool:
        return "NoSuchType" in lines.getvalue()

    await until(logged, "the worker has met them")
    await life.decide("recommendation")
    for each in started:
        await each.terminate()
    said = lines.getvalue()
    assert "Traceback" not in said
    assert 1 == said.count("NoSuchType is not registered"), said
    assert 3 >= len([line for line in said.splitlines() if "signal" in line]), said
