"""Logs: readable on a terminal, JSON lines otherwise; the case they speak of bound to every line.

Workflows log through `workflow.logger`, which is silent on replay; this only gives the lines a form.

Anybody who reaches Temporal can have the SDK log: a message that no handler takes, an input that cannot
be decoded, a workflow type that nobody has. It writes a traceback for each, of its own code and not of
ours. Here each becomes one line that says where it broke; those like it are counted for a minute.
"""

import logging
import os
import re
import sys
import time
import traceback
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator
from copy import copy
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor
from temporalio import activity, workflow

from starter.client.sdk_internals import (
    DROPPED_COROUTINE,
    FAILED_TASK,
    FAILURE_MESSAGE,
    LATE_CANCEL,
    PYTHON_STACK,
)
from worker.log_contents import without_contents
from worker.log_file import LogFile
from worker.settings import Settings

CORE = "temporalio.core"
"""The logger that the SDK's core writes to (`worker.worker_run.telemetry`)."""
HTTP = "pingtai.http"
"""The logger of calls by HTTP (`starter.service.request_guard`)."""
EACH_SECONDS = 60.0
"""So long a line like one that was written is counted and not written."""
_COUNTED = ("temporalio", "asyncio", "py.warnings")
"""Loggers whose lines others can bring about. What the system itself says is never left out."""
_KINDS = 1_000
_LONGEST = 500
_KEY = 160
_VARIES = re.compile(
    r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|input_value=[^,\]]*|\b(?:platform|pingtai):\S+|[0-9a-f]{8,}(?:-[0-9a-f]+)*|\d+"
)
"""What differs from one line to the next of the same kind: what was sent, ids, numbers."""


def set_up_logs(settings: Settings, file: LogFile | None = None) -> None:
    """Send all logs to standard error in the form that fits where it leads; with a file, that is where."""
    if file:
        file.take_over()
    # What the SDK would append to each message as a dict is bound as fields instead.
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False
    terminal = sys.stderr.isatty()
    text = settings.log_format == "text" or (settings.log_format == "auto" and terminal)
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(allow=("platform_id", "stage", "temporal_workflow")),
        _bind_case,
    ]
    renderers: list[Processor] = [structlog.processors.JSONRenderer(ensure_ascii=False)]
    if text:
        shared[2] = structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False)
        renderers = text_renderers(colors=terminal)
    else:
        shared.append(structlog.processors.format_exc_info)
    handler = CountingHandler(
        sys.stderr,
        written=file.rotate_if_large if file else None,
        # Who encrypts what Temporal keeps does not want to find it in a log.
        silent=bool(os.environ.get("PINGTAI_PAYLOAD_KEYS")),
    )
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    if settings.log_level != "DEBUG":
        # Its lines of each worker that begins to stop: what stops is said by the stack, once and in words.
        logging.getLogger("temporalio.worker").setLevel(logging.WARNING)
        # The same of the web server's own beginning and end, beside our line of them.
        logging.getLogger("uvicorn").setLevel(logging.WARNING)
    quiet_warnings()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def text_renderers(*, colors: bool) -> list[Processor]:
    """Return what makes a line for people: as short as it can be, so that it fits into 80 columns."""
    console = structlog.dev.ConsoleRenderer(colors=colors, pad_event_to=0, pad_level=False)
    return [_call_as_phrase, console]


def _call_as_phrase(logger: Any, method: str, event: EventDict) -> EventDict:
    """Say of a call by HTTP what a web server's log says: method, route, status, time."""
    if event.get("logger") != HTTP or not {"method", "route", "status", "ms"} <= event.keys():
        return event
    del event["logger"]
    words = (event.pop(name) for name in ("method", "route", "status", "ms"))
    event["event"] = "{} {} {} {} ms".format(*words)
    return event


def _bind_case(logger: Any, method: str, event: EventDict) -> EventDict:
    """Of all the SDK says about a workflow, keep the id and the run: enough to find it."""
    about = event.pop("temporal_workflow", None)
    if isinstance(about, dict):
        event["workflow_id"] = about.get("workflow_id")
        event["run_id"] = about.get("run_id")
    return event


class CountingHandler(logging.StreamHandler[TextIO]):
    """Writes each kind of trouble once a minute, and then how many like it there were."""

    def __init__(
        self,
        stream: TextIO,
        clock: Callable[[], float] = time.monotonic,
        written: Callable[[], None] | None = None,
        *,
        silent: bool = False,
    ) -> None:
        """`written` is called after each line; `silent`: no line quotes what was sent."""
        super().__init__(stream)
        self._clock = clock
        self._written = written
        self._silent = silent
        self._seen: OrderedDict[tuple[str, ...], _Counted] = OrderedDict()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, or count it; and what was counted long enough."""
        for counted in self._over(self._clock()):
            super().emit(counted)
        if _is_said_twice(record):
            return
        if self._silent:
            record = without_contents(record)
        if _is_of_others(record):
            record = one_line(record)
            if not self._is_new(record):
                return
        super().emit(record)
        if self._written:
            self._written()

    def close(self) -> None:
        """Write what was counted and not yet written."""
        for counted in self._over(float("inf")):
            super().emit(counted)
        super().close()

    def _is_new(self, record: logging.LogRecord) -> bool:
        key = kind_of(record)
        counted = self._seen.get(key)
        if counted is None:
            self._seen[key] = _Counted(record, self._clock())
            return True
        counted.times += 1
        return False

    def _over(self, now: float) -> Iterator[logging.LogRecord]:
        """The counts whose time is over, and the oldest where there are too many kinds."""
        while self._seen:
            key, counted = next(iter(self._seen.items()))
            if now - counted.since < EACH_SECONDS and len(self._seen) <= _KINDS:
                return
            del self._seen[key]
            if counted.times:
                yield counted.summary()


class _Counted:
    """A line that was written, and how many like it were not."""

    def __init__(self, record: logging.LogRecord, since: float) -> None:
        self.record = record
        self.since = since
        self.times = 0

    def summary(self) -> logging.LogRecord:
        first = self.record
        words = f"{self.times} more like this one: {first.getMessage()[:200]}"
        return logging.LogRecord(
            first.name, first.levelno, first.pathname, first.lineno, words, None, None
        )


def _is_of_others(record: logging.LogRecord) -> bool:
    return (
        record.levelno >= logging.WARNING
        and record.name.partition(".")[0] in {name.partition(".")[0] for name in _COUNTED}
        and not logging.getLogger().isEnabledFor(logging.DEBUG)
    )


def _is_said_twice(record: logging.LogRecord) -> bool:
    """Whether the core says of a failed task what the SDK's own code, where it failed, has said."""
    if record.name != CORE:
        return False
    words = record.getMessage()
    return words.startswith(FAILED_TASK) and PYTHON_STACK in words


def kind_of(record: logging.LogRecord) -> tuple[str, ...]:
    """What lines of one kind have in common; what a case says of itself is of that case."""
    about = getattr(record, "temporal_workflow", None)
    case = about.get("workflow_id", "") if isinstance(about, dict) else ""
    of_case = case if record.name == "temporalio.workflow" else ""
    return record.name, str(record.levelno), of_case, _VARIES.sub("…", record.getMessage())[:_KEY]


def one_line(record: logging.LogRecord) -> logging.LogRecord:
    """A record said in one line: the exception by its words and where it was raised."""
    record = copy(record)
    words = record.getMessage()
    if failure := FAILURE_MESSAGE.search(words):  # the core prints a whole failure, with its stack
        words = f"{words.partition(' run_id=')[0].partition(' {')[0]}: {failure.group(1)}"
    if record.exc_info and record.exc_info[1] is not None:
        error = record.exc_info[1]
        frames = traceback.extract_tb(error.__traceback__)
        where = f" (at {frames[-1].filename}:{frames[-1].lineno})" if frames else ""
        cause = error.__cause__ or error.__context__
        why = f"; {type(cause).__name__}: {_first_line(cause)}" if cause else ""
        words = f"{words}: {type(error).__name__}: {_first_line(error)}{why}{where}"
    record.msg, record.args = " ".join(words.split())[:_LONGEST], None
    record.exc_info, record.exc_text, record.stack_info = None, None, None
    return record


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "")[:200]


def quiet_warnings() -> None:
    """Send Python's warnings to the log, without those that the SDK brings about in itself.

    Where a workflow cannot be made of its input, the SDK has made coroutines for the messages that came
    with it and drops them: of each, Python would warn that it was never awaited. A local activity that has
    answered is sometimes asked to end all the same.
    """
    logging.captureWarnings(capture=True)
    warnings.filterwarnings("ignore", DROPPED_COROUTINE, category=RuntimeWarning)
    warnings.filterwarnings("ignore", LATE_CANCEL, category=UserWarning)
