"""Archiving: the workflow that a schedule starts each hour. What is taken, the activity decides."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from workflows.contract import ARCHIVE_HISTORIES, ARCHIVING_TYPE
    from workflows.model import Record

_LONGEST = timedelta(hours=12)
_HEARTBEAT = timedelta(minutes=5)


class Archived(Record):
    """What archiving came to: runs that were looked at, histories that were taken, runs that were gone."""

    looked: int
    kept: int
    gone: int


@workflow.defn(name=ARCHIVING_TYPE)
class ArchivingWorkflow:
    """Archives once. A place that is away is tried until it is back: the schedule starts no second one."""

    @workflow.run
    async def run(self) -> Archived:
        """One activity: what it has taken when it is broken off, it need not take again."""
        done: Archived = await workflow.execute_activity(
            ARCHIVE_HISTORIES,
            result_type=Archived,
            start_to_close_timeout=_LONGEST,
            heartbeat_timeout=_HEARTBEAT,
            retry_policy=RetryPolicy(
                initial_interval=timedelta(seconds=10), maximum_interval=timedelta(minutes=10)
            ),
        )
        return done
