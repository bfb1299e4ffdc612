"""A replay on a busy machine: a task that takes longer than the SDK's two seconds is no broken history."""

from typing import Any

import pytest
from temporalio.worker import _replayer

from starter.client.sdk_internals import TASK_SECONDS, allow_slow_replays


@pytest.mark.parametrize(("given", "then"), [(2, TASK_SECONDS), (None, None)])
def test_a_replays_tasks_have_as_long_as_a_workers(
    monkeypatch: pytest.MonkeyPatch, given: float | None, then: float | None
) -> None:
    """However often it is asked for; where the SDK sets no limit there is none."""

    class Made:
        def __init__(self, **_: Any) -> None:
            self._deadlock_timeout_seconds = given

    monkeypatch.setattr(_replayer, "_WorkflowWorker", Made)
    allow_slow_replays()
    allow_slow_replays()
    made = vars(_replayer)["_WorkflowWorker"]
    assert (Made,) == made.__bases__
    assert then == made()._deadlock_timeout_seconds
