"""What schedules start: archiving and time stamps each hour, digests each night.

What is to be done, the activities know.

What an activity has done when it is broken off stays done. A place or a database that is away is tried
until it is back: the schedule starts no second workflow meanwhile.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from workflows.contract import (
        ARCHIVE_HISTORIES,
        ARCHIVING_TYPE,
        DIGESTING_TYPE,
        MAKE_DIGESTS,
        STAMP_DIGESTS,
        STAMPING_TYPE,
    )
    from workflows.model import Record

_RETRY = RetryPolicy(initial_interval=timedelta(seconds=10), maximum_interval=timedelta(minutes=10))


class Archived(Record):
    """What archiving came to: runs that were looked at, histories that were taken, runs that were gone."""

    looked: int
    kept: int
    gone: int


class Digested(Record):
    """What was made: the roots of days, the oldest first."""

    roots: tuple[str, ...] = ()


class StampedDigests(Record):
    """How many digests got a time stamp, and why no more did; the next run asks again."""

    stamped: int = 0
    trouble: str | None = None


@workflow.defn(name=ARCHIVING_TYPE)
class ArchivingWorkflow:
    """Archives once."""

    @workflow.run
    async def run(self) -> Archived:
        done: Archived = await workflow.execute_activity(
            ARCHIVE_HISTORIES,
            result_type=Archived,
            start_to_close_timeout=timedelta(hours=12),
            heartbeat_timeout=timedelta(minutes=5),
            retry_policy=_RETRY,
        )
        return done


@workflow.defn(name=DIGESTING_TYPE)
class DigestingWorkflow:
    """Makes the digests that are missing."""

    @workflow.run
    async def run(self) -> Digested:
        done: Digested = await workflow.execute_activity(
            MAKE_DIGESTS,
            result_type=Digested,
            start_to_close_timeout=timedelta(hours=6),
            retry_policy=_RETRY,
        )
        return done


@workflow.defn(name=STAMPING_TYPE)
class StampingWorkflow:
    """Has the digests time-stamped that have no stamp."""

    @workflow.run
    async def run(self) -> StampedDigests:
        done: StampedDigests = await workflow.execute_activity(
            STAMP_DIGESTS,
            result_type=StampedDigests,
            start_to_close_timeout=timedelta(minutes=50),
            retry_policy=_RETRY,
        )
        return done
