"""`pingtai` with a case whose workflow task, or whose activity, never ends; for a test's process."""

import asyncio
import os
import sys
import time
from typing import Any

from temporalio import activity

import worker.main
import worker.worker_run
from activities.register_activities import RegisterActivities
from starter.client import sdk_internals
from workflows.activity_messages import RegisterWrite, RegisterWritten
from workflows.case import Case
from workflows.contract import HAND_IN

BOUND_SECONDS = 1.0


def _task(*_: Any, **__: Any) -> None:
    time.sleep(3600)  # in C: the SDK's interrupt does not reach it


@activity.defn(name=HAND_IN)
async def _activity(_: RegisterActivities, __: RegisterWrite) -> RegisterWritten:
    print("an activity that never ends", flush=True)
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            continue


def main() -> None:
    """Run the command of `sys.argv`; its first argument, `task` or `activity`, says what is stuck."""
    sdk_internals.TASK_SECONDS = 1.0
    worker.worker_run.STOP_SECONDS = float(os.environ.get("STUCK_BOUND", BOUND_SECONDS))
    if sys.argv.pop(1) == "task":
        Case.open = _task  # type: ignore[method-assign, assignment]
    else:
        RegisterActivities.hand_in = _activity  # type: ignore[method-assign, assignment]
    worker.main.main()
