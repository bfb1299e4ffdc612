"""What we know of the inside of Temporal's SDK (temporalio 1.35.0). Check it with each new version.

Workflows rely on one thing more and touch nothing inside for it: how the core tells workflow tasks
apart (`workflows/task_marks.py`, docs/decisions/0005-tasks-without-commands.md).
"""

import re
from typing import TYPE_CHECKING, Any

from temporalio.api.enums.v1 import WorkflowExecutionStatus as Status
from temporalio.client import WorkflowExecution, WorkflowExecutionStatus

if TYPE_CHECKING:  # loading them costs time that a command has no use for
    from temporalio.bridge.proto import (
        workflow_activation,
        workflow_commands,
        workflow_completion,
    )
    from temporalio.worker import Worker
    from temporalio.workflow import _Definition

    Activation = workflow_activation.WorkflowActivation
    Completion = workflow_completion.WorkflowActivationCompletion
    CoreCommand = workflow_commands.WorkflowCommand
    Definition = _Definition

# ---- paused workflows (Temporal 1.31 and newer) ----
# The SDK does not know the status PAUSED: describing, listing or asking such a workflow ends with
# `ValueError: 8 is not a valid WorkflowExecutionStatus`, and a list of all workflows ends where one of
# them is paused. A paused workflow is open, so it is read as RUNNING; whether it is paused, the server's
# own answer says. An SDK that knows the status never gets here.

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


# ---- the worker's cache ----

DIRECT_QUERY = "legacy_query"
"""How the core names a query that came by itself, not with a workflow task."""


def has_direct_query(activation: "Activation") -> bool:
    """Whether an activation answers a query that came by itself."""
    return any(job.query_workflow.query_id == DIRECT_QUERY for job in activation.jobs)


def has_query(activation: "Activation") -> bool:
    """Whether an activation answers a query."""
    return any(job.HasField("query_workflow") for job in activation.jobs)


def count_questions(completion: "Completion") -> int:
    """How many local activities a workflow asks for with a completion."""
    return sum(c.HasField("schedule_local_activity") for c in completion.successful.commands)


def count_answers(activation: "Activation") -> int:
    """How many local activities have ended with an activation."""
    return sum(job.resolve_activity.is_local for job in activation.jobs)


def is_eviction(activation: "Activation") -> bool:
    """Whether an activation takes the workflow out of the worker's cache."""
    return any(job.HasField("remove_from_cache") for job in activation.jobs)


def can_evict(worker: "Worker") -> bool:
    """Whether this version of the SDK can take a workflow out of the cache; no public call does."""
    return callable(getattr(worker._bridge_worker, "request_workflow_eviction", None))


def evict(worker: "Worker", run_id: str) -> None:
    """Take a workflow out of the worker's cache, once its activation has been answered."""
    worker._bridge_worker.request_workflow_eviction(run_id)


# ---- how long a workflow task may take ----

TASK_SECONDS = 8.0
"""The SDK's own limit is two, and the time in the queue of a busy machine counts. A task that was broken off
while a query waited behind it leaves a case that the worker can neither go on with nor evict: it never ends
again. After ten seconds the server gives a task to another worker."""


def allow_slow_tasks(worker: "Worker") -> None:
    """Let a workflow task take `TASK_SECONDS`; no public option does."""
    inner = worker._workflow_worker
    if inner is not None and inner._deadlock_timeout_seconds is not None:
        inner._deadlock_timeout_seconds = TASK_SECONDS  # type: ignore[assignment]


def allow_slow_replays() -> None:
    """Let the tasks of a replay take as long; on a busy machine whole histories would seem to be broken."""
    from temporalio.worker import _replayer  # noqa: PLC0415 - only who replays loads workers

    made: Any = vars(_replayer)["_WorkflowWorker"]
    if getattr(made, "is_patient", False):
        return

    class Patient(made):  # type: ignore[misc]
        is_patient = True

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            inner: Any = self
            if inner._deadlock_timeout_seconds is not None:
                inner._deadlock_timeout_seconds = TASK_SECONDS

    vars(_replayer)["_WorkflowWorker"] = Patient


# ---- payloads of workflow tasks ----


def spare_payload_visits() -> None:
    """Let workers go through the payloads of a task for their codec only, if they have one; once for a process.

    The SDK goes through each task six times: for a codec, and for a storage outside, which nobody has here. It
    takes a tenth of a worker's time; and a payload that says it lies in such a storage would fail every task of
    its case, again and again, whoever sent it: now it comes to the converter, which reads it as a text that
    every message refuses.
    """
    from temporalio.bridge import worker as bridge  # noqa: PLC0415 - only workers load it

    inside: Any = vars(bridge)
    decode, encode = inside["decode_activation"], inside["encode_completion"]
    if decode.__module__ == __name__:
        return
    metrics: Any = inside["temporalio"].converter._extstore.StorageOperationMetrics

    def sparing(usual: Any, sequence: str, headers: str) -> Any:
        async def visit(task: Any, converter: Any, **options: Any) -> Any:
            if converter.external_storage is not None:
                return await usual(task, converter, **options)
            if converter.payload_codec is not None:
                over = inside["CommandAwarePayloadVisitor"](
                    skip_search_attributes=True, skip_headers=not options[headers]
                )
                await over.visit(inside["_Visitor"](getattr(converter, sequence)), task)
            return metrics()

        return visit

    from temporalio.worker import _workflow  # noqa: PLC0415

    aware: Any = vars(_workflow)["_CommandAwareDataConverter"]
    make = aware.create

    def sparing_create(*, context_free_dc: Any, **rest: Any) -> Any:
        if context_free_dc.payload_codec is None and context_free_dc.external_storage is None:
            return context_free_dc  # nobody asks whose payload it is
        return make(context_free_dc=context_free_dc, **rest)

    aware.create = staticmethod(sparing_create)
    inside["decode_activation"] = sparing(decode, "_decode_payload_sequence", "decode_headers")
    inside["encode_completion"] = sparing(encode, "_encode_payload_sequence", "encode_headers")


# ---- what it logs ----

WORKFLOW_LOGGERS = (
    "temporalio.worker._workflow",
    "temporalio.worker._workflow_instance",
    "temporalio.worker._replayer",
    "temporalio.workflow",
)
FAILED_TASK = "Failing workflow task"
"""How the core begins a line on a failed workflow task."""
PYTHON_STACK = 'stack_trace: "  File'
"""In such a line: Python's own code failed, and has logged it."""
FAILURE_MESSAGE = re.compile(r'failure: Some\(Failure \{ message: "((?:[^"\\]|\\.){0,400})')
"""In such a line: what went wrong."""
DROPPED_COROUTINE = r"coroutine '_WorkflowInstanceImpl\."
"""Where a workflow cannot be made of its input, the SDK has made coroutines for the messages that came
with it and drops them: of each, Python would warn that it was never awaited."""
LATE_CANCEL = "Cannot find activity to cancel for token b'local_act"
"""Of a local activity whose answer crosses the request to cancel it, as when its case leaves the cache."""
