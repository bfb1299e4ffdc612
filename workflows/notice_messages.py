"""Notices and their deliveries, and the workflow that keeps delivering them.

Notices are written with the register, in the same transaction (`db/notice_queries.py`); deliveries are tried by
an activity until they are through or given up. No case waits for any of it.
"""

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.contract import DELIVER_NOTICES, NOTICES_TYPE
    from workflows.delivery_workflow import keep_delivering
    from workflows.model import Instant, Record


class Notice(Record):
    """One notice for one role. The texts are made of `content`."""

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


@workflow.defn(name=NOTICES_TYPE)
class NoticeDeliveryWorkflow:
    """Delivers notices for as long as the system runs; one for all workers."""

    @workflow.run
    async def run(self) -> None:
        await keep_delivering(DELIVER_NOTICES)
