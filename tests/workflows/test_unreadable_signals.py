"""Signals that the SDK drops do not fill the log of the worker, nor the time of its tasks."""

import logging
import time
from collections.abc import Iterator

import pytest

from worker.unreadable_signals import LINES_A_MINUTE, SDK_LOGGER, bound_unreadable_signals

DROPPED = "Failed deserializing signal input for listing on workflow Platform, dropping the signal"


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What the SDK's logger lets through."""
    logger = logging.getLogger(SDK_LOGGER)
    before = logger.filters[:]
    logger.filters[:] = []
    bound_unreadable_signals()
    bound_unreadable_signals()
    assert len(logger.filters) == 1
    yield caplog
    logger.filters[:] = before


def drop() -> None:
    """Log as the SDK does."""
    try:
        raise RuntimeError("Failed decoding arguments")
    except RuntimeError:
        logging.getLogger(SDK_LOGGER).exception(DROPPED)


def test_so_many_lines_a_minute_without_tracebacks(
    log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first of them are logged in one line each; the next minute begins with how many were not."""
    now = 1_000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    for _ in range(LINES_A_MINUTE + 7):
        drop()
    assert len(log.records) == LINES_A_MINUTE
    assert {r.getMessage() for r in log.records} == {f"{DROPPED}: Failed decoding arguments"}
    assert {r.exc_info for r in log.records} == {None}
    now += 61
    drop()
    assert log.records[-1].getMessage().endswith("Failed decoding arguments (7 more before it)")


def test_whatever_else_the_sdk_logs_is_left_as_it_is(log: pytest.LogCaptureFixture) -> None:
    """A failed task is another matter: all of its lines, with their tracebacks."""
    for number in range(LINES_A_MINUTE + 1):
        logging.getLogger(SDK_LOGGER).warning("Failed activation %s", number, exc_info=True)
    assert len(log.records) == LINES_A_MINUTE + 1
