"""Signals that the SDK cannot read: it drops each with a traceback, whose writing takes half a millisecond.

Thousands of them in one workflow task would use up the two seconds that the task has, before any of our
code runs. So some are logged, in one line each, and the others are counted.
"""

import logging
import time

SDK_LOGGER = "temporalio.worker._workflow_instance"
LINES_A_MINUTE = 20
_BEGINS = "Failed deserializing signal input"
_MINUTE = 60.0


class UnreadableSignals(logging.Filter):
    """Let so many lines a minute through, without their tracebacks; the next one says how many were not."""

    def __init__(self) -> None:
        """None seen yet."""
        super().__init__()
        self._began = -_MINUTE
        self._lines = 0
        self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is to be written; whatever else the SDK logs is."""
        if not str(record.msg).startswith(_BEGINS):
            return True
        now = time.monotonic()
        if now - self._began >= _MINUTE:
            self._began, self._lines = now, 0
        if self._lines >= LINES_A_MINUTE:
            self._left_out += 1
            return False
        self._lines += 1
        why = record.exc_info[1] if record.exc_info else None
        more = f" ({self._left_out} more before it)" if self._left_out else ""
        self._left_out = 0
        record.msg, record.args = "%s: %s%s", (record.msg, str(why)[:200], more)
        record.exc_info = record.exc_text = None
        return True


def bound_unreadable_signals() -> None:
    """Put the filter before the SDK's logger, once in a process."""
    logger = logging.getLogger(SDK_LOGGER)
    if not any(isinstance(present, UnreadableSignals) for present in logger.filters):
        logger.addFilter(UnreadableSignals())
