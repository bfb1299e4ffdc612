"""What the workflows that deliver share: one activity after the other, for as long as the system runs."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from workflows.model import Record

_AT_WORK = timedelta(hours=1)
_HEARTBEAT = timedelta(seconds=10)
"""A worker that is killed is noticed so soon; another goes on."""
_ROUNDS = 50
"""Activities of a run; then a new run begins, so that its history stays short."""


class Delivered(Record):
    """What a round of delivering came to. `dead`: given up."""

    delivered: int
    failed: int
    dead: int


async def keep_delivering(activity: str) -> None:
    """One activity after the other; each works for some minutes, wherever a worker is free."""
    for _ in range(_ROUNDS):
        await workflow.execute_activity(
            activity,
            result_type=Delivered,
            start_to_close_timeout=_AT_WORK,
            heartbeat_timeout=_HEARTBEAT,
            retry_policy=RetryPolicy(
                initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30)
            ),
        )
    workflow.continue_as_new()
