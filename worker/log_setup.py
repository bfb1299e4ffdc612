"""Logs: readable on a terminal, JSON lines otherwise; the case they speak of bound to every line.

Workflows log through `workflow.logger`, which is silent on replay; this only gives the lines a form.
"""

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor
from temporalio import activity, workflow

from worker.log_lines import CountingHandler, quiet_warnings
from worker.settings import Settings


def set_up_logs(settings: Settings) -> None:
    """Send all logs to standard error in the form that fits where it leads."""
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
    renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if text:
        renderer = structlog.dev.ConsoleRenderer(colors=terminal)
    else:
        shared.append(structlog.processors.format_exc_info)
    handler = CountingHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    quiet_warnings()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _bind_case(logger: Any, method: str, event: EventDict) -> EventDict:
    """Of all the SDK says about a workflow, keep the id and the run: enough to find it."""
    about = event.pop("temporal_workflow", None)
    if isinstance(about, dict):
        event["workflow_id"] = about.get("workflow_id")
        event["run_id"] = about.get("run_id")
    return event
