"""What only reads is asked within the task; where no answer comes at once, as any activity is. Both replay."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import WorkflowHandle

from activities import origin_activity, signal_activity
from tests.histories.replayer import replayer
from tests.workflows.world import World
from worker import worker_process
from workflows import read_only_asking
from workflows.activity_messages import OriginLookup, Origins, SignalArrivals, SignalLookup
from workflows.contract import FIND_ORIGINS, FIND_SIGNALS

Asked = list[tuple[str, bool]]


async def _be_late(name: str, asked: Asked) -> None:
    here = activity.info().is_local
    asked.append((name, here))
    if here:
        await asyncio.sleep(2)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What was asked, and whether within a task; there no answer comes."""
    found: Asked = []
    origins, signals = origin_activity.find_origins, signal_activity.find_signals

    @activity.defn(name=FIND_ORIGINS)
    async def late_origins(lookup: OriginLookup) -> Origins:
        await _be_late(FIND_ORIGINS, found)
        return await origins(lookup)

    @activity.defn(name=FIND_SIGNALS)
    async def late_signals(lookup: SignalLookup) -> SignalArrivals:
        await _be_late(FIND_SIGNALS, found)
        return await signals(lookup)

    monkeypatch.setattr(worker_process, "find_origins", late_origins)
    monkeypatch.setattr(worker_process, "find_signals", late_signals)
    monkeypatch.setattr(read_only_asking, "_PATIENCE", timedelta(milliseconds=100))
    return found


async def test_no_answer_at_once(world: World, asked: Asked) -> None:
    """It is asked again as any activity is; the year ends as it would, and all of it replays."""
    async with world.with_worker(world.register):
        life = await world.in_its_first_year()
        child: WorkflowHandle[Any, Any] | None = life.assessment
        assert child
        for kind in ("self_report", "district_review", "evaluation"):
            await life.decide(kind)
        before = (await child.describe()).parent_run_id
        await life.over()
    both = {(name, here) for name in (FIND_ORIGINS, FIND_SIGNALS) for here in (True, False)}
    assert both == set(asked)
    opened = world.temporal.get_workflow_handle(life.handle.id, run_id=before)
    for handle in (opened, life.handle, child):
        history = await handle.fetch_history()
        result = await replayer().replay_workflow(history, raise_on_replay_failure=False)
        assert result.replay_failure is None, result.replay_failure
