"""What others bring about in the log: one line for each kind, and then a count; never a traceback."""

import io
import json
import logging
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from worker.log_setup import (
    CORE,
    EACH_SECONDS,
    CountingHandler,
    quiet_warnings,
    set_up_logs,
)
from worker.settings import Settings


class Clock:
    """A clock that stands until a test moves it."""

    now = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Moved by hand."""
    return Clock()


@pytest.fixture
def written(clock: Clock) -> Iterator[io.StringIO]:
    """What a handler of the root logger writes: name and message."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = CountingHandler(stream, clock)
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    before, root.handlers[:] = root.handlers[:], [handler]
    # A test before may have set up the logs of a process, which says less of the SDK, or takes warnings over.
    logging.captureWarnings(capture=False)
    levels = {logger: logger.level for logger in (root, logging.getLogger("temporalio.worker"))}
    for logger in levels:
        logger.setLevel(logging.INFO)
    yield stream
    root.handlers[:] = before
    for logger, level in levels.items():
        logger.setLevel(level)


def broken(words: str) -> None:
    """Log as the SDK does: with a traceback."""
    try:
        raise RuntimeError(words) from KeyError("encoding <never heard>")
    except RuntimeError:
        logging.getLogger("temporalio.worker._workflow").exception(
            "Failed on %s", f"platform:p-{words}"
        )


def test_a_kind_is_one_line_and_a_count(written: io.StringIO, clock: Clock) -> None:
    """With what was raised, why and where, on one line; the next after a minute says how many there were."""
    for number in range(50):
        broken(f"of {number}\nand more")
    (line,) = written.getvalue().splitlines()
    assert "Failed on platform:p-of 0 and more: RuntimeError: of 0; KeyError: 'encoding <" in line
    assert "test_log_lines.py:" in line
    clock.now += EACH_SECONDS
    logging.getLogger("pingtai.worker").info("something else")
    assert "temporalio.worker._workflow: 49 more like this one: Failed on" in written.getvalue()
    broken("of 51")
    assert 2 == written.getvalue().count("_workflow: Failed on")


def test_what_was_counted_is_written_at_the_end(written: io.StringIO) -> None:
    """A process that ends within the minute leaves the count."""
    for _ in range(3):
        broken("once")
    logging.getLogger().handlers[0].close()
    assert "2 more like this one" in written.getvalue()


def test_many_kinds_are_not_kept(written: io.StringIO) -> None:
    """However many kinds somebody invents, the oldest goes, with its count."""
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, CountingHandler)
    log = logging.getLogger("temporalio.workflow")
    for number in range(2_000):
        word = "".join(chr(97 + int(digit)) for digit in str(number))
        log.warning("signal %s refused", word)
    assert len(handler._seen) <= 1_001


def test_what_the_system_says_is_never_left_out(written: io.StringIO) -> None:
    """Our own lines repeat, with their tracebacks; and so do the SDK's lines that are no trouble."""
    for _ in range(3):
        logging.getLogger("pingtai.register").warning("the register is away")
        logging.getLogger("temporalio.worker").info("shutting down")
    assert 6 == len(written.getvalue().splitlines())


def test_a_case_has_lines_of_its_own(written: io.StringIO) -> None:
    """Refused in two cases alike is a line for each."""
    for case in ("a", "b", "a"):
        about = {"temporal_workflow": {"workflow_id": f"platform:{case}"}}
        logging.getLogger("temporalio.workflow").warning("signal refused: 7", extra=about)
    assert 2 == len(written.getvalue().splitlines())


def test_the_core_says_a_failure_in_its_own_words(written: io.StringIO) -> None:
    """Not what Python said already; and of a failure of its own the message, without the stack."""
    failing = "Failing workflow task run_id=01a failure=Failure {{ failure: Some(Failure {{ message: {} }})"
    said = failing.format('"no", stack_trace: "  File x.py'.replace('"no"', '"no"'))
    logging.getLogger(CORE).warning(said)
    own = failing.format(json.dumps("[TMPRL1100] Nondeterminism error") + ', stack_trace: ""')
    logging.getLogger(CORE).warning(own)
    assert (
        f"{CORE}: Failing workflow task: [TMPRL1100] Nondeterminism error\n" == written.getvalue()
    )


def test_what_the_sdk_does_to_itself_is_not_warned_of(written: io.StringIO) -> None:
    """Those of the SDK only: one of ours that is never awaited is a mistake, and shows itself in a line."""
    shown = warnings.showwarning
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        quiet_warnings()
        theirs = "coroutine '_WorkflowInstanceImpl._apply.<locals>.run' was never awaited"
        for words in (theirs, "coroutine 'ours' was never awaited"):
            warnings.warn(words, RuntimeWarning, stacklevel=1)
        warnings.warn(f"Cannot find activity to cancel for token {b'local_act_1'!r}", stacklevel=1)
    logging.captureWarnings(capture=False)
    warnings.showwarning = shown
    assert sys.stderr is not written
    lines = written.getvalue().splitlines()
    assert ["coroutine 'ours' was never awaited" in line for line in lines] == [True]


@pytest.mark.parametrize(("level", "said"), [("INFO", False), ("DEBUG", True)])
def test_libraries_do_not_announce_what_begins_and_stops(
    monkeypatch: pytest.MonkeyPatch, level: Any, said: bool
) -> None:
    """We say it, once and in words; the SDK's lines and the web server's are for who looks for faults."""
    stream, root, worker, web = (
        io.StringIO(),
        *map(logging.getLogger, ("", "temporalio.worker", "uvicorn")),
    )
    monkeypatch.setattr(root, "handlers", root.handlers[:])
    monkeypatch.setattr("sys.stderr", stream)
    before = root.level, worker.level, web.level
    try:
        worker.setLevel(logging.NOTSET)
        web.setLevel(logging.NOTSET)
        set_up_logs(Settings(log_level=level))
        logging.getLogger("temporalio.worker._worker").info("Beginning worker shutdown")
        assert said == ("Beginning worker shutdown" in stream.getvalue())
        logging.getLogger("uvicorn.error").info("Waiting for application startup.")
        assert said == ("Waiting for application startup" in stream.getvalue())
        logging.getLogger("uvicorn.error").warning("no more files")
        assert "no more files" in stream.getvalue()
    finally:
        root.setLevel(before[0])
        worker.setLevel(before[1])
        web.setLevel(before[2])
