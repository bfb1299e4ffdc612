"""What Temporal has of a log, beside what the register has of it."""

from collections.abc import Sequence
from enum import StrEnum

from audit.reading.case_logs import says_the_same
from starter.client.case_queries import CaseQueries
from workflows.record import LogEntry
from workflows.run_io import CaseView


class Comparison(StrEnum):
    """How the log of a workflow stands to the register's."""

    SAME = "same"
    OLDER = "older"
    """The beginning of the register's."""
    REPEATED = "repeated"
    """The beginning of the register's, but for the moments of the last entries.

    An older copy of Temporal's data has such a log: it takes once more what it held unprocessed when the copy
    was made.
    """
    NEWER = "newer"
    OTHER = "other"
    """It has gone another way."""


async def compare_log(
    queries: CaseQueries, workflow_id: str, view: CaseView, log: Sequence[LogEntry]
) -> Comparison:
    """Compare the log of a workflow, of which `view` says how far it is, with the register's of the same case.

    Raises:
        NoSuchPlatform, Unreachable: the workflow does not say what it has.
    """
    if view.log_seq <= len(log) and log[view.log_seq - 1].hash == view.log_hash:
        return Comparison.SAME if view.log_seq == len(log) else Comparison.OLDER
    there = await queries.log(workflow_id)
    if len(there) > len(log):
        newer = there[len(log) - 1].hash == log[-1].hash
        return Comparison.NEWER if newer else Comparison.OTHER
    repeated = all(says_the_same(one, other) for one, other in zip(there, log, strict=False))
    return Comparison.REPEATED if repeated else Comparison.OTHER
