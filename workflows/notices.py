"""What is told to whom: a notice, the words it is told in, and the workflow that keeps delivering.

Notices are written with the register, in the same transaction (`db/telling.py`); deliveries are tried by an
activity until they are through or given up. No case waits for any of it.
"""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from workflows.contract import DELIVER_NOTICES, NOTICES_TYPE
    from workflows.model import Instant, Record

_AT_WORK = timedelta(hours=1)
_HEARTBEAT = timedelta(seconds=10)
"""A worker that is killed is noticed so soon; another goes on."""
_ROUNDS = 50
"""So many activities, then a new run: its history stays short."""


class Notice(Record):
    """One thing to be told to one role. `content` is what the texts are made of."""

    id: str
    number: int
    """The order in which notices were written: a consumer catches up from the last it has seen."""
    event: str
    """A decision's kind, or a happening."""
    role: str
    platform_id: str
    term: int
    year: int
    district: str
    at: Instant
    content: dict[str, Any]


class Delivery(Record):
    """A notice on its way to one recipient by one channel; `attempts` counts those before this one."""

    notice: Notice
    recipient: str
    channel: str
    attempts: int


class Delivered(Record):
    """What a round of delivering came to."""

    delivered: int
    failed: int
    dead: int


@workflow.defn(name=NOTICES_TYPE)
class NoticeDeliveryWorkflow:
    """Delivers notices for as long as the system lives; one for all workers."""

    @workflow.run
    async def run(self) -> None:
        """One activity after the other; each works for some minutes, wherever a worker is free."""
        for _ in range(_ROUNDS):
            await workflow.execute_activity(
                DELIVER_NOTICES,
                result_type=Delivered,
                start_to_close_timeout=_AT_WORK,
                heartbeat_timeout=_HEARTBEAT,
                retry_policy=RetryPolicy(
                    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30)
                ),
            )
        workflow.continue_as_new()
