"""Workflows that an operator has paused at the server (Temporal 1.31 and newer).

The SDK (temporalio 1.35.0) does not know the status PAUSED: describing, listing or asking such a
workflow ends with `ValueError: 8 is not a valid WorkflowExecutionStatus`, and a list of all workflows
ends where one of them is paused. A paused workflow is open, so it is read as RUNNING; whether it is
paused, the server's own answer says. An SDK that knows the status never gets here.
"""

from typing import Any

from temporalio.api.enums.v1 import WorkflowExecutionStatus as Status
from temporalio.client import WorkflowExecution, WorkflowExecutionStatus

PAUSED = Status.WORKFLOW_EXECUTION_STATUS_PAUSED
IS_PAUSED = "ExecutionStatus = 'Paused'"
"""The list filter; a server before 1.31 does not know it."""


def _read_as_open(
    kind: type[WorkflowExecutionStatus], value: Any
) -> WorkflowExecutionStatus | None:
    return kind.RUNNING if value == PAUSED else None


def read_paused_as_open() -> None:
    """Let the SDK read the status of a paused workflow; who connects has it called, once for all."""
    WorkflowExecutionStatus._missing_ = classmethod(_read_as_open)  # type: ignore[assignment]


def is_paused(run: WorkflowExecution) -> bool:
    """Whether a workflow, described or listed, is paused."""
    return bool(run.raw_info.status == PAUSED)
