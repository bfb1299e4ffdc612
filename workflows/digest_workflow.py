"""The daily digest: the workflow that a schedule starts each night. Which days lack one, the activity knows."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from workflows.contract import DIGESTING_TYPE, MAKE_DIGESTS
    from workflows.model import Record

_LONGEST = timedelta(hours=6)


class Digested(Record):
    """What was made: the roots of days, the oldest first."""

    roots: tuple[str, ...] = ()


@workflow.defn(name=DIGESTING_TYPE)
class DigestingWorkflow:
    """Makes the digests that are missing. A database that is away is tried until it is back."""

    @workflow.run
    async def run(self) -> Digested:
        """One activity: what it has made when it is broken off stays made."""
        done: Digested = await workflow.execute_activity(
            MAKE_DIGESTS,
            result_type=Digested,
            start_to_close_timeout=_LONGEST,
            retry_policy=RetryPolicy(
                initial_interval=timedelta(seconds=10), maximum_interval=timedelta(minutes=10)
            ),
        )
        return done
