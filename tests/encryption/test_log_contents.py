"""Who encrypts does not find in a log what people sent."""

import io
import logging
import sys

import pytest

from starter.encryption.key_errors import MissingKey
from worker.log_setup import CountingHandler

SAID = "王五 and his opinion"


@pytest.mark.parametrize(
    ("logger", "message", "arguments", "written"),
    [
        (
            "temporalio.workflow",
            "signal %s refused: %s",
            ("listing", SAID),
            "signal listing refused: …",
        ),
        (
            "temporalio.activity",
            "notice %s for %s: %s",
            (7, "Wang Wu", SAID),
            "notice 7 for …: …",
        ),
        ("temporalio.worker", "on %s", ("platform:bj-a:term-1:assessment-1",), "assessment-1"),
        ("temporalio.worker", "run %s", ("01a22a7b-f224-7332-ac83-80ac7fa2925a",), "run 01a22a7b"),
        ("temporalio.worker", "about %(who)s", ({"who": SAID},), "about …"),
        ("pingtai.worker", "why %s", ("a reason of ours",), "why a reason of ours"),
    ],
)
def test_a_line_quotes_nothing(
    logger: str, message: str, arguments: tuple[object, ...], written: str
) -> None:
    """It keeps its form, numbers, ids and single words; of an exception its type and place."""
    stream = io.StringIO()
    handler = CountingHandler(stream, silent=True)
    try:
        raise ValueError(SAID)
    except ValueError:
        trouble = sys.exc_info()
    record = logging.LogRecord(logger, logging.WARNING, "", 1, message, arguments, None)
    handler.emit(record)
    assert written in stream.getvalue()
    if logger.startswith("temporalio"):
        failed = logging.LogRecord(logger, logging.ERROR, "", 1, "it failed", (), trouble)
        handler.emit(failed)
        assert "it failed: ValueError at " in stream.getvalue()
    assert SAID not in stream.getvalue()
    assert "Wang Wu" not in stream.getvalue()


def test_a_missing_key_is_named() -> None:
    """Whoever runs the worker must know which one it lacks."""
    stream = io.StringIO()
    try:
        raise MissingKey("bj-a:term-1:later")
    except MissingKey:
        trouble = sys.exc_info()
    record = logging.LogRecord("temporalio.worker", 40, "", 1, "it failed", (), trouble)
    CountingHandler(stream, silent=True).emit(record)
    assert "MissingKey: encrypted with the key bj-a:term-1:later" in stream.getvalue()


def test_by_default_a_line_says_why() -> None:
    """Nothing is left out where nothing is encrypted."""
    stream = io.StringIO()
    record = logging.LogRecord("temporalio.workflow", 30, "", 1, "refused: %s", (SAID,), None)
    CountingHandler(stream).emit(record)
    assert SAID in stream.getvalue()
