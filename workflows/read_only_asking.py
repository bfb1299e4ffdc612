"""Questions that only read: asked within the workflow task, for one event instead of seven.

A local activity may run twice, and before the history has what its task did. So nothing is written by one
(docs/decisions/0006-no-local-activities.md), and what is read was there before the task.
"""

from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from workflows.task_marks import TaskMarks

A = TypeVar("A")

_PATIENCE = timedelta(seconds=3)
"""Far below the eight seconds after which a task that still waits is written in two parts: those replay
otherwise than they ran, like tasks without a command (docs/decisions/0005-tasks-without-commands.md)."""
_TIMEOUT = timedelta(minutes=1)
_ONCE = RetryPolicy(maximum_attempts=1)
_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))


async def ask(
    marks: TaskMarks, name: str, question: Any, answer: type[A], why: str, *, at_once: bool
) -> A:
    """Return what an activity says that only reads; where no answer comes `at_once`, it is asked as any other.

    Raises:
        ActivityError: someone ended the activity from outside.
    """
    if at_once:
        marks.given()
        try:
            soon: A = await workflow.execute_local_activity(
                name,
                question,
                result_type=answer,
                schedule_to_close_timeout=_PATIENCE,
                retry_policy=_ONCE,
                summary=why,
            )
        except (
            FailureError
        ):  # a replay has what stands in the marker: a timeout without its activity
            workflow.logger.info("%s gave no answer at once; it is asked again", name)
        else:
            return soon
    found: A = await marks.after(
        workflow.execute_activity(
            name,
            question,
            result_type=answer,
            start_to_close_timeout=_TIMEOUT,
            retry_policy=_RETRY,
            summary=why,
        )
    )
    return found
