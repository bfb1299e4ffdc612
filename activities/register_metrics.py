"""How long a decision is known to the engine alone: from its entry until the register has it, as metrics.

They are the SDK's own meter's, so they are served with its metrics (PINGTAI_METRICS_ADDRESS).
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from temporalio import activity

from workflows.record import LogEntry

LAG = "pingtai_register_lag_seconds"
FAILED = "pingtai_register_writes_failed"
LAG_BUCKETS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0, 600.0, 3600.0, 86400.0)


def record_written(entries: Sequence[LogEntry]) -> None:
    """Record for each entry how long only the engine had it."""
    if not activity.in_activity():
        return
    lag = activity.metric_meter().create_histogram_float(
        LAG, "from an entry in the engine until the register has it", "s"
    )
    now = datetime.now(UTC)
    for entry in entries:
        # Where time is skipped, entries are of days to come.
        lag.record(max(0.0, (now - entry.at).total_seconds()))


def record_failed() -> None:
    """Record that the register did not take a batch: until it does, only the engine has its entries."""
    if activity.in_activity():
        activity.metric_meter().create_counter(
            FAILED, "batches that the register did not take"
        ).add(1)
